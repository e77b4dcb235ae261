/** judge and preview: what a state, or arguments alone, say without a request. */
import { judge, knownOutputs } from "../../provider/src/lifecycle";
import { readCommonArguments } from "../../provider/src/execution/commonArguments";

const args = { workflowId: "wf-1" };
const verdictOf = (state: Record<string, unknown>, more: Record<string, unknown> = {}): string | undefined =>
  judge("ex-1", state, { ...args, ...more })?.({
    subject: "workflow wf-1",
    consoleUrl: undefined,
    common: readCommonArguments({ ...args, ...more }),
  });

test.each([
  ["succeeded", {}],
  ["failed", { onFailure: "continue" }],
  ["running", { waitFor: "started" }],
  ["waiting", { runOn: "destroy" }],
])("%s with %j is as wanted", (status, more) => {
  expect(verdictOf({ status }, more)).toBeUndefined();
});

test.each([
  ["failed", "execution ex-1 failed", "WFX-EXECUTION-FAILED"],
  ["timedOut", "execution ex-1 timed out at the service", "WFX-EXECUTION-FAILED"],
  ["running", "execution ex-1 has not finished", "WFX-EXECUTION-TIMEOUT"],
])("%s is not: the verdict says so", (status, text, code) => {
  expect(verdictOf({ status, steps: [] })).toContain(text);
  expect(verdictOf({ status, steps: [] })).toContain(code);
});

test("of a teardown runbook everything is known before it runs", () => {
  expect(knownOutputs({ ...args, runOn: "destroy" })).toMatchObject({ status: "waiting", steps: [] });
});

test("dependents see an execution succeeded or not at all, where a failure fails the deployment and somebody waits", () => {
  expect(knownOutputs(args)).toEqual({ ...args, status: "succeeded" });
  expect(knownOutputs({ ...args, onFailure: "continue" })).not.toHaveProperty("status");
  expect(knownOutputs({ ...args, waitFor: "started" })).not.toHaveProperty("status");
});
