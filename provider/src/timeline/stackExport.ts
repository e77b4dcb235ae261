/**
 * Reads an export of a stack: the executions in its state, of the dynamic provider and of the plugin. An export is data of
 * somebody else: a value of the wrong type is left out, and every text is cleaned and bounded.
 */
import type { ArgumentSpec } from "../execution/argument";
import { durationBetweenMs, isSettled } from "../execution/snapshot";
import type { ExecutionStatus } from "../execution/snapshot";
import { parseJson } from "../ground/json";
import { limits } from "../lifecycle/bounds";
import { services } from "../services/registry";
import type { Bag } from "./exportedValues";
import {
  addressOf,
  bag,
  isBag,
  isSecret,
  line,
  list,
  maxTimeMs,
  nameOf,
  rawText,
  secretText,
  statusOf,
  textOf,
  timeOf,
} from "./exportedValues";

/** An export cannot be read. The message says why, and how to make one. */
export class ExportError extends Error {}

/** The executions of a stack, as its last update left them. */
export interface StackExport {
  /** Names of stack and project; absent for an export without resources. */
  readonly stack?: string;
  readonly project?: string;
  /** Milliseconds since 1970: the last time at which the state was written; absent if the export does not say. */
  readonly writtenAtMs?: number;
  /** In the order of the state. */
  readonly executions: readonly StoredExecution[];
}

/** A part of time; milliseconds since 1970. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** An execution resource. */
export interface StoredExecution {
  /** Name of the resource in the program. */
  readonly name: string;
  /** Title of the service, e.g. `Huawei Cloud AOM`. */
  readonly service: string;
  /** Absent for a teardown runbook that has not run. */
  readonly executionId?: string;
  /** The workflow, by the argument that names it. */
  readonly workflow?: { readonly argument: string; readonly value: string };
  readonly status: ExecutionStatus;
  /** The vendor's own word; empty if there is none. */
  readonly rawStatus: string;
  /** Absent if the state tells no time, or the times are secret. */
  readonly span?: Span;
  /** False if it was running when it was last seen: the span ends there. */
  readonly isOver: boolean;
  /** The reason of a failure that no step has. */
  readonly error?: string;
  /** An address that begins with `https://`. */
  readonly consoleUrl?: string;
  readonly steps: readonly StoredStep[];
  /** True for a teardown runbook that waits for its resource to be destroyed. */
  readonly isArmed: boolean;
  /** Sentences on the state of the resource. */
  readonly notes: readonly string[];
}

/** A step of an execution. */
export interface StoredStep {
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly rawStatus: string;
  readonly span?: Span;
  readonly isOver: boolean;
  readonly error?: string;
  readonly failedTargets: readonly StoredTarget[];
}

/** A target on which a step did not succeed. */
export interface StoredTarget {
  /** Name, address and exit code, as far as they are known. */
  readonly title: string;
  readonly message?: string;
  readonly log?: string;
}

const howToExport =
  "Make an export by `pulumi stack export --stack NAME`, and give it as standard input; or use --stack NAME.";

/**
 * Reads the text of an export, as `pulumi stack export` writes it.
 * @throws {ExportError} when the text is no export
 */
export function readExport(text: string): StackExport {
  const state = readState(text);
  const manifest = bag(state["manifest"]);
  const writtenAtMs = timeOf(manifest["time"]);
  const resources = list(state["resources"]).map(bag);
  const [, stack, project] = /^urn:pulumi:(.*?)::(.*?)::/s.exec(rawText(resources[0]?.["urn"])) ?? [];
  return {
    ...(stack === undefined ? {} : { stack: line(stack) }),
    ...(project === undefined ? {} : { project: line(project) }),
    ...(writtenAtMs === undefined ? {} : { writtenAtMs }),
    executions: resources.flatMap((resource) => readExecution(resource, writtenAtMs) ?? []),
  };
}

function readState(text: string): Bag {
  let parsed: unknown;
  try {
    parsed = parseJson(text.replace(/^\ufeff/, ""));
  } catch {
    const found = text.trim() === "" ? "is empty" : "is not JSON";
    throw new ExportError(`The stack's export ${found}. ${howToExport}`);
  }
  const { deployment } = bag(parsed);
  const { resources } = bag(deployment);
  // A stack without resources has no list of them.
  if (!isBag(deployment) || !(resources == null || Array.isArray(resources))) {
    throw new ExportError(
      `The JSON is no export of a stack: deployment.resources is missing. ${howToExport}`,
    );
  }
  return deployment;
}

// `pulumi-nodejs:` is the dynamic provider's, and `runbook:` the plugin's.
const typeToken = /^(?:pulumi-nodejs|runbook):(?:dynamic\/)?([^:/]+)(?:\/[^:]*)?:WorkflowExecution$/;

