/**
 * Alibaba Cloud CloudFlow flows for Pulumi programs: the resource, and functions that read executions.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { HistoryEvent } from "../services/alibaba/cloudflow/history";
import { ExecutionResource, resourceType } from "./executionResource";
import { executionQuery, executionsQuery, historyQuery, iterateOver } from "./queries";
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
export interface FlowLocationArgs {
  /**
   * Region, e.g. `cn-hangzhou`.
   * @default configuration `alicloud:region`, then environment variable `ALIBABA_CLOUD_REGION` or `ALICLOUD_REGION`
   */
  region?: string;
  /**
   * Address of the service.
   * @default configuration `alicloud:endpoints` (its key `fnf`), then `FNF_ENDPOINT`, then
   * `https://<region>.fnf.aliyuncs.com`
   */
  endpoint?: string;
}

/** Arguments of {@link WorkflowExecution}. */
export interface WorkflowExecutionArgs extends CommonExecutionArgs {
  /** Name of the flow: 1–128 letters, digits, `-` and `_`, the first a letter or `_`. A change runs the new flow. */
  flowName: pulumi.Input<string>;
  /**
   * Name of the execution: of the same form, unique within the flow. Re-runs append a number (`-2`, `-3`, …). If an
   * execution of this name is running, the provider takes it over. If it has finished, the service refuses the name.
   * A change runs the flow again.
   * @default the run key, see docs/explanation/one-run-once.md
   */
  executionName?: pulumi.Input<string>;
  /**
   * Input of the flow: a map, or JSON text of one, at most 64 KiB as JSON in UTF-8 (flows of the older Serverless
   * Workflow: 32 KiB). Dates are sent as RFC 3339 text. A change runs the flow again.
   * @default none
   */
  input?: pulumi.Input<Record<string, unknown> | string>;
  /**
   * Version or alias of the flow. A change runs the flow again.
   * @default the latest
   */
  qualifier?: pulumi.Input<string>;
  /**
   * The flow's own mode. One call runs an Express flow and answers when the flow has finished (at most 5 minutes). The
   * service may not show the execution afterwards, so a refresh keeps the stored outcome. A change runs the flow again.
   * @default "Standard"
   */
  executionMode?: pulumi.Input<"Standard" | "Express">;
  /** See {@link FlowLocationArgs.region}. A change runs the flow there. */
  region?: pulumi.Input<string>;
  /** See {@link FlowLocationArgs.endpoint}. A change does not run the workflow again. */
  endpoint?: pulumi.Input<string>;
}

/**
 * One execution of a CloudFlow flow. Creating the resource starts the execution and waits for it. A change of the flow,
 * the region, `input`, `qualifier` or `triggers`, or an outcome that `rerunOn` includes, runs the flow again. Deleting
 * the resource stops an execution that is still running.
 *
 * @typeParam Result type of the output `output`, e.g. `new cloudflow.WorkflowExecution<{ version: string }>(…)`; nothing checks it
 *
 * @example
 * ```ts
 * import { cloudflow } from "pulumi-runbook";
 *
 * const migrate = new cloudflow.WorkflowExecution("migrate-db", {
 *   region: "cn-hangzhou",
 *   flowName: "migrate-db",
 *   input: { schema: "v7" },
 * });
 *
 * export const result = migrate.output;
 * ```
 *
 * @see https://www.alibabacloud.com/help/en/cloudflow/latest/api-fnf-2019-03-15-startexecution
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the workflow's author decides its shape
export class WorkflowExecution<Result = any> extends ExecutionResource<Result> {
  /** Name of the flow. */
  declare readonly flowName: pulumi.Output<string>;
  /** The input of this execution. */
  declare readonly input: pulumi.Output<unknown>;

  /**
   * Declares an execution.
   * @param name unique name within the stack
   */
  constructor(name: string, args: WorkflowExecutionArgs, opts?: pulumi.CustomResourceOptions) {
    super("cloudflow", name, { ...args }, ["input"], opts);
  }

  /**
   * Reads an execution that this stack does not own. Nothing is started, stopped or deleted.
   * @param id name of the execution
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
      (value as { __pulumiType?: unknown } | null | undefined)?.__pulumiType === resourceType("cloudflow")
    );
  }
}

/** Arguments of {@link getWorkflowExecutions}. */
export interface GetWorkflowExecutionsArgs extends ListWorkflowExecutionsArgs, ExecutionPageArgs {}

/** Arguments of {@link listWorkflowExecutions}. */
export interface ListWorkflowExecutionsArgs extends FlowLocationArgs, ExecutionListArgs {
  /** Name of the flow. */
  flowName: string;
  /**
   * Only executions whose name begins with this text.
   * @default all of them
   */
  executionNamePrefix?: string;
  /**
   * Only executions of this version or alias.
   * @default all of them
   */
  qualifier?: string;
}

