/**
 * The way from a process to the service and back: takes time, loses requests and answers, and applies the script's
 * faults to single requests.
 */
import type { Fetch } from "../../provider/src/http/httpClient";
import type { Draw } from "./draw";
import type { Machine } from "./machine";
import type { SimulatedProcess } from "./process";
import type { Fault, RequestKind, World } from "./script";
import type { SimulatedService, WireAnswer, WireRequest } from "./services/gateway";
import type { Execution, Origin, Truth } from "./services/truth";
import type { Timeline } from "./timeline";

/** The route of a process's requests. */
export interface Route {
  readonly latencyMs: World["latencyMs"];
  /** The `Date` that a node puts on its answers; undefined where none is. */
  readonly dateOf: (node: number) => string | undefined;
  /** Number of the service's nodes. */
  readonly nodes: number;
  readonly timeline: Timeline;
  readonly draw: Draw;
  readonly service: SimulatedService;
  readonly truth: Truth;
  readonly process: SimulatedProcess;
  readonly machine: Machine;
  readonly origin: Origin;
  readonly faults: readonly Fault[];
  readonly note: (text: string) => void;
  /** Told of every request before it leaves; answers with the wanted run for which a start is sent, where that is known. */
  readonly onSend: (kind: RequestKind, workflow: string, tag: string | undefined) => number | undefined;
  /** Told of every fault that has taken effect. */
  readonly onFault: (fault: Fault, execution: Execution | undefined) => void;
}

/** Ids that no service should give. */
export const badIds: readonly string[] = [".", "..", "a\nb", "cut \ud83d", "", "../other"];

interface WireInit {
  readonly method?: string;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly signal?: AbortSignal | null;
}

