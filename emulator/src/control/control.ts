// The control API under `/_emulator/`: scripts workflows, plans faults, moves the clock, shows what has happened.
// It needs no credentials and therefore listens to this machine only.
import { jsonReply, ReplyError, type Call, type Reply } from "../http/exchange";
import { RouteTable, type Route } from "../http/router";
import { identityRoutes } from "./accounts";
import type { ExecutionOutline, Service } from "../http/service";
import { Fields, ShapeError, type JsonObject } from "../ground/jsonShape";
import { DEMO_PROJECT_ID } from "../seed/demo";
import type { Execution, Workflow } from "../executions/record";
import { scriptedWorkflow } from "../seed/seed";
import type { EmulatorState } from "../cloud/state";

const ROOT = "/_emulator";
const LONGEST_ID = 64;

/** Answers requests under `/_emulator/`. */
export interface ControlApi {
  respond(call: Call): Reply;
}

/** Whether a path belongs to the control API. */
export function isControlPath(path: string): boolean {
  return path === ROOT || path.startsWith(`${ROOT}/`);
}

interface ControlRequest {
  readonly call: Call;
  readonly params: Readonly<Record<string, string>>;
}

interface ControlRoute extends Route {
  readonly handle: (request: ControlRequest) => unknown;
}

/** The control API of one emulator. `resetToSeed` brings back its first state. */
export function controlApi(
  state: EmulatorState,
  services: readonly Service[],
  resetToSeed: () => void,
): ControlApi {
  const handlers = new ControlHandlers(state, services, resetToSeed);
  const table = new RouteTable(handlers.routes());
  return {
    respond(call: Call): Reply {
      const refusal = refuseStrangers(call);
      if (refusal) return refusal;
      const match = table.match(call.method, call.path);
      if (!match) return problem(404, `no route for ${call.method} ${call.path}; GET ${ROOT}/ lists them`);
      try {
        return jsonReply(200, match.route.handle({ call, params: match.params }) ?? {});
      } catch (error) {
        if (error instanceof ReplyError) return error.reply;
        if (error instanceof ShapeError) return problem(400, error.message);
        throw error;
      }
    },
  };
}

function problem(status: number, message: string): Reply {
  return jsonReply(status, { error: message });
}

// A web page that is open on this machine must not be able to steer the emulator: browsers send Origin.
function refuseStrangers(call: Call): Reply | undefined {
  if (!call.fromLoopback) return problem(403, "the control API answers this machine only");
  if (call.headers["origin"] !== undefined) return problem(403, "the control API does not answer web pages");
  return undefined;
}

function notFound(message: string): never {
  throw new ReplyError(problem(404, message));
}

function json(call: Call): unknown {
  if (call.body.length === 0) return {};
  try {
    return JSON.parse(call.body.toString("utf8"));
  } catch {
    throw new ShapeError("body", "must be JSON");
  }
}

class ControlHandlers {
  constructor(
    private readonly state: EmulatorState,
    private readonly services: readonly Service[],
    private readonly resetToSeed: () => void,
  ) {}

