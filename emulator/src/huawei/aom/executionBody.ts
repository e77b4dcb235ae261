/** AOM's view of an execution: the detail that clients poll, and the item of the history list. */
import type { Execution } from "../../executions/record";
import type { ProgramSnapshot } from "../../player/play";
import { derivedUuid } from "../../ground/identifiers";
import type { JsonObject } from "../../ground/jsonShape";
import type { ActiveQuirks } from "../../cloud/quirks";
import type { EmulatorState } from "../../cloud/state";
import { hasFailed, nodeRuns } from "../steps";
import type { NodeRun } from "../steps";
import { nodeOutput } from "./targets";

/** AOM's word for how an execution stands. */
export function executionStatus(
  execution: Execution,
  snapshot: ProgramSnapshot,
  quirks: ActiveQuirks,
): string {
  return inCase(rawStatus(execution, snapshot, quirks), quirks);
}

function rawStatus({ run }: Execution, { phase, outcome }: ProgramSnapshot, quirks: ActiveQuirks): string {
  if (phase === "running") return String(quirks["unknownStatus"] ?? run.runningStatus ?? "running");
  if (phase !== "ended") return phaseWords[phase];
  return outcome === "rejected" ? "approvalFailed" : (outcome ?? "success");
}

/** AOM's words for an execution that does not work at the moment and has not ended; executions and workflows share them. */
export const phaseWords = {
  awaitingApproval: "waitApproval",
  queued: "waitExecute",
  paused: "pausing",
  stopping: "canceling",
} as const;

/** The answer of SearchWorkflowExecutionDetail. */
export function detailBody(state: EmulatorState, execution: Execution, quirks: ActiveQuirks): JsonObject {
  const snapshot = quirks["noSnapshot"]
    ? {}
    : { workflow_snapshot: execution.attributes["workflow_snapshot"] };
  return {
    ...sharedBody(state, execution, quirks),
    workflow_edit_time: editTime(execution, quirks),
    ...snapshot,
  };
}

/** One item of ListWorkflowExecutions. */
export function listItemBody(state: EmulatorState, execution: Execution, quirks: ActiveQuirks): JsonObject {
  return {
    ...sharedBody(state, execution, quirks),
    [quirks["createBy"] ? "create_by" : "created_by"]: execution.startedBy,
    [quirks["workflowEditTimeCamelCase"] ? "workflowEditTime" : "workflow_edit_time"]: editTime(
      execution,
      quirks,
    ),
  };
}

function sharedBody(state: EmulatorState, execution: Execution, quirks: ActiveQuirks): JsonObject {
  const snapshot = state.executions.play(execution);
  const nodes = nodeRuns(execution.run, snapshot, state.clock.now());
  const region = regionOf(state, execution.projectId);
  return {
    workflow_id: execution.workflowId,
    execution_id: execution.id,
    project_id: quirks["maskedProjectId"] ? "xxxxxxx" : execution.projectId,
    status: executionStatus(execution, snapshot, quirks),
    begin_time: inUnit(snapshot.beganAt, quirks),
    ...endTime(snapshot.endedAt, quirks),
    last_update_time: quirks["lastUpdateTimeText"]
      ? new Date(snapshot.updatedAt).toISOString().replace(/\.\d+Z$/, "Z")
      : inUnit(snapshot.updatedAt, quirks),
    approve_user_name_list: [...execution.run.approvers],
    execution_result_list: nodes.map((run) => nodeResult(execution, run, region, quirks)),
    last_record_id_with_snapshot: derivedUuid("record", execution.id),
  };
}

function nodeResult(execution: Execution, run: NodeRun, region: string, quirks: ActiveQuirks): JsonObject {
  return {
    node_id: run.node.id,
    begin_time: inUnit(run.beganAt, quirks),
    ...endTime(run.endedAt, quirks),
    function_execution_id: derivedUuid("function", execution.id, run.node.id, run.attempt),
    output: nodeOutput(run, region),
    status: inCase(nodeStatus(run), quirks),
  };
}

// The vendor's example shows a node with `ignore_error` as successful although a target of it failed and the
// execution failed with it.
function nodeStatus(run: NodeRun): string {
  if (run.phase === "paused") return "pausing";
  if (run.phase === "running") return "running";
  const ignored = run.node.ignoreError && hasFailed(run) && run.progress === 1;
  return ignored ? "success" : (run.outcome ?? "success");
}

function endTime(endedAt: number | undefined, quirks: ActiveQuirks): JsonObject {
  if (endedAt === undefined && quirks["endTimeAbsent"]) return {};
  return { end_time: endedAt === undefined ? 0 : inUnit(endedAt, quirks) };
}

function editTime(execution: Execution, quirks: ActiveQuirks): number {
  const time = execution.attributes["workflow_edit_time"];
  return inUnit(typeof time === "number" ? time : 0, quirks);
}

const inUnit = (time: number, quirks: ActiveQuirks): number =>
  quirks["timesInSeconds"] ? Math.floor(time / 1000) : time;

const inCase = (status: string, quirks: ActiveQuirks): string =>
  quirks["upperCaseStatus"] ? status.toUpperCase() : status;

function regionOf(state: EmulatorState, projectId: string): string {
  for (const { projects } of state.accounts.accounts) {
    const project = projects.find(({ id }) => id === projectId);
    if (project) return project.name;
  }
  return "cn-north-4";
}