// In a map, or as a parameter of COC.
const tagged = /"sim":"([^"]+)"|"key":"sim","value":"([^"]+)"/;

/** Makes a process's fetch. */
export function fetchThrough(route: Route): Fetch {
  const counts = new Map<RequestKind, number>();
  return (address, init) => {
    const url = new URL(address);
    const { method = "GET", headers, body, signal } = init as WireInit;
    const wireHeaders = lowerCase(headers as Readonly<Record<string, string>>);
    const kind = route.service.kindOf(method, url, wireHeaders) ?? "detail";
    const nth = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, nth);
    const text = typeof body === "string" ? body : "";
    const [, inMap, inPair] = tagged.exec(decodeURIComponent(text)) ?? [];
    const tag = inMap ?? inPair;
    const fault = route.faults.find(
      (one) => one.on === kind && nth >= one.nth && nth < one.nth + (one.times ?? 1),
    );
    // A request that finds no connection is not sent, and a throttled request is as if it had not been.
    const isSent = fault?.what !== "refused" && fault?.what !== "throttled";
    const workflow = route.service.workflowOf({ method, url, body: text });
    const want = isSent ? route.onSend(kind, workflow, tag) : undefined;
    route.note(
      `> ${kind} ${describeRequest(method, url, wireHeaders, text)}${fault ? ` [${fault.what}]` : ""}`,
    );
    return route.process.act<Awaited<ReturnType<Fetch>>>(kind, (deliver) => {
      travel(
        route,
        { method, url, headers: wireHeaders, body: text, origin: { ...route.origin, want } },
        { kind, fault },
        signal ?? undefined,
        deliver,
      );
    });
  };
}

type Response = Awaited<ReturnType<Fetch>>;

function travel(
  route: Route,
  request: Pick<WireRequest, "method" | "url" | "headers" | "body" | "origin">,
  { kind, fault }: { kind: RequestKind; fault: Fault | undefined },
  signal: AbortSignal | undefined,
  deliver: (result: () => Response) => void,
): void {
  const { timeline, draw, latencyMs, service, truth } = route;
  const { what, ms = 0 } = fault ?? {};
  let isOver = false;
  const finish = (result: () => Response, said: string): void => {
    if (isOver) return;
    isOver = true;
    signal?.removeEventListener("abort", abort);
    route.note(`< ${kind} ${said}`);
    deliver(result);
  };
  const fail = (code: string, afterMs: number): void => {
    timeline.after(afterMs, () => {
      finish(() => {
        throw connectionError(code);
      }, code);
    });
  };
  function abort(): void {
    finish(() => {
      throw Object.assign(new Error("The user aborted a request."), { name: "AbortError", type: "aborted" });
    }, "aborted");
  }
  if (signal?.aborted === true) {
    abort();
    return;
  }
  signal?.addEventListener("abort", abort, { once: true });
  const tellFault = (execution?: Execution): void => {
    if (fault) route.onFault(fault, execution);
  };
  const wayMs = latency(draw, latencyMs);
  switch (what) {
    case "refused":
      tellFault();
      fail("ECONNREFUSED", wayMs);
      return;
    case "lostBefore":
      tellFault();
      fail("ECONNRESET", wayMs);
      return;
    case "hangBefore":
      // Nothing ever comes; the client's own limit ends it.
      tellFault();
      return;
    case "errorBefore":
      tellFault();
      timeline.after(wayMs, () => {
        respond(service.failure(draw.pick([500, 503])), latency(draw, latencyMs), finish, timeline, signal);
      });
      return;
    case "throttled":
      tellFault();
      timeline.after(wayMs, () => {
        const seconds = ms === 0 ? undefined : Math.round(ms / 1000);
        respond(service.failure(429, seconds), latency(draw, latencyMs), finish, timeline, signal);
      });
      return;
    default:
  }
  const handledAfterMs = what === "late" ? ms : wayMs;
  timeline.after(handledAfterMs, () => {
    const node = draw.int(0, route.nodes - 1);
    const before = truth.executions.length;
    const wire: WireRequest = { ...request, node, handledAfterMs };
    service.handle(wire, (given) => {
      const started = truth.executions[before];
      if (fault && what !== "cutList") tellFault(started);
      let answer = given;
      const isFine = answer.status < 300;
      const date = route.dateOf(node);
      switch (what) {
        case "lostAfter":
          fail("ECONNRESET", latency(draw, latencyMs));
          return;
        case "hangAfter":
          return;
        case "errorAfter":
          answer = service.failure(draw.pick([500, 503]));
          break;
        case "garbage":
          answer = {
            status: 200,
            headers: {},
            body: "<html><body>Please log in to the network</body></html>",
          };
          break;
        case "cutList":
          if (isFine && kind === "list") {
            tellFault();
            const keep = draw.int(1, 3);
            answer = service.cutList(answer, (index) => index < keep - 1 || draw.chance(0.5));
          }
          break;
        case "sameToken":
          if (isFine) answer = service.repeatToken(answer);
          break;
        case "foreignId": {
          const other = truth.executions.find(
            (execution) => execution.workflow === service.workflowOf(request) && execution !== started,
          );
          if (isFine && kind === "start" && other) answer = service.renameStarted(answer, other.id);
          break;
        }
        case "foreignName":
          if (isFine && kind === "start") answer = service.renameStarted(answer, "somebody-elses-run");
          break;
        case "badId":
          if (isFine && kind === "start")
            answer = service.renameStarted(answer, badIds[ms % badIds.length] ?? "");
          break;
        default:
      }
      const backMs = latency(draw, latencyMs) + (what === "slow" ? ms : 0);
      const bodyMs = what === "drip" ? ms : 0;
      // The gateway's own time, in whole seconds.
      if (date !== undefined) answer = { ...answer, headers: { ...answer.headers, date } };
      respond(answer, backMs, finish, timeline, signal, { bodyMs, isCut: what === "cutBody", draw });
    });
  });
}

function respond(
  answer: WireAnswer,
  afterMs: number,
  finish: (result: () => Response, said: string) => void,
  timeline: Timeline,
  signal: AbortSignal | undefined,
  how: { readonly bodyMs: number; readonly isCut: boolean; readonly draw?: Draw } = {
    bodyMs: 0,
    isCut: false,
  },
): void {
  timeline.after(afterMs, () => {
    finish(
      () => ({
        status: answer.status,
        headers: { get: (name: string) => answer.headers[name.toLowerCase()] ?? null },
        text: () => readBody(answer, how, timeline, signal),
      }),
      `${String(answer.status)} ${shorten(answer.body)}`,
    );
  });
}

function readBody(
  { body }: WireAnswer,
  { bodyMs, isCut }: { readonly bodyMs: number; readonly isCut: boolean },
  timeline: Timeline,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (bodyMs === 0 && !isCut) return Promise.resolve(body);
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel();
      reject(
        Object.assign(new Error("The user aborted a request."), { name: "AbortError", type: "aborted" }),
      );
    };
    const cancel = timeline.after(bodyMs, () => {
      signal?.removeEventListener("abort", abort);
      if (isCut) reject(connectionError("ERR_STREAM_PREMATURE_CLOSE"));
      else resolve(body);
    });
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}

function latency(draw: Draw, [least, most]: World["latencyMs"]): number {
  return Math.round(least + draw.next() ** 3 * (most - least));
}

function connectionError(code: string): Error {
  const details = code === "ECONNREFUSED" ? { code, erroredSysCall: "connect" } : { code };
  return Object.assign(new Error(`request failed, reason: ${code}`), { type: "system", ...details });
}

function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function describeRequest(
  method: string,
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
): string {
  const action = headers["x-acs-action"];
  if (action !== undefined) return `${action} ${decodeURIComponent(url.search.slice(1) || body)}`;
  return `${method} ${url.pathname.replace(/^\/v\d\/[^/]+/, "")}${decodeURIComponent(url.search)} ${shorten(body)}`;
}

function shorten(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