  routes(): ControlRoute[] {
    const { state } = this;
    const route = (method: string, path: string, handle: ControlRoute["handle"]): ControlRoute => ({
      method,
      path: `${ROOT}${path}`,
      handle,
    });
    return [
      route("GET", "", () => this.index()),
      route("GET", "/", () => this.index()),
      route("GET", "/workflows", () => ({ workflows: state.executions.workflows() })),
      route("GET", "/workflows/{id}", ({ params, call }) => this.workflow(params, call)),
      route("PUT", "/workflows/{id}", (request) => this.putWorkflow(request)),
      route("DELETE", "/workflows/{id}", ({ params, call }) => {
        state.executions.removeWorkflow(this.workflow(params, call));
      }),
      route("GET", "/executions", ({ call }) => this.listExecutions(call)),
      route("POST", "/executions", ({ call }) => this.startExecution(call)),
      route("DELETE", "/executions/{id}", ({ params }) => {
        state.executions.purge(this.execution(params));
      }),
      route("POST", "/executions/{id}/approve", ({ params }) => this.decide(params, "approve")),
      route("POST", "/executions/{id}/reject", ({ params }) => this.decide(params, "reject")),
      route("GET", "/faults", () => ({ faults: state.faults.list() })),
      route("POST", "/faults", ({ call }) => state.faults.add(json(call))),
      route("DELETE", "/faults", () => ({ removed: state.faults.remove() })),
      route("DELETE", "/faults/{id}", ({ params }) => ({ removed: state.faults.remove(params["id"] ?? "") })),
      route("GET", "/requests", ({ call }) => this.listRequests(call)),
      route("GET", "/requests/counts", () => ({ counts: state.log.counts() })),
      route("DELETE", "/requests", () => {
        state.log.clear();
      }),
      route("GET", "/actors", ({ call }) => ({ actors: state.log.actors(filterOf(call)) })),
      ...identityRoutes(state).map(({ method, path, handle }) =>
        route(method, path, ({ call, params }) => handle(params, () => json(call))),
      ),
      route("GET", "/clock", () => this.clock()),
      route("POST", "/clock", ({ call }) => this.moveClock(call)),
      route("GET", "/quirks", () => this.quirks()),
      route("PUT", "/quirks", ({ call }) => {
        state.quirks.put(json(call));
        return this.quirks();
      }),
      route("DELETE", "/quirks", () => {
        state.quirks.clear();
      }),
      route("POST", "/reset", () => {
        this.resetToSeed();
      }),
    ];
  }

  private index(): JsonObject {
    return {
      control: this.routes().map(({ method, path }) => `${method} ${path}`),
      services: Object.fromEntries(this.services.map(({ name, routes }) => [name, routes])),
    };
  }

  private putWorkflow({ call, params }: ControlRequest): JsonObject {
    const id = params["id"] ?? "";
    if (id.length < 1 || id.length > LONGEST_ID)
      throw new ShapeError("id", `must have 1 to ${String(LONGEST_ID)} characters`);
    const workflow = scriptedWorkflow(json(call), id, {
      defaultProjectId: this.homeProject(),
      fromSeed: false,
      now: this.state.clock.now(),
    });
    const { service, projectId } = workflow;
    const existing = this.state.executions.workflow(service, projectId, id);
    this.state.executions.putWorkflow(existing ? withDefinition(workflow, existing) : workflow);
    return { service, projectId, workflowId: id };
  }

  private homeProject(): string {
    return this.state.accounts.accounts[0]?.projects[0]?.id ?? DEMO_PROJECT_ID;
  }

  private workflow(params: Readonly<Record<string, string>>, call: Call): Workflow {
    const projectId = call.query.get("projectId") ?? this.homeProject();
    const service = call.query.get("service") ?? "aom";
    const id = params["id"] ?? "";
    return (
      this.state.executions.workflow(service, projectId, id) ?? notFound(`no workflow ${id} in ${projectId}`)
    );
  }

  private execution(params: Readonly<Record<string, string>>): Execution {
    const id = params["id"] ?? "";
    return this.state.executions.execution(id) ?? notFound(`no execution ${id}`);
  }

  // As if someone else had started it: for a history, and for executions that a client did not start itself.
  private startExecution(call: Call): JsonObject {
    const fields = new Fields(json(call), "");
    const workflowId = fields.requiredText("workflowId", { min: 1, max: LONGEST_ID });
    const executionId = fields.text("executionId", { min: 1, max: LONGEST_ID });
    const startedAt = readTime(fields, "startedAt");
    const startedBy = fields.text("startedBy", { min: 1, max: 32 }) ?? "someone-else";
    const projectId = fields.text("projectId") ?? this.homeProject();
    const name = fields.text("service") ?? "aom";
    const input = fields.object("input");
    const headers = fields.object("headers");
    fields.rejectUnknown();
    if (executionId !== undefined && this.state.executions.execution(executionId)) {
      throw new ShapeError("executionId", `${executionId} exists already`);
    }
    const service = this.services.find((candidate) => candidate.name === name);
    const workflow = this.state.executions.workflow(name, projectId, workflowId);
    if (!service?.start || !workflow) notFound(`no workflow ${workflowId} of ${name} in ${projectId}`);
    return this.describe(service.start({ workflow, startedBy, executionId, startedAt, input, headers }));
  }

