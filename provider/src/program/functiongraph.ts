/**
 * Huawei Cloud FunctionGraph flows for Pulumi programs: the resource, and functions that read executions.
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

/** The location of a flow. */
export interface WorkflowLocationArgs {
  /**
   * Region, e.g. `cn-north-4`.
   * @default configuration `huaweicloud:region`, then environment variable `HW_REGION_NAME`, then `OS_REGION_NAME`
   */
  region?: string;
  /**
   * Id of the project, 1–64 characters.
   * @default configuration `huaweicloud:projectId`, `HW_PROJECT_ID` and others; then the project that
   * `huaweicloud:projectName` or the region names, by the token or a request. docs/reference/settings.md has the order.
   */
  projectId?: string;
  /**
   * Address of the service.
   * @default configuration `huaweicloud:endpoints` (its key `fgs` or `functiongraph`), then
   * `HUAWEICLOUD_SDK_REGION_FUNCTIONGRAPH_<REGION>`, then `https://functiongraph.<region>.<cloud>`
   */
  endpoint?: string;
}

/** Arguments of {@link WorkflowExecution}. */
export interface WorkflowExecutionArgs extends CommonExecutionArgs {
  /** Id of the flow, 1–512 characters. A change runs the new flow. */
  workflowId: pulumi.Input<string>;
  /**
   * Input of the flow: a map; with `headers` at most 256 KiB as JSON (EXPRESS: 4 MiB). Dates are sent as RFC 3339 text.
   * A change runs the flow again.
   * @default {}
   */
  input?: pulumi.Input<Record<string, unknown>>;
  /**
   * Headers that the flow's functions get: a map; with `input` at most 256 KiB as JSON (EXPRESS: 4 MiB). A change runs
   * the flow again.
   * @default none
   */
  headers?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * The flow's own mode. One call runs an EXPRESS flow and answers when the flow has finished (at most 5 minutes). The
   * service keeps no history of the execution, so a refresh keeps the stored outcome. A change runs the flow again.
   * @default "NORMAL"
   */
  mode?: pulumi.Input<"NORMAL" | "EXPRESS">;
  /**
   * True to get long outputs whole; otherwise the service cuts them. A change does not run the workflow again.
   * @default false
   */
  fullHistory?: pulumi.Input<boolean>;
  /** See {@link WorkflowLocationArgs.region}. A change runs the flow there. */
  region?: pulumi.Input<string>;
  /** See {@link WorkflowLocationArgs.projectId}. A change runs the flow there. */
  projectId?: pulumi.Input<string>;
  /** See {@link WorkflowLocationArgs.endpoint}. A change does not run the workflow again. */
  endpoint?: pulumi.Input<string>;
}

/**
 * One execution of a FunctionGraph flow. Creating the resource starts the execution and waits for it. A change of the
 * flow, the location, `input`, `headers` or `triggers`, or an outcome that `rerunOn` includes, runs the flow again.
 * Deleting the resource stops an execution that is still running.
 *
 * @typeParam Result type of the output `output`, e.g. `new functiongraph.WorkflowExecution<{ version: string }>(…)`; nothing checks it
 *
 * @example
 * ```ts
 * import { functiongraph } from "pulumi-runbook";
 *
 * const migrate = new functiongraph.WorkflowExecution("migrate-db", {
 *   workflowId: "1f6e2a9c-9d53-4f6e-8f0a-1b2c3d4e5f60",
 *   input: { schema: "v7" },
 * });
 *
 * export const result = migrate.output;
 * ```
 *
 * @see https://support.huaweicloud.com/api-functiongraph/StartWorkflowExecution.html
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the workflow's author decides its shape
export class WorkflowExecution<Result = any> extends ExecutionResource<Result> {
  /** Id of the flow. */
  declare readonly workflowId: pulumi.Output<string>;
  /** The project in which the execution ran. */
  declare readonly projectId: pulumi.Output<string>;
  /** The input of this execution. */
  declare readonly input: pulumi.Output<Record<string, unknown> | null>;

  /**
   * Declares an execution.
   * @param name unique name within the stack
   */
  constructor(name: string, args: WorkflowExecutionArgs, opts?: pulumi.CustomResourceOptions) {
    super("functiongraph", name, { ...args }, ["projectId", "input"], opts);
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
    return (
      (value as { __pulumiType?: unknown } | null | undefined)?.__pulumiType === resourceType("functiongraph")
    );
  }
}

