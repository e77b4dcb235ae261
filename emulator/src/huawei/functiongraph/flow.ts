/**
 * One execution of a flow: how it is started, and the status words for how it stands.
 * Scripted flows and flows with a definition are both read into programs, so everything else sees one kind only.
 */
import type { Program } from "../../player/program";
import type { ProgramSnapshot, TaskScript } from "../../player/play";
import { taskScripts } from "../../player/script";
import type { RunScript } from "../../player/script";
import type { Execution, Workflow } from "../../executions/record";
import type { ForeignStart } from "../../http/service";
import type { Caller } from "../../accounts/principal";
import { isJsonObject } from "../../ground/jsonShape";
import type { JsonObject } from "../../ground/jsonShape";
import type { ActiveQuirks } from "../../cloud/quirks";
import type { EmulatorState } from "../../cloud/state";
import { programOfDefinition, programOfNodes, tasksOfDefinition } from "./program";
import { flowUrn } from "./wording";

/** EXPRESS flows are for short runs: the service ends a longer one. */
const expressLimitMs = 5 * 60 * 1000;

const nineStatuses = [
  "success",
  "fail",
  "running",
  "timeout",
  "cancel",
  "scheduled",
  "recovered",
  "retrying",
  "stopping",
];

/** The parameters of a start, beside the flow. */
export interface FlowStart {
  readonly startedBy: string;
  readonly caller?: Caller | undefined;
  readonly input: JsonObject;
  readonly headers: JsonObject;
  readonly executionId?: string | undefined;
  readonly startedAt?: number | undefined;
  /** `X-WorkflowRun-ID`. */
  readonly runId?: string | undefined;
  /** `X-WorkflowRun-MergeFnParameters`. */
  readonly mergeParameters?: boolean | undefined;
}

/** True if the flow is for short runs, without history. */
export function isExpress(flow: Workflow | Execution): boolean {
  const attributes = "script" in flow ? flow.script.attributes : flow.attributes;
  return attributes["mode"] === "EXPRESS";
}

/** Starts an execution that keeps a copy of the flow as it is now. */
export function startFlow(state: EmulatorState, flow: Workflow, start: FlowStart): Execution {
  const { definition, mode = "NORMAL" } = flow.script.attributes;
  return state.executions.start(flow, {
    ...playOf(state.executions.nextRun(flow), definition, start.mergeParameters ?? false, isExpress(flow)),
    input: start.input,
    executionId: start.executionId,
    startedAt: start.startedAt,
    startedBy: start.startedBy.slice(0, 32),
    caller: start.caller,
    attributes: {
      mode,
      workflow_urn: flowUrn(state, flow),
      headers: start.headers,
      ...(start.runId === undefined ? {} : { run_id: start.runId }),
    },
  });
}

/** {@link startFlow} for a start through the control API. */
export function startForeign(state: EmulatorState, start: ForeignStart): Execution {
  const { workflow, input = {}, headers = {} } = start;
  return startFlow(state, workflow, { ...start, input, headers });
}

function playOf(
  run: RunScript,
  definition: unknown,
  mergesParameters: boolean,
  express: boolean,
): { program: Program; tasks: Readonly<Record<string, readonly TaskScript[]>> | undefined } {
  const limit = express ? { timeoutMs: expressLimitMs } : {};
  if (!isJsonObject(definition))
    return { program: { ...programOfNodes(run.nodes), ...limit }, tasks: undefined };
  return {
    program: { ...programOfDefinition(definition, run, mergesParameters), ...limit },
    tasks: tasksOfDefinition(definition, taskScripts(run)),
  };
}

/** One of five statuses, for the detail, the plain list and the synchronous start. */
export function fiveStatus(execution: Execution, snapshot: ProgramSnapshot, quirks: ActiveQuirks): string {
  if (quirks["nineStatuses"]) return nineStatus(execution, snapshot, quirks);
  if (snapshot.phase === "ended") return inCase(snapshot.outcome ?? "success", quirks);
  const scripted = execution.run.runningStatus;
  const known = scripted === undefined || nineStatuses.includes(scripted);
  return inCase(String(quirks["unknownStatus"] ?? (known ? "running" : scripted)), quirks);
}

/** One of nine statuses, for the paged list. */
export function nineStatus(execution: Execution, snapshot: ProgramSnapshot, quirks: ActiveQuirks): string {
  return inCase(rawNineStatus(execution, snapshot, quirks), quirks);
}

function rawNineStatus(
  { run, interventions }: Execution,
  { phase, outcome }: ProgramSnapshot,
  quirks: ActiveQuirks,
): string {
  switch (phase) {
    case "awaitingApproval":
    case "queued":
      return "scheduled";
    case "stopping":
      return "stopping";
    case "ended":
      return outcome ?? "success";
    case "paused":
    case "running": {
      const retried = interventions.some(({ kind }) => kind === "retry");
      return String(quirks["unknownStatus"] ?? run.runningStatus ?? (retried ? "retrying" : "running"));
    }
  }
}

/** A status as the quirks want it written. */
export function inCase(status: string, quirks: ActiveQuirks): string {
  return quirks["upperCaseStatus"] ? status.toUpperCase() : status;
}
