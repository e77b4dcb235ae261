/**
 * One engine that this process serves: its address, its settings, what is remembered of its deployment, and how that ends.
 */
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engineProtocol from "@pulumi/pulumi/proto/engine_pb";
import { abortAfter } from "../../ground/clock";
import { systemClock } from "../../lifecycle";
import { unlessAborted } from "../../ground/onAbort";
import { toMessage } from "../../ground/text";
import type { Session, SettingWords } from "../../lifecycle";
import { RunRegister, openSession } from "../../lifecycle";
import { DeploymentMemory } from "../shared/deploymentMemory";
import { hasEngineAt } from "../shared/engineAddress";
import { EngineMessages, engineClientOptions } from "../shared/engineMessages";
import type { ServedDeployment } from "../shared/resourceCalls";
import { defaultProviderWords } from "../shared/settingWords";
import { journalFolder, processSettings } from "../shared/settings";

/** Name of the Pulumi package: tokens and settings begin with it. */
export const packageName = "runbook";

// The engine allows five seconds for the end of all its plugins together.
const atRestMs = 1_000;

/** A deployment, or a part of it: engines have a process, or at least a connection, for each. */
export class Deployment implements ServedDeployment {
  readonly deployment = new DeploymentMemory();
  readonly register: RunRegister;
  readonly messages: EngineMessages;
  readonly host: ServedDeployment["host"];
  /** True where the engine says of a function's call whether it is in a preview. */
  isToldOfPreviews = false;
  readonly #ending = new AbortController();
  #address: string | undefined;
  #session: Session | undefined;
  #calls = 0;
  #isCancelled = false;

  /** @param address the engine's, where it is known already. */
  constructor(address: string | undefined) {
    this.#address = address;
    this.messages = new EngineMessages(() => {
      if (this.#address === undefined) return undefined;
      const credentials = grpc.credentials.createInsecure();
      return {
        client: new EngineClient(this.#address, credentials, engineClientOptions),
        messages: engineProtocol,
      };
    });
    this.register = new RunRegister({
      journalFolder: journalFolder(),
      onTrouble: (message, urn) => {
        if (urn === undefined) process.stderr.write(`pulumi-resource-runbook: ${toMessage(message)}\n`);
        else this.messages.reporter(urn).warn(message);
      },
    });
    const { signal } = this.#ending;
    const addressNow = (): string | undefined => this.#address;
    this.host = {
      signal,
      // All processes that an engine has started are told the same address.
      get deployment() {
        return addressNow();
      },
      hasEngine: () => hasEngineAt(addressNow()),
    };
  }

  /** The engine says where it is. */
  attach(address: string): void {
    if (address !== "") this.#address = address;
  }

  /**
   * The settings of the provider, by the names of the stack's configuration.
   * @param words how the person who set them names them.
   */
  configure(config: (key: string) => string | undefined, words: SettingWords): void {
    this.#session = openSession({ settings: processSettings(config, words) });
  }

  /** The session with these settings; without any, the environment has them. */
  get session(): Session {
    return (this.#session ??= openSession({
      settings: processSettings(() => undefined, defaultProviderWords(packageName)),
    }));
  }

  /** True while a call is under way. */
  get isBusy(): boolean {
    return this.#calls > 0;
  }

  /** True once it was cancelled, and nothing is under way any more. */
  get isOver(): boolean {
    return this.#isCancelled && !this.isBusy;
  }

  /** Serves a call; the deployment is interrupted where it is cancelled meanwhile. */
  async serve<T>(call: () => Promise<T>): Promise<T> {
    this.#calls += 1;
    try {
      return await call();
    } finally {
      this.#calls -= 1;
    }
  }

  /** The deployment is interrupted: whatever waits ends, with its id where it has one. */
  abort(): void {
    this.#isCancelled = true;
    this.#ending.abort();
  }

  /**
   * The engine is done, or the deployment is interrupted: the same call says both. Where nothing is under way, all that
   * was answered has arrived; the journal is told, within a second.
   */
  async cancel(): Promise<void> {
    const isDone = !this.isBusy && !this.#isCancelled;
    this.abort();
    if (!isDone) return;
    const isReady = !this.deployment.hasFailed;
    const noted = this.deployment.answered.map(({ service, urn, id }) =>
      this.register.answered(service, urn, id, { isReady }),
    );
    const late = (): Error => new Error("too late for the journal");
    await unlessAborted(Promise.all(noted), abortAfter(systemClock, atRestMs), late).catch(() => undefined);
  }
}
