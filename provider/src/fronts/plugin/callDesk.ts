/**
 * The common part of the calls for resources: nothing secret gets out, and every error is an answer.
 */
import { outputs } from "../../lifecycle";
import type { Privacy } from "../shared/privacy";
import { hidingReporter, privacyOf } from "../shared/privacy";
import { argumentsOf } from "../shared/propertyPaths";
import type { ResourceCall } from "../shared/resourceCalls";
import type { AnsweredCall } from "./answers";
import type { Deployment } from "./deployment";
import { InitFailed, Refused, refusalOf } from "./failures";
import type { Properties } from "./properties";

/** One call of the engine: the properties that came with it, and the functions that hide their secrets. */
export type ServedCall = AnsweredCall;

/** Takes the calls for the resources of one service. */
export class CallDesk {
  readonly #deployment: Deployment;
  // By resource: check also marks the secrets of the state, and create is not told which marks are the program's.
  readonly #programSecrets = new Map<string, readonly string[]>();

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
  }

  /** Notes which arguments the program makes secret. */
  setProgramSecrets(urn: string, names: readonly string[]): void {
    this.#programSecrets.set(urn, names);
  }

  /**
   * Serves a call.
   * @throws InitFailed, Refused as the work does; Refused in place of anything else.
   */
  async serve<T>(
    urn: string,
    properties: Properties,
    work: (call: ServedCall) => T | Promise<T>,
  ): Promise<T> {
    const privacy = privacyOf(properties.args, properties.secretPaths, this.#deployment.session);
    try {
      return await this.#deployment.serve(async () => work({ ...properties, ...privacy }));
    } catch (error) {
      this.#deployment.deployment.hasFailed = true;
      if (error instanceof InitFailed || error instanceof Refused) throw error;
      throw refusalOf(error, privacy);
    } finally {
      await this.#deployment.messages.everythingSaid(urn).catch(() => undefined);
    }
  }

  /**
   * A call as every front has it.
   * @param timeoutSeconds the option `customTimeouts`; 0 for none.
   */
  call(urn: string, { args, secretPaths, hide }: ServedCall, timeoutSeconds = 0): ResourceCall {
    const stored = argumentsOf(secretPaths).filter((name) => !outputs.includes(name));
    return {
      args,
      urn,
      programSecrets: this.#programSecrets.get(urn) ?? stored,
      reporter: this.reporter(urn, { hide }),
      timeoutSeconds: timeoutSeconds > 0 ? timeoutSeconds : undefined,
    };
  }

  /** A reporter for the resource. */
  reporter(urn: string, privacy: Pick<Privacy, "hide">): ResourceCall["reporter"] {
    return hidingReporter(this.#deployment.messages.reporter(urn), privacy);
  }
}
