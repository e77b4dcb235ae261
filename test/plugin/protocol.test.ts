/**
 * The rest of the protocol: handshake, schema, version, functions, the status request of a preview, and what is not implemented.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { control, executionsOf, requestsOf } from "../support/emulators";
import { everyService, workflowArgumentOf } from "../support/everyService";
import { usePlugin } from "../support/plugin/pluginFixture";
import { startPlugin } from "../support/plugin/pluginProcess";
import { failureOf } from "../support/plugin/providerCalls";
import { secret, unknown, urnOf } from "../support/plugin/wireValues";

const fixture = usePlugin();

describe("what the engine asks first", () => {
  test("secrets, resources and outputs are accepted, in the handshake and, for older engines, when configured", async () => {
    expect(await fixture.plugin.engine.handshake()).toMatchObject({
      acceptSecrets: true,
      acceptResources: true,
      acceptOutputs: true,
    });
    expect(await fixture.plugin.engine.configure({})).toMatchObject({
      acceptsecrets: true,
      acceptresources: true,
      acceptoutputs: true,
      supportspreview: true,
    });
  });

  test("the version is the package's: an SDK that is newer warns", async () => {
    const text = readFileSync(resolve(__dirname, "../../provider/package.json"), "utf8");
    expect(await fixture.plugin.engine.version()).toBe((JSON.parse(text) as { version: string }).version);
  });

  test("the schema is the text that the entry was given; another version of it, and none, are told", async () => {
    expect((await failureOf(fixture.plugin.engine.schema())).message).toContain("install the plugin again");
    const folder = mkdtempSync(join(tmpdir(), "runbook-schema-"));
    const file = join(folder, "schema.json");
    writeFileSync(file, '{"name":"runbook"}');
    const own = await startPlugin(fixture.emulator, { args: ["--schema", file, "127.0.0.1:1"] });
    try {
      expect(await own.engine.schema()).toBe('{"name":"runbook"}');
      expect((await failureOf(own.engine.schema(7))).message).toContain("version 7");
    } finally {
      await own.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test.each(["call", "construct", "parameterize", "getMapping", "getMappings"])(
    "%s is not implemented",
    async (method) => {
      expect(await fixture.plugin.engine.refusal(method)).toBe(grpc.status.UNIMPLEMENTED);
    },
  );

  test.each(["runbook:aom:Other", "other:aom:WorkflowExecution", "runbook:constructor:WorkflowExecution"])(
    "a resource of the type %s is refused by name",
    async (type) => {
      const error = await failureOf(fixture.plugin.engine.check(`urn:pulumi:dev::tests::${type}::patch`, {}));
      expect(error.code).toBe(grpc.status.INVALID_ARGUMENT);
      expect(error.message).toContain(type);
    },
  );

  test("a child of a component is one as well", async () => {
    const urn = "urn:pulumi:dev::tests::my:index:Group$other:x:Y$runbook:aom:WorkflowExecution::patch";
    expect((await fixture.plugin.engine.check(urn, { workflowId: "demo-succeeds" })).failures).toEqual([]);
  });
});

test("standard output has the port and nothing else, whatever the environment asks for", async () => {
  const env = { FORCE_COLOR: "3", NODE_DEBUG: "http,net", NODE_OPTIONS: "--trace-warnings" };
  const own = await startPlugin(fixture.emulator, { env });
  expect(own.port).toBeGreaterThan(0);
  await own.stop();
});

// COC asks IAM for the account first, once for all.
const looksAfter = async (before: number): Promise<unknown[]> =>
  (await requestsOf(fixture.emulator))
    .slice(before)
    .filter(({ operation }) => !operation.startsWith("Keystone"));

describe.each(everyService)("%s", (service) => {
  const name = workflowArgumentOf(service);
  const urn = urnOf("patch", service);

  beforeEach(async () => {
    const nodes = [{ id: "Work", name: "Work", durationMs: 1_100 }];
    await control(fixture.emulator, "PUT", "/workflows/quick", { service, nodes });
  });

  test("the functions answer with what there is; what a secret argument gives is a secret", async () => {
    const { engine } = fixture.plugin;
    await engine.check(urn, { [name]: "quick" });
    const { id, outputs } = await engine.create(urn, { [name]: "quick" });
    const listed = await engine.invoke(`runbook:${service}:getWorkflowExecutions`, {
      [name]: "quick",
      limit: 5,
    });
    expect(listed).toMatchObject({ executions: [{ executionId: id, status: "succeeded" }] });
    const one = await engine.invoke(`runbook:${service}:getWorkflowExecution`, {
      [name]: "quick",
      executionId: id,
    });
    expect(one).toMatchObject({ executionId: id, status: "succeeded", startedAt: outputs["startedAt"] });
    const hidden = await engine.invoke(`runbook:${service}:getWorkflowExecutions`, {
      [name]: secret("quick"),
    });
    expect(hidden).toEqual({ executions: secret(expect.anything()) });
  });

  test("a function that is wrong says what: the name, an argument, the execution", async () => {
    const { engine } = fixture.plugin;
    const no = await failureOf(engine.invoke(`runbook:${service}:getNothing`, {}));
    expect([no.code, no.message]).toEqual([3, expect.stringContaining("getNothing")]);
    const wrong = await failureOf(
      engine.invoke(`runbook:${service}:getWorkflowExecutions`, { [name]: "quick", limit: 0 }),
    );
    expect([wrong.code, wrong.message]).toEqual([3, expect.stringContaining('"limit" must be')]);
    const gone = await failureOf(
      engine.invoke(`runbook:${service}:getWorkflowExecution`, { [name]: "quick", executionId: "gone-0001" }),
    );
    expect(gone.message).toContain("gone-0001");
  });

  test("the preview of a create looks once per workflow, says how long it takes, and starts nothing", async () => {
    const { engine } = fixture.plugin;
    await engine.check(urn, { [name]: "quick" });
    await engine.create(urn, { [name]: "quick" });
    await fixture.plugin.stop();
    const next = await startPlugin(fixture.emulator);
    try {
      const before = (await requestsOf(fixture.emulator)).length;
      const urns = ["a", "b", "c"].map((each) => urnOf(each, service));
      await Promise.all(
        urns.map((each) => next.engine.create(each, { [name]: "quick" }, { isPreview: true })),
      );
      for (const each of urns)
        expect(next.engine.saidOf(each)).toEqual([expect.stringMatching(/^usually takes about/)]);
      expect(await looksAfter(before)).toHaveLength(1);
      await next.engine.create(urnOf("d", service), { [name]: unknown }, { isPreview: true });
      expect(await looksAfter(before)).toHaveLength(1);
      expect(await executionsOf(fixture.emulator)).toHaveLength(1);
    } finally {
      await next.stop();
    }
  });

  test("a workflow that is not there is a warning of the preview, once, and no failure", async () => {
    const { engine } = fixture.plugin;
    const urns = ["a", "b"].map((each) => urnOf(each, service));
    for (const each of urns) {
      const { outputs } = await engine.create(each, { [name]: "wrong-id" }, { isPreview: true });
      expect(outputs).toEqual({ [name]: "wrong-id" });
    }
    const warnings = engine.said.filter(({ isWarning }) => isWarning);
    expect(warnings).toEqual([
      { urn: urns[0], text: expect.stringContaining("wrong-id"), isKept: true, isWarning: true },
    ]);
  });

  test("no right to look, and no network, are warnings of the preview", async () => {
    await control(fixture.emulator, "POST", "/faults", {
      action: "status",
      status: 403,
      body: { code: "denied" },
      // The account's id is not told then either, which COC does without.
      count: service === "coc" ? 2 : 1,
    });
    await fixture.plugin.engine.create(urn, { [name]: "quick" }, { isPreview: true });
    expect(fixture.plugin.engine.said).toEqual([
      {
        urn,
        text: expect.stringMatching(/the preview could not check .*403[^]*`pulumi up` will show/),
        isKept: true,
        isWarning: true,
      },
    ]);
    const away = urnOf("away", service);
    await fixture.plugin.engine.create(
      away,
      { [name]: "quick", endpoint: "http://127.0.0.1:1" },
      { isPreview: true },
    );
    expect(fixture.plugin.engine.saidOf(away)).toEqual([expect.stringContaining("could not check")]);
  });
});
