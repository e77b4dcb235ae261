/**
 * TLS in front of a server that speaks plain http only: the emulator's place among addresses that begin with https.
 */
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import type { TlsOptions } from "node:tls";
import { createServer } from "node:tls";

/** A running front. */
export interface TlsFront {
  readonly port: number;
  /** Common names of the client certificates that were shown, one per connection; "" for none. */
  readonly clients: readonly string[];
  /** Number of connections that were made. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Starts a front for the server at `url`, which is on loopback. */
export async function startTlsFront(url: string, options: TlsOptions): Promise<TlsFront> {
  const { hostname, port } = new URL(url);
  const clients: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer(options, (secure) => {
    const { subject } = secure.getPeerCertificate() as { readonly subject?: { readonly CN?: string } };
    clients.push(subject?.CN ?? "");
    const inner = connect(Number(port), hostname);
    for (const [socket, other] of [
      [secure, inner],
      [inner, secure],
    ] as const) {
      socket.on("error", () => other.destroy());
      socket.on("close", () => other.destroy());
    }
    secure.pipe(inner).pipe(secure);
  });
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    clients,
    get connections() {
      return connections;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
