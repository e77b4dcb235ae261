/** judge and preview: what a state, or arguments alone, say without a request. */
import { RunArguments } from "../../provider/src/execution/runArguments";
import { keptOutputs, knownOutputs } from "../../provider/src/lifecycle";
import { judge } from "../../provider/src/lifecycle/judge";
import { services } from "../../provider/src/services/registry";

const args = { workflowId: "wf-1" };
const verdictOf = (
  state: Record<string, unknown>,
  more: Record<string, unknown> = {},
): string | undefined => {
  const wanted = RunArguments.read(services.aom, { ...args, ...more });
  const verdict = judge("ex-1", state, wanted);
  return verdict?.({ subject: "workflow wf-1", consoleUrl: undefined, common: wanted.common });
};

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
  expect(knownOutputs({ ...args, runOn: "destroy" })).toMatchObject({
    status: "waiting",
    steps: [],
  });
});

test("of a run nothing is known before it runs: a preview computes nothing from an outcome that never was", () => {
  expect(knownOutputs(args)).toEqual(args);
});

test.each([
  ["settled", "succeeded", {}, "succeeded"],
  ["under way, and nobody waits", "running", { waitFor: "started" }, "running"],
  ["under way", "running", {}, undefined],
  ["a teardown runbook", "waiting", { runOn: "destroy" }, "waiting"],
])("what an update keeps of an execution that is %s", (_what, status, more, kept) => {
  const state = { ...args, region: "cn-north-4", executionId: "ex-1", status };
  const known = keptOutputs(services.aom, state, { ...args, timeoutSeconds: 7, ...more });
  expect(known).toMatchObject({ ...args, timeoutSeconds: 7 });
  expect(known["status"]).toBe(kept);
});
