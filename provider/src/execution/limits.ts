/**
 * The time limits of one deployment's wait, of one request and of one status request.
 */
import type { RunArguments } from "./runArguments";
import type { ServiceCall } from "./serviceCall";

/** The time limit of a request, in milliseconds: a wait may end this long after its deadline. */
export const requestMs = 30_000;

/** The longest delay between the answer that names an execution and the first answer that shows it, in milliseconds. */
export const invisibleMs = 30_000;

/** The time limit of one status request with all its attempts, in milliseconds. */
export const statusRequestMs = 300_000;

/** The time limit of one deployment's wait. */
export interface WaitLimit {
  readonly timeoutSeconds: number;
  /** The name of the setting that sets the limit, for messages. */
  readonly timeoutSetting: "timeoutSeconds" | "customTimeouts";
}

/** The time limit of this deployment's wait: the resource option takes precedence over the argument. */
export function waitLimit({
  operationTimeoutSeconds,
  args,
}: Pick<ServiceCall, "operationTimeoutSeconds"> & { readonly args: RunArguments }): WaitLimit {
  return operationTimeoutSeconds === undefined
    ? { timeoutSeconds: args.common.timeoutSeconds, timeoutSetting: "timeoutSeconds" }
    : { timeoutSeconds: operationTimeoutSeconds, timeoutSetting: "customTimeouts" };
}
