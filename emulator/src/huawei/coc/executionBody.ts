/** COC's view of an execution: the detail, which is the item of the list too, and the steps. Times in epoch milliseconds. */
import type { ProgramSnapshot } from "../../player/play";
import type { Outcome } from "../../player/script";
import type { Execution } from "../../executions/record";
import { derivedUuid } from "../../ground/identifiers";
import type { JsonObject } from "../../ground/jsonShape";
import type { ActiveQuirks } from "../../cloud/quirks";
import type { EmulatorState } from "../../cloud/state";
import { hasFailed, nodeRuns } from "../steps";
import type { NodeRun } from "../steps";

const endWords: Readonly<Record<Outcome, string>> = {
  success: "Succeed",
  fail: "Failed",
  timeout: "Timeout",
  cancel: "Canceled",
  rejected: "Canceled",
};

/** COC's word for how an execution stands. `Pending` waits for a person, not in a queue. */
export function executionStatus(
  { run }: Execution,
  { phase, outcome = "success" }: ProgramSnapshot,
  quirks: ActiveQuirks,
): string {
  switch (phase) {
    case "awaitingApproval":
    case "paused":
      return inCase("Pending", quirks);
    case "queued":
      return inCase("Running", quirks);
    case "running":
      return inCase(String(quirks["unknownStatus"] ?? run.runningStatus ?? "Running"), quirks);
    case "stopping":
      return inCase("Canceling", quirks);
    case "ended":
      return inCase(endWords[outcome] ?? outcome, quirks);
  }
}

/** The `data` of ShowExecution, and an item of ListExecutions. */
export function executionBody(state: EmulatorState, execution: Execution, quirks: ActiveQuirks): JsonObject {
  const snapshot = state.executions.play(execution);
  const { attributes } = execution;
  return {
    id: derivedUuid("ticket", execution.id),
    execution_id: execution.id,
    document_name: attributes["document_name"],
    document_id: execution.workflowId,
    document_version_id: derivedUuid("version", execution.workflowId, String(attributes["version"])),
    document_version: attributes["version"],
    start_time: snapshot.beganAt,
    end_time: snapshot.endedAt ?? null,
    update_time: snapshot.updatedAt,
    creator: execution.startedBy,
    status: executionStatus(execution, snapshot, quirks),
    ...descriptionBody(attributes["description"], quirks),
    parameters: attributes["parameters"],
    tags: [],
    target_parameter_name: attributes["target_parameter_name"] ?? null,
    targets: attributes["targets"] ?? null,
    type: attributes["type"],
  };
}

function descriptionBody(description: unknown, quirks: ActiveQuirks): JsonObject {
  if (quirks["noDescription"]) return {};
  if (quirks["emptyDescription"]) return { description: "" };
  const length = quirks["descriptionLength"];
  const text = String(description);
  return { description: typeof length === "number" ? text.slice(0, length) : text };
}

/** The `data` of ListExecutionSteps: the steps that have begun, each with its last attempt. */
export function stepsBody(state: EmulatorState, execution: Execution, quirks: ActiveQuirks): JsonObject[] {
  const snapshot = state.executions.play(execution);
  const begun = nodeRuns(execution.run, snapshot, state.clock.now());
  const steps = begun.map((run) => stepBody(execution, run, quirks));
  if (!quirks["stepsAhead"]) return steps;
  const ahead = execution.run.nodes.slice(steps.length).map((node) => ({
    ...identity(execution, node),
    start_time: null,
    end_time: null,
    message: "",
    status: inCase("Pending", quirks),
    inputs: [],
    outputs: [],
    properties: {},
  }));
  return [...steps, ...ahead];
}

function stepBody(execution: Execution, run: NodeRun, quirks: ActiveQuirks): JsonObject {
  const { node, endedAt } = run;
  const isFailed = hasFailed(run);
  return {
    ...identity(execution, node),
    start_time: run.beganAt,
    end_time: endedAt ?? null,
    message: isFailed ? (node.cause ?? node.log ?? "The step has failed.") : "",
    status: inCase(stepStatus(run), quirks),
    inputs: execution.attributes["parameters"],
    outputs: endedAt === undefined || isFailed ? [] : keyValues(node.output ?? {}),
    properties: {},
  };
}

function identity(execution: Execution, node: NodeRun["node"]): JsonObject {
  return {
    execution_step_id: `${execution.id}-${node.id}`,
    action: "hwc:runbook:scripts@1.0.0",
    name: node.name,
  };
}

function stepStatus({ phase, outcome = "success" }: NodeRun): string {
  if (phase === "paused") return "Pending";
  if (phase !== "ended") return "Running";
  return endWords[outcome] ?? outcome;
}

/** Texts as they are, other values as their JSON. */
export function keyValues(values: Readonly<Record<string, unknown>>): JsonObject[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === "string" ? value : JSON.stringify(value),
  }));
}

const inCase = (status: string, quirks: ActiveQuirks): string =>
  quirks["upperCaseStatus"] ? status.toUpperCase() : status;