  private decide(params: Readonly<Record<string, string>>, kind: "approve" | "reject"): JsonObject {
    const execution = this.execution(params);
    if (this.state.executions.snapshot(execution).phase !== "awaitingApproval") {
      throw new ReplyError(problem(409, `execution ${execution.id} does not wait for approval`));
    }
    return this.describe(this.state.executions.intervene(execution, { kind }));
  }

  private listExecutions(call: Call): JsonObject {
    const workflowId = call.query.get("workflowId");
    const service = call.query.get("service");
    const executions = this.state.executions
      .executions()
      .filter((execution) => workflowId === null || execution.workflowId === workflowId)
      .filter((execution) => service === null || execution.service === service);
    return { executions: executions.map((execution) => this.describe(execution)) };
  }

  private describe(execution: Execution): JsonObject {
    const service = this.services.find(({ name }) => name === execution.service);
    const { status, endedAt, nodes } = service?.outline?.(execution) ?? this.timelineOutline(execution);
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

  private timelineOutline(execution: Execution): ExecutionOutline {
    const { phase, outcome, endedAt, steps } = this.state.executions.snapshot(execution);
    return {
      status: outcome ?? phase,
      endedAt,
      nodes: steps.map((step) => ({
        id: step.node.id,
        status: step.outcome ?? step.phase,
        attempt: step.attempt,
      })),
    };
  }

  private listRequests(call: Call): JsonObject {
    const requests = this.state.log.list(filterOf(call));
    return { count: requests.length, requests };
  }

  private quirks(): JsonObject {
    return { ...this.state.quirks.list(), known: this.state.quirks.definitions };
  }

  private clock(): JsonObject {
    const now = this.state.clock.now();
    return { now, time: new Date(now).toISOString(), rate: this.state.clock.rate };
  }

  private moveClock(call: Call): JsonObject {
    const { clock } = this.state;
    const fields = new Fields(json(call), "");
    const advanceMs = fields.number("advanceMs");
    const now = readTime(fields, "now");
    const offsetMs = fields.number("offsetMs");
    const realtime = fields.flag("realtime");
    const rate = fields.number("rate", { min: 0, max: 1_000_000 });
    fields.rejectUnknown();
    const ways = [advanceMs, now, offsetMs, realtime].filter((way) => way !== undefined).length;
    if (ways > 1 || (ways === 0 && rate === undefined)) {
      throw new ShapeError("body", "must have one of advanceMs, now, offsetMs, realtime, and may have rate");
    }
    if (advanceMs !== undefined) clock.advance(advanceMs);
    if (now !== undefined) clock.set(now);
    if (offsetMs !== undefined) clock.follow(offsetMs);
    if (realtime) clock.follow();
    if (rate !== undefined) clock.setRate(rate);
    this.state.data?.saveClock(clock.save());
    return this.clock();
  }
}

function filterOf({ query }: Call): { operation: string | undefined; service: string | undefined } {
  return {
    operation: query.get("operation") ?? undefined,
    service: query.get("service") ?? undefined,
  };
}

// A workflow that was created with a definition keeps it: the nodes of its script then say what its tasks do.
function withDefinition(scripted: Workflow, { script, createdBy, createdAt }: Workflow): Workflow {
  const { name, description, attributes } = script;
  if (attributes["definition"] === undefined) return scripted;
  const kept = { name, description, attributes: { ...attributes, ...scripted.script.attributes } };
  return { ...scripted, createdBy, createdAt, script: { ...scripted.script, ...kept } };
}

// Epoch milliseconds or RFC 3339.
function readTime(fields: Fields, name: string): number | undefined {
  const value = fields.raw(name);
  if (typeof value !== "string") return fields.number(name, { min: 0 });
  const time = Date.parse(value);
  if (Number.isNaN(time))
    throw new ShapeError(fields.at(name), "must be epoch milliseconds or an RFC 3339 time");
  return time;
}
