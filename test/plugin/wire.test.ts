/**
 * The texts of a service are data: texts that gRPC can't carry, Pulumi's own marks, outputs of any size, and secrets
 * that come back. A text can cost its own display, never the id, the process, or another resource.
 */
import type { ScriptedServer } from "../support/scriptedServer";
import { startSayingService } from "../support/sayingService";
import {
  everyService,
  huaweiEndpoints,
  inputArgumentOf,
  workflowArgument,
  workflowArgumentOf,
} from "../support/everyService";
import type { Answered } from "../support/plugin/engineSide";
import type { Plugin } from "../support/plugin/pluginProcess";
import type { CallFailed } from "../support/plugin/providerCalls";
import type { Bag } from "../support/plugin/wireValues";
import { startPlugin } from "../support/plugin/pluginProcess";
import { output, reference, secret, unknown, urnOf } from "../support/plugin/wireValues";
import type { ServiceName } from "../../provider/src/services/registry";

const password = "hunter2-on-the-wire";
const key = "emulator-secret-key-0001";
const half = "\ud83d";
/** By the end of a workflow's name: what the service says. */
const sayings: Readonly<Record<string, string>> = {
  half: `cut ${half}`,
  secret: `it was ${password}, and ${encodeURIComponent(password)}, with ${key}`,
  plain: "as usual",
};

let service: ScriptedServer;
let plugin: Plugin;
beforeAll(async () => {
  service = await startSayingService({
    text: (workflow) => sayings[workflow.split("-").at(-1)!] ?? "as usual",
    output: (workflow) => {
      if (workflow.endsWith("-marks")) {
        return {
          secret: secret("not one"),
          reference: reference("urn:pulumi:x::y::z::w", "1"),
          open: unknown,
          list: [{ "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17" }],
        };
      }
      return undefined;
    },
  });
});
afterAll(() => service.close());
beforeEach(async () => {
  const account = { accessKey: "EMULATORACCESSKEY0001", secretKey: key };
  const { url } = service;
  plugin = await startPlugin(undefined, {
    settings: {
      huaweicloud: {
        ...account,
        region: "cn-north-4",
        projectId: "0123456789abcdef0123456789abcdef",
        endpoints: huaweiEndpoints(url),
      },
      alicloud: { ...account, region: "cn-hangzhou", endpoints: { fnf: url } },
    },
  });
});
afterEach(async () => {
  const { exitCode } = plugin.process;
  const stderr = plugin.stderr();
  await plugin.stop();
  // The process has survived every text without a word of its own.
  expect([exitCode, stderr]).toEqual([null, ""]);
});

interface Outcome {
  readonly answered?: Answered;
  readonly failed?: CallFailed;
  readonly outputs: Bag;
}

async function create(of: ServiceName, workflow: string, more: Bag = {}): Promise<Outcome> {
  const urn = urnOf(workflow, of);
  const inputs = { ...workflowArgument(of, workflow), timeoutSeconds: 5, ...more };
  const { failures, inputs: checked } = await plugin.engine.check(urn, inputs);
  expect(failures).toEqual([]);
  return plugin.engine.create(urn, checked).then(
    (answered) => ({ answered, outputs: answered.outputs }),
    (error: unknown) => {
      const failed = error as CallFailed;
      return { failed, outputs: failed.initFailure?.outputs ?? {} };
    },
  );
}

const shownOf = ({ failed }: Outcome): string =>
  [
    failed?.message,
    ...(failed?.initFailure?.reasons ?? []),
    ...plugin.engine.said.map(({ text }) => text),
  ].join("\n");

