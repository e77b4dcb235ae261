/**
 * One engine that this process serves: its address, its settings, the memory of its deployment, and the deployment's
 * end.
 */
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engineProtocol from "@pulumi/pulumi/proto/engine_pb";
import { abortAfter } from "../../ground/clock";
import { unlessAborted } from "../../ground/onAbort";
import { toMessage } from "../../ground/text";
import type { Session, SettingWords } from "../../lifecycle";
import { RunRegister, openSession, systemClock } from "../../lifecycle";
import { DeploymentMemory } from "../shared/deploymentMemory";
import { hasEngineAt } from "../shared/engineAddress";
import type { EngineReporter } from "../shared/engineMessages";
import { EngineMessages, engineClientOptions } from "../shared/engineMessages";
import type { ServedDeployment } from "../shared/resourceCalls";
import { defaultProviderWords } from "../shared/settingWords";
import { journalFolder, processSettings } from "../shared/settings";

/** Name of the Pulumi package: tokens and settings begin with it. */
export const packageName = "runbook";

// The engine allows five seconds for the end of all its plugins together.
const atRestMs = 1_000;

/** A setting by its name in the stack's configuration. */
export type Configured = (key: string) => string | undefined;

/** The surroundings of a deployment outside of this process. */
export interface Surroundings {
  readonly register: RunRegister;
  /** The messages for resources. */
  readonly messages: {
    reporter(urn: string | undefined): EngineReporter;
    /** Resolves when the engine has received the messages of a resource that are kept. */
    everythingSaid(urn: string | undefined): Promise<void>;
  };
  readonly clock: Parameters<typeof abortAfter>[0];
  openSession(configured: Configured, words: SettingWords): Session;
  /** True if the engine at the address is still there, or if that cannot be told. */
  hasEngine(address: string | undefined): Promise<boolean>;
}

/** A deployment, or a part of it: engines have a process, or at least a connection, for each. */
export class Deployment implements ServedDeployment {
  readonly deployment = new DeploymentMemory();
  readonly register: RunRegister;
  readonly messages: Surroundings["messages"];
  readonly host: ServedDeployment["host"];
  /** True if the engine says of a function's call whether it is in a preview. */
  knowsPreviews = false;
  readonly #ending = new AbortController();
  readonly #surroundings: Surroundings;
  #address: string | undefined;
  #session: Session | undefined;
  #calls = 0;
  #isInterrupted = false;

  /**
   * @param address the engine's, where it is known already.
   * @param surroundings gives those of this deployment. @default this machine and the engine at the address
   */
  constructor(
    address: string | undefined,
    surroundings: (address: () => string | undefined) => Surroundings = thisMachine,
  ) {
    this.#address = address;
    this.#surroundings = surroundings(() => this.#address);
    ({ register: this.register, messages: this.messages } = this.#surroundings);
    const { signal } = this.#ending;
    const addressNow = (): string | undefined => this.#address;
    this.host = {
      signal,
      // All processes that an engine has started are told the same address.
      get deployment() {
        return addressNow();
      },
      hasEngine: () => this.#surroundings.hasEngine(addressNow()),
    };
  }

  /** The engine says where it is. */
  attach(address: string): void {
    if (address !== "") this.#address = address;
  }

  /**
   * The settings of the provider, by the names of the stack's configuration.
   * @param words the names of the settings for the person who set them.
   */
  configure(config: Configured, words: SettingWords): void {
    this.#session = this.#surroundings.openSession(config, words);
  }

  /** The session with these settings; without any, the environment has them. */
  get session(): Session {
    return (this.#session ??= this.#surroundings.openSession(
      () => undefined,
      defaultProviderWords(packageName),
    ));
  }

  /** True while a call is under way. */
  get isBusy(): boolean {
    return this.#calls > 0;
  }

  /** True once it was cancelled, and nothing is under way any more. */
  get isOver(): boolean {
    return this.#ending.signal.aborted && !this.isBusy;
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

  /** The deployment is interrupted: every wait ends, with the execution's id if there is one. */
  abort(): void {
    this.#ending.abort();
  }

  /**
   * The engine is done, or the deployment is interrupted: the same call says both. So the fate of the last answer is
   * not known yet: a second Ctrl-C would keep the answer out of the state.
   */
  cancel(): void {
    if (this.isBusy) this.#isInterrupted = true;
    this.abort();
  }

  /**
   * The engine ends this process in order: all that was answered has arrived, unless the deployment was interrupted. The
   * journal is told, within a second.
   */
  async rest(): Promise<void> {
    if (this.isBusy || this.#isInterrupted) return;
    const isReady = !this.deployment.hasFailed;
    const noted = this.deployment.answered.map(({ service, urn, id }) =>
      this.register.answered(service, urn, id, { isReady }),
    );
    const late = (): Error => new Error("too late for the journal");
    await unlessAborted(Promise.all(noted), abortAfter(this.#surroundings.clock, atRestMs), late).catch(
      () => undefined,
    );
  }
}

function thisMachine(address: () => string | undefined): Surroundings {
  const messages = new EngineMessages(() => {
    const place = address();
    if (place === undefined) return undefined;
    const client = new EngineClient(place, grpc.credentials.createInsecure(), engineClientOptions);
    return { client, messages: engineProtocol };
  });
  const register = new RunRegister({
    journalFolder: journalFolder(),
    onTrouble: (message, urn) => {
      if (urn === undefined) process.stderr.write(`pulumi-resource-runbook: ${toMessage(message)}\n`);
      else messages.reporter(urn).warn(message);
    },
  });
  return {
    register,
    messages,
    clock: systemClock,
    openSession: (configured, words) => openSession({ settings: processSettings(configured, words) }),
    hasEngine: hasEngineAt,
  };
}
