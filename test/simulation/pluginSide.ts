/**
 * The plugin as the engine calls it: its own messages in and out, its settings, its Cancel; only the bytes between the two are
 * left out.
 */
import type * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import { Deployment } from "../../provider/src/fronts/plugin/deployment";
import { PluginService } from "../../provider/src/fronts/plugin/service";
import { openSession } from "../../provider/src/lifecycle";
import { initFailureOf } from "../support/initFailure";
import type { Host, HostOptions } from "./host";
import { account, nowhere, openWorld } from "./host";
import type { Answer, ProviderSide, StoredProperties } from "./providerSide";
import { Unready } from "./providerSide";
import type { Bag } from "./values";
import { travelled } from "./values";

type Ask = <Reply>(method: string, request: unknown) => Promise<Reply>;

/** Opens the plugin in a process, as an engine does: handshake, then settings. */
export function openPluginHost(options: HostOptions): Host {
  const { register, clock, session, reporter, hasEngine } = openWorld(options);
  const service = new PluginService(
    () => "{}",
    options.engine,
    (address) =>
      new Deployment(address, () => ({
        register,
        clock,
        messages: { reporter, everythingSaid: () => Promise.resolve() },
        openSession: (config, words) => openSession({ settings: { ...nowhere, config, words }, ...session }),
        hasEngine,
      })),
  );
  const ask = asking(service.implementation());
  const handshake = new protocol.ProviderHandshakeRequest();
  handshake.setEngineAddress(options.engine);
  const configure = new protocol.ConfigureRequest();
  configure.setArgs(structOf({ huaweicloud: account, alicloud: account, aws: account }));
  // Each is done when it is called.
  void ask("handshake", handshake);
  void ask("configure", configure);
  const cancel = (): Promise<void> => ask<Empty>("cancel", new Empty()).then(() => undefined);
  return {
    provider: sideOf(ask),
    abort: () => {
      service.abort();
    },
    // The engine says so whether or not anything is under way.
    cancel: () => void cancel(),
    // Both, as an engine does that ends in order.
    rest: async () => {
      await cancel();
      await service.rest();
    },
  };
}

function asking(handlers: grpc.UntypedServiceImplementation): Ask {
  return (method, request) =>
    new Promise((resolve, reject) => {
      const handle = handlers[method] as grpc.handleUnaryCall<unknown, never>;
      const call = { request, getPeer: () => "engine" } as unknown as grpc.ServerUnaryCall<unknown, never>;
      handle(call, (error, reply) => {
        if (error) reject(failed(error as grpc.ServiceError));
        else resolve(reply as never);
      });
    });
}

function failed(error: grpc.ServiceError): Error {
  const { details } = error;
  const unready = initFailureOf(error.metadata);
  if (!unready) return new Error(details);
  const { id, outputs, inputs, refreshBeforeUpdate: readsFirst } = unready;
  return new Unready(details, { id, outputs: outputs, inputs, readsFirst }, unready.reasons);
}

function sideOf(ask: Ask): ProviderSide {
  return {
    check: async (urn, olds, news) => {
      const request = new protocol.CheckRequest();
      request.setUrn(urn);
      request.setOlds(structOf(olds));
      request.setNews(structOf(news));
      const reply = await ask<protocol.CheckResponse>("check", request);
      return {
        inputs: bagOf(reply.getInputs()),
        reasons: reply.getFailuresList().map((failure) => failure.getReason()),
      };
    },
    diff: async (urn, stored, news) => {
      const request = compared(new protocol.DiffRequest(), urn, stored, news);
      const reply = await ask<protocol.DiffResponse>("diff", request);
      return {
        changes: reply.getChanges() === protocol.DiffResponse.DiffChanges.DIFF_SOME,
        replaces: reply.getReplacesList(),
        deleteBeforeReplace: reply.getDeletebeforereplace(),
      };
    },
    create: (urn, inputs) => create(ask, urn, inputs, false),
    previewCreate: async (urn, inputs) => {
      await create(ask, urn, inputs, true);
    },
    update: (urn, stored, news) => update(ask, urn, stored, news, false),
    previewUpdate: async (urn, stored, news) => {
      await update(ask, urn, stored, news, true);
    },
    read: (urn, { id, inputs, outputs }) => {
      const request = new protocol.ReadRequest();
      request.setUrn(urn);
      request.setId(id);
      request.setInputs(structOf(inputs));
      request.setProperties(structOf(outputs));
      return read(ask, request);
    },
    import: (urn, id) => {
      const request = new protocol.ReadRequest();
      request.setUrn(urn);
      request.setId(id);
      return read(ask, request);
    },
    delete: async (urn, { id, inputs, outputs }) => {
      const request = new protocol.DeleteRequest();
      request.setUrn(urn);
      request.setId(id);
      request.setOldInputs(structOf(inputs));
      request.setProperties(structOf(outputs));
      await ask("delete", request);
    },
  };
}

async function create(ask: Ask, urn: string, inputs: Bag, isPreview: boolean): Promise<Answer> {
  const request = new protocol.CreateRequest();
  request.setUrn(urn);
  request.setProperties(structOf(inputs));
  request.setPreview(isPreview);
  const reply = await ask<protocol.CreateResponse>("create", request);
  return {
    id: reply.getId(),
    outputs: bagOf(reply.getProperties()),
    readsFirst: reply.getRefreshBeforeUpdate(),
  };
}

async function update(
  ask: Ask,
  urn: string,
  stored: StoredProperties,
  news: Bag,
  isPreview: boolean,
): Promise<Answer> {
  const request = compared(new protocol.UpdateRequest(), urn, stored, news);
  request.setPreview(isPreview);
  const reply = await ask<protocol.UpdateResponse>("update", request);
  const { id } = stored;
  return { id, outputs: bagOf(reply.getProperties()), readsFirst: reply.getRefreshBeforeUpdate() };
}

async function read(ask: Ask, request: protocol.ReadRequest): Promise<Answer> {
  const reply = await ask<protocol.ReadResponse>("read", request);
  return {
    id: reply.getId(),
    outputs: bagOf(reply.getProperties()),
    inputs: reply.hasInputs() ? bagOf(reply.getInputs()) : undefined,
    readsFirst: reply.getRefreshBeforeUpdate(),
  };
}

function compared<Request extends protocol.DiffRequest | protocol.UpdateRequest>(
  request: Request,
  urn: string,
  { id, inputs, outputs }: StoredProperties,
  news: Bag,
): Request {
  request.setUrn(urn);
  request.setId(id);
  request.setOldInputs(structOf(inputs));
  request.setOlds(structOf(outputs));
  request.setNews(structOf(news));
  return request;
}

function structOf(bag: Bag): Struct {
  return Struct.fromJavaScript(travelled(bag) as Parameters<typeof Struct.fromJavaScript>[0]);
}

function bagOf(struct: Struct | undefined): Bag {
  return struct === undefined ? {} : struct.toJavaScript();
}
