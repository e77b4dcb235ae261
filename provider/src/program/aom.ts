/**
 * Huawei Cloud AOM workflows for Pulumi programs: the resource, and functions that read executions.
 */
import type * as pulumi from "@pulumi/pulumi";
import { ExecutionResource, resourceType } from "./executionResource";
import { executionQuery, executionsQuery, iterateOver } from "./queries";
import type {
  CommonExecutionArgs,
  ExecutionListArgs,
  ExecutionListResult,
  ExecutionOutputs,
  ExecutionPageArgs,
  ExecutionSummary,
  InputOf,
} from "./types";

/** The location of a workflow. */
export interface WorkflowLocationArgs {
  /**
   * Region, e.g. `cn-north-4`.
   * @default configuration `huaweicloud:region`, then environment variable `HW_REGION_NAME`, then `OS_REGION_NAME`
   */
  region?: string;
  /**
   * Id of the project, exactly 32 characters.
   * @default configuration `huaweicloud:projectId`, `HW_PROJECT_ID` and others; then the project that
   * `huaweicloud:projectName` or the region names, by the token or a request. docs/reference/settings.md has the order.
   */
  projectId?: string;
  /**
   * Address of the service.
   * @default configuration `huaweicloud:endpoints` (its key `aom`), then
   * `HUAWEICLOUD_SDK_REGION_AOM_<REGION>`, then `https://aom.<region>.<cloud>`
   */
  endpoint?: string;
}

/** Arguments of {@link WorkflowExecution}. */
export interface WorkflowExecutionArgs extends CommonExecutionArgs {
  /** Id of the workflow (the console calls it task), 1–64 characters. A change runs the new workflow. */
  workflowId: pulumi.Input<string>;
  /** See {@link WorkflowLocationArgs.region}. A change runs the workflow there. */
  region?: pulumi.Input<string>;
  /** See {@link WorkflowLocationArgs.projectId}. A change runs the workflow there. */
  projectId?: pulumi.Input<string>;
  /** See {@link WorkflowLocationArgs.endpoint}. A change does not run the workflow again. */
  endpoint?: pulumi.Input<string>;
  /**
   * Id of the enterprise project that the workflow belongs to, 1–64 characters.
   * @default configuration `huaweicloud:enterpriseProjectId`, then `HW_ENTERPRISE_PROJECT_ID`, else looked up
   */
  enterpriseProjectId?: pulumi.Input<string>;
}

/**
 * One execution of an AOM workflow. Creating the resource starts the execution and waits for it. A change of
 * `workflowId`, the location or `triggers`, or an outcome that `rerunOn` includes, runs the workflow again. Deleting the
 * resource stops an execution that is still running.
 *
 * @typeParam Result type of the output `output`, e.g. `new aom.WorkflowExecution<{ version: string }>(…)`; nothing checks it
 *
 * @example
 * ```ts
 * import { aom } from "pulumi-runbook";
 *
 * const patch = new aom.WorkflowExecution("patch-fleet", {
 *   workflowId: "3f2b8a1c-0d1e-4f5a-9b6c-7d8e9f0a1b2c",
 *   triggers: { image: "base:1.4.2" },
 * });
 *
 * export const outcome = patch.status;
 * ```
 *
 * @see https://support.huaweicloud.com/api-aom/ExecuteWorkflow.html
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the workflow's author decides its shape
export class WorkflowExecution<Result = any> extends ExecutionResource<Result> {
  /** Id of the workflow. */
  declare readonly workflowId: pulumi.Output<string>;
  /** The project in which the execution ran. */
  declare readonly projectId: pulumi.Output<string>;

  /**
   * Declares an execution.
   * @param name unique name within the stack
   */
  constructor(name: string, args: WorkflowExecutionArgs, opts?: pulumi.CustomResourceOptions) {
    super("aom", name, { ...args }, ["projectId"], opts);
  }

  /**
   * Reads an execution that this stack does not own. Nothing is started, stopped or deleted.
   * @param id id of the execution
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the workflow's author decides its shape
  static get<Result = any>(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args: WorkflowExecutionArgs,
    opts?: pulumi.CustomResourceOptions,
  ): WorkflowExecution<Result> {
    return new WorkflowExecution<Result>(name, args, { ...opts, id });
  }

  /** True for an instance of this class, also of another copy of the package. */
  static override isInstance(value: unknown): value is WorkflowExecution {
    return (value as { __pulumiType?: unknown } | null | undefined)?.__pulumiType === resourceType("aom");
  }
}

