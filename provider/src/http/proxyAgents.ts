/**
 * Agents that connect through a proxy: a tunnel (CONNECT) for https, and the absolute form for plain http. Loaded only where
 * a proxy applies.
 */
import * as http from "node:http";
import * as https from "node:https";
import type { Duplex } from "node:stream";
import * as tls from "node:tls";
import * as net from "node:net";
import type { Proxy } from "./proxies";

/** The state of the way through a proxy, for one request. */
export interface Passage {
  /** True while the tunnel is being opened: nothing of the request has been sent. */
  isOpening: boolean;
  /** The reason why there is no tunnel; if set, nothing of the request was or will be sent. */
  failure: TunnelFailure | undefined;
  /** Ends the opening of a tunnel, and nothing later. */
  readonly cut: AbortSignal;
}

/** The reason why a proxy opened no tunnel. */
export class TunnelFailure extends Error {
  /** The proxy's answer; undefined if none came. */
  readonly status: number | undefined;

  constructor(status: number | undefined, cause?: Error) {
    super(status === undefined ? "no answer from the proxy" : `the proxy answered HTTP ${String(status)}`, {
      cause,
    });
    this.status = status;
  }
}

type Callback = (error: Error | null, socket: Duplex) => void;

/** A method of Node's agents that their types leave out. */
interface RequestTaker {
  addRequest(request: http.ClientRequest, options: object): void;
}

type TunnelOptions = https.RequestOptions & { readonly passage: Passage };

/** Opens a tunnel for each new connection, and TLS to the server within it. */
export class TunnelAgent extends https.Agent {
  readonly #proxy: Proxy;
  readonly #tls: tls.SecureContextOptions;

  constructor(proxy: Proxy, options: https.AgentOptions, identity: tls.SecureContextOptions) {
    super({ ...options, ...identity });
    this.#proxy = proxy;
    this.#tls = identity;
  }

  /** The same agent for one request; the agent keeps `passage` current. */
  for(passage: Passage): http.Agent {
    const shared = this as unknown as RequestTaker;
    const own: RequestTaker = {
      addRequest: (request, options) => {
        shared.addRequest(request, { ...options, passage });
      },
    };
    return Object.assign(Object.create(this) as http.Agent, own);
  }

  override createConnection(options: https.RequestOptions, callback?: Callback): undefined {
    const { passage } = options as TunnelOptions;
    passage.isOpening = true;
    const target = `${bracketed(options.host ?? "")}:${String(options.port)}`;
    const opened = (result: TunnelFailure | net.Socket): void => {
      passage.isOpening = false;
      if (result instanceof TunnelFailure) {
        passage.failure = result;
        // Node wants no socket with an error; its types do.
        callback?.(result, undefined as unknown as Duplex);
        return;
      }
      // With the socket in its options it is TLS to the server; the server's name is checked as without a proxy.
      const secure = super.createConnection({ ...options, socket: result } as https.RequestOptions);
      if (secure) callback?.(null, secure);
    };
    this.#open(target, passage.cut, opened);
    return undefined;
  }

  #open(target: string, cut: AbortSignal, opened: (result: TunnelFailure | net.Socket) => void): void {
    const { host, port, isSecure, authorization } = this.#proxy;
    const request = (isSecure ? https : http).request({
      host,
      port,
      method: "CONNECT",
      path: target,
      headers: {
        host: target,
        connection: "keep-alive",
        ...(authorization === undefined ? {} : { "proxy-authorization": authorization }),
      },
      agent: false,
      signal: cut,
      ...(isSecure ? this.#tls : {}),
    });
    request.once("connect", ({ statusCode = 0 }, socket) => {
      if (statusCode >= 200 && statusCode < 300) {
        opened(socket);
      } else {
        socket.destroy();
        opened(new TunnelFailure(statusCode));
      }
    });
    request.once("error", (error) => {
      opened(new TunnelFailure(undefined, error));
    });
    request.end();
  }
}

/** Sends requests for plain http to the proxy, with the whole address in their first line. */
export class ForwardingAgent extends http.Agent {
  readonly #proxy: Proxy;

  constructor(proxy: Proxy, options: http.AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  addRequest(request: http.ClientRequest, options: object): void {
    request.path = `http://${String(request.getHeader("host"))}${request.path}`;
    const { authorization } = this.#proxy;
    if (authorization !== undefined) request.setHeader("proxy-authorization", authorization);
    (http.Agent.prototype as unknown as RequestTaker).addRequest.call(this, request, options);
  }

  override createConnection(): net.Socket {
    const { host, port, isSecure } = this.#proxy;
    if (!isSecure) return net.connect(port, host);
    return tls.connect({ host, port, ...(net.isIP(host) === 0 ? { servername: host } : {}) });
  }
}

function bracketed(host: string): string {
  return net.isIPv6(host) ? `[${host}]` : host;
}
