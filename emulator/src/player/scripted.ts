/**
 * Between scripts and programs: what a script says of tasks, the program of a workflow that is only scripted, and a
 * program's execution in the form in which the control API shows any execution.
 */
import type { Program, State } from "./program";
import type { ProgramSnapshot, ProgramStep, TaskScript } from "./play";
import type { NodeScript, RunScript } from "./script";
import type { ExecutionSnapshot, StepSnapshot } from "./timeline";

/** What the tasks of a program do when their ids are those of the run's nodes. */
export function taskScripts(run: RunScript): Record<string, readonly TaskScript[]> {
  return Object.fromEntries(
    run.nodes.map((node) => {
      const again = node.onRestart && taskScript({ ...node, ...node.onRestart });
      return [node.id, again ? [taskScript(node), again] : [taskScript(node)]];
    }),
  );
}

/**
 * The nodes one after the other. Their outputs are laid over each other, the whole is the execution's output. A node
 * with `pause` waits for a report; one with `ignoreError` is followed by the next whatever happens.
 */
export function programOfNodes(nodes: readonly NodeScript[]): Program {
  const states = nodes.map((node, index): State => {
    const next = nodes[index + 1]?.id;
    return {
      kind: "task",
      id: node.id,
      name: node.name,
      next,
      callback: node.pause,
      catches: node.ignoreError ? [{ errors: ["*"], next, output: { kind: "object", fields: {} } }] : [],
    };
  });
  return { root: { startAt: nodes[0]?.id ?? "", states, data: "collect" } };
}

/** The play in the form of a timeline: every step is a node. */
export function timelineSnapshot(run: RunScript, play: ProgramSnapshot): ExecutionSnapshot {
  const { phase, outcome, beganAt, endedAt, updatedAt } = play;
  return {
    phase,
    outcome,
    beganAt,
    endedAt,
    updatedAt,
    steps: play.steps.map((step) => nodeStep(run, step)),
  };
}

function nodeStep(run: RunScript, step: ProgramStep): StepSnapshot {
  const { state, key, phase, outcome, beganAt, endedAt } = step;
  const node: NodeScript = run.nodes.find(({ id }) => id === state.id) ?? {
    id: state.id,
    name: state.name ?? state.id,
    durationMs: 0,
    status: "success",
    ignoreError: false,
    pause: false,
  };
  return {
    node: { ...node, id: key },
    attempt: step.attempts.at(-1)?.attempt ?? 1,
    phase: phase === "ended" ? "ended" : phase === "awaitingReport" ? "paused" : "running",
    outcome,
    beganAt,
    endedAt,
    progress: phase === "ended" ? 1 : 0,
  };
}

function taskScript(node: NodeScript): TaskScript {
  const { durationMs, status, output, error, cause, log } = node;
  return { durationMs, outcome: status, output, error, cause: cause ?? log };
}
