/**
 * moto, a server by other people that really runs state machines, with boto3 as the witness of what happened; and a door in front
 * of moto, at which a test sees each request of the provider and can close the way.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Interface } from "node:readline";
import { createInterface } from "node:readline";
import type { Settings } from "../../provider/src/lifecycle";
import { settingsOf } from "../support/sessions";

/** A Python that has moto and boto3; undefined where tools/test.mjs found none. */
export const motoPython = process.env["MOTO_PYTHON"];

/** An execution as boto3 lists it. */
export interface Listed {
  readonly name: string;
  readonly status: string;
}

/** A running moto. */
export interface Moto {
  readonly url: string;
  /** Makes a state machine by boto3; gives its ARN. */
  create(name: string, definition: object): Promise<string>;
  /** All executions of a state machine, as boto3 counts them. */
  executions(arn: string): Promise<Listed[]>;
  /** Asks boto3 for more: `start`, `describe`, `history`, `role`. */
  ask(ask: string, more: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts moto; it takes about two seconds. */
export async function startMoto(): Promise<Moto> {
  const python = spawn(motoPython!, [join(__dirname, "witness.py")], { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: python.stdout });
  const next = nextLine(lines, python);
  const { url } = JSON.parse(await next()) as { url: string };
  let last: Promise<unknown> = Promise.resolve();
  const ask = (kind: string, more: object): Promise<unknown> => {
    // One question at a time.
    const answered = last.then(async () => {
      python.stdin.write(`${JSON.stringify({ ask: kind, ...more })}\n`);
      const { answer, error } = JSON.parse(await next()) as { answer?: unknown; error?: string };
      if (error !== undefined) throw new Error(error);
      return answer;
    });
    last = answered.catch(() => undefined);
    return answered;
  };
  return {
    url,
    create: (name, definition) => ask("create", { name, definition }) as Promise<string>,
    executions: (arn) => ask("executions", { arn }) as Promise<Listed[]>,
    ask,
    close: () => ended(python),
  };
}

function nextLine(lines: Interface, python: ChildProcess): () => Promise<string> {
  const iterator = lines[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await iterator.next();
    if (done === true) throw new Error(`the witness has ended (${String(python.exitCode)})`);
    return value;
  };
}

/** Ends a process of this test by its handle. */
export function ended(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => {
      resolve();
    });
    child.kill(signal);
  });
}

/** Settings that lead to moto, which takes any key. */
export function motoSettings(url: string, config: Readonly<Record<string, string>> = {}): Settings {
  return settingsOf({
    config: {
      "aws:accessKey": "AKIAPROVIDER",
      "aws:secretKey": "secret-of-the-provider",
      "aws:endpoints": JSON.stringify([{ sfn: url, sts: url }]),
      ...config,
    },
  });
}

/** A test's decision about a request: lets it through, drops it, or lets it through and drops the answer. */
export type Passage = "pass" | "dropBefore" | "dropAfter";

/** A door in front of moto. */
export interface Door {
  readonly url: string;
  /** Operations that came through or were dropped, in order; those of the STS name theirs in the form. */
  readonly seen: readonly string[];
  /** By whose key each of them was signed; empty where it was not signed. */
  readonly signers: readonly string[];
  /** Called with the operation of each request; a promise holds the request back. */
  onRequest: (operation: string) => Passage | Promise<Passage>;
  /** Called once moto has handled a request whose answer is to be dropped. */
  onHandled: () => Promise<void>;
  close(): Promise<void>;
}

/** Opens a door. */
export async function openDoor(motoUrl: string): Promise<Door> {
  const seen: string[] = [];
  const signers: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const [, action] = /(?:^|&)Action=(\w+)/.exec(Buffer.concat(chunks).toString()) ?? [];
      const operation = action ?? String(request.headers["x-amz-target"]).split(".").at(-1)!;
      seen.push(operation);
      signers.push(/Credential=([^/]+)/.exec(request.headers.authorization ?? "")?.[1] ?? "");
      const passage = await door.onRequest(operation);
      if (passage === "dropBefore") {
        request.socket.destroy();
        return;
      }
      const headers = Object.entries(request.headers).filter(([name]) => name !== "content-length");
      const answer = await fetch(`${motoUrl}${request.url ?? "/"}`, {
        method: request.method!,
        headers: headers.map(([name, value]): [string, string] => [name, String(value)]).filter(isSendable),
        body: Buffer.concat(chunks),
      });
      const text = await answer.text();
      if (passage === "dropAfter") {
        await door.onHandled();
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" });
      response.end(text);
    })().catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const door: Door = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    seen,
    signers,
    onRequest: () => "pass",
    onHandled: () => Promise.resolve(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
  return door;
}

function isSendable([name]: [string, string]): boolean {
  return !["connection", "host", "transfer-encoding", "keep-alive"].includes(name);
}

/** State machines in the vendor's language, for tests. */
export const definitions = {
  /** Three steps; the Wait takes so many seconds. */
  waits: (seconds: number) => ({
    StartAt: "Prepare",
    States: {
      Prepare: { Type: "Pass", Next: "Work" },
      Work: { Type: "Wait", Seconds: seconds, Next: "Report" },
      Report: { Type: "Pass", Result: { version: "1.4.2" }, End: true },
    },
  }),
  fails: {
    StartAt: "Decide",
    States: {
      Decide: {
        Type: "Choice",
        Choices: [{ Variable: "$.ok", BooleanEquals: true, Next: "Fine" }],
        Default: "Refuse",
      },
      Fine: { Type: "Pass", End: true },
      Refuse: { Type: "Fail", Error: "MigrationRefused", Cause: "the schema is older than the data" },
    },
  },
  branches: {
    StartAt: "Both",
    States: {
      Both: {
        Type: "Parallel",
        Branches: [
          {
            StartAt: "Slow",
            States: { Slow: { Type: "Wait", Seconds: 2, Next: "Done" }, Done: { Type: "Pass", End: true } },
          },
          {
            StartAt: "Quick",
            States: { Quick: { Type: "Pass", Next: "Wait" }, Wait: { Type: "Wait", Seconds: 1, End: true } },
          },
        ],
        Next: "Each",
      },
      Each: {
        Type: "Map",
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "Copy",
          States: { Copy: { Type: "Wait", Seconds: 1, End: true } },
        },
        ItemsPath: "$",
        End: true,
      },
    },
  },
  timesOut: {
    TimeoutSeconds: 1,
    StartAt: "Work",
    States: { Work: { Type: "Wait", Seconds: 30, End: true } },
  },
} as const;