describe.each(everyService)("%s", (of) => {
  const payload = inputArgumentOf(of);

  test.each(["refuses-half", "fails-half", "odd-half", "lost-half"])(
    "%s: a text that is cut in the middle of a character costs nothing, and nobody else",
    async (workflow) => {
      const [hit, beside] = await Promise.all([create(of, workflow), create(of, "ends-plain")]);
      expect(beside.outputs).toMatchObject({ status: "succeeded" });
      if (workflow.startsWith("refuses")) expect(hit.failed?.message).toContain("Nothing was started");
      else expect(hit.outputs["executionId"]).toEqual(expect.stringMatching(/./));
      expect(JSON.stringify([hit, shownOf(hit)])).not.toMatch(/\\ud83d/);
    },
  );

  test("Pulumi's own marks in an output are data, and named", async () => {
    const { outputs } = await create(of, "ends-marks");
    const text = JSON.stringify(outputs["output"]);
    expect(outputs["status"]).toBe("succeeded");
    // AOM's results have outputs of their own, and COC's outputs are texts.
    if (of === "aom" || of === "coc") return;
    expect(text).not.toContain('"4dabf18193072939515e22adb298388d"');
    expect(outputs["altered"]).toEqual(expect.arrayContaining([expect.stringMatching(/^output\./)]));
  });

  test("a secret argument comes back as it was marked, and is in no text; nor are the credentials", async () => {
    const given = { [payload]: { user: "admin", nested: { password: secret(password) } } };
    const workflows = ["refuses-secret", "fails-secret", "odd-secret", "lost-secret"];
    const played = workflows.map(async (workflow) => [workflow, await create(of, workflow, given)] as const);
    for (const [workflow, outcome] of await Promise.all(played)) {
      expect(shownOf(outcome)).not.toMatch(new RegExp(`${password}|${key}`));
      expect(shownOf(outcome)).not.toContain(Buffer.from(password).toString("base64"));
      if (workflow.startsWith("refuses")) continue;
      expect(outcome.outputs[payload]).toEqual(given[payload]);
      const { output: made, steps, failure, ...clear } = outcome.outputs;
      const isSomething = (value: unknown): boolean => value != null && JSON.stringify(value) !== "[]";
      for (const derived of [made, steps, failure].filter(isSomething)) {
        expect(derived).toEqual(secret(expect.anything()));
      }
      expect(JSON.stringify({ ...clear, [payload]: null })).not.toMatch(new RegExp(`${password}|${key}`));
      expect(JSON.stringify(outcome.outputs)).not.toContain(key);
    }
  });

  test("what the state has as a secret stays one until its value is another, through refresh and update too", async () => {
    const { engine } = plugin;
    const urn = urnOf("ends-plain", of);
    const name = workflowArgumentOf(of);
    const inputs = { [name]: "ends-plain", triggers: { key: secret(password), open: "1" } };
    await engine.check(urn, inputs);
    const { id, outputs } = await engine.create(urn, inputs);
    expect(outputs["triggers"]).toEqual(inputs.triggers);
    const read = await engine.read(urn, id, { inputs, outputs });
    expect(read.outputs["triggers"]).toEqual(inputs.triggers);
    expect(read.inputs).toEqual(inputs);

    const clear = { [name]: "ends-plain", triggers: { key: password, open: "1" } };
    expect((await engine.check(urn, clear, inputs)).inputs).toEqual(inputs);
    // The engine checks what is replaced once more, without the state.
    expect((await engine.check(urn, clear)).inputs).toEqual(inputs);
    const other = { [name]: "ends-plain", triggers: { key: "another", open: "1" } };
    expect((await engine.check(urn, other, inputs)).inputs).toEqual(other);

    const marked = { ...clear, triggers: { key: secret(password), open: secret("1") } };
    await engine.check(urn, marked, inputs);
    expect(await engine.diff(urn, id, { inputs, outputs }, marked)).toMatchObject({
      changes: "some",
      replaces: [],
    });
    expect(engine.saidOf(urn).at(-1)).toBe("triggers.open is secret now");
    const updated = await engine.update(urn, id, { inputs, outputs }, { ...marked, timeoutSeconds: 9 });
    expect(updated.outputs).toMatchObject({ triggers: marked.triggers, timeoutSeconds: 9 });
  });

  test("outputs as values are what they hold", async () => {
    const { outputs } = await create(of, "ends-plain", {
      triggers: { one: output({ value: "1", dependencies: [] }), two: output({ value: "2", secret: true }) },
    });
    expect(outputs["triggers"]).toEqual({ one: "1", two: secret("2") });
  });

  test("a trigger whose key is no path is compared all the same", async () => {
    const { engine } = plugin;
    const urn = urnOf("ends-plain", of);
    const name = workflowArgumentOf(of);
    const keys = ["a[b", "a.b", "x\\", "", 'q"q', "😀"];
    const triggers = Object.fromEntries(keys.map((each) => [each, "1"]));
    const inputs = { [name]: "ends-plain", triggers };
    await engine.check(urn, inputs);
    const { id, outputs } = await engine.create(urn, inputs);
    const changed = { ...inputs, triggers: Object.fromEntries(keys.map((each) => [each, "2"])) };
    await engine.check(urn, changed, inputs);
    const { detailed, replaces } = await engine.diff(urn, id, { inputs, outputs }, changed);
    expect(replaces).toEqual(["triggers"]);
    expect(Object.keys(detailed).sort()).toEqual(
      ['triggers["a.b"]', 'triggers["a[b"]', 'triggers["q\\"q"]', 'triggers["😀"]', "triggers"].sort(),
    );
  });
});
