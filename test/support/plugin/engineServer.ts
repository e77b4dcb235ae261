/**
 * The engine's own server: it hears what a plugin says about resources.
 */
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** A message about a resource, as the engine got it. */
export interface Said {
  readonly urn: string;
  readonly text: string;
  readonly isKept: boolean;
  readonly isWarning: boolean;
}

/** A server that listens. */
export interface EngineServer {
  readonly address: string;
  /** The messages so far. */
  readonly said: readonly Said[];
  close(): void;
}

/** Starts an engine's server on a free port of the loopback. */
export async function listenAsEngine(): Promise<EngineServer> {
  const said: Said[] = [];
  const server = new grpc.Server();
  server.addService(EngineService, {
    log: (call: { request: LogRequest }, callback: grpc.sendUnaryData<Empty>) => {
      const { request } = call;
      said.push({
        urn: request.getUrn(),
        text: request.getMessage(),
        isKept: !request.getEphemeral(),
        isWarning: request.getSeverity() === LogSeverity.WARNING,
      });
      callback(null, new Empty());
    },
  });
  const port = await new Promise<number>((done, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else done(bound);
    });
  });
  return {
    address: `127.0.0.1:${String(port)}`,
    said,
    close: () => {
      server.forceShutdown();
    },
  };
}
