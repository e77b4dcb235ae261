/**
 * What the lifecycle is given by a front and what it gives back: outcomes are values, so that each front can turn
 * them into what its own engine wants.
 */
import type { Arguments, Backend, BackendDefinition } from "../backends/backend";
import type { Session } from "../backends/registry";
import type { Reporter } from "../execution/waitUntilSettled";
import type { MessageContext } from "./messages";
import type { CommonArguments } from "./arguments";
import { readCommonArguments } from "./arguments";
import type { RunRegister } from "./starting/register";
import type { Superseded } from "./starting/runKey";
import type { StoredState } from "./state";

/** What a front lends to one call. */
export interface LifecycleHost {
  readonly definition: BackendDefinition;
  readonly session: Session;
  readonly reporter: Reporter;
  /** The resource, where the front knows it. */
  readonly urn: string | undefined;
  /** What this process knows of runs; one for all calls. */
  readonly register: RunRegister;
  /** Names of the arguments that are secret. */
  readonly secretArguments: readonly string[];
  /** For create: the execution that this one replaces, where the front knows it from the diff before. */
  readonly supersedes?: Superseded | undefined;
  /**
   * For create: true where the state is known to have a resource of this URN, though not which execution. So it is where
   * the engine replaces for reasons of its own, without comparing.
   */
  readonly isInState?: boolean | undefined;
  /** For delete: true where the resource goes because another one takes its place. */
  readonly isReplacement?: boolean | undefined;
  /** Whether the deployment still goes on: nothing is started for an engine that has been killed. @default true */
  readonly isWanted?: (() => Promise<boolean>) | undefined;
  /** Aborts when the deployment is to end now. */
  readonly signal: AbortSignal;
  /** The resource option customTimeouts for this operation, in seconds; it counts more than `timeoutSeconds`. */
  readonly operationTimeoutSeconds?: number | undefined;
}

/** How create and update end once there is an execution. Before that they throw. */
export type Outcome =
  /** As the program wants it. */
  | { readonly kind: "ready"; readonly id: string; readonly state: StoredState }
  /** There is an execution, but not as wanted: kept in state with the reasons, dependents do not run. */
  | {
      readonly kind: "unready";
      readonly id: string;
      readonly state: StoredState;
      readonly reasons: readonly string[];
    };

/** How long a request may take, in milliseconds: by so much a wait may end after its deadline. */
export const requestMs = 30_000;

/** How long one look at an execution may take, with all its attempts, in milliseconds. */
export const lookMs = 300_000;

/** How long one deployment waits. */
export interface WaitLimit {
  readonly timeoutSeconds: number;
  /** Where that is set, for messages. */
  readonly timeoutSetting: "timeoutSeconds" | "customTimeouts";
}

/** How long this deployment waits: as the resource option says, else the argument. */
export function waitLimit(host: LifecycleHost, { timeoutSeconds }: CommonArguments): WaitLimit {
  return host.operationTimeoutSeconds === undefined
    ? { timeoutSeconds, timeoutSetting: "timeoutSeconds" }
    : { timeoutSeconds: host.operationTimeoutSeconds, timeoutSetting: "customTimeouts" };
}

/** What messages say about the workflow. */
export function messageContext(backend: Backend, executionId: string, args: Arguments): MessageContext {
  return {
    subject: backend.subject,
    consoleUrl: backend.consoleUrl(executionId),
    common: readCommonArguments(args),
  };
}
