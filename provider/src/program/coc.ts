/**
 * Huawei Cloud COC jobs for Pulumi programs: the resource, and functions that read executions.
 */
import type * as pulumi from "@pulumi/pulumi";
import { ExecutionResource, resourceType } from "./executionResource";
import { executionQuery, executionsQuery, iterateOver, retryOfFailedSteps } from "./queries";
import type {
  CommonExecutionArgs,
  ExecutionListArgs,
  ExecutionListResult,
  ExecutionOutputs,
  ExecutionPageArgs,
  ExecutionSummary,
  InputOf,
} from "./types";

/** The location of a job. */
export interface WorkflowLocationArgs {
  /**
   * The vendor's site that has the account: `"china"`, `"international"` or `"europe"`. COC has one address for each site,
   * and no regions.
   * @default by the region of configuration `huaweicloud:region`, then environment variable `HW_REGION_NAME`, then
   * `OS_REGION_NAME`: `cn-…` is China, `eu-west-1…` Europe, all others international
   */
  site?: "china" | "international" | "europe";
  /**
   * Address of the service.
   * @default configuration `huaweicloud:endpoints` (its key `coc`), then `HUAWEICLOUD_SDK_REGION_COC_<REGION>`, then the
   * address of the site
   */
  endpoint?: string;
}

/** Arguments of {@link WorkflowExecution}. */
export interface WorkflowExecutionArgs extends CommonExecutionArgs {
  /** Id of the job (the API calls it document), 1–128 characters. A change runs the new job. */
  documentId: pulumi.Input<string>;
  /**
   * Version of the job, e.g. `v2`. A change runs the job again.
   * @default the latest version
   */
  version?: pulumi.Input<string>;
  /**
   * `"PRIVATE"` for a job of the account, `"PUBLIC"` for one of the vendor. A change runs the job again.
   * @default "PRIVATE"
   */
  documentType?: pulumi.Input<"PRIVATE" | "PUBLIC">;
  /**
   * Parameters of the job by their names. Texts are sent as they are, other values as JSON text. The service shows them
   * with the execution. A change runs the job again.
   * @default none
   */
  parameters?: pulumi.Input<Record<string, unknown>>;
  /** The parameter that gets one of the `targets` at a time, 1–128 characters. Only with `targets`. A change runs the job again. */
  targetParameterName?: pulumi.Input<string>;
  /**
   * Values for `targetParameterName`, for a rate-controlled or batched run: lists under the keys `InstanceValues` and
   * `BatchValues`. A change runs the job again.
   * @default none
   */
  targets?: pulumi.Input<Record<string, pulumi.Input<string[]>>>;
  /**
   * Text that the service shows with the execution, behind the mark by which this package knows the execution again; at most
   * 512 characters. A change does not run the job again.
   * @default the mark alone
   */
  description?: pulumi.Input<string>;
  /** See {@link WorkflowLocationArgs.site}. A change runs the job there. */
  site?: pulumi.Input<"china" | "international" | "europe">;
  /** See {@link WorkflowLocationArgs.endpoint}. A change does not run the job again. */
  endpoint?: pulumi.Input<string>;
}

/**
 * One execution of a COC job. Creating the resource starts the execution and waits for it. A change of the job, its version,
 * the site, `parameters`, `targets` or `triggers`, or an outcome that `rerunOn` includes, runs the job again. Deleting the
 * resource stops an execution that is still running.
 *
 * @typeParam Result type of the output `output`, e.g. `new coc.WorkflowExecution<{ version: string }>(…)`; nothing checks it
 *
 * @example
 * ```ts
 * import { coc } from "pulumi-runbook";
 *
 * const patch = new coc.WorkflowExecution("patch-fleet", {
 *   documentId: "DM2025063021170101fe5b1d7",
 *   site: "international",
 *   parameters: { release: "2026.11" },
 * });
 *
 * export const report = patch.output;
 * ```
 *
 * @see https://support.huaweicloud.com/api-coc/ExecuteDocument.html
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the job's author decides its shape
export class WorkflowExecution<Result = any> extends ExecutionResource<Result> {
  /** Id of the job. */
  declare readonly documentId: pulumi.Output<string>;
  /** The site at which the execution ran; absent if only an `endpoint` is set. */
  declare readonly site: pulumi.Output<string | undefined>;
  /** The parameters of this execution. */
  declare readonly parameters: pulumi.Output<Record<string, unknown> | undefined>;

  /**
   * Declares an execution.
   * @param name unique name within the stack
   */
  constructor(name: string, args: WorkflowExecutionArgs, opts?: pulumi.CustomResourceOptions) {
    super("coc", name, { ...args }, ["site", "parameters"], opts);
  }

  /**
   * Reads an execution that this stack does not own. Nothing is started, stopped or deleted.
   * @param id id of the execution
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the job's author decides its shape
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
    return (value as { __pulumiType?: unknown } | null | undefined)?.__pulumiType === resourceType("coc");
  }
}

/** Arguments of {@link getWorkflowExecutions}. */
export interface GetWorkflowExecutionsArgs extends ListWorkflowExecutionsArgs, ExecutionPageArgs {}

