/**
 * The provider protocol: sends each call to its part of the plugin. Calls that are left out (components, parameters,
 * streams) are answered by gRPC as not implemented.
 */
import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { toMessage } from "../../ground/text";
import { version } from "../../ground/version";
import type { BackendDefinition } from "../../lifecycle";
import { services } from "../../services/registry";
import { privacyOf } from "../shared/privacy";
import { defaultProviderWords, explicitProviderWords } from "../shared/settingWords";
import { Deployment, packageName } from "./deployment";
import { Refused, failureOf, refusalOf } from "./failures";
import { invoke, isFunction } from "./functions";
import { readProperties, toStruct } from "./properties";
import { findSettingProblems, haveSameMeaning, markSecretSettings, settingsByKey } from "./providerSettings";
import { ServiceResources } from "./resources";

const definitions: Readonly<Record<string, BackendDefinition>> = services;

/** An engine that is served, and the resources of each service in it. */
interface Served {
  readonly deployment: Deployment;
  readonly resources: Map<string, ServiceResources>;
}

/** The plugin's side of the protocol. */
export class PluginService {
  readonly #schema: () => string;
  readonly #address: string | undefined;
  readonly #openDeployment: (address: string | undefined) => Deployment;
  // By connection: a process that engines attach to serves several of them, one after the other or side by side.
  readonly #served = new Map<string, Served>();
  #last: Served | undefined;

  /**
   * @param schema the package's schema as JSON text.
   * @param address the engine's, where it was among the arguments of the process.
   * @param openDeployment opens the deployment that serves an engine. @default one on this machine
   */
  constructor(
    schema: () => string,
    address: string | undefined,
    openDeployment = (engine: string | undefined): Deployment => new Deployment(engine),
  ) {
    this.#schema = schema;
    this.#address = address;
    this.#openDeployment = openDeployment;
  }

  /** True while a call is under way. */
  get isBusy(): boolean {
    return this.#all().some((deployment) => deployment.isBusy);
  }

