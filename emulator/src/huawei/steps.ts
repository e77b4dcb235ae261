/** A scripted workflow as a program of steps, and the steps of an execution as the nodes of its script. */
import type { AttemptSnapshot, ProgramSnapshot, ProgramStep, TaskScript } from "../player/play";
import type { Program, State } from "../player/program";
import { nodeAt, scriptTasks } from "../player/script";
import type { NodeScript, Outcome, RunScript } from "../player/script";

/** A node that has begun. Times in epoch milliseconds. */
export interface NodeRun {
  /** As the script has the node at this attempt. */
  readonly node: NodeScript;
  /** From 1; a restarted node counts up. */
  readonly attempt: number;
  readonly phase: ProgramStep["phase"];
  /** Set when the attempt has ended. */
  readonly outcome: Outcome | undefined;
  /** Of this attempt. */
  readonly beganAt: number;
  readonly endedAt: number | undefined;
  /** The share of its work that is done, 0 to 1. */
  readonly progress: number;
}

/** The program of an execution of the run: its nodes one after the other. */
export function programOfSteps({ nodes, requiresApproval }: RunScript): Program {
  const states = nodes.map(({ id, name }, index): State => ({
    kind: "task",
    id,
    name,
    next: nodes[index + 1]?.id,
  }));
  const root = { startAt: nodes[0]?.id ?? "", states, data: "chain" } as const;
  return { root, needsApproval: requiresApproval };
}

/**
 * The scripts of the steps of {@link programOfSteps}. Their outputs are the view's concern: no step is given another
 * step's.
 */
export function tasksOfSteps({ nodes }: RunScript): Record<string, readonly TaskScript[]> {
  return scriptTasks(nodes, ({ durationMs, status, pause, ignoreError }) => ({
    durationMs,
    outcome: status,
    pauses: pause,
    ignoresFailure: ignoreError,
  }));
}

/**
 * The nodes that have begun, each with its last attempt.
 * @param now - epoch milliseconds, for the progress
 */
export function nodeRuns({ nodes }: RunScript, { steps }: ProgramSnapshot, now: number): NodeRun[] {
  const nodesById = new Map(nodes.map((node) => [node.id, node]));
  return steps.flatMap(({ state, phase, attempts }) => {
    const node = nodesById.get(state.id);
    const last = attempts.at(-1);
    if (!node || !last) return [];
    const { attempt, outcome, beganAt, endedAt } = last;
    const progress = progressOf(last, now);
    return [{ node: nodeAt(node, attempt), attempt, phase, outcome, beganAt, endedAt, progress }];
  });
}

/** True if the node ended in a way that ends the execution too. */
export function hasFailed({ phase, outcome }: NodeRun): boolean {
  return phase === "ended" && outcome !== "success";
}

function progressOf({ work, endedAt = Number.POSITIVE_INFINITY }: AttemptSnapshot, now: number): number {
  if (!work) return 0;
  const until = Math.min(now, endedAt);
  return until >= work.until ? 1 : (until - work.from) / (work.until - work.from);
}
