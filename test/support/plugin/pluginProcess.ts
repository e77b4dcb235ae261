/**
 * The plugin as an engine has it: the compiled process, started and configured.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import type * as protocol from "@pulumi/pulumi/proto/provider_pb";
import type { Emulator } from "runbook-emulator";
import { huaweiEndpoints } from "../everyService";
import { demoProjectId } from "../sessions";
import { listenAsEngine } from "./engineServer";
import { EngineSide } from "./engineSide";
import type { CallFailed } from "./providerCalls";
import type { Bag } from "./wireValues";

/** The compiled plugin. */
export const pluginMain = resolve(__dirname, "../../../provider/dist/fronts/plugin/main.js");

/** The options of a plugin. */
export interface PluginOptions {
  /** Settings of the provider; the emulator's demo account where left out. */
  readonly settings?: Bag | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** PULUMI_HOME of the machine. @default one of its own */
  readonly home?: string;
  /** Arguments in place of the engine's address. */
  readonly args?: readonly string[];
  /** Another provider than the plugin. @default the compiled plugin */
  readonly main?: string;
}

/** A plugin's process. */
export interface Plugin {
  readonly engine: EngineSide;
  /** The plugin's answer to its settings; undefined where it got none. */
  readonly configured: protocol.ConfigureResponse.AsObject | undefined;
  readonly process: ChildProcess;
  readonly port: number;
  readonly home: string;
  /** All that it wrote to its standard error. */
  readonly stderr: () => string;
  /** Resolves with the code of its end. */
  readonly ended: Promise<number | null>;
  /** As an engine closes it: Cancel, then SIGINT. */
  stop(): Promise<void>;
}

/** Settings of the provider for the emulator's demo account. */
export function emulatorPluginSettings(emulator: Emulator): Bag {
  const { url } = emulator;
  const account = { accessKey: "EMULATORACCESSKEY0001", secretKey: "emulator-secret-key-0001" };
  return {
    huaweicloud: {
      ...account,
      region: "cn-north-4",
      projectId: demoProjectId,
      endpoints: huaweiEndpoints(url),
    },
    alicloud: { ...account, region: "cn-hangzhou", endpoints: { fnf: url } },
    aws: { ...account, region: "us-east-1", endpoints: [{ sfn: url }] },
  };
}

/** Starts a plugin, as an engine does, and configures it. */
export async function startPlugin(
  emulator: Emulator | undefined,
  options: PluginOptions = {},
): Promise<Plugin> {
  const server = await listenAsEngine();
  const home = options.home ?? mkdtempSync(join(tmpdir(), "runbook-plugin-"));
  const main = options.main ?? pluginMain;
  const child = spawn(process.execPath, [main, ...(options.args ?? [server.address])], {
    env: { PATH: process.env["PATH"], PULUMI_HOME: home, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    ended.then((code) => {
      throw new Error(`the plugin ended with ${String(code)}: ${stderr}`);
    }),
  ])) as [string];
  const port = Number(line);
  const engine = new EngineSide(server, port);
  // As the engine: providers from before the handshake, as Pulumi's dynamic provider host, have no such call.
  await engine.handshake().catch((error: unknown) => {
    if ((error as CallFailed).code !== grpc.status.UNIMPLEMENTED) throw error;
  });
  const settings = options.settings ?? (emulator ? emulatorPluginSettings(emulator) : undefined);
  const configured = settings && (await engine.configure(settings));
  return {
    engine,
    configured,
    process: child,
    port,
    home,
    stderr: () => stderr,
    ended,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        await engine.cancel().catch(() => undefined);
        child.kill("SIGINT");
        await ended;
      }
      engine.close();
      if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}
