/**
 * pulumi-workflow-execution: runbook executions as Pulumi resources. One module per service, and the errors that
 * functions throw.
 */
import * as aom from "./aom";
import * as cloudflow from "./cloudflow";
import * as functiongraph from "./functiongraph";

export { aom, cloudflow, functiongraph };
export {
  AuthenticationError,
  ConfigurationError,
  IncompleteListError,
  InputError,
  NotFoundError,
  ProxyError,
  ResponseFormatError,
  ServiceError,
  ThrottledError,
  TransportError,
  WorkflowExecutionError,
  isWorkflowExecutionError,
} from "./errors";
export type { ErrorCode, RequestSummary } from "./errors";
export { Provider } from "./resource/provider";
export type {
  AlicloudAssumeRole,
  AlicloudAssumeRoleWithOidc,
  AlicloudSettings,
  HuaweicloudAssumeRole,
  HuaweicloudAssumeRoleWithOidc,
  HuaweicloudSettings,
  ProviderArgs,
  RequestLimit,
} from "./resource/provider";
export type {
  CommonExecutionArgs,
  ExecutionListArgs,
  ExecutionListResult,
  ExecutionOutputs,
  ExecutionPageArgs,
  ExecutionStatus,
  ExecutionStep,
  ExecutionSummary,
  FailedTarget,
  Failure,
  RerunOn,
  TargetCounts,
} from "./resource/types";
