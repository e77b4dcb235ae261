/**
 * The arguments that all services share: their rules, their defaults, and which of them mean another execution.
 * The services' own arguments come from their backend's table.
 */
import type { ArgumentSpec } from "./argument";
import type { BackendDefinition } from "./service";
import { identifier, map, oneOf, seconds, someOf, text } from "./rules";
import type { ExecutionStatus } from "./snapshot";

/** Stands for a value that is only known after other resources exist; seen in check and diff. */
export const unknownValue: unique symbol = Symbol("unknown until other resources exist");

/** True if a value is, or has in it, something that is not known yet. */
export function containsUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(containsUnknown);
}

/** The outcomes that `rerunOn` can name. */
export type RerunOutcome = "failed" | "timedOut" | "stopped" | "always";

/** The common arguments with their defaults filled in. */
export interface CommonArguments {
  readonly executionKey: string | undefined;
  readonly triggers: Readonly<Record<string, unknown>>;
  readonly runOn: "create" | "destroy";
  readonly waitFor: "settled" | "started";
  readonly timeoutSeconds: number;
  readonly onTimeout: "leave" | "stop";
  readonly onFailure: "fail" | "continue";
  readonly onDelete: "stop" | "leave";
  readonly rerunOn: readonly RerunOutcome[];
  /**
   * Left out it is "allow", but where executions bear no mark, a candidate that may be ours stops the
   * deployment with an error first.
   */
  readonly concurrency: "allow" | "adopt" | "queue" | "reject" | undefined;
  readonly adoptExecutionId: string | undefined;
}

/** Rules of the common arguments. `adoptExecutionId` has a rule of its own in `diff`. */
export const commonArguments: Readonly<Record<keyof CommonArguments, ArgumentSpec>> = {
  executionKey: { rule: text({ min: 1, max: 256 }), replaces: true, isPayload: true },
  triggers: { rule: map, replaces: true, defaultValue: {}, isPayload: true },
  runOn: { rule: oneOf("create", "destroy"), replaces: true, defaultValue: "create" },
  waitFor: { rule: oneOf("settled", "started"), defaultValue: "settled" },
  timeoutSeconds: { rule: seconds, defaultValue: 3_600 },
  onTimeout: { rule: oneOf("leave", "stop"), defaultValue: "leave" },
  onFailure: { rule: oneOf("fail", "continue"), defaultValue: "fail" },
  onDelete: { rule: oneOf("stop", "leave"), defaultValue: "stop" },
  rerunOn: {
    rule: someOf(["failed", "timedOut", "stopped"], "always"),
    defaultValue: ["failed", "timedOut", "stopped"],
  },
  // Without a default: "allow" that the program has written means more than one that is left out.
  concurrency: { rule: oneOf("allow", "adopt", "queue", "reject") },
  adoptExecutionId: { rule: identifier({ min: 1, max: 256 }) },
};

/** All arguments of a service: its own and the common ones. */
export function argumentSpecs(definition: BackendDefinition): Readonly<Record<string, ArgumentSpec>> {
  return { ...commonArguments, ...definition.arguments };
}

/** Names of the arguments that take data of the program's own. */
export function payloadArguments(definition: BackendDefinition): string[] {
  return Object.entries(argumentSpecs(definition)).flatMap(([name, spec]) => (spec.isPayload ? [name] : []));
}

/** Names of the arguments that a workflow gets as its input, and can therefore give back. */
export function inputArguments(definition: BackendDefinition): string[] {
  return Object.entries(argumentSpecs(definition)).flatMap(([name, spec]) => (spec.isInput ? [name] : []));
}

/** The word of `rerunOn` by which a past outcome makes the next deployment run again; undefined if none does. */
export function rerunReason(common: CommonArguments, status: ExecutionStatus): RerunOutcome | undefined {
  if (common.rerunOn.includes("always")) return "always";
  return common.rerunOn.find((outcome) => outcome === status);
}
