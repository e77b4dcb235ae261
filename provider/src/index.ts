/**
 * pulumi-workflow-execution: runbook executions as Pulumi resources. One module per service, and the errors that
 * functions throw.
 */
import * as aom from "./aom";

export { aom };
export {
  AuthenticationError,
  ConfigurationError,
  InputError,
  NotFoundError,
  ResponseFormatError,
  ServiceError,
  ThrottledError,
  TransportError,
  WorkflowExecutionError,
  isWorkflowExecutionError,
} from "./errors";
export type { ErrorCode, RequestSummary } from "./errors";
export type {
  CommonExecutionArgs,
  ExecutionOutputs,
  ExecutionStatus,
  ExecutionStep,
  ExecutionSummary,
  FailedTarget,
  Failure,
  RerunOn,
  TargetCounts,
} from "./resource/types";
