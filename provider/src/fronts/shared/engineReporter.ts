/**
 * Puts messages on the resource's own row of the CLI: `Engine.Log` with the URN. The SDK's own log functions have no
 * engine in this process. Whatever goes wrong here is swallowed: a message is never worth an execution.
 */
import { createRequire } from "node:module";
import { toMessage } from "../../ground/text";
import type { Row } from "./rowReporter";

type EngineModule = typeof import("@pulumi/pulumi/proto/engine_grpc_pb");
type MessagesModule = typeof import("@pulumi/pulumi/proto/engine_pb");
// Only what is used of it: the SDK brings grpc, this package does not depend on it.
interface GrpcModule {
  readonly credentials: { createInsecure(): never };
}

interface Engine {
  readonly client: InstanceType<EngineModule["EngineClient"]>;
  readonly messages: MessagesModule;
}

// A message that the engine does not take within this time is not worth waiting for.
const deadlineMs = 5_000;

// A deployment with a thousand executions has thousands of steps: nobody reads as many lines.
const maxInfoLines = 200;
let infoLines = 0;

let engine: Engine | undefined | "unavailable";

// What is kept of each resource, on its way to the engine.
const said = new Map<string, Promise<void>>();

/** Resolves when the engine has heard what is kept of a resource: its error is to stand below that. */
export async function everythingSaid(urn: string | undefined): Promise<void> {
  if (urn === undefined) return;
  await said.get(urn);
  said.delete(urn);
}

/** The row of a resource in the CLI, which can also make sure of what it says. */
export interface EngineReporter extends Row {
  /**
   * Says why something is going to be done, and waits until the engine has heard it: a preview may end right after.
   * @param isKept repeated at the end: a terminal's rows lose what is not kept, and `--json` has no rows.
   */
  explain(text: string, isKept: boolean): Promise<void>;
}

/** A reporter for the resource with this URN; without one it is silent: a message on a wrong row misleads. */
export function engineReporter(urn: string | undefined): EngineReporter {
  return {
    explain: (text, isKept) => log(urn, text, "INFO", !isKept),
    // Ephemeral: on the row while it lasts, not repeated at the end.
    status: (text) => {
      void log(urn, text, "INFO", true);
    },
    // Kept, and repeated at the end: so there is a limit for all resources of a deployment together.
    info: (text) => {
      infoLines += 1;
      if (infoLines > maxInfoLines) return;
      const more = infoLines === maxInfoLines ? " (later steps are only in the outputs)" : "";
      if (urn === undefined) return;
      // One after the other: the engine takes what arrives together in any order.
      const before = said.get(urn) ?? Promise.resolve();
      said.set(
        urn,
        before.then(() => log(urn, `${text}${more}`, "INFO", false)),
      );
    },
    warn: (text) => {
      void log(urn, text, "WARNING", false);
    },
  };
}

// Never ERROR: the CLI would show the resource as failed, whatever its outcome.
async function log(
  urn: string | undefined,
  text: string,
  severity: "INFO" | "WARNING",
  ephemeral: boolean,
): Promise<void> {
  if (urn === undefined) return;
  try {
    engine ??= connect() ?? "unavailable";
    if (engine === "unavailable") return;
    const { client, messages } = engine;
    const request = new messages.LogRequest();
    request.setSeverity(messages.LogSeverity[severity]);
    request.setMessage(toMessage(text));
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    await new Promise<void>((done) => {
      client.log(request, { deadline: Date.now() + deadlineMs } as never, () => {
        done();
      });
    });
  } catch {
    engine = "unavailable";
  }
}

function connect(): Engine | undefined {
  const address = engineAddress(process.argv);
  if (address === undefined) return undefined;
  // The client must be made with the very grpc that the SDK has, and the SDK must be the one that runs this process.
  const hostRequire = createRequire(process.argv[1] ?? __filename);
  const grpc = hostRequire("@grpc/grpc-js") as GrpcModule;
  const { EngineClient } = hostRequire("@pulumi/pulumi/proto/engine_grpc_pb") as EngineModule;
  const messages = hostRequire("@pulumi/pulumi/proto/engine_pb") as MessagesModule;
  // The engine is on this machine: gRPC would ask the proxy of `https_proxy` for it.
  const options = { "grpc.enable_http_proxy": 0 };
  return { client: new EngineClient(address, grpc.credentials.createInsecure(), options), messages };
}

/** The engine's address among a process's arguments: the last `host:port`; flags may stand before it. */
export function engineAddress(argv: readonly string[]): string | undefined {
  return argv.slice(2).findLast((argument) => /^[\w.-]+:\d{1,5}$|^\[[\da-f:]+\]:\d{1,5}$/i.test(argument));
}