  /** Everything that waits is to end, with its id where it has one. */
  abort(): void {
    for (const deployment of this.#all()) deployment.abort();
  }

  /** The engine is done with this process. */
  async rest(): Promise<void> {
    await Promise.all(this.#all().map((deployment) => deployment.rest()));
  }

  /** The handlers, for a gRPC server. */
  implementation(): grpc.UntypedServiceImplementation {
    return {
      handshake: this.#unary((request: protocol.ProviderHandshakeRequest, peer) =>
        this.#handshake(request, peer),
      ),
      attach: this.#unary((request: PluginAttach, peer) => {
        this.#of(peer).deployment.attach(request.getAddress());
        return new Empty();
      }),
      getPluginInfo: this.#unary(() => {
        const info = new PluginInfo();
        info.setVersion(version);
        return info;
      }),
      getSchema: this.#unary((request: protocol.GetSchemaRequest) => this.#getSchema(request)),
      checkConfig: this.#unary(checkConfig),
      diffConfig: this.#unary(diffConfig),
      configure: this.#unary((request: protocol.ConfigureRequest, peer) => this.#configure(request, peer)),
      check: this.#unary((request: protocol.CheckRequest, peer) =>
        this.#resources(request, peer).check(request),
      ),
      diff: this.#unary((request: protocol.DiffRequest, peer) =>
        this.#resources(request, peer).diff(request),
      ),
      create: this.#unary((request: protocol.CreateRequest, peer) =>
        this.#resources(request, peer).create(request),
      ),
      read: this.#unary((request: protocol.ReadRequest, peer) =>
        this.#resources(request, peer).read(request),
      ),
      update: this.#unary((request: protocol.UpdateRequest, peer) =>
        this.#resources(request, peer).update(request),
      ),
      delete: this.#unary(async (request: protocol.DeleteRequest, peer) => {
        await this.#resources(request, peer).delete(request);
        return new Empty();
      }),
      invoke: this.#unary((request: protocol.InvokeRequest, peer) => this.#invoke(request, peer)),
      cancel: this.#unary((_request: Empty, peer) => {
        this.#of(peer).deployment.cancel();
        return new Empty();
      }),
    };
  }

  #handshake(request: protocol.ProviderHandshakeRequest, peer: string): protocol.ProviderHandshakeResponse {
    const { deployment } = this.#open(peer, request.getEngineAddress());
    deployment.knowsPreviews = request.getInvokeWithPreview();
    const response = new protocol.ProviderHandshakeResponse();
    response.setAcceptSecrets(true);
    response.setAcceptResources(true);
    response.setAcceptOutputs(true);
    return response;
  }

  #getSchema(request: protocol.GetSchemaRequest): protocol.GetSchemaResponse {
    if (request.getVersion() !== 0 || request.getSubpackageName() !== "") {
      throw new Refused(
        grpc.status.INVALID_ARGUMENT,
        `there is one schema, of version 0 and without sub-packages; version ${String(request.getVersion())} of ` +
          `${JSON.stringify(request.getSubpackageName())} was asked for`,
      );
    }
    const response = new protocol.GetSchemaResponse();
    response.setSchema(this.#schema());
    return response;
  }

  #configure(request: protocol.ConfigureRequest, peer: string): protocol.ConfigureResponse {
    const { raw } = readProperties(request.getArgs());
    // Engines name the default providers; a program names its own.
    const isDefault = !/::(?!default(?:_|$))[^:]*$/.test(request.getUrn() ?? "");
    const words = isDefault ? defaultProviderWords(packageName) : explicitProviderWords;
    this.#of(peer).deployment.configure(settingsByKey(raw), words);
    const response = new protocol.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setSupportspreview(true);
    response.setAcceptresources(true);
    response.setAcceptoutputs(true);
    return response;
  }

  async #invoke(request: protocol.InvokeRequest, peer: string): Promise<protocol.InvokeResponse> {
    const { deployment } = this.#of(peer);
    const token = request.getTok();
    const [module, service = "", name = ""] = token.split(":");
    const definition = Object.hasOwn(definitions, service) ? definitions[service] : undefined;
    if (module !== packageName || !definition || !isFunction(definition, name)) {
      throw new Refused(
        grpc.status.INVALID_ARGUMENT,
        `this provider has no function ${JSON.stringify(token)}`,
      );
    }
    const given = readProperties(request.getArgs());
    const call = { name, given, isPreview: request.getPreview() };
    try {
      return await deployment.serve(() => invoke(definition, call, deployment));
    } catch (error) {
      if (error instanceof Refused) throw error;
      const { hide } = privacyOf(given.args, given.secretPaths, deployment.session);
      const { code, message } = refusalOf(error, { hide });
      // Services say that an execution is not there, and not which.
      const { executionId } = given.args;
      const which = typeof executionId === "string" ? ` of the execution ${JSON.stringify(executionId)}` : "";
      throw new Refused(
        code,
        `${service}.${name}${hide(which)}: ${message.replace(`${service}.${name}: `, "")}`,
      );
    }
  }

  #resources(request: { getUrn(): string }, peer: string): ServiceResources {
    const { deployment, resources } = this.#of(peer);
    const urn = request.getUrn();
    // The type stands before the last name, behind those of the parents.
    const [, type = ""] = /^urn:pulumi:[^:]*::[^:]*::(.*?)::/.exec(urn) ?? [];
    const [module, service = "", kind] = (type.split("$").at(-1) ?? "").split(":");
    const definition = Object.hasOwn(definitions, service) ? definitions[service] : undefined;
    if (module !== packageName || !definition || kind !== "WorkflowExecution") {
      throw new Refused(
        grpc.status.INVALID_ARGUMENT,
        `this provider has no resource of the type ${JSON.stringify(type)}`,
      );
    }
    const known = resources.get(service) ?? new ServiceResources(definition, deployment);
    resources.set(service, known);
    return known;
  }

  #all(): Deployment[] {
    const all = new Set([...this.#served.values(), ...(this.#last ? [this.#last] : [])]);
    return [...all].map(({ deployment }) => deployment);
  }

  // A connection that was lost comes back under another name: it is the last engine's.
  #of(peer: string): Served {
    return this.#served.get(peer) ?? this.#last ?? this.#open(peer, "");
  }

  #open(peer: string, address: string): Served {
    for (const [other, { deployment }] of this.#served) if (deployment.isOver) this.#served.delete(other);
    const served: Served = {
      deployment: this.#openDeployment(address === "" ? this.#address : address),
      resources: new Map(),
    };
    this.#served.set(peer, served);
    this.#last = served;
    return served;
  }

  #unary<Request, Answer>(
    work: (request: Request, peer: string) => Answer | Promise<Answer>,
  ): grpc.handleUnaryCall<Request, Answer> {
    return (call, callback) => {
      void answer(() => work(call.request, call.getPeer()), callback);
    };
  }
}

// No error gets past this function: such an error would end the process, and with it every wait.
async function answer<Answer>(
  work: () => Answer | Promise<Answer>,
  callback: grpc.sendUnaryData<Answer>,
): Promise<void> {
  let reply: () => void;
  try {
    const answered = await work();
    reply = () => {
      callback(null, answered);
    };
  } catch (error) {
    reply = () => {
      callback(failureOf(error));
    };
  }
  try {
    reply();
  } catch (error) {
    process.stderr.write(
      `pulumi-resource-runbook: an answer could not be sent (${toMessage(String(error))})\n`,
    );
    callback({ code: grpc.status.UNKNOWN, details: "the answer could not be sent" });
  }
}

function checkConfig(request: protocol.CheckRequest): protocol.CheckResponse {
  const { raw } = readProperties(request.getNews());
  const response = new protocol.CheckResponse();
  for (const { property, reason } of findSettingProblems(raw)) {
    const failure = new protocol.CheckFailure();
    failure.setProperty(property);
    failure.setReason(toMessage(reason));
    response.addFailures(failure);
  }
  response.setInputs(toStruct(markSecretSettings(raw)));
  return response;
}

// Never a replacement: it would be one of every resource, that is another run of it. The comparison of an execution
// decides whether it is another account's.
function diffConfig(request: protocol.DiffRequest): protocol.DiffResponse {
  const [olds, news] = [request.getOldInputs() ?? request.getOlds(), request.getNews()].map(
    (struct) => readProperties(struct).raw,
  ) as [Record<string, unknown>, Record<string, unknown>];
  const response = new protocol.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = protocol.DiffResponse.DiffChanges;
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  const changed = names.filter((name) => !haveSameMeaning({ value: olds[name] }, { value: news[name] }));
  response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList(changed);
  return response;
}
