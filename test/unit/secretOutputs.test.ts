/** The outputs that are marked as secret, where an argument is secret. */
import { readProperties } from "../../provider/src/fronts/dynamic/properties";
import type { PropertyPath } from "../../provider/src/fronts/shared/propertyPaths";
import { answeredMeta } from "../../provider/src/fronts/dynamic/answeredMeta";
import { markSecretOutputs, settleOutputs } from "../../provider/src/fronts/shared/secretOutputs";

type Bag = Record<string, unknown>;

const outs = {
  executionId: "flow-1-8f1c",
  output: { seen: "x" },
  steps: [],
  failure: null,
  status: "succeeded",
  rawStatus: "success",
  consoleUrl: "https://console/flows/flow%2F1?region=cn-north-4",
  region: "cn-north-4",
  input: { flow: "succeeded" },
  __meta: {},
};
const marked = (value: unknown): unknown => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

/** Properties of a call, or a state, with secrets at these paths. */
function properties(args: Bag, secretPaths: readonly PropertyPath[], more: Bag = {}): Bag {
  const secretArguments = [...new Set(secretPaths.map(([name]) => name))];
  const paths = secretPaths.length > 0 ? { secretPaths } : {};
  return { ...args, __meta: { secretArguments, ...paths, ...more } };
}

/** The answer of a call that gets `input` into the workflow. */
function answer(
  given: Bag,
  { stored, holds = false }: { readonly stored?: Bag; readonly holds?: boolean } = {},
): { outs: Bag; meta: unknown } {
  const call = readProperties(given);
  const state = stored && readProperties(stored);
  const secrets = settleOutputs(outs, call, state, ["input", "headers"], () => holds);
  return { outs: markSecretOutputs(outs, call.args, secrets), meta: answeredMeta(call, secrets) };
}

test("without a secret argument none", () => {
  expect(answer(properties({ input: "x" }, []))).toEqual({ outs, meta: { secretArguments: [] } });
});

test("what a workflow can have made of its input; the engine marks what has the argument's name", () => {
  const input = { flow: "succeeded", key: "flow" };
  const { outs: found, meta } = answer(properties({ input }, [["input", "key"]]));
  expect(found).toEqual({ ...outs, output: marked(outs.output), steps: marked(outs.steps) });
  expect(meta).toEqual({
    secretArguments: ["input"],
    secretPaths: [["input", "key"]],
    secretOutputs: true,
  });
});

test("an argument that no workflow gets hides nothing, unless a workflow says it", () => {
  const given = properties({ executionName: "my-run", triggers: { a: "t" } }, [
    ["executionName"],
    ["triggers", "a"],
  ]);
  expect(answer(given).outs).toEqual(outs);
  expect(answer(given).meta).not.toHaveProperty("secretOutputs");
  expect(answer(given, { holds: true }).outs).toMatchObject({ output: marked(outs.output) });
});

test("an address that has the argument's text in it, also encoded, and an id", () => {
  expect(answer(properties({ workflowId: "flow/1", region: "r" }, [["workflowId"]])).outs).toMatchObject({
    consoleUrl: marked(outs.consoleUrl),
    executionId: outs.executionId,
    output: outs.output,
  });
  expect(answer(properties({ executionName: "flow-1" }, [["executionName"]])).outs).toMatchObject({
    consoleUrl: outs.consoleUrl,
    executionId: marked(outs.executionId),
    status: "succeeded",
  });
});

describe("the outputs of an execution stay secret", () => {
  const open = properties({ input: "x" }, []);

  test("in every later answer about the same execution", () => {
    const stored = properties({ input: "x" }, [], { secretOutputs: true });
    for (const found of [answer(open, { stored }), answer(stored)]) {
      expect(found.outs).toMatchObject({ output: marked(outs.output) });
      expect(found.meta).toMatchObject({ secretOutputs: true });
    }
  });

  test("where an earlier version stored them, which hid them for any secret argument", () => {
    const stored = { triggers: { a: "t" }, __meta: { secretArguments: ["triggers"] } };
    expect(answer(open, { stored }).outs).toMatchObject({ output: marked(outs.output) });
    const read = answer(stored);
    expect(read.outs).toMatchObject({ output: marked(outs.output) });
    // The path within the triggers is still not known.
    expect(read.meta).toEqual({ secretArguments: ["triggers"], secretOutputs: true });
  });
});

test("a secret place that the program no longer names stays secret, since the execution is still there", () => {
  const stored = properties({ region: "cn-north-4" }, [["region"]]);
  const { outs: found, meta } = answer(properties({ workflowId: "w" }, []), { stored });
  expect(found).toMatchObject({ region: marked("cn-north-4"), consoleUrl: marked(outs.consoleUrl) });
  expect(meta).toMatchObject({ secretPaths: [["region"]] });
});

test("what is only read has its secrets from the notes of the program", () => {
  const given = { input: { a: "x" }, __meta: { urn: "u", notes: { input: { a: "secret" } } } };
  expect(answer(given).meta).toEqual({
    urn: "u",
    secretArguments: ["input"],
    secretPaths: [["input", "a"]],
    secretOutputs: true,
  });
});
