/**
 * pulumi-runbook: runbook executions as Pulumi resources. One module per service, and the errors that
 * functions throw.
 */
import * as aom from "./program/aom";
import * as cloudflow from "./program/cloudflow";
import * as coc from "./program/coc";
import * as functiongraph from "./program/functiongraph";
import * as stepfunctions from "./program/stepfunctions";

export { aom, cloudflow, coc, functiongraph, stepfunctions };
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
} from "./ground/errors";
export type { ErrorCode, RequestSummary } from "./ground/errors";
export { Provider } from "./program/explicitProvider";
export type {
  AlicloudAssumeRole,
  AlicloudAssumeRoleWithOidc,
  AlicloudSettings,
  HuaweicloudAssumeRole,
  HuaweicloudAssumeRoleWithOidc,
  HuaweicloudSettings,
  ProviderArgs,
} from "./program/explicitProvider";
export type { AwsAssumeRole, AwsAssumeRoleWithWebIdentity, AwsSettings } from "./program/awsSettings";
export type { RequestLimit } from "./program/requestLimit";
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
} from "./program/types";
