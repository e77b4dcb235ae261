/** The control API's routes for executions: lists them, starts them for others, decides on approvals. */
import type { EmulatorState } from "../cloud/state";
import type { Execution } from "../executions/record";
import { Fields, ShapeError } from "../ground/jsonShape";
import type { JsonObject } from "../ground/jsonShape";
import { ReplyError } from "../http/exchange";
import type { ExecutionOutline, Service } from "../http/service";
import { notFound, problem, readTime } from "./route";
import type { ControlRequest, ControlRoute } from "./route";
import { homeProject, longestId } from "./workflows";

interface Place {
  readonly state: EmulatorState;
  readonly services: readonly Service[];
  readonly scriptedServices: readonly string[];
}

/** The routes about executions. */
export function executionRoutes(
  state: EmulatorState,
  services: readonly Service[],
  scriptedServices: readonly string[],
): ControlRoute[] {
  const place: Place = { state, services, scriptedServices };
  return [
    { method: "GET", path: "/executions", handle: (request) => listExecutions(place, request) },
    { method: "POST", path: "/executions", handle: (request) => startExecution(place, request) },
    {
      method: "DELETE",
      path: "/executions/{id}",
      handle: (request) => {
        state.executions.purge(findExecution(place, request));
        return undefined;
      },
    },
    {
      method: "POST",
      path: "/executions/{id}/approve",
      handle: (request) => decide(place, request, "approve"),
    },
    {
      method: "POST",
      path: "/executions/{id}/reject",
      handle: (request) => decide(place, request, "reject"),
    },
  ];
}

function findExecution({ state }: Place, { params }: ControlRequest): Execution {
  const id = params["id"] ?? "";
  return state.executions.execution(id) ?? notFound(`no execution ${id}`);
}

// As if someone else had started it: for a history, and for executions that a client did not start itself.
function startExecution(place: Place, { json }: ControlRequest): JsonObject {
  const { state, services, scriptedServices } = place;
  const fields = new Fields(json(), "");
  const workflowId = fields.requiredText("workflowId", { min: 1, max: longestId });
  const executionId = fields.text("executionId", { min: 1, max: longestId });
  const startedAt = readTime(fields, "startedAt");
  const startedBy = fields.text("startedBy", { min: 1, max: 32 }) ?? "someone-else";
  const projectId = fields.text("projectId") ?? homeProject(state);
  const name = fields.text("service") ?? scriptedServices[0] ?? "";
  const input = fields.object("input");
  const headers = fields.object("headers");
  fields.rejectUnknown();
  if (executionId !== undefined && state.executions.execution(executionId)) {
    throw new ShapeError("executionId", `${executionId} exists already`);
  }
  const service = services.find((candidate) => candidate.name === name);
  const workflow = state.executions.workflow(name, projectId, workflowId);
  if (!service?.start || !workflow) notFound(`no workflow ${workflowId} of ${name} in ${projectId}`);
  return describe(place, service.start({ workflow, startedBy, executionId, startedAt, input, headers }));
}

function decide(place: Place, request: ControlRequest, kind: "approve" | "reject"): JsonObject {
  const { executions } = place.state;
  const execution = findExecution(place, request);
  if (executions.play(execution).phase !== "awaitingApproval") {
    throw new ReplyError(problem(409, `execution ${execution.id} is not waiting for approval`));
  }
  return describe(place, executions.intervene(execution, { kind }));
}

function listExecutions(place: Place, { query }: ControlRequest): JsonObject {
  const workflowId = query.get("workflowId");
  const service = query.get("service");
  const executions = place.state.executions
    .executions()
    .filter((execution) => workflowId === null || execution.workflowId === workflowId)
    .filter((execution) => service === null || execution.service === service);
  return { executions: executions.map((execution) => describe(place, execution)) };
}

function describe({ state, services }: Place, execution: Execution): JsonObject {
  const service = services.find(({ name }) => name === execution.service);
  const { status, endedAt, nodes } = service?.outline?.(execution) ?? outlineOf(state, execution);
  return {
    service: execution.service,
    projectId: execution.projectId,
    workflowId: execution.workflowId,
    executionId: execution.id,
    status,
    startedAt: execution.startedAt,
    startedBy: execution.startedBy,
    caller: execution.caller,
    endedAt: endedAt ?? null,
    runNumber: execution.runNumber,
    nodes,
    interventions: execution.interventions,
  };
}

function outlineOf(state: EmulatorState, execution: Execution): ExecutionOutline {
  const { phase, outcome, endedAt, steps } = state.executions.play(execution);
  return {
    status: outcome ?? phase,
    endedAt,
    nodes: steps.map((step) => ({
      id: step.key,
      status: step.outcome ?? step.phase,
      attempt: step.attempts.length,
    })),
  };
}
