/**
 * What a front may call: the lifecycle of an execution, free of Pulumi and of HTTP.
 */
export { services, openSession } from "../backends/registry";
export type { ServiceName, Session, SessionOptions } from "../backends/registry";
export type { ArgumentProblem, Arguments, BackendDefinition } from "../backends/backend";
export { isMap } from "../backends/rules";
export { systemClock } from "../polling/clock";
export type { Settings } from "../backends/settings";
export type { Reporter } from "../execution/waitUntilSettled";
export { inputArguments, payloadArguments, unknownValue } from "./arguments";
export { check, formatProblem } from "./check";
export { create } from "./create";
export { deleteExecution } from "./delete";
export { diff } from "./diff";
export type { Diff, NewSecret } from "./diff";
export type { LifecycleHost, Outcome } from "./outcome";
export { sayError, sayNotStarted } from "./messages";
export { getExecution, iterateExecutions, listExecutions, openExecution, retryExecution } from "./query";
export type { ExecutionQuery, ListedExecutions } from "./query";
export { read } from "./read";
export { RunRegister } from "./starting/register";
export type { Superseded } from "./starting/runKey";
export type { StoredState } from "./state";
export { outputs, repeatedArguments } from "./state";
export { parseDurationSeconds } from "./timeouts";
export type { CustomTimeouts } from "./timeouts";
export { update } from "./update";