/** Arguments of {@link getWorkflowExecutions}. */
export interface GetWorkflowExecutionsArgs extends ListWorkflowExecutionsArgs, ExecutionPageArgs {}

/** Arguments of {@link listWorkflowExecutions}. */
export interface ListWorkflowExecutionsArgs extends WorkflowLocationArgs, ExecutionListArgs {
  /** Id of the flow, 1–512 characters. */
  workflowId: string;
}

/**
 * Lists executions of a NORMAL flow, newest first. Runs in previews too, because it only reads.
 *
 * @example
 * ```ts
 * import { Provider, functiongraph } from "pulumi-runbook";
 *
 * const staging = new Provider("staging", { huaweicloud: { region: "cn-east-3" } });
 *
 * const { executions } = await functiongraph.getWorkflowExecutions({ workflowId: "demo-succeeds" }, { provider: staging });
 * ```
 *
 * @param opts `provider` (a `Provider` whose settings are used), `parent` (whose provider is used), `async`
 * @throws InputError when an argument or an option is wrong
 * @throws ConfigurationError when credentials or the location are missing
 * @throws ServiceError, TransportError when the service refuses or does not answer
 * @see https://support.huaweicloud.com/api-functiongraph/ShowWorkflowExecutionForPage.html
 */
export function getWorkflowExecutions(
  args: GetWorkflowExecutionsArgs,
  opts?: pulumi.InvokeOptions,
): Promise<ExecutionListResult> {
  return executionsQuery<GetWorkflowExecutionsArgs>("functiongraph").call(args, opts);
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
  return executionsQuery<GetWorkflowExecutionsArgs>("functiongraph").output(args, opts);
}

/** Iterates over all executions of a flow, newest first. Options and errors as {@link getWorkflowExecutions}. */
export function listWorkflowExecutions(
  args: ListWorkflowExecutionsArgs,
  opts?: pulumi.InvokeOptions,
): AsyncGenerator<ExecutionSummary, void, undefined> {
  return iterateOver("functiongraph", args, opts);
}

/** Arguments of {@link getWorkflowExecution}. */
export interface GetWorkflowExecutionArgs extends WorkflowLocationArgs {
  /** Id of the flow, 1–512 characters. */
  workflowId: string;
  /** Id of the execution. */
  executionId: string;
  /**
   * True to get long outputs whole; the service cuts them otherwise.
   * @default false
   */
  fullHistory?: boolean;
}

/** Result of {@link getWorkflowExecution}: the outputs of a resource. */
export interface GetWorkflowExecutionResult extends ExecutionOutputs {
  /** Id of the flow. */
  workflowId: string;
}

/**
 * Reads one execution of a NORMAL flow. Runs in previews too, because it only reads.
 * @param opts as {@link getWorkflowExecutions}
 * @throws InputError when an argument or an option is wrong
 * @throws ConfigurationError when credentials or the location are missing
 * @throws NotFoundError when the service does not know the execution
 * @throws ServiceError, TransportError when the service refuses or does not answer
 * @see https://support.huaweicloud.com/api-functiongraph/ShowWorkflowExecution.html
 */
export function getWorkflowExecution(
  args: GetWorkflowExecutionArgs,
  opts?: pulumi.InvokeOptions,
): Promise<GetWorkflowExecutionResult> {
  return executionQuery<GetWorkflowExecutionArgs, GetWorkflowExecutionResult>("functiongraph").call(
    args,
    opts,
  );
}

/** {@link getWorkflowExecution} for arguments that are outputs of other resources; options as {@link getWorkflowExecutionsOutput}. */
export function getWorkflowExecutionOutput(
  args: InputOf<GetWorkflowExecutionArgs>,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetWorkflowExecutionResult> {
  return executionQuery<GetWorkflowExecutionArgs, GetWorkflowExecutionResult>("functiongraph").output(
    args,
    opts,
  );
}

/** Arguments of {@link retryWorkflowExecution}. */
export interface RetryWorkflowExecutionArgs extends WorkflowLocationArgs {
  /** Id of the flow, 1–512 characters. */
  workflowId: string;
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
 * @throws ServiceError, TransportError when the service refuses (EXPRESS flows, executions that did not fail) or does
 * not answer
 * @see https://support.huaweicloud.com/api-functiongraph/RetryWorkFlow.html
 */
export function retryWorkflowExecution(
  args: RetryWorkflowExecutionArgs,
  opts?: pulumi.InvokeOptions,
): Promise<void> {
  return retryOfFailedSteps<RetryWorkflowExecutionArgs>("functiongraph").call(args, opts);
}
