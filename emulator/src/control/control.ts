/**
 * The control API under `/_emulator/`: scripts workflows, plans faults, moves the clock, shows past executions and
 * requests. The API needs no credentials and therefore answers this machine only.
 */
import type { EmulatorState } from "../cloud/state";
import { ShapeError } from "../ground/jsonShape";
import type { JsonObject } from "../ground/jsonShape";
import { packageVersion } from "../ground/version";
import { jsonReply, ReplyError } from "../http/exchange";
import type { Call, Reply } from "../http/exchange";
import { RouteTable } from "../http/router";
import type { Service } from "../http/service";
import { accountRoutes } from "./accounts";
import { describeBoard } from "./board";
import { clockRoutes } from "./clock";
import { executionRoutes } from "./executions";
import { faultRoutes, quirkRoutes, requestRoutes } from "./requests";
import { isForPage, pageFile } from "./page";
import { controlRequest, problem } from "./route";
import type { ControlRoute } from "./route";
import { workflowRoutes } from "./workflows";

const root = "/_emulator";
const healthPath = "/health";

/** Answers requests under `/_emulator/`, and those of browsers for `/`; `undefined` for all others. */
export type ControlApi = (call: Call) => Reply | undefined;

/** The parts of the emulator that the control API controls, and its users. */
export interface Controlled {
  readonly services: readonly Service[];
  /** Services whose workflows can be scripted; the first is meant where a request names none. */
  readonly scriptedServices: readonly string[];
  /** True if other machines may use the control API. */
  readonly isOpen: boolean;
  /** Brings back the emulator's first state. */
  readonly resetToSeed: () => void;
}

/** The control API of one emulator. */
export function controlApi(state: EmulatorState, controlled: Controlled): ControlApi {
  const { services, scriptedServices, resetToSeed } = controlled;
  const routes: readonly ControlRoute[] = [
    { method: "GET", path: "", handle: () => index(routes, services) },
    { method: "GET", path: "/", handle: () => index(routes, services) },
    { method: "GET", path: healthPath, handle: () => health(state, services) },
    { method: "GET", path: "/page/state", handle: () => describeBoard(state, services) },
    ...workflowRoutes(state, scriptedServices),
    ...executionRoutes(state, services, scriptedServices),
    ...faultRoutes(state),
    ...requestRoutes(state),
    ...accountRoutes(state),
    ...clockRoutes(state),
    ...quirkRoutes(state),
    {
      method: "POST",
      path: "/reset",
      handle: () => {
        resetToSeed();
        return undefined;
      },
    },
  ];
  const table = new RouteTable(routes.map((route) => ({ ...route, path: `${root}${route.path}` })));
  return (call) => {
    const isPage = isForPage(call);
    if (!isPage && call.path !== root && !call.path.startsWith(`${root}/`)) return undefined;
    return refuseStrangers(call, controlled) ?? (isPage ? pageFile(call) : answer(table, call));
  };
}

function answer(table: RouteTable<ControlRoute>, call: Call): Reply {
  const match = table.match(call.method, call.path);
  if (!match) return problem(404, `no route for ${call.method} ${call.path}; GET ${root}/ lists them`);
  try {
    return jsonReply(200, match.route.handle(controlRequest(call, match.params)) ?? {});
  } catch (error) {
    if (error instanceof ReplyError) return error.reply;
    if (error instanceof ShapeError) return problem(400, error.message);
    throw error;
  }
}

// A web page that is open on this machine must not be able to steer the emulator: browsers send Origin.
function refuseStrangers(call: Call, { isOpen }: Controlled): Reply | undefined {
  // The starter of a container checks from outside that the emulator is up, and learns no more than that.
  const isLocal = call.fromLoopback || isOpen || call.path === `${root}${healthPath}`;
  if (!isLocal) {
    const remedy = "start the emulator with --open-control (startEmulator: openControl) to let others use it";
    return problem(403, `the control API answers only this machine: ${remedy}`);
  }
  // Browsers send the page's own origin with its modules; its files say nothing of this emulator.
  if (call.headers["origin"] !== undefined && !isForPage(call))
    return problem(403, "the control API does not answer web pages");
  return undefined;
}

function health({ clock }: EmulatorState, services: readonly Service[]): JsonObject {
  return {
    status: "ok",
    version: packageVersion(),
    time: new Date(clock.now()).toISOString(),
    services: services.map(({ name, title }) => ({ name, title })),
  };
}

function index(routes: readonly ControlRoute[], services: readonly Service[]): Record<string, unknown> {
  return {
    control: routes.map(({ method, path }) => `${method} ${root}${path}`),
    services: Object.fromEntries(services.map(({ name, routes: served }) => [name, served])),
  };
}
