/**
 * The functions that a front may call: the lifecycle of an execution, free of Pulumi and of HTTP.
 */
export { openSession } from "../execution/session";
export type { Session, SessionOptions } from "../execution/session";
export type { ArgumentProblem, Arguments } from "../execution/argument";
export type { BackendDefinition } from "../execution/service";
export { isMap } from "../execution/rules";
export { systemClock } from "../ground/clock";
export type { SettingWords } from "../execution/settingWords";
export type { Settings } from "../execution/settings";
export type { Reporter } from "../execution/reporter";
export { argumentSpecs, inputArguments, payloadArguments, unknownValue } from "../execution/commonArguments";
export { check, formatProblem } from "./check";
export { asNotStarted, create } from "./create";
export { deleteExecution } from "./delete";
export { describeDiff, diff } from "./diff";
export type { Change, Diff, NewSecret } from "./diff";
export type { LifecycleHost, Outcome } from "./outcome";
export { describeError } from "./messages";
export {
  getExecution,
  iterateExecutions,
  listExecutions,
  openExecution,
  readHistory,
  retryExecution,
} from "./query";
export type { ExecutionQuery, ListedExecutions, ReadHistory } from "./query";
export { preflight } from "./preflight";
export type { Outlook } from "./preflight";
export { isSettled } from "../execution/snapshot";
export { keptOutputs, knownOutputs } from "./preview";
export { read } from "./read";
export { RunRegister } from "../starting/register";
export type { Superseded } from "../starting/runKey";
export type { StoredState } from "./state";
export { emptyOutputs, outputs, repeatedArguments, stateVersion, storedStatus } from "./state";
export { parseDurationSeconds } from "./timeouts";
export type { CustomTimeouts } from "./timeouts";
export { explainUnready, update } from "./update";
