/**
 * The engine of the dynamic provider host's process: its address is among the process's arguments.
 */
import { createRequire } from "node:module";
import { engineAddress } from "../shared/engineAddress";
import type { EngineConnection, EngineReporter } from "../shared/engineMessages";
import { EngineMessages, engineClientOptions } from "../shared/engineMessages";

type EngineModule = typeof import("@pulumi/pulumi/proto/engine_grpc_pb");
// Only the part that is used: the SDK brings grpc, this package does not depend on it.
interface GrpcModule {
  readonly credentials: { createInsecure(): never };
}

const messages = new EngineMessages(connect);

/** A reporter for the resource with this URN; without one it is silent. */
export function engineReporter(urn: string | undefined): EngineReporter {
  return messages.reporter(urn);
}

/** Resolves when the engine has received the messages of a resource that are kept. */
export function everythingSaid(urn: string | undefined): Promise<void> {
  return messages.everythingSaid(urn);
}

function connect(): EngineConnection | undefined {
  const address = engineAddress(process.argv);
  if (address === undefined) return undefined;
  // The client must be made with the very grpc that the SDK has, and the SDK must be the one that runs this process.
  const hostRequire = createRequire(process.argv[1] ?? __filename);
  const grpc = hostRequire("@grpc/grpc-js") as GrpcModule;
  const { EngineClient } = hostRequire("@pulumi/pulumi/proto/engine_grpc_pb") as EngineModule;
  const client = new EngineClient(address, grpc.credentials.createInsecure(), engineClientOptions);
  const protocol = hostRequire("@pulumi/pulumi/proto/engine_pb") as EngineConnection["messages"];
  return { client, messages: protocol };
}
