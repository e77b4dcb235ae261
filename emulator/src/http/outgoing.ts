/** Writes answers to the socket, whole or broken as a fault wants them. */
import type { ServerResponse } from "node:http";
import type { Call, Reply } from "./exchange";
import type { Delivery } from "./faultDelivery";

/** Carries out the delivery on the socket. */
export function perform(delivery: Delivery, response: ServerResponse, call: Call): void {
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

/** Sends a whole answer, unless the client has gone. */
export function send(response: ServerResponse, reply: Reply, call: Call): void {
  if (response.destroyed) return;
  const body = Buffer.from(reply.body);
  writeHead(response, reply, call, body.length);
  response.end(body);
}

/** Resolves after this many milliseconds of real time, or as soon as the connection ends. */
export function waitOrGone(ms: number, response: ServerResponse): Promise<void> {
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

function writeHead(response: ServerResponse, reply: Reply, call: Call, length: number): void {
  response.writeHead(reply.status, {
    ...reply.headers,
    "x-request-id": call.requestId,
    "content-length": String(length),
  });
}
