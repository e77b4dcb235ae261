/**
 * The example under a real engine, on moto: preview, up, up again, a change, refresh, destroy; boto3 counts. It needs the CLI and a
 * Python with the packages of requirements.txt, both prepared by `npm test`; without Python the test is skipped by name.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pinnedTexts } from "../providerText/pinnedTexts";
import type { TestStack } from "../support/stack";
import { openStack } from "../support/stack";
import type { Moto } from "./moto";
import { definitions, motoPython, startMoto } from "./moto";

const onMoto = motoPython === undefined || motoPython === "" ? describe.skip : describe;
const example = resolve(__dirname, "../../examples/stepfunctions-migration");

onMoto("the example on moto (skipped where MOTO_PYTHON names no Python)", () => {
  let moto: Moto;
  let stack: TestStack;

  beforeAll(async () => {
    moto = await startMoto();
    stack = await openStack("http://127.0.0.1:9", {
      "aws:accessKey": "AKIAPROVIDER",
      "aws:endpoints": JSON.stringify([{ sfn: moto.url }]),
    });
    await stack.config("aws:secretKey", "secret-of-the-provider", true);
    rmSync(join(stack.folder, "index.js"));
    cpSync(example, stack.folder, { recursive: true });
    // The stack's configuration and state are under the project's name in the test.
    const project = readFileSync(join(example, "Pulumi.yaml"), "utf8");
    writeFileSync(join(stack.folder, "Pulumi.yaml"), project.replace(/^name: .*/, "name: test"));
  });
  // Without a CLI, there is no stack to close.
  afterAll(async () => {
    await moto.close();
    await stack.close();
  });

  test("runs once for each schema, and its secret is nowhere", async () => {
    const arn = await moto.create("migrate-db", definitions.waits(1));
    await stack.config("test:stateMachineArn", arn);
    const preview = await stack.preview();
    expect(preview.output).not.toContain("error:");
    expect(await moto.executions(arn)).toEqual([]);

    const up = await stack.up();
    expect(up.output).not.toContain("error:");
    expect(up.ok).toBe(true);
    const [first] = await moto.executions(arn);
    expect(await stack.outputs()).toMatchObject({
      executionId: { value: first!.name },
      status: { value: "succeeded" },
      migrated: { value: { version: "1.4.2" } },
      steps: { value: ["Prepare: succeeded", "Work: succeeded", "Report: succeeded"] },
    });
    const resource = await stack.resource("migrate-db");
    expect(resource.inputs["__provider"]).toBe(pinnedTexts.stepfunctions);

    expect(Object.keys((await stack.up()).changes)).toEqual(["same"]);
    expect((await stack.refresh()).ok).toBe(true);
    expect(await moto.executions(arn)).toHaveLength(1);

    await stack.config("test:schema", "v8");
    const changed = await stack.up();
    expect(changed.ok).toBe(true);
    expect(await moto.executions(arn)).toHaveLength(2);
    expect((await moto.executions(arn)).map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);

    expect((await stack.destroy()).ok).toBe(true);
    expect(await moto.executions(arn)).toHaveLength(2);
    expect(stack.stored()).not.toContain("secret-of-the-provider");
  });
});
