/** diff: runs again for a reason in words, and for no other. */
import { propertiesOf, reasonsOf } from "../../provider/src/fronts/dynamic/differences";
import type { Arguments, StoredState } from "../../provider/src/lifecycle";
import { diff, unknownValue } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";

const args = { workflowId: "wf-1", triggers: { image: "a", flags: { x: 1, y: [1, 2] } } };
const state: StoredState = {
  ...args,
  region: "cn-north-4",
  projectId: "0123456789abcdef0123456789abcdef",
  executionId: "ex-1",
  status: "succeeded",
  stateVersion: 1,
};

/** A difference, with its causes as the dynamic provider host takes them. */
type Told = ReturnType<typeof diff> & { readonly properties: string[]; readonly reasons: string[] };

const told = (found: ReturnType<typeof diff>): Told => ({
  ...found,
  properties: propertiesOf(found.changes),
  reasons: reasonsOf(found.changes),
});

const compare = (news: Arguments, olds: StoredState = state): Told =>
  told(diff(services.aom, "ex-1", olds, news));

test("nothing changed: nothing to do", () => {
  expect(compare(args)).toEqual({
    action: "none",
    changes: [],
    properties: [],
    reasons: [],
    deleteFirst: false,
  });
});

test("the order of keys does not matter, at any depth", () => {
  expect(compare({ triggers: { flags: { y: [1, 2], x: 1 }, image: "a" }, workflowId: "wf-1" }).action).toBe(
    "none",
  );
});

test("nor does it in JSON text, unless its numbers could get lost on the way", () => {
  const reasons = (before: string, now: unknown): readonly string[] =>
    reasonsOf(
      diff(
        services.cloudflow,
        "ex-1",
        { ...state, flowName: "f", input: before },
        { flowName: "f", triggers: args.triggers, input: now },
      ).changes,
    );
  expect(reasons('{"a":1,"b":[2]}', ' { "b": [2], "a": 1 }')).toEqual([]);
  expect(reasons('{"a":1,"b":[2]}', { b: [2], a: 1 })).toEqual([]);
  expect(reasons('{"a":1}', '{"a":2}')).toEqual(["input changed"]);
  expect(reasons('{"a":12345678901234567890}', '{"a":12345678901234567891}')).toEqual(["input changed"]);
  expect(reasons('{"a":1e400}', '{"a":1e401}')).toEqual(["input changed"]);
});

test.each([
  [{ ...args, workflowId: "wf-2" }, ["workflowId changed"]],
  [{ ...args, region: "cn-east-3" }, ["region changed"]],
  [{ ...args, triggers: { ...args.triggers, image: "b" } }, ["triggers.image changed"]],
  [{ ...args, triggers: { ...args.triggers, more: null } }, ["triggers.more was added"]],
  [{ ...args, triggers: { image: "a" } }, ["triggers.flags was removed"]],
  [{ workflowId: "wf-1" }, ["triggers.flags was removed", "triggers.image was removed"]],
  [{ ...args, triggers: { ...args.triggers, flags: { x: 1, y: [2, 1] } } }, ["triggers.flags changed"]],
  [
    { ...args, triggers: { picture: "a", flags: args.triggers.flags } },
    ["triggers.image was removed", "triggers.picture was added"],
  ],
  [{ ...args, triggers: { ...args.triggers, image: unknownValue } }, ["triggers.image may change"]],
  [{ ...args, triggers: unknownValue }, ["triggers may change"]],
  [{ ...args, workflowId: unknownValue }, ["workflowId may change"]],
  [{ ...args, adoptExecutionId: "ex-2" }, ["adoptExecutionId names another execution"]],
  [{ ...args, adoptExecutionId: unknownValue }, ["adoptExecutionId may name another execution"]],
  [{ ...args, rerunOn: "always" }, ['rerunOn includes "always"']],
] as [Arguments, string[]][])("runs again: %#", (news, reasons) => {
  const result = compare(news);
  expect(result.action).toBe("rerun");
  expect(result.reasons).toEqual(reasons);
  expect(result.deleteFirst).toBe(false);
});

test.each([
  ["a wait setting", { ...args, timeoutSeconds: 7 }, "timeoutSeconds changed (no new run)"],
  ["the endpoint", { ...args, endpoint: "https://elsewhere.example" }, "endpoint changed (no new run)"],
  ["rerunOn", { ...args, rerunOn: [] }, "rerunOn changed (no new run)"],
  ["the id it has already", { ...args, adoptExecutionId: "ex-1" }, undefined],
] as [string, Arguments, string | undefined][])("%s runs nothing again", (_what, news, reason) => {
  expect(compare(news)).toMatchObject(
    reason === undefined ? { action: "none" } : { action: "update", reasons: [reason] },
  );
});

test("an adoptExecutionId that stays is no reason once the workflow has run again", () => {
  const stored = { ...state, adoptExecutionId: "ex-0" };
  expect(compare({ ...args, adoptExecutionId: "ex-0" }, stored).action).toBe("none");
  expect(compare({ ...args, adoptExecutionId: "ex-2" }, stored).reasons).toEqual([
    "adoptExecutionId names another execution",
  ]);
});

