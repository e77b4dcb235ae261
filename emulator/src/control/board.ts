/** The data of the page at `/`: services, workflows, the newest executions with their steps, the newest requests. */
import { shortName } from "../accounts/principal";
import type { EmulatorState } from "../cloud/state";
import type { Execution, Workflow } from "../executions/record";
import type { JsonObject } from "../ground/jsonShape";
import { packageVersion } from "../ground/version";
import type { LoggedRequest } from "../http/requestLog";
import type { Service } from "../http/service";
import type { ProgramSnapshot, ProgramStep } from "../player/play";
import { defaultErrorNames } from "../player/program";
import type { ProgramError } from "../player/program";

/** More than anybody reads, and few enough for an answer a second. */
const limits = { executions: 200, steps: 100, workflows: 200, requests: 200 };
/** In characters; names and logs are the clients', and may be megabytes. */
const longest = { name: 200, path: 500, detail: 2_000 };

/** The state of an execution or a step, in one word for every service: it chooses the colour. */
type Tone = "good" | "bad" | "stopped" | "active" | "waiting";

/** The state of the page, as JSON. Times in epoch milliseconds. */
export function describeBoard(state: EmulatorState, services: readonly Service[]): JsonObject {
  const { clock, executions, log } = state;
  const all = executions.executions();
  const workflows = executions.workflows();
  const requests = log.list();
  const runs = countRuns(all);
  return {
    version: packageVersion(),
    now: clock.now(),
    rate: clock.rate,
    services: services.map(({ name, title }) => ({ name, title })),
    executions: {
      total: all.length,
      newest: all
        .slice(0, limits.executions)
        .map((execution) => describeExecution(state, services, execution)),
    },
    workflows: {
      total: workflows.length,
      first: workflows
        .slice(0, limits.workflows)
        .map((workflow) => describeWorkflow(workflow, runs.get(workflowKey(workflow, workflow.id)) ?? 0)),
    },
    requests: {
      total: requests.length,
      newest: requests.slice(-limits.requests).reverse().map(describeRequest),
    },
  };
}

function workflowKey({ service, projectId }: Execution | Workflow, workflowId: string): string {
  return JSON.stringify([service, projectId, workflowId]);
}

function countRuns(executions: readonly Execution[]): Map<string, number> {
  const runs = new Map<string, number>();
  for (const execution of executions) {
    const key = workflowKey(execution, execution.workflowId);
    runs.set(key, (runs.get(key) ?? 0) + 1);
  }
  return runs;
}

function describeExecution(
  state: EmulatorState,
  services: readonly Service[],
  execution: Execution,
): JsonObject {
  const snapshot = state.executions.play(execution);
  const { phase, outcome, steps, error } = snapshot;
  const service = services.find(({ name }) => name === execution.service);
  return {
    key: execution.id,
    service: execution.service,
    workflow: cut(execution.workflowId, longest.name),
    id: cut(execution.id, longest.name),
    status: cut(service?.outline?.(execution).status ?? outcome ?? phase, longest.name),
    tone: toneOfExecution(snapshot),
    startedAt: execution.startedAt,
    endedAt: snapshot.endedAt ?? null,
    startedBy: cut(
      execution.caller?.actor ? shortName(execution.caller.actor) : execution.startedBy,
      longest.name,
    ),
    error: describeError(error) ?? null,
    stepCount: steps.length,
    steps: steps.slice(0, limits.steps).map((step) => describeStep(execution, step)),
  };
}

function describeStep({ run }: Execution, step: ProgramStep): JsonObject {
  const { key, state, phase, outcome, beganAt, endedAt, attempts, error } = step;
  const tone = toneOfStep(step);
  const log = tone === "bad" ? run.nodes.find(({ id }) => id === state.id)?.log : undefined;
  const detail = describeError(error) ?? log;
  return {
    key,
    name: cut(state.name ?? key, longest.name),
    status: cut(outcome ?? phase, longest.name),
    tone,
    beganAt,
    endedAt: endedAt ?? null,
    attempts: attempts.length,
    detail: detail === undefined ? null : cut(detail, longest.detail),
  };
}

// A task that fails without words has a made-up code: AOM's nodes then have a log, which says more.
function describeError(error: ProgramError | undefined): string | undefined {
  if (!error || (error.cause === "" && error.code === defaultErrorNames.taskFailed)) return undefined;
  return cut([error.code, error.cause].filter((part) => part !== "").join(": "), longest.detail);
}

function describeWorkflow(workflow: Workflow, runs: number): JsonObject {
  const { service, projectId, id, script } = workflow;
  return {
    key: workflowKey(workflow, id),
    service,
    project: cut(projectId, longest.name),
    id: cut(id, longest.name),
    name: cut(script.name, longest.name),
    runs,
  };
}

function describeRequest(request: LoggedRequest): JsonObject {
  const { requestId, time, method, path, service, operation, status, fault, caller } = request;
  return {
    key: requestId,
    time: Date.parse(time),
    method,
    path: cut(path, longest.path),
    operation: service === undefined ? null : `${service}:${operation ?? ""}`,
    status: status ?? null,
    fault: fault ?? null,
    caller: caller.actor ? cut(shortName(caller.actor), longest.name) : null,
  };
}

function toneOfExecution({ phase, outcome }: ProgramSnapshot): Tone {
  if (phase === "ended") return toneOfOutcome(outcome);
  return phase === "running" || phase === "stopping" ? "active" : "waiting";
}

function toneOfStep({ phase, outcome }: ProgramStep): Tone {
  if (phase === "ended") return toneOfOutcome(outcome);
  return phase === "running" ? "active" : "waiting";
}

function toneOfOutcome(outcome: string | undefined): Tone {
  if (outcome === "success") return "good";
  return outcome === "cancel" ? "stopped" : "bad";
}

// By characters, so that no half of a pair is left.
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
