/** A real HTTP server on loopback that gives a test's answers and records the requests. */
import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An answer to one request. */
export interface ScriptedAnswer {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Destroys the connection instead of answering. */
  readonly drop?: boolean;
  /** Sends half of the body, then destroys the connection. */
  readonly truncate?: boolean;
  /** Never answers. */
  readonly hang?: boolean;
}

/** A request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  /** Path with query, as on the wire. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Port of the client: equal ports mean one connection. */
  readonly remotePort: number;
}

/** A running server. */
export interface ScriptedServer {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  close(): Promise<void>;
}

/** Starts a server. `answers` are given in order; the last one repeats. A function decides by request. */
export async function startScriptedServer(
  answers: readonly ScriptedAnswer[] | ((request: RecordedRequest) => ScriptedAnswer),
): Promise<ScriptedServer> {
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const recorded: RecordedRequest = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString("utf8"),
        remotePort: request.socket.remotePort ?? 0,
      };
      requests.push(recorded);
      const answer =
        typeof answers === "function"
          ? answers(recorded)
          : answers[Math.min(requests.length, answers.length) - 1]!;
      const body = answer.body ?? "";
      if (answer.hang) return;
      if (answer.drop) {
        request.socket.destroy();
        return;
      }
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      response.writeHead(answer.status ?? 200, { ...headers, ...answer.headers });
      if (answer.truncate) {
        response.write(body.slice(0, body.length / 2), () => request.socket.destroy());
        return;
      }
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
