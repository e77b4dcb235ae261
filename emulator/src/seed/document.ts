/** The shape of a seed file. */
import type { SeedAccount } from "../accounts/accountReader";
import type { SeedMachines } from "../accounts/machine";

/** Targets of a node: names, objects, or how many to make up. */
export type SeedTargets = number | readonly (string | Readonly<Record<string, unknown>>)[];

/** The script of a node, as JSON. Durations in milliseconds of emulated time. */
export interface SeedNodeParts {
  durationMs?: number;
  /** `success`, `fail`, `timeout`, `cancel` or any other text. @default "success" */
  status?: string;
  /** Free keys of the node's output. */
  output?: Record<string, unknown>;
  /** Code and text of the error of a failed task, for FunctionGraph, COC and CloudFlow. */
  error?: string;
  cause?: string;
  targets?: {
    /** @default "ecs" */
    kind?: "ecs" | "cce";
    success?: SeedTargets;
    fail?: SeedTargets;
    in_execution?: SeedTargets;
    not_performed?: SeedTargets;
  };
  /** Log of each failed target without one, or of the node when it has no targets. */
  log?: string;
  /** A failure does not end the execution. @default false */
  ignoreError?: boolean;
  /** Halts here until someone lets the execution continue. @default false */
  pause?: boolean;
}

/** A node, as JSON. */
export interface SeedNode extends SeedNodeParts {
  id: string;
  name?: string;
  durationMs: number;
  /** The changes for a restart of the failed node. */
  onRestart?: SeedNodeParts;
}

/** The script of an execution, as JSON. */
export interface SeedRun {
  nodes?: SeedNode[];
  /** Durations of the nodes, in order. */
  durationsMs?: number[];
  /** Changes of single nodes, by id. */
  change?: Record<string, SeedNodeParts>;
  /** Final status, in place of the nodes' result. */
  status?: string;
  /** Status while it runs. */
  runningStatus?: string;
  requiresApproval?: boolean;
  approvers?: string[];
  /** @default 0 */
  queuedMs?: number;
  /** @default 0 */
  stopTakesMs?: number;
}

/** A workflow, as JSON. */
export interface SeedWorkflow extends SeedRun {
  nodes: SeedNode[];
  /** @default the service in the workflow's key, else "aom" */
  service?: "aom" | "functiongraph" | "coc" | "cloudflow";
  /** @default the first project of the first account */
  projectId?: string;
  /** @default the id */
  name?: string;
  description?: string;
  /** Run number i uses `runs[i]`, the last one repeats. */
  runs?: SeedRun[];
  /** Fields of the vendor's workflow object. */
  attributes?: Record<string, unknown>;
}

/** The content of a seed file. */
export interface Seed {
  /** True if the demo account and its workflows are there too. @default true */
  demo?: boolean;
  accounts?: SeedAccount[];
  /** Machines that issue keys to clients without keys, by their place. */
  machines?: SeedMachines;
  /** By workflow id, or by `service:id` where two services have workflows of the same id. */
  workflows?: Record<string, SeedWorkflow>;
  /** Token buckets by operation, `service:operation` or `*`; used with enforced limits. */
  limits?: Record<string, { tokens: number; perSecond: number }>;
  /** Quirks that are on from the start, for all workflows. */
  quirks?: Record<string, boolean | string | number>;
}
