/**
 * The plugin as an engine has it: the compiled process, its provider protocol over gRPC, and an engine that hears its
 * messages. Values go in and come out with Pulumi's own marks.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Emulator } from "runbook-emulator";
import type { ServiceName } from "../../provider/src/services/registry";
import { huaweiEndpoints } from "./everyService";
import type { InitFailure } from "./initFailure";
import { initFailureOf } from "./initFailure";
import { demoProjectId } from "./sessions";

/** The compiled plugin. */
export const pluginMain = resolve(__dirname, "../../provider/dist/fronts/plugin/main.js");

/** A bag of properties. */
export type Bag = Record<string, unknown>;

const signature = "4dabf18193072939515e22adb298388d";

/** The engine's text for "not known yet". */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A secret as it is written. */
export function secret(value: unknown): Bag {
  return { [signature]: "1b47061264138c4ac30d75fd1eb44270", value };
}

/** A reference to a resource as it is written. */
export function reference(urn: string, id?: string): Bag {
  return { [signature]: "5cf8f73096256a8f31e491e813e4eb8e", urn, ...(id === undefined ? {} : { id }) };
}

/** An output as it is written. */
export function output(value: Bag): Bag {
  return { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...value };
}

/** URN of a resource of a service. */
export function urnOf(name: string, service: ServiceName = "aom"): string {
  return `urn:pulumi:dev::tests::runbook:${service}:WorkflowExecution::${name}`;
}

/** A call that was answered with an error. */
export class CallFailed extends Error {
  readonly code: grpc.status;
  /** Set where there is an execution all the same. */
  readonly initFailure: InitFailure | undefined;

  constructor(error: grpc.ServiceError) {
    super(error.details);
    this.code = error.code;
    this.initFailure = initFailureOf(error.metadata);
  }
}

/** A message about a resource, as the engine got it. */
export interface Said {
  readonly urn: string;
  readonly text: string;
  readonly isKept: boolean;
  readonly isWarning: boolean;
}

/** A comparison's answer. */
export interface Comparison {
  readonly changes: "unknown" | "none" | "some";
  readonly diffs: readonly string[];
  readonly replaces: readonly string[];
  /** By path: kind, and whether the difference is one of the inputs. */
  readonly detailed: Readonly<Record<string, { readonly kind: string; readonly isInput: boolean }>>;
  readonly deletesFirst: boolean;
}

/** The answer to a create, a read or an update. */
export interface Answered {
  readonly id: string;
  readonly outputs: Bag;
  readonly inputs: Bag | undefined;
  readonly refreshBeforeUpdate: boolean;
}

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

/** A connection to a plugin, as one engine has it. */
export class EngineSide {
  readonly said: Said[] = [];
  readonly client: ResourceProviderClient;
  readonly #server: grpc.Server;
  readonly address: string;

  private constructor(server: grpc.Server, port: number, said: Said[], pluginPort: number) {
    this.#server = server;
    this.address = `127.0.0.1:${String(port)}`;
    this.said = said;
    this.client = new ResourceProviderClient(
      `127.0.0.1:${String(pluginPort)}`,
      grpc.credentials.createInsecure(),
      {
        "grpc.max_receive_message_length": 400 * 1024 * 1024,
        "grpc.max_send_message_length": 400 * 1024 * 1024,
        // Engines have connections of their own.
        "grpc.use_local_subchannel_pool": 1,
      },
    );
  }

