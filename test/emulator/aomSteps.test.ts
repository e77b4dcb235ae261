/**
 * The steps of an AOM workflow as a pure function: how an execution stands at a time.
 */
import fc from "fast-check";
import { nodeRuns, programOfSteps, tasksOfSteps } from "../../emulator/src/huawei/steps";
import type { NodeRun } from "../../emulator/src/huawei/steps";
import type { Intervention, ProgramSnapshot } from "../../emulator/src/player/play";
import { Player } from "../../emulator/src/player/player";
import type { Playable } from "../../emulator/src/player/player";
import type { NodeScript, RunScript } from "../../emulator/src/player/script";

const startMs = 1_000_000;

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

function playableOf(script: RunScript, interventions: readonly Intervention[]): Playable {
  const [program, tasks] = [programOfSteps(script), tasksOfSteps(script)];
  return { run: script, program, tasks, startedAt: startMs, interventions };
}

function play(
  script: RunScript,
  ms: number,
  interventions: Intervention[] = [],
): { snapshot: ProgramSnapshot; nodes: NodeRun[] } {
  const now = startMs + ms;
  const snapshot = new Player(() => now).play(playableOf(script, interventions));
  return { snapshot, nodes: nodeRuns(script, snapshot, now) };
}

/** Phase or outcome, end relative to the start, and each begun node with its state. */
function at(script: RunScript, ms: number, interventions: Intervention[] = []): unknown[] {
  const { snapshot, nodes } = play(script, ms, interventions);
  const { phase, outcome, endedAt } = snapshot;
  return [
    outcome ?? phase,
    endedAt === undefined ? undefined : endedAt - startMs,
    nodes
      .map(
        (step) =>
          `${step.node.id}:${step.outcome ?? step.phase}${step.attempt > 1 ? `#${String(step.attempt)}` : ""}`,
      )
      .join(" "),
  ];
}

const later = (ms: number): number => startMs + ms;

test("nodes follow each other without a gap", () => {
  const script = run([node("a"), node("b"), node("c")]);
  expect(at(script, 0)).toEqual(["running", undefined, "a:running"]);
  expect(at(script, 99)).toEqual(["running", undefined, "a:running"]);
  expect(at(script, 100)).toEqual(["running", undefined, "a:success b:running"]);
  expect(at(script, 300)).toEqual(["success", 300, "a:success b:success c:success"]);
  expect(at(script, 1e9)).toEqual(["success", 300, "a:success b:success c:success"]);
});

test("progress of a node grows with time", () => {
  expect(play(run([node("a")]), 25).nodes[0]!.progress).toBe(0.25);
});

test("progress counts from the end of a pause, and stays where a stop ends the node", () => {
  const script = run([node("hold", { pause: true })], { stopTakesMs: 10 });
  const go: Intervention = { kind: "continue", nodeId: "hold", at: later(40) };
  const stop: Intervention = { kind: "stop", at: later(60) };
  const progress = (ms: number): number => play(script, ms, [go, stop]).nodes[0]!.progress;
  expect([39, 40, 60, 70, 500].map(progress)).toEqual([0, 0, 0.2, 0.3, 0.3]);
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

  test("can be another one at its restart, also one that pauses and whose failure is ignored", () => {
    const onRestart = { pause: true, ignoreError: true };
    const script = run([node("a", { status: "fail", onRestart }), node("b")]);
    const again: Intervention[] = [
      { kind: "restart", nodeId: "a", at: later(500) },
      { kind: "continue", nodeId: "a", at: later(600) },
    ];
    expect(at(script, 599, again)).toEqual(["paused", undefined, "a:paused#2"]);
    expect(at(script, 750, again)).toEqual(["running", undefined, "a:fail#2 b:running"]);
    expect(at(script, 800, again)).toEqual(["fail", 800, "a:fail#2 b:success"]);
  });

  test("is repaired by nobody once a stop is under way", () => {
    const repair: Intervention[] = [
      { kind: "stop", at: later(50) },
      { kind: "restart", nodeId: "a", at: later(200) },
      { kind: "skip", nodeId: "a", at: later(300) },
    ];
    expect(at({ ...script, stopTakesMs: 900 }, 400, repair)).toEqual(["fail", 100, "a:fail"]);
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

  test("comes too late after a stop", () => {
    const late: Intervention[] = [
      { kind: "stop", at: later(100) },
      { kind: "approve", at: later(200) },
    ];
    expect(at({ ...script, stopTakesMs: 500 }, 400, late)[0]).toBe("stopping");
    expect(at({ ...script, stopTakesMs: 500 }, 600, late)).toEqual(["cancel", 600, ""]);
  });

  test("comes before the queue, and a refusal before a status that the script asks for", () => {
    const queued = run([node("a")], { requiresApproval: true, queuedMs: 50, status: "timeout" });
    expect(at(queued, 1049, [{ kind: "approve", at: later(1000) }])[0]).toBe("queued");
    expect(at(queued, 1150, [{ kind: "approve", at: later(1000) }])[0]).toBe("timeout");
    expect(at(queued, 1150, [{ kind: "reject", at: later(1000) }])[0]).toBe("rejected");
  });
});

test("an answer that is kept until the next change says what a new one would", () => {
  const anyNode = fc.record({
    durationMs: fc.integer({ min: 0, max: 50 }),
    status: fc.constantFrom("success", "success", "fail"),
    ignoreError: fc.boolean(),
    pause: fc.boolean(),
  });
  const done = [
    { kind: "approve", at: 3 },
    { kind: "continue", nodeId: "0", at: 5 },
    { kind: "skip", nodeId: "0", at: 60 },
    { kind: "continue", nodeId: "1", at: 90 },
    { kind: "restart", nodeId: "1", at: 150 },
  ].map((one) => ({ ...one, at: later(one.at) }) as Intervention);
  fc.assert(
    fc.property(
      fc.array(anyNode, { minLength: 1, maxLength: 3 }),
      fc.record({ requiresApproval: fc.boolean(), queuedMs: fc.integer({ min: 0, max: 20 }) }),
      fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 2, maxLength: 8 }),
      fc.integer({ min: 0, max: done.length }),
      (made, whole, times, count) => {
        const nodes = made.map((changes, index) => node(String(index), changes));
        const playable = playableOf(run(nodes, whole), done.slice(0, count));
        let now = startMs;
        const keeps = new Player(() => now);
        for (const ms of times.sort((a, b) => a - b)) {
          now = startMs + ms;
          // A player does not know later interventions beforehand: from then on there is another execution to play.
          if (playable.interventions.some((one) => one.at > now)) continue;
          expect(keeps.play(playable)).toEqual(new Player(() => now).play(playable));
        }
      },
    ),
  );
});
