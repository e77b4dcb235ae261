// The timeline as a pure function: how an execution stands at a time.
import type { NodeScript, RunScript } from "../../emulator/src/player/script";
import { executionAt, type Intervention } from "../../emulator/src/player/timeline";

const START = 1_000_000;

const node = (id: string, changes: Partial<NodeScript> = {}): NodeScript => ({
  id,
  name: id,
  durationMs: 100,
  status: "success",
  ignoreError: false,
  pause: false,
  ...changes,
});

const run = (nodes: NodeScript[], changes: Partial<RunScript> = {}): RunScript => ({
  nodes,
  requiresApproval: false,
  approvers: [],
  queuedMs: 0,
  stopTakesMs: 0,
  ...changes,
});

/** Phase or outcome, end relative to the start, and each begun node with its state. */
function at(script: RunScript, ms: number, interventions: Intervention[] = []): unknown[] {
  const { phase, outcome, endedAt, steps } = executionAt(script, START, interventions, START + ms);
  return [
    outcome ?? phase,
    endedAt === undefined ? undefined : endedAt - START,
    steps
      .map(
        (step) =>
          `${step.node.id}:${step.outcome ?? step.phase}${step.attempt > 1 ? `#${String(step.attempt)}` : ""}`,
      )
      .join(" "),
  ];
}

const later = (ms: number): number => START + ms;

test("nodes follow each other without a gap", () => {
  const script = run([node("a"), node("b"), node("c")]);
  expect(at(script, 0)).toEqual(["running", undefined, "a:running"]);
  expect(at(script, 99)).toEqual(["running", undefined, "a:running"]);
  expect(at(script, 100)).toEqual(["running", undefined, "a:success b:running"]);
  expect(at(script, 300)).toEqual(["success", 300, "a:success b:success c:success"]);
  expect(at(script, 1e9)).toEqual(["success", 300, "a:success b:success c:success"]);
});

test("progress of a node grows with time", () => {
  expect(executionAt(run([node("a")]), START, [], later(25)).steps[0]!.progress).toBe(0.25);
});

test.each(["fail", "timeout", "partial"])("a node that ends with %s ends the execution", (status) => {
  const script = run([node("a"), node("b", { status }), node("c")]);
  expect(at(script, 250)).toEqual([status, 200, `a:success b:${status}`]);
});

test("an ignored failure lets the execution go on, which then ends with fail", () => {
  const script = run([node("a", { status: "fail", ignoreError: true }), node("b")]);
  expect(at(script, 150)).toEqual(["running", undefined, "a:fail b:running"]);
  expect(at(script, 200)).toEqual(["fail", 200, "a:fail b:success"]);
  expect(at({ ...script, status: "success" }, 200)[0]).toBe("success");
});

test("the final status can be overridden", () => {
  expect(at(run([node("a")], { status: "fail" }), 100)).toEqual(["fail", 100, "a:success"]);
  expect(at(run([node("a", { status: "fail" })], { status: "timeout" }), 100)[0]).toBe("timeout");
});

test("a queue delays the first node", () => {
  const script = run([node("a")], { queuedMs: 50 });
  expect(at(script, 49)).toEqual(["queued", undefined, ""]);
  expect(at(script, 150)).toEqual(["success", 150, "a:success"]);
});

describe("stopping", () => {
  const script = run([node("a"), node("b")]);

  test("cancels the running node at once", () => {
    const stop: Intervention[] = [{ kind: "stop", at: later(130) }];
    expect(at(script, 129, stop)[0]).toBe("running");
    expect(at(script, 130, stop)).toEqual(["cancel", 130, "a:success b:cancel"]);
    expect(at(script, 5000, stop)).toEqual(["cancel", 130, "a:success b:cancel"]);
  });

  test("may take its time", () => {
    const slow = { ...script, stopTakesMs: 50 };
    const stop: Intervention[] = [{ kind: "stop", at: later(30) }];
    expect(at(slow, 79, stop)).toEqual(["stopping", undefined, "a:running"]);
    expect(at(slow, 80, stop)).toEqual(["cancel", 80, "a:cancel"]);
  });

  test("comes too late for an execution that ends before the stop does", () => {
    const slow = { ...script, stopTakesMs: 500 };
    expect(at(slow, 900, [{ kind: "stop", at: later(150) }])).toEqual([
      "success",
      200,
      "a:success b:success",
    ]);
  });
});

describe("pausing", () => {
  const script = run([node("a"), node("hold", { pause: true, durationMs: 10 }), node("b")]);

  test("holds until someone lets it continue", () => {
    expect(at(script, 5000)).toEqual(["paused", undefined, "a:success hold:paused"]);
    const go: Intervention[] = [{ kind: "continue", nodeId: "hold", at: later(1000) }];
    expect(at(script, 999, go)[0]).toBe("paused");
    expect(at(script, 1005, go)).toEqual(["running", undefined, "a:success hold:running"]);
    expect(at(script, 1110, go)).toEqual(["success", 1110, "a:success hold:success b:success"]);
  });

  test("does not go on once a stop is under way", () => {
    const slow = { ...script, stopTakesMs: 500 };
    const late: Intervention[] = [
      { kind: "stop", at: later(600) },
      { kind: "continue", nodeId: "hold", at: later(700) },
    ];
    expect(at(slow, 1099, late)).toEqual(["stopping", undefined, "a:success hold:paused"]);
    expect(at(slow, 1100, late)).toEqual(["cancel", 1100, "a:success hold:cancel"]);
  });

  test("can be stopped", () => {
    expect(at(script, 700, [{ kind: "stop", at: later(600) }])).toEqual([
      "cancel",
      600,
      "a:success hold:cancel",
    ]);
  });
});

describe("a failed node", () => {
  const script = run([
    node("a", { status: "fail", onRestart: { status: "success", durationMs: 20 } }),
    node("b"),
  ]);

  test("is run again by a restart", () => {
    const restart: Intervention[] = [{ kind: "restart", nodeId: "a", at: later(500) }];
    expect(at(script, 400, restart)).toEqual(["fail", 100, "a:fail"]);
    expect(at(script, 510, restart)).toEqual(["running", undefined, "a:running#2"]);
    expect(at(script, 620, restart)).toEqual(["success", 620, "a:success#2 b:success"]);
  });

  test("fails again when its script does not say otherwise", () => {
    const same = run([node("a", { status: "fail" })]);
    expect(at(same, 650, [{ kind: "restart", nodeId: "a", at: later(500) }])).toEqual([
      "fail",
      600,
      "a:fail#2",
    ]);
  });

  test("is passed by a skip", () => {
    expect(at(script, 600, [{ kind: "skip", nodeId: "a", at: later(500) }])).toEqual([
      "success",
      600,
      "a:fail b:success",
    ]);
  });
});

describe("approval", () => {
  const script = run([node("a")], { requiresApproval: true });

  test("is waited for", () => {
    expect(at(script, 5000)).toEqual(["awaitingApproval", undefined, ""]);
    expect(at(script, 1100, [{ kind: "approve", at: later(1000) }])).toEqual(["success", 1100, "a:success"]);
  });

  test("can be refused", () => {
    expect(at(script, 1100, [{ kind: "reject", at: later(1000) }])).toEqual(["rejected", 1000, ""]);
  });
});
