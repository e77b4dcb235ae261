/**
 * Deployments on moto that are killed, or cancelled by Ctrl-C, at every moment, and run again on the same machine or on another one:
 * exactly one execution, as boto3 counts. Skipped by name where MOTO_PYTHON names no Python with the packages.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Door, Moto, Passage } from "./moto";
import { definitions, ended, motoPython, openDoor, startMoto } from "./moto";

const onMoto = motoPython === undefined || motoPython === "" ? describe.skip : describe;

/**
 * The moments at which a deployment is ended: at the request that it sends then, before or after moto has handled it.
 */
const moments = [
  { when: "before the start is handled", operation: "StartExecution", passage: "dropBefore" },
  { when: "before the answer to the start", operation: "StartExecution", passage: "dropAfter" },
  { when: "while it waits", operation: "DescribeExecution", passage: "dropBefore" },
] as const;

interface Outcome {
  readonly kind?: string;
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
}

onMoto("stepfunctions on moto: interrupted deployments (skipped where MOTO_PYTHON names no Python)", () => {
  let moto: Moto;
  let door: Door;
  const folders: string[] = [];
  let machines = 0;

  beforeAll(async () => {
    moto = await startMoto();
    door = await openDoor(moto.url);
  });
  afterAll(async () => {
    await door.close();
    await moto.close();
    for (const folder of folders) rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    door.onRequest = () => "pass";
  });

  const newMachine = (): string => {
    const folder = mkdtempSync(join(tmpdir(), "moto-machine-"));
    folders.push(folder);
    return folder;
  };
  const newStateMachine = (seconds: number): Promise<string> => {
    machines += 1;
    return moto.create(`m${String(machines)}`, definitions.waits(seconds));
  };
  const deploy = (
    args: object,
    journalFolder: string,
  ): { readonly child: ChildProcess; readonly outcome: Promise<Outcome | undefined> } => {
    const config = {
      "aws:accessKey": "AKIAPROVIDER",
      "aws:secretKey": "secret",
      "aws:endpoints": JSON.stringify([{ sfn: door.url }]),
    };
    const urn = "urn:pulumi:t::t::pulumi-nodejs:stepfunctions:WorkflowExecution::migrate";
    const child = spawn(
      process.execPath,
      [join(__dirname, "deploy.cjs"), JSON.stringify({ args, config, journalFolder, urn })],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const outcome = new Promise<Outcome | undefined>((resolve) => {
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
      child.once("close", () => {
        resolve(text === "" ? undefined : (JSON.parse(text) as Outcome));
      });
    });
    return { child, outcome };
  };
  /** Deploys, and does something to the process at the first request of a kind. */
  const interrupted = async (
    args: object,
    folder: string,
    { operation, passage }: { readonly operation: string; readonly passage: Passage },
    signal: NodeJS.Signals,
  ): Promise<Outcome | undefined> => {
    let isDone = false;
    const { child, outcome } = deploy(args, folder);
    door.onRequest = async (asked) => {
      if (isDone || asked !== operation) return "pass";
      isDone = true;
      if (signal === "SIGINT") {
        child.kill("SIGINT");
        return "pass";
      }
      // Moto has handled the requests that it is to handle before the process is gone.
      if (passage === "dropAfter") door.onHandled = () => ended(child);
      else await ended(child);
      return passage;
    };
    const result = await outcome;
    expect(isDone).toBe(true);
    door.onRequest = () => "pass";
    return result;
  };

  describe.each([
    ["with executionKey", { executionKey: "0190b5a6-7a4e-7c3d-9a52-5f4f6d9a1b2c" }],
    ["without executionKey", {}],
  ])("%s", (_what, key) => {
    describe.each(["the same machine", "another machine"])("again on %s", (where) => {
      test.each(moments)("kill -9 $when: exactly one execution", async (moment) => {
        const stateMachineArn = await newStateMachine(4);
        const args = { stateMachineArn, input: { schema: "v7" }, ...key };
        const first = newMachine();
        await interrupted(args, first, moment, "SIGKILL");
        const again = await deploy(args, where === "the same machine" ? first : newMachine()).outcome;
        expect(again).toMatchObject({ kind: "ready", status: "succeeded" });
        expect(await moto.executions(stateMachineArn)).toEqual([{ name: again!.id, status: "SUCCEEDED" }]);
      });
    });

    // Elsewhere nothing but a key tells that one that has ended is meant: docs/explanation/one-run-once.md says so.
    test.each([
      ["the machine that started it", 1],
      ["another machine", "executionKey" in key ? 1 : 2],
    ])("kill -9 while it waits, and again when it has ended, on %s: %i in all", async (where, count) => {
      const stateMachineArn = await newStateMachine(1);
      const args = { stateMachineArn, ...key };
      const folder = newMachine();
      await interrupted(args, folder, moments[2], "SIGKILL");
      while ((await moto.executions(stateMachineArn))[0]!.status === "RUNNING");
      const again = await deploy(args, where === "another machine" ? newMachine() : folder).outcome;
      expect(again).toMatchObject({ kind: "ready", status: "succeeded" });
      const executions = await moto.executions(stateMachineArn);
      expect(executions.map(({ status }) => status)).toEqual(
        Array.from({ length: count }, () => "SUCCEEDED"),
      );
      expect(executions.map(({ name }) => name)).toContain(again!.id);
    });

    test.each(["StartExecution", "DescribeExecution"])(
      "Ctrl-C at %s: the id is in the state, the execution goes on, and only once",
      async (operation) => {
        const stateMachineArn = await newStateMachine(3);
        const args = { stateMachineArn, ...key };
        const folder = newMachine();
        const result = await interrupted(args, folder, { operation, passage: "pass" }, "SIGINT");
        expect(result).toMatchObject({ kind: "unready" });
        expect(await moto.executions(stateMachineArn)).toEqual([{ name: result!.id, status: "RUNNING" }]);
        const again = await deploy(args, folder).outcome;
        expect(again).toMatchObject({ kind: "ready", id: result!.id, status: "succeeded" });
        expect(await moto.executions(stateMachineArn)).toHaveLength(1);
      },
    );
  });
});
