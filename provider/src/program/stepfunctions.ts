/**
 * AWS Step Functions for Pulumi programs: the resource, and functions that read executions.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { StateMachineEvent } from "../services/aws/stepfunctions/events";
import { ExecutionResource, resourceType } from "./executionResource";
import { executionQuery, executionsQuery, historyQuery, iterateOver, retryOfFailedSteps } from "./queries";
import type {
  CommonExecutionArgs,
  ExecutionListArgs,
  ExecutionListResult,
  ExecutionOutputs,
  ExecutionPageArgs,
  ExecutionSummary,
  InputOf,
} from "./types";

/** The location of a state machine. */
export interface StateMachineLocationArgs {
  /**
   * ARN of the state machine, e.g. `arn:aws:states:eu-west-1:123456789012:stateMachine:migrate-db`; a version or an alias may
   * follow. The ARN contains the region and the account.
   */
  stateMachineArn: string;
  /**
   * Region: that of the state machine.
   * @default the region in `stateMachineArn`
   */
  region?: string;
  /**
   * Address of the service.
   * @default configuration `aws:endpoints` (its key `sfn` or `stepfunctions`), then `AWS_ENDPOINT_URL_SFN`, `AWS_ENDPOINT_URL`
   * and the profile's `endpoint_url`, then `https://states.<region>.amazonaws.com`
   */
  endpoint?: string;
}

/** Arguments of {@link WorkflowExecution}. */
export interface WorkflowExecutionArgs extends CommonExecutionArgs {
  /** See {@link StateMachineLocationArgs.stateMachineArn}. A change runs the new state machine. */
  stateMachineArn: pulumi.Input<string>;
  /**
   * Name of the execution, 1–80 characters without white space and `< > { } [ ] ? * " # % \ ^ | ~ $ & , ; : /` or backquote,
   * unique within the state machine until 90 days after its end. Re-runs append a number (`-2`, `-3`, …). If an execution of
   * this name is running with the same input, the provider takes it over. If it is finished, or is running with another
   * input, the service refuses the name. A change runs the state machine again.
   * @default the run key, see docs/explanation/one-run-once.md
   */
  executionName?: pulumi.Input<string>;
  /**
   * Input of the state machine: a map, or a map as JSON text, at most 256 KiB as JSON in UTF-8. Dates are sent as RFC 3339 text. A
   * change runs the state machine again.
   * @default none, for which the service takes `{}`
   */
  input?: pulumi.Input<Record<string, unknown> | string>;
  /**
   * The state machine's own type: the output `type` of `aws.sfn.StateMachine`. One call runs an EXPRESS state machine, and
   * answers when the execution has finished (after at most 5 minutes). The service does not show these executions, so a
   * refresh keeps the stored outcome. A change runs the state machine again.
   * @default "STANDARD"
   */
  stateMachineType?: pulumi.Input<"STANDARD" | "EXPRESS">;
  /** See {@link StateMachineLocationArgs.region}. A change without a change of `stateMachineArn` is an error. */
  region?: pulumi.Input<string>;
  /** See {@link StateMachineLocationArgs.endpoint}. A change does not run the state machine again. */
  endpoint?: pulumi.Input<string>;
}

/**
 * One execution of a Step Functions state machine. Creating the resource starts the execution and waits for it. A change of
 * the state machine, `input` or `triggers`, or an outcome that `rerunOn` includes, runs the state machine again. Deleting
 * the resource stops an execution that is still running.
 *
 * @typeParam Result type of the output `output`, e.g. `new stepfunctions.WorkflowExecution<{ version: string }>(…)`; nothing checks it
 *
 * @example
 * ```ts
 * import { stepfunctions } from "pulumi-runbook";
 *
 * const migrate = new stepfunctions.WorkflowExecution("migrate-db", {
 *   stateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:migrate-db",
 *   input: { schema: "v7" },
 * });
 *
 * export const result = migrate.output;
 * ```
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the workflow's author decides its shape
export class WorkflowExecution<Result = any> extends ExecutionResource<Result> {
  /** ARN of the state machine. */
  declare readonly stateMachineArn: pulumi.Output<string>;
  /** The input of this execution. */
  declare readonly input: pulumi.Output<unknown>;

  /**
   * Declares an execution.
   * @param name unique name within the stack
   */
  constructor(name: string, args: WorkflowExecutionArgs, opts?: pulumi.CustomResourceOptions) {
    super("stepfunctions", name, { ...args }, ["input"], opts);
  }

  /**
   * Reads an execution that this stack does not own: nothing is started, stopped or deleted.
   * @param id name of the execution, which is the last part of its ARN
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
      (value as { __pulumiType?: unknown } | null | undefined)?.__pulumiType === resourceType("stepfunctions")
    );
  }
}

/** Arguments of {@link getWorkflowExecutions}. */
export interface GetWorkflowExecutionsArgs extends ListWorkflowExecutionsArgs, ExecutionPageArgs {}

/** Arguments of {@link listWorkflowExecutions}. */
export interface ListWorkflowExecutionsArgs extends StateMachineLocationArgs, ExecutionListArgs {
  /**
   * Only executions whose name begins like this.
   * @default all of them
   */
  executionNamePrefix?: string;
}

