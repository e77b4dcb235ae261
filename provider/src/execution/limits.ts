/**
 * How long one deployment waits, and how long one request or look may take.
 */
import type { RunArguments } from "./runArguments";
import type { ServiceCall } from "./serviceCall";

/** How long a request may take, in milliseconds: by so much a wait may end after its deadline. */
export const requestMs = 30_000;

/** How much later than it names an execution a service may show it, in milliseconds. */
export const invisibleMs = 30_000;

/** How long one status request may take, with all its attempts, in milliseconds. */
export const lookMs = 300_000;

/** How long one deployment waits. */
export interface WaitLimit {
  readonly timeoutSeconds: number;
  /** Where that is set, for messages. */
  readonly timeoutSetting: "timeoutSeconds" | "customTimeouts";
}

/** How long this deployment waits: as the resource option says, else the argument. */
export function waitLimit({
  operationTimeoutSeconds,
  args,
}: Pick<ServiceCall, "operationTimeoutSeconds"> & { readonly args: RunArguments }): WaitLimit {
  return operationTimeoutSeconds === undefined
    ? { timeoutSeconds: args.common.timeoutSeconds, timeoutSetting: "timeoutSeconds" }
    : { timeoutSeconds: operationTimeoutSeconds, timeoutSetting: "customTimeouts" };
}
