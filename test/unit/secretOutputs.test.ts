/** Which outputs are marked as secret, where an argument is. */
import { markSecretOutputs } from "../../provider/src/dynamic/secretOutputs";

const outs = {
  executionId: "flow-1-8f1c",
  output: { seen: "x" },
  steps: [],
  failure: null,
  status: "succeeded",
  rawStatus: "success",
  consoleUrl: "https://console/flows/flow%2F1?region=cn-north-4",
  input: { flow: "succeeded" },
  __meta: {},
};
const marked = (value: unknown): unknown => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

test("without a secret argument none", () => {
  expect(markSecretOutputs(outs, { input: "x" }, [])).toEqual(outs);
});

test("what a workflow can have made of it; the engine marks what has the argument's name", () => {
  expect(markSecretOutputs(outs, { input: { flow: "succeeded", key: "flow" } }, ["input"])).toEqual({
    ...outs,
    output: marked(outs.output),
    steps: marked(outs.steps),
  });
});

test("an address that has the argument's text in it, also encoded, and an id", () => {
  expect(markSecretOutputs(outs, { workflowId: "flow/1", region: "r" }, ["workflowId"])).toMatchObject({
    consoleUrl: marked(outs.consoleUrl),
    executionId: outs.executionId,
  });
  expect(markSecretOutputs(outs, { executionName: "flow-1" }, ["executionName"])).toMatchObject({
    consoleUrl: outs.consoleUrl,
    executionId: marked(outs.executionId),
    status: "succeeded",
  });
});