/**
 * Lists executions of a STANDARD state machine, newest first. Runs in previews too.
 *
 * @example
 * ```ts
 * import { stepfunctions } from "pulumi-runbook";
 *
 * const { executions } = await stepfunctions.getWorkflowExecutions({
 *   stateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:migrate-db",
 *   status: "failed",
 *   limit: 20,
 * });
 * ```
 *
 * @param opts `provider` (a `Provider` whose settings are used), `parent` (whose provider is used), `async`
 * @throws InputError when an argument or an option is wrong
 * @throws ConfigurationError when credentials are missing or a setting is wrong
 * @throws ServiceError, TransportError when the service refuses or does not answer
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
 */
export function getWorkflowExecutions(
  args: GetWorkflowExecutionsArgs,
  opts?: pulumi.InvokeOptions,
): Promise<ExecutionListResult> {
  return executionsQuery<GetWorkflowExecutionsArgs>("stepfunctions").call(args, opts);
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
  return executionsQuery<GetWorkflowExecutionsArgs>("stepfunctions").output(args, opts);
}

/** Goes through all executions of a state machine, newest first. Options and errors as {@link getWorkflowExecutions}. */
export function listWorkflowExecutions(
  args: ListWorkflowExecutionsArgs,
  opts?: pulumi.InvokeOptions,
): AsyncGenerator<ExecutionSummary, void, undefined> {
  return iterateOver("stepfunctions", args, opts);
}

/** Arguments of {@link getWorkflowExecution} and {@link getExecutionHistory}. */
export interface GetWorkflowExecutionArgs extends StateMachineLocationArgs {
  /** Name of the execution, which is the last part of its ARN. */
  executionId: string;
}

/** Result of {@link getWorkflowExecution}: the outputs of a resource. */
export interface GetWorkflowExecutionResult extends ExecutionOutputs {
  /** ARN of the state machine. */
  stateMachineArn: string;
}

/**
 * Reads one execution of a STANDARD state machine. Runs in previews too.
 * @param opts as {@link getWorkflowExecutions}
 * @throws InputError when an argument or an option is wrong
 * @throws ConfigurationError when credentials are missing or a setting is wrong
 * @throws NotFoundError when the service does not know the execution
 * @throws ServiceError, TransportError when the service refuses or does not answer
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
export function getWorkflowExecution(
  args: GetWorkflowExecutionArgs,
  opts?: pulumi.InvokeOptions,
): Promise<GetWorkflowExecutionResult> {
  return executionQuery<GetWorkflowExecutionArgs, GetWorkflowExecutionResult>("stepfunctions").call(
    args,
    opts,
  );
}

/** {@link getWorkflowExecution} for arguments that are outputs of other resources; options as {@link getWorkflowExecutionsOutput}. */
export function getWorkflowExecutionOutput(
  args: InputOf<GetWorkflowExecutionArgs>,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetWorkflowExecutionResult> {
  return executionQuery<GetWorkflowExecutionArgs, GetWorkflowExecutionResult>("stepfunctions").output(
    args,
    opts,
  );
}

/** Arguments of {@link retryWorkflowExecution}. */
export interface RetryWorkflowExecutionArgs extends StateMachineLocationArgs {
  /** Name of the execution, which is the last part of its ARN. */
  executionId: string;
}

/**
 * Redrives an execution: runs it again from the steps that did not succeed; it keeps its name and runs on. The function of the
 * npm package is for scripts only: a program would call it in previews too, in which the plugin's function does nothing.
 * Afterwards `pulumi refresh` sees it run, and the next `pulumi up` waits for it.
 * @param opts as {@link getWorkflowExecutions}
 * @throws InputError when an argument or an option is wrong
 * @throws ConfigurationError when credentials are missing or a setting is wrong
 * @throws ServiceError, TransportError when the service refuses (executions that succeeded, or ended more than 14 days ago) or
 * does not answer
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
 */
export function retryWorkflowExecution(
  args: RetryWorkflowExecutionArgs,
  opts?: pulumi.InvokeOptions,
): Promise<void> {
  return retryOfFailedSteps<RetryWorkflowExecutionArgs>("stepfunctions").call(args, opts);
}

/** Result of {@link getExecutionHistory}. */
export interface GetExecutionHistoryResult {
  /** All events, oldest first. */
  events: StateMachineEvent[];
  /** True if the service did not give all of them: there are more than can be read, or it repeats itself. */
  isIncomplete?: true;
}

/**
 * Reads all events of an execution of a STANDARD state machine, in as many pages as that takes. Runs in previews too.
 * @param opts as {@link getWorkflowExecutions}
 * @throws InputError when an argument or an option is wrong
 * @throws ConfigurationError when credentials are missing or a setting is wrong
 * @throws NotFoundError when the service does not know the execution
 * @throws ServiceError, TransportError when the service refuses or does not answer
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
 */
export function getExecutionHistory(
  args: GetWorkflowExecutionArgs,
  opts?: pulumi.InvokeOptions,
): Promise<GetExecutionHistoryResult> {
  return historyQuery<GetWorkflowExecutionArgs, GetExecutionHistoryResult>("stepfunctions").call(args, opts);
}

/** {@link getExecutionHistory} for arguments that are outputs of other resources; options as {@link getWorkflowExecutionsOutput}. */
export function getExecutionHistoryOutput(
  args: InputOf<GetWorkflowExecutionArgs>,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetExecutionHistoryResult> {
  return historyQuery<GetWorkflowExecutionArgs, GetExecutionHistoryResult>("stepfunctions").output(
    args,
    opts,
  );
}
