/**
 * The connections of a session: which agent a request gets. One per way (protocol, proxy, TLS identity), shared by all
 * requests that go that way.
 */
import type { Agent } from "node:http";
import type { Proxy } from "./proxies";
import type { Passage } from "./proxyAgents";
import type { TlsIdentity } from "./transport";

/** The way of a request. */
export interface Way {
  readonly isSecure: boolean;
  /** False for a request that must not travel on a connection that was used before. */
  readonly mayReuse: boolean;
  /** Absent for the direct way. */
  readonly proxy?: Proxy | undefined;
  readonly tls?: TlsIdentity | undefined;
}

/** The means to send a request. */
export interface Connection {
  readonly agent: Agent;
  /** The state of the way through a proxy; stays at rest if there is no tunnel. */
  readonly passage: Passage;
}

/** Keeps the agents. */
export class Connections {
  readonly #agents = new Map<string, Promise<(passage: Passage) => Agent>>();

  /** Prepares the means to send a request; sends nothing. `cut` ends the opening of a tunnel. */
  async open(way: Way, cut: AbortSignal): Promise<Connection> {
    const { proxy, tls } = way;
    const key = JSON.stringify([way.isSecure, way.mayReuse, proxy?.address, proxy?.authorization, tls]);
    // The promise is kept: many requests begin at once, and are to share one agent.
    const made = this.#agents.get(key) ?? makeAgent(way);
    this.#agents.set(key, made);
    const passage: Passage = { isOpening: false, failure: undefined, cut };
    return { agent: (await made)(passage), passage };
  }
}

// A kept-alive connection can be closed by the server just as a request is written to it, and nobody can tell whether
// that request was handled. So a request that must not be repeated gets a connection of its own.
async function makeAgent({ isSecure, mayReuse, proxy, tls = {} }: Way): Promise<(passage: Passage) => Agent> {
  const options = { keepAlive: mayReuse, maxSockets: 512, timeout: 120_000 };
  const identity = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
  if (proxy) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded late: most processes know no proxy
    const { ForwardingAgent, TunnelAgent } = require("./proxyAgents") as typeof import("./proxyAgents");
    if (isSecure) {
      const tunnels = new TunnelAgent(proxy, options, identity);
      return (passage) => tunnels.for(passage);
    }
    const agent = new ForwardingAgent(proxy, options);
    return () => agent;
  }
  if (!isSecure) {
    const { Agent } = await import("node:http");
    const agent = new Agent(options);
    return () => agent;
  }
  const { Agent } = await import("node:https");
  const agent = new Agent({ ...options, ...identity });
  return () => agent;
}
