/**
 * FunctionGraph's view of an execution: the detail that clients poll, the items of both lists, and the answer of the
 * synchronous start. Times are text on the execution and epoch milliseconds on its nodes.
 */
import type { AttemptSnapshot, ProgramSnapshot, ProgramStep } from "../../player/play";
import type { ProgramError } from "../../player/program";
import type { Execution } from "../../executions/record";
import { derivedUuid } from "../../ground/identifiers";
import { isJsonObject } from "../../ground/jsonShape";
import type { JsonObject } from "../../ground/jsonShape";
import type { ActiveQuirks } from "../../cloud/quirks";
import type { EmulatorState } from "../../cloud/state";
import { fiveStatus, inCase, nineStatus } from "./flow";
import { flowErrorNames } from "./program";
import { timeText } from "./wording";

const mostNodes = 200;
const mostAttempts = 200;
const longestError = 2048;

/** Texts in outputs are cut after this number of characters unless the full history is asked for. */
export const longestText = 1024;

function shownHeaders(headers: unknown, quirks: ActiveQuirks): unknown {
  if (quirks["startHeadersCapitalised"] !== true || !isJsonObject(headers)) return headers;
  const capitalised = (name: string): string => name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [capitalised(name), value]));
}

/** The answer of ShowWorkflowExecution. `full`: long texts are not cut. */
export function detailBody(
  state: EmulatorState,
  execution: Execution,
  quirks: ActiveQuirks,
  full: boolean,
): JsonObject {
  const snapshot = state.executions.play(execution);
  const { headers } = execution.attributes;
  const { begin_time, end_time, last_update_time, created_by, ...named } = briefBody(
    execution,
    snapshot,
    fiveStatus(execution, snapshot, quirks),
    quirks,
  );
  return {
    ...named,
    ...(quirks["noStartHeaders"] ? {} : { headers: shownHeaders(headers, quirks) }),
    input: execution.input,
    output: asObject(full ? snapshot.output : shortened(snapshot.output)),
    begin_time,
    ...(end_time === undefined ? {} : { end_time }),
    last_update_time,
    created_by,
    node_execution_details: nodeDetails(execution, snapshot, quirks, full),
  };
}

/** One item of ListWorkflowExecutions. */
export function listItemBody(state: EmulatorState, execution: Execution, quirks: ActiveQuirks): JsonObject {
  const snapshot = state.executions.play(execution);
  return briefBody(execution, snapshot, fiveStatus(execution, snapshot, quirks), quirks);
}

/** One item of ShowWorkflowExecutionForPage. */
export function pageItemBody(state: EmulatorState, execution: Execution, quirks: ActiveQuirks): JsonObject {
  const snapshot = state.executions.play(execution);
  return briefBody(execution, snapshot, nineStatus(execution, snapshot, quirks), quirks);
}

/** The answer of StartSyncWorkflowExecution. A flow that has failed is an answer like any other. */
export function syncBody(execution: Execution, snapshot: ProgramSnapshot, quirks: ActiveQuirks): JsonObject {
  const outcome = snapshot.outcome ?? "fail";
  const succeeded = outcome === "success";
  const failed = rootSteps(snapshot).filter(({ outcome: end }) => end !== undefined && end !== "success");
  return {
    execution_id: execution.id,
    status: inCase(succeeded || outcome === "timeout" ? outcome : "fail", quirks),
    output: succeeded ? asObject(snapshot.output) : {},
    errors: (succeeded ? [] : failed).slice(0, mostNodes).map((step) => ({
      node_id: step.state.id,
      error_message: errorText(step.error).slice(0, longestError),
      begin_time: timeText(step.beganAt),
      end_time: timeText(step.endedAt ?? step.beganAt),
    })),
    begin_time: timeText(snapshot.beganAt),
    end_time: timeText(snapshot.endedAt ?? snapshot.updatedAt),
  };
}

function briefBody(
  execution: Execution,
  snapshot: ProgramSnapshot,
  status: string,
  quirks: ActiveQuirks,
): JsonObject {
  const { endedAt } = snapshot;
  return {
    workflow_id: execution.workflowId,
    workflow_urn: execution.attributes["workflow_urn"],
    execution_id: execution.id,
    status,
    begin_time: timeText(snapshot.beganAt),
    ...endTime(endedAt === undefined ? undefined : timeText(endedAt), "", quirks),
    last_update_time: timeText(snapshot.updatedAt),
    created_by: execution.startedBy,
  };
}

function endTime<T>(time: T | undefined, none: T, quirks: ActiveQuirks): JsonObject {
  if (time !== undefined) return { end_time: time };
  if (quirks["endTimeAbsent"]) return {};
  return { end_time: quirks["endTimeNull"] ? null : none };
}

// A node that is entered again, or tried again, is one node with several executions.
function nodeDetails(
  execution: Execution,
  snapshot: ProgramSnapshot,
  quirks: ActiveQuirks,
  full: boolean,
): JsonObject[] {
  const byNode = new Map<string, { name: string; executions: JsonObject[] }>();
  for (const step of rootSteps(snapshot)) {
    const { id, name = id } = step.state;
    const node = byNode.get(id) ?? { name, executions: [] };
    byNode.set(id, node);
    node.executions.push(
      ...step.attempts.map((attempt) => nodeExecution(execution, step, attempt, quirks, full)),
    );
  }
  return [...byNode].slice(0, mostNodes).map(([id, { name, executions }]) => ({
    node_id: id,
    node_name: name,
    execution_id: derivedUuid("node", execution.id, id),
    executions: executions.slice(-mostAttempts),
  }));
}

function rootSteps({ steps }: ProgramSnapshot): readonly ProgramStep[] {
  return steps.filter(({ parentKey }) => parentKey === undefined);
}

function nodeExecution(
  execution: Execution,
  step: ProgramStep,
  attempt: AttemptSnapshot,
  quirks: ActiveQuirks,
  full: boolean,
): JsonObject {
  const succeeded = attempt.outcome === "success";
  const cut = (value: unknown): unknown => asObject(full ? value : shortened(value));
  return {
    status: inCase(attempt.outcome ?? "running", quirks),
    input: cut(step.input),
    output: succeeded ? cut(step.output) : {},
    begin_time: attempt.beganAt,
    ...endTime(attempt.endedAt, 0, quirks),
    ...(attempt.error ? { error_message: errorMessage(attempt.error, quirks) } : {}),
    request_id: derivedUuid("request", execution.id, step.key, attempt.attempt),
  };
}

function errorMessage(error: ProgramError, quirks: ActiveQuirks): unknown {
  const text = errorText(error);
  if (quirks["errorMessageText"]) return text;
  if (quirks["errorMessageBrokenKey"]) return { [`detail:"${text}"`]: null };
  return error.code === flowErrorNames.taskFailed ? { detail: text } : { detail: text, error: error.code };
}

function errorText(error: ProgramError | undefined): string {
  return error === undefined || error.cause === "" ? "Execution failed" : error.cause;
}

function asObject(value: unknown): JsonObject {
  if (value === undefined || value === null) return {};
  return isJsonObject(value) ? value : { result: value };
}

function shortened(value: unknown): unknown {
  if (typeof value === "string")
    return value.length > longestText ? `${value.slice(0, longestText)}...` : value;
  if (Array.isArray(value)) return value.map(shortened);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shortened(part)]));
}
