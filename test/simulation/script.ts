/**
 * A run as data: the world, the stacks, and the events step by step. Everything that a seed draws is in here, so that a
 * run can be replayed, shortened and pasted into a test.
 */
import type { ServiceName } from "../../provider/src/services/registry";

/** The service, its machines and their clocks. Times in milliseconds. */
export interface World {
  readonly service: ServiceName;
  /**
   * Through which front the program reaches the service.
   * @default "dynamic"
   */
  readonly front?: FrontName;
  /** CloudFlow's Express flows, the EXPRESS ones of FunctionGraph and Step Functions. */
  readonly express?: boolean;
  /** CloudFlow: Express executions are kept as others are; else they are forgotten as they end. */
  readonly expressKept?: boolean;
  /**
   * FunctionGraph, COC: whether the status shows the headers or the description of the start; `empty` shows them without
   * anything in them.
   */
  readonly headers?: "shown" | "hidden" | "empty";
  /** Nodes of the service, each with a clock of its own. */
  readonly nodes: readonly ClockSpec[];
  readonly machines: readonly MachineSpec[];
  readonly workflows: number;
  readonly latencyMs: readonly [number, number];
  /**
   * Longest lags: of lists until they have an execution, of details until they have it, and of both until they have its
   * status.
   */
  readonly lagMs: { readonly list: number; readonly detail: number; readonly status: number };
  readonly durationMs: readonly [number, number];
  /** Share of the executions that fail. */
  readonly failing: number;
  /** The output that executions give. */
  readonly output?: "plain" | "markers" | "unknown" | "surrogate";
  /** Time until a stop takes hold. */
  readonly stopMs: number;
  /** AOM: times in whole seconds. */
  readonly inSeconds?: boolean;
  /** Answers bear no `Date`. */
  readonly withoutDate?: boolean;
  /** CloudFlow: the shared gateway's error codes. */
  readonly gatewayCodes?: boolean;
}

/** A front of the provider. */
export type FrontName = "dynamic" | "plugin";

/** A clock: how far it is ahead, and by how much per second it runs fast. */
export interface ClockSpec {
  readonly aheadMs: number;
  readonly fastPerSecond?: number;
}

/** A machine that deploys. */
export interface MachineSpec extends ClockSpec {
  readonly journal: "kept" | "unwritable" | "none";
  /** Another process holds the lock of every workflow this long from the beginning. */
  readonly lockHeldMs?: number;
}

/** A value of the program. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A resource as the program has it. */
export interface ResourceSpec {
  readonly name: string;
  readonly workflow: number;
  /** Counts up where the program wants something new: an argument that replaces. */
  readonly version: number;
  /** Common arguments; `executionKey` apart. */
  readonly args?: Readonly<Record<string, Json>>;
  /** `random`: a RandomUuid7 whose keepers are the version; anything else is given as it is. */
  readonly executionKey?: string;
  /** `executionName` of CloudFlow and Step Functions. */
  readonly executionName?: string;
  readonly dependsOn?: string;
  /** The resource option. */
  readonly replacementTrigger?: Json;
  /** The resource option. */
  readonly deleteBeforeReplace?: boolean;
  readonly secretInput?: boolean;
}

/** A stack and its program at the beginning. */
export interface StackSpec {
  readonly name: string;
  readonly resources: readonly ResourceSpec[];
}

/** Kinds of requests, under one name for all services. */
export type RequestKind = "start" | "detail" | "list" | "stop" | "history";

/** Something that goes wrong with one request of a deployment. */
export interface Fault {
  readonly on: RequestKind;
  /** Number of the request among those of that kind; 1 is the first of the deployment. */
  readonly nth: number;
  /**
   * Number of requests in a row.
   * @default 1
   */
  readonly times?: number;
  readonly what:
    | "lostBefore"
    | "lostAfter"
    | "hangBefore"
    | "hangAfter"
    | "refused"
    | "errorBefore"
    | "errorAfter"
    | "throttled"
    | "slow"
    | "late"
    | "garbage"
    | "cutBody"
    | "drip"
    | "cutList"
    | "sameToken"
    | "foreignId"
    | "foreignName"
    | "badId";
  /** For `slow`, `late`, `drip`: how long. For `throttled`: Retry-After. For `badId`: which one. */
  readonly ms?: number;
}

/** The moment of an event in a process: at one of its actions, or after a time. */
export type Moment =
  | {
      /** A kind of request, or `disk`, `sleep`, `lock`, `engine`, or `any`. */
      readonly at: string;
      readonly nth: number;
      /** Before it begins; once it is on its way; when it is done. */
      readonly when: "before" | "sent" | "after";
    }
  | { readonly ms: number };

/** A deployment. */
export interface Deploy {
  /** `import`: an execution is looked at as `pulumi import` does, and the person does not go on. */
  readonly do: "up" | "refresh" | "destroy" | "import";
  /** For `import`: which execution, counted from the newest of the first workflow, 0. */
  readonly nth?: number;
  readonly stack: number;
  readonly machine: number;
  readonly preview?: boolean;
  readonly refresh?: boolean;
  readonly target?: string;
  readonly replace?: string;
  readonly faults?: readonly Fault[];
  /** `all`: the machine goes down; `engine`: the CLI is killed; `host`: the provider's process is. */
  readonly kill?: { readonly who: "all" | "engine" | "host"; readonly moment: Moment };
  readonly ctrlC?: { readonly moment: Moment; readonly secondAfterMs?: number };
}

/** A clock is set: a machine's or a node's. */
export interface Jump {
  readonly machine?: number;
  readonly node?: number;
  readonly byMs: number;
}

/** One thing that happens. */
export type Step =
  | Deploy
  | { readonly do: "together"; readonly deploys: readonly Deploy[]; readonly apartMs: number }
  | {
      readonly do: "edit";
      readonly stack: number;
      readonly resource: string;
      /** Changes of the resource; `null` takes a field away. */
      readonly set: Readonly<Record<string, Json>>;
    }
  /** The person who deploys follows the remedy of the last error. */
  | { readonly do: "answer"; readonly stack: number }
  | { readonly do: "wait"; readonly ms: number }
  | ({ readonly do: "clock" } & Jump)
  /** The clock is set while a deployment is under way. */
  | ({ readonly do: "clockDuring"; readonly deploy: Deploy; readonly afterMs: number } & Jump)
  | { readonly do: "journal"; readonly machine: number; readonly what: "lost" | "damaged" }
  /** Another person or program. `nth` counts the workflow's executions from the newest, 0. */
  | { readonly do: "othersStart"; readonly workflow: number; readonly name?: string; readonly forMs: number }
  | { readonly do: "othersStop"; readonly workflow: number; readonly nth: number }
  | { readonly do: "othersDelete"; readonly workflow: number; readonly nth: number };

/** A whole run. */
export interface Script {
  /** For the choices during a play: latencies, ids, the node that answers. */
  readonly seed: number;
  readonly world: World;
  readonly stacks: readonly StackSpec[];
  readonly steps: readonly Step[];
}