test("a region that is left out stays where the execution is", () => {
  expect(compare({ ...args, region: "cn-north-4" }).action).toBe("none");
  expect(compare(args, { ...state, region: "cn-east-3" }).action).toBe("none");
});

test("an expired record, a missing version and keys of later versions are no reason", () => {
  const old = Object.fromEntries(Object.entries(state).filter(([name]) => name !== "stateVersion"));
  expect(compare(args, { ...old, expired: true, invented: "later" }).action).toBe("none");
});

test.each([
  ["failed", 'last execution failed (rerunOn includes "failed")'],
  ["timedOut", 'last execution timed out at the service (rerunOn includes "timedOut")'],
  ["stopped", 'last execution was stopped (rerunOn includes "stopped")'],
])("by default, %s runs again", (status, reason) => {
  expect(compare(args, { ...state, status })).toMatchObject({ action: "rerun", reasons: [reason] });
});

test("a failure that is not to be run again still is a failure, unless it may continue", () => {
  const failed = { ...state, status: "failed", rerunOn: ["stopped"] };
  expect(compare({ ...args, rerunOn: ["stopped"] }, failed)).toMatchObject({
    action: "update",
    reasons: ["last execution failed (not run again)"],
  });
  const lenient = { ...args, rerunOn: ["stopped"], onFailure: "continue" };
  expect(compare(lenient, { ...failed, onFailure: "continue" }).action).toBe("none");
});

test.each(["running", "waiting", "unknown"])("an execution last seen %s is waited for", (status) => {
  expect(compare(args, { ...state, status })).toMatchObject({
    action: "update",
    reasons: ["resumes waiting for execution ex-1"],
  });
  const started = { ...args, waitFor: "started" };
  expect(compare(started, { ...state, ...started, status }).action).toBe("none");
});

test("what may still run is dealt with before another one starts", () => {
  const news = { ...args, triggers: { image: "b" } };
  expect(compare(news, { ...state, status: "running" })).toMatchObject({
    action: "rerun",
    deleteFirst: true,
  });
});

test.each([
  ["timeoutSeconds", "rerun"],
  ['["timeoutSeconds"]', "rerun"],
  ["*", "rerun"],
  ["timeout", "update"],
  ["triggers.timeoutSeconds", "update"],
  ["onFailure", "update"],
])("replaceOnChanges of %s makes a changed timeoutSeconds %s", (path, action) => {
  const result = told(diff(services.aom, "ex-1", state, { ...args, timeoutSeconds: 7 }, [path]));
  expect(result).toMatchObject({ action, properties: ["timeoutSeconds"] });
  if (action === "rerun") expect(result.reasons).toEqual(["timeoutSeconds changed (replaceOnChanges)"]);
  expect(diff(services.aom, "ex-1", state, args, [path]).action).toBe("none");
});

test("an argument that is secret now is an update: what is stored has to be marked", () => {
  const marked = (news: Arguments, olds: StoredState = state): Told =>
    told(diff(services.aom, "ex-1", olds, news, [], [{ argument: "triggers", path: "triggers.token" }]));
  expect(marked(args)).toMatchObject({
    action: "update",
    changes: [{ path: "triggers.token", isInput: true }],
    properties: ["triggers"],
    reasons: ["triggers.token is secret now (no new run)"],
    deleteFirst: false,
  });
  // A run stores everything anew anyway.
  expect(marked({ ...args, workflowId: "wf-2" })).toMatchObject({
    action: "rerun",
    reasons: ["workflowId changed"],
  });
  const armed = { ...args, runOn: "destroy", status: "waiting", steps: [], stateVersion: 1 };
  expect(marked({ ...args, runOn: "destroy" }, armed)).toMatchObject({
    action: "update",
    reasons: ["triggers.token is secret now (no new run)"],
  });
});

test.each([
  [{ ...args, triggers: { ...args.triggers, image: "b" } }, "triggers.image", "update", true],
  [{ ...args, triggers: { ...args.triggers, "a b": 1 } }, 'triggers["a b"]', "add", true],
  [{ ...args, triggers: { image: "a" } }, "triggers.flags", "delete", true],
  [{ ...args, timeoutSeconds: 60 }, "timeoutSeconds", "add", true],
  [{ ...args, workflowId: "wf-2" }, "workflowId", "update", true],
] as const)("a change says where it is and of what kind (%#)", (news, path, kind, isInput) => {
  expect(compare(news).changes).toMatchObject([{ path, kind, isInput }]);
});

test("a re-run after a failure has the stored status as its cause, and rerunOn for the host", () => {
  const { changes, properties } = compare(args, { ...state, status: "failed" });
  expect(changes).toMatchObject([{ path: "status", kind: "update", isInput: false }]);
  expect(properties).toEqual(["rerunOn"]);
});
