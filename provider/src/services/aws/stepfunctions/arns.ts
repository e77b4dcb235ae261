/**
 * ARNs of state machines and executions: a state machine's ARN tells its region and account, and an execution's ARN follows
 * from the state machine and the execution's name. Pure.
 */
import type { ArgumentRule } from "../../../execution/argument";
import { kindOf } from "../../../execution/rules";

/** A state machine, taken apart. */
export interface StateMachine {
  /** `aws`, `aws-cn`, `aws-us-gov`, …. */
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly name: string;
  /** As the program has given it: with a version or an alias, where the program named one. */
  readonly arn: string;
  /** Without version or alias. Names of executions are unique within it. */
  readonly unqualifiedArn: string;
}

const form = /^arn:(aws[a-z-]*):states:([a-z\d-]+):(\d{12}):stateMachine:([^\s:/]{1,80})(?::[^\s:/]{1,80})?$/;

/** A state machine by its ARN; undefined if the text is none. A version or alias may follow the name. */
export function parseStateMachineArn(arn: string): StateMachine | undefined {
  const [, partition, region, accountId, name] = form.exec(arn) ?? [];
  if (partition === undefined || region === undefined || accountId === undefined || name === undefined) {
    return undefined;
  }
  const unqualifiedArn = `arn:${partition}:states:${region}:${accountId}:stateMachine:${name}`;
  return { partition, region, accountId, name, arn, unqualifiedArn };
}

const maxArnLength = 256;

/** The rule of an argument that takes the ARN of a state machine. */
export const stateMachineArn: ArgumentRule = Object.assign(
  (value: unknown): string | undefined => {
    const remedy =
      'must be the ARN of a state machine like "arn:aws:states:eu-west-1:123456789012:stateMachine:name"';
    if (typeof value !== "string") return `${remedy}, not ${kindOf(value)}`;
    if (value.length > maxArnLength) {
      return `${remedy}, of at most ${String(maxArnLength)} characters, not ${String(value.length)}`;
    }
    if (/:states:[^:]*:[^:]*:(execution|express):/.test(value)) return `${remedy}, not that of an execution`;
    return parseStateMachineArn(value) ? undefined : remedy;
  },
  { type: "string" as const },
);

/** The ARN of a STANDARD execution. */
export function executionArn(
  { partition, region, accountId, name }: StateMachine,
  executionName: string,
): string {
  return `arn:${partition}:states:${region}:${accountId}:execution:${name}:${executionName}`;
}

/** An execution's ARN, taken apart. */
export interface ExecutionArn {
  /** The service's two kinds of ARN. */
  readonly kind: "execution" | "express";
  /** Name of the state machine. */
  readonly stateMachine: string;
  /** The execution's name; of an EXPRESS one `<name>:<UUID>`, because such names are not unique. */
  readonly executionName: string;
}

/** An execution by its ARN; undefined if the text is none. */
export function parseExecutionArn(arn: string): ExecutionArn | undefined {
  const [, kind, stateMachine, executionName] =
    /^arn:[^:]+:states:[^:]*:[^:]*:(execution|express):([^:]+):(.+)$/.exec(arn) ?? [];
  if (kind === undefined || stateMachine === undefined || executionName === undefined) return undefined;
  return { kind: kind as ExecutionArn["kind"], stateMachine, executionName };
}