  /** Starts the engine's server. */
  static async listen(): Promise<{ address: string; connect: (pluginPort: number) => EngineSide }> {
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
      connect: (pluginPort) => new EngineSide(server, port, said, pluginPort),
    };
  }

  /** The messages about a resource. */
  saidOf(urn: string): string[] {
    return this.said.filter((each) => each.urn === urn).map(({ text }) => text);
  }

  /** @param saysPreviews false for an engine that does not say of a function whether it is in a preview. @default true */
  async handshake(saysPreviews = true): Promise<protocol.ProviderHandshakeResponse.AsObject> {
    const request = new protocol.ProviderHandshakeRequest();
    request.setEngineAddress(this.address);
    request.setConfigureWithUrn(true);
    request.setInvokeWithPreview(saysPreviews);
    const answer = await this.#call<protocol.ProviderHandshakeResponse>("handshake", request);
    return answer.toObject();
  }

  async attach(): Promise<void> {
    const request = new PluginAttach();
    request.setAddress(this.address);
    await this.#call("attach", request);
  }

  async schema(version = 0): Promise<string> {
    const request = new protocol.GetSchemaRequest();
    request.setVersion(version);
    return (await this.#call<protocol.GetSchemaResponse>("getSchema", request)).getSchema();
  }

  async version(): Promise<string> {
    return (await this.#call<{ getVersion(): string }>("getPluginInfo", new Empty())).getVersion();
  }

  async checkConfig(news: Bag): Promise<{ inputs: Bag; failures: protocol.CheckFailure.AsObject[] }> {
    const request = new protocol.CheckRequest();
    request.setUrn("urn:pulumi:dev::tests::pulumi:providers:runbook::default");
    request.setNews(structOf(news));
    const answer = await this.#call<protocol.CheckResponse>("checkConfig", request);
    return {
      inputs: bagOf(answer.getInputs()),
      failures: answer.getFailuresList().map((each) => each.toObject()),
    };
  }

  async diffConfig(oldInputs: Bag, news: Bag): Promise<Comparison> {
    const request = new protocol.DiffRequest();
    request.setOldInputs(structOf(oldInputs));
    request.setOlds(structOf(oldInputs));
    request.setNews(structOf(news));
    return comparisonOf(await this.#call<protocol.DiffResponse>("diffConfig", request));
  }

  /** @param name the provider's */
  async configure(settings: Bag, name = "default_0_1_0"): Promise<protocol.ConfigureResponse.AsObject> {
    const request = new protocol.ConfigureRequest();
    request.setUrn(`urn:pulumi:dev::tests::pulumi:providers:runbook::${name}`);
    request.setArgs(structOf(settings));
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    return (await this.#call<protocol.ConfigureResponse>("configure", request)).toObject();
  }

  async check(
    urn: string,
    news: Bag,
    olds: Bag = {},
  ): Promise<{ inputs: Bag; failures: protocol.CheckFailure.AsObject[] }> {
    const request = new protocol.CheckRequest();
    request.setUrn(urn);
    request.setNews(structOf(news));
    request.setOlds(structOf(olds));
    const answer = await this.#call<protocol.CheckResponse>("check", request);
    return {
      inputs: bagOf(answer.getInputs()),
      failures: answer.getFailuresList().map((each) => each.toObject()),
    };
  }

  async diff(
    urn: string,
    id: string,
    stored: { readonly inputs: Bag; readonly outputs: Bag },
    news: Bag,
  ): Promise<Comparison> {
    const request = new protocol.DiffRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOldInputs(structOf(stored.inputs));
    request.setOlds(structOf(stored.outputs));
    request.setNews(structOf(news));
    return comparisonOf(await this.#call<protocol.DiffResponse>("diff", request));
  }

  async create(
    urn: string,
    inputs: Bag,
    { isPreview = false, timeoutSeconds = 0 }: { isPreview?: boolean; timeoutSeconds?: number } = {},
  ): Promise<Answered> {
    const request = new protocol.CreateRequest();
    request.setUrn(urn);
    request.setProperties(structOf(inputs));
    request.setPreview(isPreview);
    request.setTimeout(timeoutSeconds);
    const answer = await this.#call<protocol.CreateResponse>("create", request);
    return {
      id: answer.getId(),
      outputs: bagOf(answer.getProperties()),
      inputs: undefined,
      refreshBeforeUpdate: answer.getRefreshBeforeUpdate(),
    };
  }

  async update(
    urn: string,
    id: string,
    stored: { readonly inputs: Bag; readonly outputs: Bag },
    news: Bag,
    { isPreview = false, timeoutSeconds = 0 }: { isPreview?: boolean; timeoutSeconds?: number } = {},
  ): Promise<Answered> {
    const request = new protocol.UpdateRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOldInputs(structOf(stored.inputs));
    request.setOlds(structOf(stored.outputs));
    request.setNews(structOf(news));
    request.setPreview(isPreview);
    request.setTimeout(timeoutSeconds);
    const answer = await this.#call<protocol.UpdateResponse>("update", request);
    return {
      id,
      outputs: bagOf(answer.getProperties()),
      inputs: undefined,
      refreshBeforeUpdate: answer.getRefreshBeforeUpdate(),
    };
  }

  async read(
    urn: string,
    id: string,
    stored?: { readonly inputs: Bag; readonly outputs: Bag },
  ): Promise<Answered> {
    const request = new protocol.ReadRequest();
    request.setUrn(urn);
    request.setId(id);
    if (stored) {
      request.setInputs(structOf(stored.inputs));
      request.setProperties(structOf(stored.outputs));
    }
    const answer = await this.#call<protocol.ReadResponse>("read", request);
    return {
      id: answer.getId(),
      outputs: bagOf(answer.getProperties()),
      inputs: answer.hasInputs() ? bagOf(answer.getInputs()) : undefined,
      refreshBeforeUpdate: answer.getRefreshBeforeUpdate(),
    };
  }

  async delete(
    urn: string,
    id: string,
    stored: { readonly inputs: Bag; readonly outputs: Bag },
    timeoutSeconds = 0,
  ): Promise<void> {
    const request = new protocol.DeleteRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOldInputs(structOf(stored.inputs));
    request.setProperties(structOf(stored.outputs));
    request.setTimeout(timeoutSeconds);
    await this.#call("delete", request);
  }

  async invoke(token: string, args: Bag, { isPreview = false } = {}): Promise<Bag> {
    const request = new protocol.InvokeRequest();
    request.setTok(token);
    request.setPreview(isPreview);
    request.setArgs(structOf(args));
    const answer = await this.#call<protocol.InvokeResponse>("invoke", request);
    return bagOf(answer.getReturn());
  }

  async cancel(): Promise<void> {
    await this.#call("cancel", new Empty());
  }

  /** A call of which only the code of the error counts. */
  async refusal(method: string): Promise<grpc.status> {
    const requests: Record<string, unknown> = {
      call: new protocol.CallRequest(),
      construct: new protocol.ConstructRequest(),
      parameterize: new protocol.ParameterizeRequest(),
      getMapping: new protocol.GetMappingRequest(),
      getMappings: new protocol.GetMappingsRequest(),
    };
    return this.#call(method, requests[method]).then(
      () => grpc.status.OK,
      (error: unknown) => (error as CallFailed).code,
    );
  }

  close(): void {
    this.client.close();
    this.#server.forceShutdown();
  }

  #call<Answer = unknown>(method: string, request: unknown): Promise<Answer> {
    return new Promise((done, reject) => {
      const call = (this.client as unknown as Record<string, (...args: unknown[]) => void>)[method]!;
      call.call(this.client, request, (error: grpc.ServiceError | null, answer: Answer) => {
        if (error) reject(new CallFailed(error));
        else done(answer);
      });
    });
  }
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
  const listening = await EngineSide.listen();
  const home = options.home ?? mkdtempSync(join(tmpdir(), "runbook-plugin-"));
  const main = options.main ?? pluginMain;
  const child = spawn(process.execPath, [main, ...(options.args ?? [listening.address])], {
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
  const engine = listening.connect(port);
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

/** The error of a call that fails. */
export async function failureOf(call: Promise<unknown>): Promise<CallFailed> {
  return call.then(
    () => {
      throw new Error("the call was answered without an error");
    },
    (error: unknown) => {
      if (error instanceof CallFailed) return error;
      throw error;
    },
  );
}

function structOf(bag: Bag): Struct {
  return Struct.fromJavaScript(bag as never);
}

function bagOf(struct: Struct | undefined): Bag {
  return struct === undefined ? {} : struct.toJavaScript();
}

const kinds = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

function comparisonOf(answer: protocol.DiffResponse): Comparison {
  const detailed: Record<string, { kind: string; isInput: boolean }> = {};
  answer.getDetaileddiffMap().forEach((value, key) => {
    detailed[key] = { kind: kinds[value.getKind()]!, isInput: value.getInputdiff() };
  });
  return {
    changes: (["unknown", "none", "some"] as const)[answer.getChanges()],
    diffs: answer.getDiffsList(),
    replaces: answer.getReplacesList(),
    detailed,
    deletesFirst: answer.getDeletebeforereplace(),
  };
}
