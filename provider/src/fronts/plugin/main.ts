/**
 * The plugin's process: serves the provider protocol on a port of this machine, and tells the engine which.
 * `--schema FILE` names the schema; without it, it is `schema.json` beside this file.
 */
import { Console } from "node:console";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { toMessage } from "../../ground/text";
import { engineAddress } from "../shared/engineAddress";
import { Refused } from "./failures";
import { endWithEngine } from "./lifetime";
import { PluginService } from "./service";

// As large as the engine's own.
const maxMessageBytes = 400 * 1024 * 1024;

// The heap is collected when it has grown by one and a half, not by three times, its size: a third of the memory for a twentieth
// of the time. A version of V8 that does not know the flag says so and does as it always did.
setFlagsFromString("--heap-growing-percent=150");
// It holds this package's configuration, secrets in the clear. The settings come with `Configure`.
Reflect.deleteProperty(process.env, "PULUMI_CONFIG");
// The engine takes the first line of the standard output for the port, so nothing else may write there.
globalThis.console = new Console(process.stderr, process.stderr);
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  // One mistake must not cost every execution that is waited for.
  process.on(event, (thrown: unknown) => {
    const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    process.stderr.write(`pulumi-resource-runbook: ${event}: ${toMessage(message)}\n`);
  });
}

const service = new PluginService(readSchema(process.argv), engineAddress(process.argv));
endWithEngine(service);

const server = new grpc.Server({
  "grpc.max_receive_message_length": maxMessageBytes,
  "grpc.max_send_message_length": maxMessageBytes,
});
server.addService(ResourceProviderService, service.implementation());
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    process.stderr.write(`pulumi-resource-runbook: no port of 127.0.0.1 can be served: ${error.message}\n`);
    process.exit(1);
  }
  process.stdout.write(`${String(port)}\n`);
});

// Read before the port is told: it is asked for at once, or never.
function readSchema(argv: readonly string[]): () => string {
  const place = argv.indexOf("--schema");
  const file = place === -1 ? join(__dirname, "schema.json") : (argv[place + 1] ?? "");
  try {
    const schema = readFileSync(file, "utf8");
    return () => schema;
  } catch (error) {
    const message = `the schema of this provider can't be read (${String(error)}): install the plugin again`;
    return () => {
      throw new Refused(grpc.status.FAILED_PRECONDITION, message);
    };
  }
}
