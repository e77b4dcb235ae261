/**
 * The script of a workflow: which nodes it has, how long each takes and how it ends. It knows no vendor: each service
 * reads it into a program, and describes how that is played in its own words.
 */
import type { TaskScript } from "./play";

/** The end of a node or an execution: `success`, `fail`, `timeout`, `cancel`, or any other text for a new status. */
export type Outcome = string;

/** A machine or workload that a node works on; fields given here win over the made-up ones. */
export type Target = Readonly<Record<string, unknown>>;

/** The targets of a node by how they stand when the node has ended. */
export interface TargetGroups {
  /** The kind of items to make up: cloud servers or container workloads. */
  readonly kind: "ecs" | "cce";
  readonly success: readonly Target[];
  readonly fail: readonly Target[];
  readonly inExecution: readonly Target[];
  readonly notPerformed: readonly Target[];
}

/** The script of one node. Durations in milliseconds of emulated time. */
export interface NodeScript {
  readonly id: string;
  readonly name: string;
  readonly durationMs: number;
  readonly status: Outcome;
  /** Free keys of the node's output. */
  readonly output?: Readonly<Record<string, unknown>> | undefined;
  readonly targets?: TargetGroups | undefined;
  /** Log text: of each failed target that has none of its own, or of the node when it has no targets. */
  readonly log?: string | undefined;
  /** Code and text of the error of a failed task, for services that have them. */
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
  /** A failure of this node does not end the execution. */
  readonly ignoreError: boolean;
  /** The execution halts here until someone lets it continue. */
  readonly pause: boolean;
  /** The changes for a restart of the failed node; without them, it fails again in the same way. */
  readonly onRestart?: Partial<NodeScript> | undefined;
}

/** The script of one execution. */
export interface RunScript {
  readonly nodes: readonly NodeScript[];
  /** Final status, in place of the nodes' result. */
  readonly status?: Outcome | undefined;
  /** Status while it runs, to play a status that no client knows. */
  readonly runningStatus?: string | undefined;
  readonly requiresApproval: boolean;
  readonly approvers: readonly string[];
  /** Time before the first node begins. */
  readonly queuedMs: number;
  /** Time that a stop takes; an execution that ends earlier is not stopped. */
  readonly stopTakesMs: number;
}

/** The script of a flow that has a definition of its own, until its tasks are scripted. */
export const unscripted: RunScript = {
  nodes: [],
  requiresApproval: false,
  approvers: [],
  queuedMs: 0,
  stopTakesMs: 0,
};

/** A workflow as scripted. Run number i uses `runs[i]`, the last of them repeats; without `runs`, `base`. */
export interface WorkflowScript {
  readonly name: string;
  readonly description: string;
  readonly base: RunScript;
  readonly runs: readonly RunScript[];
  /** Fields of the vendor's workflow object, such as `enterprise_project_id`. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The script of the execution with this number (from 0). */
export function runNumber(script: WorkflowScript, number: number): RunScript {
  return script.runs[Math.min(number, script.runs.length - 1)] ?? script.base;
}

/** The scripts of a program's tasks when their ids are those of the run's nodes. */
export function taskScripts({ nodes }: RunScript): Record<string, readonly TaskScript[]> {
  return scriptTasks(nodes, ({ durationMs, status, output, error, cause, log }) => ({
    durationMs,
    outcome: status,
    output,
    error,
    cause: cause ?? log,
  }));
}

/**
 * The scripts of each node's task, by the node's id: for the first attempt, and from the second attempt on if a restart
 * changes the node.
 */
export function scriptTasks(
  nodes: readonly NodeScript[],
  script: (node: NodeScript) => TaskScript,
): Record<string, readonly TaskScript[]> {
  return Object.fromEntries(
    nodes.map((node) => [node.id, [script(node), ...(node.onRestart ? [script(nodeAt(node, 2))] : [])]]),
  );
}

/** The node as it is at an attempt (from 1): a restart can change it. */
export function nodeAt(node: NodeScript, attempt: number): NodeScript {
  return attempt === 1 ? node : { ...node, ...node.onRestart };
}