function readExecution(resource: Bag, writtenAtMs: number | undefined): StoredExecution | undefined {
  const module = typeToken.exec(rawText(resource["type"]))?.[1];
  const service = Object.values(services).find((known) => known.service === module);
  if (!service || resource["external"] === true) return undefined;
  const outputs = bag(resource["outputs"]);
  const status = statusOf(outputs["status"]);
  const isArmed = outputs["runOn"] === "destroy" && status === "waiting" && outputs["rawStatus"] === "";
  const seenAtMs = timeOf(resource["modified"]) ?? writtenAtMs;
  const steps = list(outputs["steps"])
    .slice(0, limits.steps)
    .map((step) => (isSecret(step) ? secretStep : readStep(bag(step), seenAtMs)));
  const span = spanOf(outputs, isSettled(status), seenAtMs) ?? spanOfAll(steps);
  const error = textOf(bag(outputs["failure"])["message"], "message");
  const isBlamed = steps.some((step) => step.error !== undefined || step.failedTargets.length > 0);
  const consoleUrl = addressOf(outputs["consoleUrl"]);
  const executionId = isArmed ? undefined : nameOf(outputs["executionId"] ?? resource["id"]);
  return {
    name: nameOf(rawText(resource["urn"]).split("::").slice(3).join("::")) ?? "unnamed",
    service: service.title,
    ...(executionId === undefined ? {} : { executionId }),
    ...workflowOf(service.arguments, outputs),
    status,
    rawStatus: isSecret(outputs["status"]) ? secretText : (nameOf(outputs["rawStatus"]) ?? ""),
    ...(span === undefined ? {} : { span }),
    isOver: isSettled(status),
    ...(error === undefined || isBlamed ? {} : { error }),
    ...(consoleUrl === undefined ? {} : { consoleUrl }),
    steps,
    isArmed,
    notes: notesOf(resource, outputs),
  };
}

function workflowOf(args: Readonly<Record<string, ArgumentSpec>>, outputs: Bag) {
  const argument = Object.keys(args).find((name) => args[name]?.required === true);
  const value = argument === undefined ? undefined : nameOf(outputs[argument]);
  return argument === undefined || value === undefined ? {} : { workflow: { argument, value } };
}

function notesOf(resource: Bag, outputs: Bag): string[] {
  const truncated = list(outputs["truncated"]);
  return [
    ...(resource["delete"] === true
      ? ["Another execution has replaced it; the next `pulumi up` removes it."]
      : []),
    ...(outputs["expired"] === true ? ["The service no longer knows this execution."] : []),
    ...(isSecret(outputs["steps"]) ? [`The steps are secret: ${secretText}.`] : []),
    ...(truncated.includes("steps") ? ["The state does not have all steps."] : []),
    ...(truncated.some((path) => rawText(path).endsWith(".log"))
      ? ["The state does not have the whole logs."]
      : []),
  ];
}

const secretStep: StoredStep = {
  name: secretText,
  status: "unknown",
  rawStatus: "",
  isOver: true,
  failedTargets: [],
};

function readStep(step: Bag, seenAtMs: number | undefined): StoredStep {
  const status = statusOf(step["status"]);
  const span = spanOf(step, isSettled(status), seenAtMs);
  const error = textOf(step["error"], "message");
  return {
    name: nameOf(step["name"]) ?? nameOf(step["id"]) ?? "unnamed",
    status,
    rawStatus: nameOf(step["rawStatus"]) ?? "",
    ...(span === undefined ? {} : { span }),
    isOver: isSettled(status),
    ...(error === undefined ? {} : { error }),
    failedTargets: list(step["failedTargets"])
      .slice(0, limits.failedTargets)
      .map((target) => readTarget(bag(target))),
  };
}

function readTarget(target: Bag): StoredTarget {
  const exitCode = nameOf(target["exitCode"]);
  const parts = [
    nameOf(target["name"]) ?? nameOf(target["id"]),
    nameOf(target["address"]),
    exitCode === undefined ? undefined : `exit code ${exitCode}`,
  ];
  const message = textOf(target["message"], "message");
  const log = textOf(target["log"], "log");
  return {
    title: parts.filter((part) => part !== undefined).join(", ") || "unnamed target",
    ...(message === undefined ? {} : { message }),
    ...(log === undefined ? {} : { log }),
  };
}

// An execution that was running when it was last seen has no end: it is drawn until then.
function spanOf(record: Bag, isOver: boolean, seenAtMs: number | undefined): Span | undefined {
  const startMs = timeOf(record["startedAt"]);
  if (startMs === undefined) return undefined;
  const durationMs = durationOf(record);
  const endMs = durationMs === undefined && !isOver ? seenAtMs : startMs + (durationMs ?? 0);
  return { startMs, endMs: Math.min(Math.max(startMs, endMs ?? startMs), maxTimeMs) };
}

function spanOfAll(steps: readonly StoredStep[]): Span | undefined {
  const spans = steps.flatMap(({ span }) => span ?? []);
  if (spans.length === 0) return undefined;
  return {
    startMs: spans.reduce((least, { startMs }) => Math.min(least, startMs), Infinity),
    endMs: spans.reduce((most, { endMs }) => Math.max(most, endMs), -Infinity),
  };
}

function durationOf(record: Bag): number | undefined {
  const { durationMs, startedAt, settledAt } = record;
  if (typeof durationMs === "number" && durationMs >= 0 && durationMs < maxTimeMs) return durationMs;
  const [from, to] = [timeOf(startedAt), timeOf(settledAt)];
  return from === undefined || to === undefined
    ? undefined
    : durationBetweenMs(String(startedAt), String(settledAt));
}
