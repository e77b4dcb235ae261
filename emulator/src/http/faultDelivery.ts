/** Carries out a planned fault around the handling of one request, and decides on the data for the socket. */
import type { Fault } from "./faults";
import { jsonReply } from "./exchange";
import type { Call, Reply } from "./exchange";
import type { MatchedOperation, Service } from "./service";

/** The server's action on the socket. */
export type Delivery =
  | { readonly kind: "reply"; readonly reply: Reply }
  /** Headers and half of the body, then the connection breaks. */
  | { readonly kind: "truncate"; readonly reply: Reply }
  /** The connection breaks without an answer. */
  | { readonly kind: "drop" }
  /** Nothing happens until the client gives up. */
  | { readonly kind: "hang" };

const htmlPage =
  "<html>\n<head><title>502 Bad Gateway</title></head>\n<body><center><h1>502 Bad Gateway</h1></center></body>\n</html>\n";

/**
 * Handles the request as the fault wants it.
 * @param handle - the operation; never throws.
 * @param wait - real milliseconds; ends early when the client or the server goes away.
 */
export async function deliverWithFault(
  fault: Fault,
  service: Service,
  matched: MatchedOperation,
  call: Call,
  handle: () => Promise<Reply>,
  wait: (ms: number) => Promise<void>,
): Promise<Delivery> {
  if (fault.delayMs > 0 && !fault.afterHandling) await wait(fault.delayMs);
  const handled = takesEffect(fault) ? await handle() : undefined;
  if (fault.delayMs > 0 && fault.afterHandling) await wait(fault.delayMs);
  switch (fault.action) {
    case "dropBefore":
    case "dropAfter":
      return { kind: "drop" };
    case "hang":
      return { kind: "hang" };
    case "delay":
      return { kind: "reply", reply: withHeaders(handled ?? (await handle()), fault) };
    case "truncate":
      return { kind: "truncate", reply: handled ?? (await handle()) };
    case "invalidJson":
      return { kind: "reply", reply: breakJson(handled ?? (await handle()), fault) };
    case "html":
      return { kind: "reply", reply: htmlReply(fault) };
    case "status":
      return { kind: "reply", reply: statusReply(fault, service, matched.operation, call) };
    case "expireToken": {
      const refused = service.expireToken?.(call);
      return { kind: "reply", reply: refused ?? handled ?? (await handle()) };
    }
  }
}

// True if the operation is carried out before the fault decides on the answer.
function takesEffect({ action, afterHandling }: Fault): boolean {
  return action === "dropAfter" || (afterHandling && action !== "dropBefore");
}

function statusReply(fault: Fault, service: Service, operation: string, call: Call): Reply {
  const status = fault.status ?? 500;
  if (fault.body === undefined) return withHeaders(service.faultReply(status, operation, call), fault);
  const text = typeof fault.body === "string" ? fault.body : undefined;
  const reply = text === undefined ? jsonReply(status, fault.body) : { status, headers: {}, body: text };
  return withHeaders(reply, fault);
}

function htmlReply(fault: Fault): Reply {
  const body = typeof fault.body === "string" ? fault.body : htmlPage;
  return withHeaders({ status: fault.status ?? 502, headers: { "content-type": "text/html" }, body }, fault);
}

function breakJson(reply: Reply, fault: Fault): Reply {
  const half = reply.body.slice(0, Math.max(1, Math.floor(reply.body.length / 2)));
  const body = typeof fault.body === "string" ? fault.body : half;
  return withHeaders({ ...reply, status: fault.status ?? reply.status, body }, fault);
}

function withHeaders(reply: Reply, fault: Fault): Reply {
  const retryAfter = fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter };
  const headers: Record<string, string> = { ...reply.headers, ...retryAfter };
  for (const [name, value] of Object.entries(fault.headers)) headers[name.toLowerCase()] = value;
  return { ...reply, headers };
}
