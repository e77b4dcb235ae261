/**
 * The calls of the provider protocol that are about the provider itself, over gRPC.
 */
import * as grpc from "@grpc/grpc-js";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { InitFailure } from "../initFailure";
import { initFailureOf } from "../initFailure";
import type { EngineServer, Said } from "./engineServer";
import type { Comparison } from "./comparison";
import { comparisonOf } from "./comparison";
import type { Bag } from "./wireValues";
import { bagOf, structOf } from "./wireValues";

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

/** A connection to a provider, and the engine's server that belongs to it. */
export class ProviderCalls {
  readonly client: ResourceProviderClient;
  readonly address: string;
  readonly #server: EngineServer;

  constructor(server: EngineServer, pluginPort: number) {
    this.#server = server;
    this.address = server.address;
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

  /** The messages of the provider so far. */
  get said(): readonly Said[] {
    return this.#server.said;
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
    const answer = await this.call<protocol.ProviderHandshakeResponse>("handshake", request);
    return answer.toObject();
  }

  async attach(): Promise<void> {
    const request = new PluginAttach();
    request.setAddress(this.address);
    await this.call("attach", request);
  }

  async schema(version = 0): Promise<string> {
    const request = new protocol.GetSchemaRequest();
    request.setVersion(version);
    return (await this.call<protocol.GetSchemaResponse>("getSchema", request)).getSchema();
  }

  async version(): Promise<string> {
    return (await this.call<{ getVersion(): string }>("getPluginInfo", new Empty())).getVersion();
  }

  async checkConfig(news: Bag): Promise<{ inputs: Bag; failures: protocol.CheckFailure.AsObject[] }> {
    const request = new protocol.CheckRequest();
    request.setUrn("urn:pulumi:dev::tests::pulumi:providers:runbook::default");
    request.setNews(structOf(news));
    const answer = await this.call<protocol.CheckResponse>("checkConfig", request);
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
    return comparisonOf(await this.call<protocol.DiffResponse>("diffConfig", request));
  }

  /** @param name the provider's */
  async configure(settings: Bag, name = "default_0_1_0"): Promise<protocol.ConfigureResponse.AsObject> {
    const request = new protocol.ConfigureRequest();
    request.setUrn(`urn:pulumi:dev::tests::pulumi:providers:runbook::${name}`);
    request.setArgs(structOf(settings));
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    return (await this.call<protocol.ConfigureResponse>("configure", request)).toObject();
  }

  async invoke(token: string, args: Bag, { isPreview = false } = {}): Promise<Bag> {
    const request = new protocol.InvokeRequest();
    request.setTok(token);
    request.setPreview(isPreview);
    request.setArgs(structOf(args));
    const answer = await this.call<protocol.InvokeResponse>("invoke", request);
    return bagOf(answer.getReturn());
  }

  async cancel(): Promise<void> {
    await this.call("cancel", new Empty());
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
    return this.call(method, requests[method]).then(
      () => grpc.status.OK,
      (error: unknown) => (error as CallFailed).code,
    );
  }

  close(): void {
    this.client.close();
    this.#server.close();
  }

  protected call<Answer = unknown>(method: string, request: unknown): Promise<Answer> {
    return new Promise((done, reject) => {
      const call = (this.client as unknown as Record<string, (...args: unknown[]) => void>)[method]!;
      call.call(this.client, request, (error: grpc.ServiceError | null, answer: Answer) => {
        if (error) reject(new CallFailed(error));
        else done(answer);
      });
    });
  }
}
