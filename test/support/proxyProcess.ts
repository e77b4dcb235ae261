/** A forward proxy for tests, in a process of its own, with a record of its requests. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The behaviour of a proxy. */
export interface ProxyOptions {
  /**
   * It passes requests on, refuses them by `status`, never answers, closes the connection at once, or (plain http only)
   * closes the connection once the server has answered.
   * @default "normal"
   */
  readonly mode?: "normal" | "refuse" | "hang" | "close" | "closeAfter";
  /** @default 502 */
  readonly status?: number;
  /** `user:password` that it demands; left out, it demands none. */
  readonly user?: string;
  /** The real addresses of hosts: `host:port` by the authority that was asked for. */
  readonly routes?: Readonly<Record<string, string>>;
}

/** A request that a proxy got. */
export interface ProxiedRequest {
  readonly method: string;
  /** `host:port` of a CONNECT, the whole address of others. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `"pass"` where it was passed on. */
  readonly verdict: string | number;
}

/** A running proxy. */
export interface ProxyProcess {
  readonly url: string;
  /** All requests so far. */
  readonly requests: readonly ProxiedRequest[];
  /** Targets of the tunnels that were closed. */
  readonly closed: readonly string[];
  /** Resolves when the condition holds; it is looked at whenever the proxy says something. */
  until(condition: () => boolean): Promise<void>;
  /** All requests, as soon as there are that many: another process's words come later than an answer. */
  after(count: number): Promise<readonly ProxiedRequest[]>;
  close(): Promise<void>;
}

/** Starts a proxy. */
export async function startProxy(options: ProxyOptions = {}): Promise<ProxyProcess> {
  const child = spawn(process.execPath, [join(__dirname, "forwardProxy.mjs"), JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const requests: ProxiedRequest[] = [];
  const closed: string[] = [];
  const waiting = new Set<() => void>();
  const lines = createInterface(child.stdout);
  const [first] = (await once(lines, "line")) as [string];
  lines.on("line", (line) => {
    const said = JSON.parse(line) as ProxiedRequest | { readonly closed: string };
    if ("closed" in said) closed.push(said.closed);
    else requests.push(said);
    for (const look of waiting) look();
  });
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return {
    url: (JSON.parse(first) as { url: string }).url,
    requests,
    closed,
    until,
    after: async (count) => {
      await until(() => requests.length >= count);
      return requests;
    },
    close: async () => {
      const ended = once(child, "close");
      child.kill();
      await ended;
    },
  };
}
