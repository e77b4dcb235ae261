/** Reads a request from the socket: body and all, as a {@link Call}. */
import type { IncomingMessage } from "node:http";
import type { Call } from "./exchange";

/** The largest body that is read, in bytes: the limit of a real gateway for signed requests. */
export const largestBodyBytes = 12 * 1024 * 1024;

/**
 * Reads the body of a request to its end.
 * @returns the body; `too large` for one above {@link largestBodyBytes}, `gone` when the client has gone before its end
 */
export function receiveBody(request: IncomingMessage): Promise<Buffer | "too large" | "gone"> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      // A body that is too large is read to its end and thrown away: a client that is still writing would otherwise see
      // a broken connection in place of the answer.
      if (size <= largestBodyBytes) chunks.push(chunk);
    });
    request.on("end", () => {
      resolve(size > largestBodyBytes ? "too large" : Buffer.concat(chunks));
    });
    request.on("error", () => {
      resolve("gone");
    });
    request.on("close", () => {
      resolve("gone");
    });
  });
}

/**
 * Puts a request into plain values.
 * @param gone - aborted when the connection ends
 */
export function toCall(request: IncomingMessage, body: Buffer, requestId: string, gone: AbortSignal): Call {
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