/** Arguments of {@link listWorkflowExecutions}. */
export interface ListWorkflowExecutionsArgs extends WorkflowLocationArgs, ExecutionListArgs {
  /** Id of the job, 1–128 characters. */
  documentId: string;
}

/**
 * Lists executions of a job, newest first. Runs in previews too, because it only reads.
 *
 * @example
 * ```ts
 * import { Provider, coc } from "pulumi-runbook";
 *
 * const staging = new Provider("staging", { huaweicloud: { region: "cn-east-3" } });
 *
 * const { executions } = await coc.getWorkflowExecutions({ documentId: "demo-succeeds" }, { provider: staging });
 * ```
 *
 * @param opts `provider` (a `Provider` whose settings are used), `parent` (whose provider is used), `async`
 * @throws InputError when an argument or an option is wrong
 * @throws ConfigurationError when credentials or the location are missing
 * @throws ServiceError, TransportError when the service refuses or does not answer
 * @see https://support.huaweicloud.com/api-coc/ListExecutions.html
 */
export function getWorkflowExecutions(
  args: GetWorkflowExecutionsArgs,
  opts?: pulumi.InvokeOptions,
): Promise<ExecutionListResult> {
  return executionsQuery<GetWorkflowExecutionsArgs>("coc").call(args, opts);
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
  return executionsQuery<GetWorkflowExecutionsArgs>("coc").output(args, opts);
}

/** Iterates over all executions of a job, newest first. Options and errors as {@link getWorkflowExecutions}. */
export function listWorkflowExecutions(
  args: ListWorkflowExecutionsArgs,
  opts?: pulumi.InvokeOptions,
): AsyncGenerator<ExecutionSummary, void, undefined> {
  return iterateOver("coc", args, opts);
}

/** Arguments of {@link getWorkflowExecution}. */
export interface GetWorkflowExecutionArgs extends WorkflowLocationArgs {
  /** Id of the job, 1–128 characters. */
  documentId: string;
  /** Id of the execution. */
  executionId: string;
}

/** Result of {@link getWorkflowExecution}: the outputs of a resource. */
export interface GetWorkflowExecutionResult extends ExecutionOutputs {
  /** Id of the job. */
  documentId: string;
}

/**
 * Reads one execution of a job. Runs in previews too, because it only reads.
 * @param opts as {@link getWorkflowExecutions}
 * @throws InputError when an argument or an option is wrong
 * @throws ConfigurationError when credentials or the location are missing
 * @throws NotFoundError when the service does not know the execution
 * @throws ServiceError, TransportError when the service refuses or does not answer
 * @see https://support.huaweicloud.com/api-coc/ShowExecution.html
 */
export function getWorkflowExecution(
  args: GetWorkflowExecutionArgs,
  opts?: pulumi.InvokeOptions,
): Promise<GetWorkflowExecutionResult> {
  return executionQuery<GetWorkflowExecutionArgs, GetWorkflowExecutionResult>("coc").call(args, opts);
}

/** {@link getWorkflowExecution} for arguments that are outputs of other resources; options as {@link getWorkflowExecutionsOutput}. */
export function getWorkflowExecutionOutput(
  args: InputOf<GetWorkflowExecutionArgs>,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetWorkflowExecutionResult> {
  return executionQuery<GetWorkflowExecutionArgs, GetWorkflowExecutionResult>("coc").output(args, opts);
}

/** Arguments of {@link retryWorkflowExecution}. */
export interface RetryWorkflowExecutionArgs extends WorkflowLocationArgs {
  /** Id of the job, 1–128 characters. */
  documentId: string;
  /** Id of the execution. */
  executionId: string;
}

/**
 * Runs the failed steps of an execution again. The execution keeps its id and continues. The function of the npm package is
 * for scripts only: a program would call it in previews too, in which the plugin's function does nothing. Afterwards run
 * `pulumi refresh`; the next `pulumi up` waits for the execution.
 * @param opts as {@link getWorkflowExecutions}
 * @throws InputError when an argument or an option is wrong
 * @throws ConfigurationError when credentials or the location are missing
 * @throws ServiceError, TransportError when the service refuses (an execution that did not fail) or does
 * not answer
 * @see https://support.huaweicloud.com/api-coc/UpdateExecution.html
 */
export function retryWorkflowExecution(
  args: RetryWorkflowExecutionArgs,
  opts?: pulumi.InvokeOptions,
): Promise<void> {
  return retryOfFailedSteps<RetryWorkflowExecutionArgs>("coc").call(args, opts);
}