/**
 * Lists executions of a Standard flow, newest first. Runs in previews too, because it only reads.
 *
 * @example
 * ```ts
 * import { Provider, cloudflow } from "pulumi-runbook";
 *
 * const staging = new Provider("staging", { alicloud: { region: "cn-hangzhou" } });
 *
 * const { executions } = await cloudflow.getWorkflowExecutions({ flowName: "demo-succeeds" }, { provider: staging });
 * ```
 *
 * @param opts `provider` (a `Provider` whose settings are used), `parent` (whose provider is used), `async`
 * @throws InputError when an argument or an option is wrong
 * @throws ConfigurationError when credentials or the location are missing
 * @throws ServiceError, TransportError when the service refuses or does not answer
 * @see https://help.aliyun.com/zh/cloudflow/cloudflow/developer-reference/api-fnf-2019-03-15-listexecutions
 */
export function getWorkflowExecutions(
  args: GetWorkflowExecutionsArgs,
  opts?: pulumi.InvokeOptions,
): Promise<ExecutionListResult> {
  return executionsQuery<GetWorkflowExecutionsArgs>("cloudflow").call(args, opts);
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
  return executionsQuery<GetWorkflowExecutionsArgs>("cloudflow").output(args, opts);
}

/** Iterates over all executions of a flow, newest first. Options and errors as {@link getWorkflowExecutions}. */
export function listWorkflowExecutions(
  args: ListWorkflowExecutionsArgs,
  opts?: pulumi.InvokeOptions,
): AsyncGenerator<ExecutionSummary, void, undefined> {
  return iterateOver("cloudflow", args, opts);
}

/** Arguments of {@link getWorkflowExecution} and {@link getExecutionHistory}. */
export interface GetWorkflowExecutionArgs extends FlowLocationArgs {
  /** Name of the flow. */
  flowName: string;
  /** Name of the execution. */
  executionId: string;
}

/** Result of {@link getWorkflowExecution}: the outputs of a resource. */
export interface GetWorkflowExecutionResult extends ExecutionOutputs {
  /** Name of the flow. */
  flowName: string;
}

/**
 * Reads one execution of a Standard flow. Runs in previews too, because it only reads.
 * @param opts as {@link getWorkflowExecutions}
 * @throws InputError when an argument or an option is wrong
 * @throws ConfigurationError when credentials or the location are missing
 * @throws NotFoundError when the service does not know the execution
 * @throws ServiceError, TransportError when the service refuses or does not answer
 * @see https://www.alibabacloud.com/help/en/cloudflow/latest/api-fnf-2019-03-15-describeexecution
 */
export function getWorkflowExecution(
  args: GetWorkflowExecutionArgs,
  opts?: pulumi.InvokeOptions,
): Promise<GetWorkflowExecutionResult> {
  return executionQuery<GetWorkflowExecutionArgs, GetWorkflowExecutionResult>("cloudflow").call(args, opts);
}

/** {@link getWorkflowExecution} for arguments that are outputs of other resources; options as {@link getWorkflowExecutionsOutput}. */
export function getWorkflowExecutionOutput(
  args: InputOf<GetWorkflowExecutionArgs>,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetWorkflowExecutionResult> {
  return executionQuery<GetWorkflowExecutionArgs, GetWorkflowExecutionResult>("cloudflow").output(args, opts);
}

/** Result of {@link getExecutionHistory}. */
export interface GetExecutionHistoryResult {
  /** All events, oldest first. */
  events: HistoryEvent[];
  /** True if the list is not complete: there are too many events to read, or the service repeats the same page. */
  isIncomplete?: true;
}

/**
 * Reads all events of an execution of a Standard flow, page by page. Runs in previews too.
 * @param opts as {@link getWorkflowExecutions}
 * @throws InputError when an argument or an option is wrong
 * @throws ConfigurationError when credentials or the location are missing
 * @throws NotFoundError when the service does not know the execution
 * @throws ServiceError, TransportError when the service refuses or does not answer
 * @see https://www.alibabacloud.com/help/en/cloudflow/latest/api-fnf-2019-03-15-getexecutionhistory
 */
export function getExecutionHistory(
  args: GetWorkflowExecutionArgs,
  opts?: pulumi.InvokeOptions,
): Promise<GetExecutionHistoryResult> {
  return historyQuery<GetWorkflowExecutionArgs, GetExecutionHistoryResult>("cloudflow").call(args, opts);
}

/** {@link getExecutionHistory} for arguments that are outputs of other resources; options as {@link getWorkflowExecutionsOutput}. */
export function getExecutionHistoryOutput(
  args: InputOf<GetWorkflowExecutionArgs>,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetExecutionHistoryResult> {
  return historyQuery<GetWorkflowExecutionArgs, GetExecutionHistoryResult>("cloudflow").output(args, opts);
}
