// The HTTP server: reads a request, finds the service it is for, lets planned faults have their way, and answers.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isControlPath, type ControlApi } from "../control/control";
import { gatewayReply } from "../huawei/gateway";
import { deliverWithFault, type Delivery } from "./faultDelivery";
import { jsonReply, ReplyError, type Call, type Reply } from "./exchange";
import { hostCheck } from "./hostCheck";
import type { MatchedOperation, Service } from "./service";
import { newRequestId } from "../ground/identifiers";
import type { EmulatorState } from "../cloud/state";

/** The gateway's limit for signed requests. */
const LARGEST_BODY = 12 * 1024 * 1024;

/** As long as a real gateway's: Node's own 5 s would break into the pauses of a client that polls. */
const KEEP_ALIVE_MS = 75_000;

interface Found {
  readonly service: Service;
  readonly matched: MatchedOperation;
}

/** A running server. */
export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** Breaks open connections and stops listening. */
  close(): Promise<void>;
}

/** Where to listen, and the names under which requests may come beside `host` and those of this machine. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
}

/**
 * Listens and serves until closed; rejects when the address cannot be used.
 * @param control - left out where there is to be no control API
 */
export async function listen(
  state: EmulatorState,
  services: readonly Service[],
  control: ControlApi | undefined,
  address: ListenOptions,
): Promise<RunningServer> {
  const mayName = hostCheck([address.host, ...address.allowedHosts]);
  const server = createServer((request, response) => {
    serve(state, services, control, mayName, request, response).catch((error: unknown) => {
      complain("request", error);
      response.destroy();
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
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
  state: EmulatorState,
  services: readonly Service[],
  control: ControlApi | undefined,
  mayName: (host: string | undefined) => boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = newRequestId();
  const body = await readBody(request);
  if (body === "gone") return;
  const gone = new AbortController();
  response.once("close", () => {
    gone.abort();
  });
  const call = toCall(request, body === "too large" ? Buffer.alloc(0) : body, requestId, gone.signal);
  if (body === "too large") {
    const reply = gatewayReply(
      413,
      "APIGW.0201",
      `Request entity too large: more than ${String(LARGEST_BODY)} bytes`,
      call,
    );
    send(response, dated({ ...reply, headers: { ...reply.headers, connection: "close" } }, state), call);
    return;
  }
  if (!mayName(request.headers.host)) {
    send(response, strangeHost(request.headers.host ?? ""), call);
    return;
  }
  if (control && isControlPath(call.path)) {
    send(response, control.respond(call), call);
    return;
  }

  const found = find(services, call);
  const entry = state.log.open(call, state.clock.now(), {
    service: found?.service.name,
    operation: found?.matched.operation,
    subject: found?.matched.subject,
  });
  const delivery = await deliver(
    state,
    services,
    found,
    call,
    (ms) => waitOrGone(ms, response),
    (action) => {
      entry.fault = action;
    },
  );
  if (delivery.kind === "reply" || delivery.kind === "truncate") entry.status = delivery.reply.status;
  state.log.count(entry);
  perform(datedDelivery(delivery, state), response, call);
}

function datedDelivery(delivery: Delivery, state: EmulatorState): Delivery {
  return "reply" in delivery ? { ...delivery, reply: dated(delivery.reply, state) } : delivery;
}

// Node would say the machine's time: a client that learns the service's clock from `Date` must see the emulated one.
function dated(reply: Reply, { clock }: EmulatorState): Reply {
  return { ...reply, headers: { date: new Date(clock.now()).toUTCString(), ...reply.headers } };
}

function strangeHost(host: string): Reply {
  const error =
    `the emulator does not answer requests to the host ${JSON.stringify(host)}. If the name is the emulator's, ` +
    "start it with --allow-host and the name (startEmulator: allowedHosts)";
  return jsonReply(421, { error });
}

async function deliver(
  state: EmulatorState,
  services: readonly Service[],
  found: Found | undefined,
  call: Call,
  wait: (ms: number) => Promise<void>,
  onFault: (action: string) => void,
): Promise<Delivery> {
  if (!found) return { kind: "reply", reply: missingRoute(services, call) };
  const { service, matched } = found;
  const handle = (): Promise<Reply> => carryOut(service, matched, call);
  const fault = state.faults.take(service.name, matched.operation, matched.subject ?? call.path);
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

function find(services: readonly Service[], call: Call): Found | undefined {
  for (const service of services) {
    const matched = service.match(call);
    if (matched) return { service, matched };
  }
  return undefined;
}

function missingRoute(services: readonly Service[], call: Call): Reply {
  const served = services.map(({ name, routes }) => `${name}: ${String(routes.length)} routes`).join(", ");
  const message =
    "The API does not exist or has not been published in the environment: " +
    `no route for ${call.method} ${call.path} (${served}; GET /_emulator/ lists them)`;
  return gatewayReply(404, "APIGW.0101", message, call);
}

function perform(delivery: Delivery, response: ServerResponse, call: Call): void {
  switch (delivery.kind) {
    case "reply":
      send(response, delivery.reply, call);
      return;
    case "truncate": {
      const body = Buffer.from(delivery.reply.body);
      writeHead(response, delivery.reply, call, body.length);
      response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
      return;
    }
    case "drop":
      response.destroy();
      return;
    case "hang":
      return;
  }
}

function send(response: ServerResponse, reply: Reply, call: Call): void {
  if (response.destroyed) return;
  const body = Buffer.from(reply.body);
  writeHead(response, reply, call, body.length);
  response.end(body);
}

function writeHead(response: ServerResponse, reply: Reply, call: Call, length: number): void {
  response.writeHead(reply.status, {
    ...reply.headers,
    "x-request-id": call.requestId,
    "content-length": String(length),
  });
}

function toCall(request: IncomingMessage, body: Buffer, requestId: string, gone: AbortSignal): Call {
  const target = request.url ?? "/";
  const mark = target.indexOf("?");
  const rawQuery = mark < 0 ? "" : target.slice(mark + 1);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return {
    method: request.method ?? "GET",
    path: mark < 0 ? target : target.slice(0, mark),
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers,
    body,
    requestId,
    fromLoopback: isLoopback(request.socket.remoteAddress ?? ""),
    gone,
    caller: {},
  };
}

const isLoopback = (address: string): boolean => /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address);

function readBody(request: IncomingMessage): Promise<Buffer | "too large" | "gone"> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      // What is too large is read to its end and thrown away: a client that is still writing would otherwise see
      // a broken connection in place of the answer.
      if (size <= LARGEST_BODY) chunks.push(chunk);
    });
    request.on("end", () => {
      resolve(size > LARGEST_BODY ? "too large" : Buffer.concat(chunks));
    });
    request.on("error", () => {
      resolve("gone");
    });
    request.on("close", () => {
      resolve("gone");
    });
  });
}

function waitOrGone(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      response.off("close", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    response.on("close", done);
  });
}
