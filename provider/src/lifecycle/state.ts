/**
 * The record of an execution in the stack's state: arguments and outcome side by side, bounded in size. Written by
 * create, update and read; read back by every later version, so keys are only ever added.
 */
import type { Arguments } from "../execution/argument";
import type { BackendDefinition } from "../execution/service";
import type { ExecutionSnapshot, ExecutionStatus } from "../execution/snapshot";
import { durationBetweenMs, firstFailedStep } from "../execution/snapshot";
import { boundSnapshot } from "./bounds";

/** Version of the shape below. */
export const stateVersion = 1;

/** Arguments and outputs as they are stored; a plain bag, because an older version may have written it. */
export type StoredState = Readonly<Record<string, unknown>>;

/** The first step that failed, for programs that only need the reason of a failure. */
export interface Failure {
  /** Absent if the service blames no step. */
  readonly stepId?: string;
  /** Name of the step; absent if the service gives ids only. */
  readonly stepName?: string;
  /** The service's message about the failure. */
  readonly message?: string;
  /** The end of the log of the first failed target. */
  readonly log?: string;
}

/** Names of all outputs that are no arguments; the resource class declares each of them. */
export const outputs: readonly string[] = [
  "executionId",
  "status",
  "rawStatus",
  "startedAt",
  "settledAt",
  "durationMs",
  "output",
  "steps",
  "stepsTotal",
  "failure",
  "consoleUrl",
  "expired",
  "truncated",
  "altered",
  "stateVersion",
];

/** Outputs that have a value where there is nothing to say: a program need not ask whether they are there. */
export const emptyOutputs = { expired: false, truncated: [], altered: [] } as const;

/** Arguments that are outputs too, on the services that have them. */
export const repeatedArguments: readonly string[] = ["triggers", "region", "projectId", "input"];

/** Builds the state of an execution. */
export function makeState(
  args: Arguments,
  location: Readonly<Record<string, string>>,
  snapshot: ExecutionSnapshot,
  consoleUrl: string | undefined,
): StoredState {
  const { bounded, truncated, altered } = boundSnapshot(snapshot);
  // The error of the whole execution is told in `failure`.
  const { stepsTotal, steps, error: _error, ...rest } = bounded;
  const durationMs = durationBetweenMs(snapshot.startedAt, snapshot.settledAt);
  const failure = failureOf(bounded);
  return {
    ...args,
    ...location,
    ...rest,
    steps,
    ...(stepsTotal === undefined ? {} : { stepsTotal }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(failure === undefined ? {} : { failure }),
    ...(consoleUrl === undefined ? {} : { consoleUrl }),
    expired: false,
    truncated,
    altered,
    stateVersion,
  };
}

/** The state of a teardown runbook that waits for its resource to be destroyed. Nothing has run. */
export function makeArmedState(args: Arguments): StoredState {
  return { ...args, status: "waiting", rawStatus: "", steps: [], ...emptyOutputs, stateVersion };
}

/** The arguments that a state was made for, and where the execution is. */
export function storedArguments(state: StoredState): Arguments {
  return Object.fromEntries(Object.entries(state).filter(([name]) => !outputs.includes(name)));
}

/** True for the state of a teardown runbook. */
export function isArmed(state: StoredState): boolean {
  return state["runOn"] === "destroy";
}

/** The stored outcome under new arguments. The place of the execution does not change with them. */
export function withArguments(
  { locationKeys }: BackendDefinition,
  state: StoredState,
  args: Arguments,
): StoredState {
  const kept = Object.entries(state).filter(([name]) => outputs.includes(name));
  return { ...args, ...locationOf(locationKeys, state), ...Object.fromEntries(kept) };
}

/** The stored outcome of an execution that the service has forgotten. */
export function markExpired(state: StoredState): StoredState {
  return { ...state, expired: true };
}

/** The arguments to connect with: new ones, at the place where the execution is. */
export function connectArguments(
  { locationKeys }: BackendDefinition,
  args: Arguments,
  state: StoredState,
): Arguments {
  return { ...args, ...locationOf(locationKeys, state) };
}

/** The stored status; `unknown` where there is none. */
export function storedStatus(state: StoredState): ExecutionStatus {
  return typeof state["status"] === "string" ? (state["status"] as ExecutionStatus) : "unknown";
}

/** The stored outcome as a snapshot again: for messages, and until there is a newer one. */
export function storedSnapshot(id: string, state: StoredState): ExecutionSnapshot {
  // Nothing but the outcome: the arguments that are stored beside it may be old ones.
  const { rawStatus, steps, startedAt, settledAt, output, stepsTotal } = state as Partial<ExecutionSnapshot>;
  return {
    executionId: id,
    status: storedStatus(state),
    rawStatus: rawStatus ?? "",
    steps: Array.isArray(steps) ? steps : [],
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(settledAt === undefined ? {} : { settledAt }),
    ...(output === undefined ? {} : { output }),
    ...(stepsTotal === undefined ? {} : { stepsTotal }),
  };
}

function locationOf(locationKeys: readonly string[], state: StoredState): Record<string, string> {
  return Object.fromEntries(
    locationKeys.flatMap((name) => {
      const value = state[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}

function failureOf(snapshot: ExecutionSnapshot): Failure | undefined {
  if (snapshot.status === "succeeded") return undefined;
  const step = firstFailedStep(snapshot);
  const target = step?.failedTargets?.[0];
  const message = step?.error ?? target?.message ?? snapshot.error;
  if (!step && message === undefined) return undefined;
  return {
    ...(step ? { stepId: step.id } : {}),
    ...(step?.name === undefined ? {} : { stepName: step.name }),
    ...(message === undefined ? {} : { message }),
    ...(target?.log === undefined ? {} : { log: target.log }),
  };
}
