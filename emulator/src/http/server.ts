/** The HTTP server: finds the service that a request is for, lets planned faults have their way, and answers. */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../ground/clock";
import { newRequestId } from "../ground/identifiers";
import { jsonReply, ReplyError } from "./exchange";
import type { Call, Reply } from "./exchange";
import { deliverWithFault } from "./faultDelivery";
import type { Delivery } from "./faultDelivery";
import type { FaultPlan } from "./faults";
import { hostCheck } from "./hostCheck";
import { largestBodyBytes, receiveBody, toCall } from "./incoming";
import { perform, send, waitOrGone } from "./outgoing";
import type { RequestLog } from "./requestLog";
import type { MatchedOperation, Service } from "./service";

/** As long as a real gateway's: Node's own 5 s would break into the pauses of a client that polls. */
const keepAliveMs = 75_000;

/** The answers to requests that never reach a service. */
export interface Gateway {
  /** @param detail - the route that is missing, and the routes that exist */
  readonly missingRoute: (call: Call, detail: string) => Reply;
  readonly tooLarge: (call: Call, largestBytes: number) => Reply;
}

/** The parts of an emulator that the server serves. */
export interface Served {
  readonly clock: Clock;
  readonly faults: FaultPlan;
  readonly log: RequestLog;
  /** In the order in which they are asked whether a request is theirs. */
  readonly services: readonly Service[];
  readonly gateway: Gateway;
  /**
   * Answers requests that are for the emulator itself, without log and faults; `undefined` for all others.
   * @default every request is for a service
   */
  readonly control?: (call: Call) => Reply | undefined;
}

/** A running server. */
export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** Breaks open connections and stops listening. */
  close(): Promise<void>;
}

/** The address to listen on, and the host names that requests may use beside `host` and those of this machine. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
}

/**
 * Listens and serves until closed.
 * @throws {Error} when the address cannot be used, with Node's `code`
 */
export async function listen(served: Served, address: ListenOptions): Promise<RunningServer> {
  const mayName = hostCheck([address.host, ...address.allowedHosts]);
  const server = createServer((request, response) => {
    serve(served, mayName, request, response).catch((error: unknown) => {
      complain("request", error);
      response.destroy();
    });
  });
  server.keepAliveTimeout = keepAliveMs;
  server.on("clientError", (_error, socket) => {
    if (!socket.writable) return;
    socket.end(`HTTP/1.1 400 Bad Request\r\nX-Request-Id: ${newRequestId()}\r\nConnection: close\r\n\r\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address.port, address.host, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
  const { address: host, port } = server.address() as AddressInfo;
  return { host, port, close: () => closeAtOnce(server) };
}

function closeAtOnce(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    // Keep-alive connections and hanging answers would otherwise hold the server open.
    server.closeAllConnections();
  });
}

async function serve(
  served: Served,
  mayName: (host: string | undefined) => boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = newRequestId();
  const body = await receiveBody(request);
  if (body === "gone") return;
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  const call = toCall(request, body === "too large" ? Buffer.alloc(0) : body, requestId, gone.signal);
  if (body === "too large") {
    const reply = served.gateway.tooLarge(call, largestBodyBytes);
    send(response, dated({ ...reply, headers: { ...reply.headers, connection: "close" } }, served), call);
    return;
  }
  if (!mayName(request.headers.host)) {
    send(response, strangeHost(request.headers.host ?? ""), call);
    return;
  }
  const controlReply = served.control?.(call);
  if (controlReply) {
    send(response, controlReply, call);
    return;
  }
  await serveLogged(served, response, call);
}

async function serveLogged(served: Served, response: ServerResponse, call: Call): Promise<void> {
  const found = find(served.services, call);
  const entry = served.log.open(call, served.clock.now(), {
    service: found?.service.name,
    operation: found?.matched.operation,
    subject: found?.matched.subject,
  });
  const delivery = await deliver(
    served,
    found,
    call,
    (ms) => waitOrGone(ms, response),
    (action) => {
      entry.fault = action;
    },
  );
  if (delivery.kind === "reply" || delivery.kind === "truncate") entry.status = delivery.reply.status;
  served.log.count(entry);
  perform(datedDelivery(delivery, served), response, call);
}

function datedDelivery(delivery: Delivery, served: Served): Delivery {
  return "reply" in delivery ? { ...delivery, reply: dated(delivery.reply, served) } : delivery;
}

// Node would say the machine's time: a client that learns the service's clock from `Date` must see the emulated one.
function dated(reply: Reply, { clock }: Served): Reply {
  return { ...reply, headers: { date: new Date(clock.now()).toUTCString(), ...reply.headers } };
}

function strangeHost(host: string): Reply {
  const error =
    `the emulator does not answer requests to the host ${JSON.stringify(host)}. If this is a name of the emulator, ` +
    "start the emulator with --allow-host and the name (startEmulator: allowedHosts)";
  return jsonReply(421, { error });
}

interface Found {
  readonly service: Service;
  readonly matched: MatchedOperation;
}

function find(services: readonly Service[], call: Call): Found | undefined {
  for (const service of services) {
    const matched = service.match(call);
    if (matched) return { service, matched };
  }
  return undefined;
}

async function deliver(
  served: Served,
  found: Found | undefined,
  call: Call,
  wait: (ms: number) => Promise<void>,
  onFault: (action: string) => void,
): Promise<Delivery> {
  if (!found) return { kind: "reply", reply: missingRoute(served, call) };
  const { service, matched } = found;
  const handle = (): Promise<Reply> => carryOut(service, matched, call);
  const fault = served.faults.take(service.name, matched.operation, matched.subject ?? call.path);
  if (!fault) return { kind: "reply", reply: await handle() };
  onFault(fault.action);
  return deliverWithFault(fault, service, matched, call, handle, wait);
}

async function carryOut(service: Service, matched: MatchedOperation, call: Call): Promise<Reply> {
  try {
    return await matched.respond();
  } catch (error) {
    if (error instanceof ReplyError) return error.reply;
    complain(matched.operation, error);
    return service.faultReply(500, matched.operation, call);
  }
}

// Not an answer to anything a client did: a mistake of the emulator's own.
function complain(about: string, error: unknown): void {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`runbook-emulator: ${about}: ${detail}\n`);
}

function missingRoute({ services, gateway }: Served, call: Call): Reply {
  const known = services.map(({ name, routes }) => `${name}: ${String(routes.length)} routes`).join(", ");
  const detail = `no route for ${call.method} ${call.path} (${known}; GET /_emulator/ lists them)`;
  return gateway.missingRoute(call, detail);
}