/** Arguments of {@link getWorkflowExecutions}. */
export interface GetWorkflowExecutionsArgs extends ListWorkflowExecutionsArgs, ExecutionPageArgs {}

/** Arguments of {@link listWorkflowExecutions}. */
export interface ListWorkflowExecutionsArgs extends WorkflowLocationArgs, ExecutionListArgs {
  /** Id of the workflow, 1–64 characters. */
  workflowId: string;
  /**
   * Id of the enterprise project, 1–64 characters.
   * @default configuration `huaweicloud:enterpriseProjectId`, then `HW_ENTERPRISE_PROJECT_ID`, else looked up
   */
  enterpriseProjectId?: string;
}

/**
 * Lists executions of a workflow, newest first. Runs in previews too, because it only reads.
 *
 * @example
 * ```ts
 * import { Provider, aom } from "pulumi-runbook";
 *
 * const staging = new Provider("staging", { huaweicloud: { region: "cn-east-3" } });
 *
 * const { executions } = await aom.getWorkflowExecutions({ workflowId: "demo-succeeds" }, { provider: staging });
 * ```
 *
 * @param opts `provider` (a `Provider` whose settings are used), `parent` (whose provider is used), `async`
 * @throws InputError when an argument or an option is wrong
 * @throws ConfigurationError when credentials or the location are missing
 * @throws ServiceError, TransportError when the service refuses or does not answer
 * @see https://support.huaweicloud.com/api-aom/ListWorkflowExecutions.html
 */
export function getWorkflowExecutions(
  args: GetWorkflowExecutionsArgs,
  opts?: pulumi.InvokeOptions,
): Promise<ExecutionListResult> {
  return executionsQuery<GetWorkflowExecutionsArgs>("aom").call(args, opts);
}

/**
 * {@link getWorkflowExecutions} for arguments that are outputs of other resources.
 * @param opts those of the plain form, and `dependsOn`
 * @throws InputError when an option is wrong
 */
export function getWorkflowExecutionsOutput(
  args: InputOf<GetWorkflowExecutionsArgs>,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<ExecutionListResult> {
  return executionsQuery<GetWorkflowExecutionsArgs>("aom").output(args, opts);
}

/** Iterates over all executions of a workflow, newest first. Options and errors as {@link getWorkflowExecutions}. */
export function listWorkflowExecutions(
  args: ListWorkflowExecutionsArgs,
  opts?: pulumi.InvokeOptions,
): AsyncGenerator<ExecutionSummary, void, undefined> {
  return iterateOver("aom", args, opts);
}

/** Arguments of {@link getWorkflowExecution}. */
export interface GetWorkflowExecutionArgs extends WorkflowLocationArgs {
  /** Id of the workflow, 1–64 characters. */
  workflowId: string;
  /** Id of the execution. */
  executionId: string;
}

/** Result of {@link getWorkflowExecution}: the outputs of a resource. */
export interface GetWorkflowExecutionResult extends ExecutionOutputs {
  /** Id of the workflow. */
  workflowId: string;
}

/**
 * Reads one execution. Runs in previews too, because it only reads.
 * @param opts as {@link getWorkflowExecutions}
 * @throws InputError when an argument or an option is wrong
 * @throws ConfigurationError when credentials or the location are missing
 * @throws NotFoundError when the service does not know the execution
 * @throws ServiceError, TransportError when the service refuses or does not answer
 * @see https://support.huaweicloud.com/intl/en-us/api-aom/SearchWorkflowExecutionDetail.html
 */
export function getWorkflowExecution(
  args: GetWorkflowExecutionArgs,
  opts?: pulumi.InvokeOptions,
): Promise<GetWorkflowExecutionResult> {
  return executionQuery<GetWorkflowExecutionArgs, GetWorkflowExecutionResult>("aom").call(args, opts);
}

/** {@link getWorkflowExecution} for arguments that are outputs of other resources; options as {@link getWorkflowExecutionsOutput}. */
export function getWorkflowExecutionOutput(
  args: InputOf<GetWorkflowExecutionArgs>,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetWorkflowExecutionResult> {
  return executionQuery<GetWorkflowExecutionArgs, GetWorkflowExecutionResult>("aom").output(args, opts);
}
