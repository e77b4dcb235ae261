/**
 * A service as the dynamic provider host calls it: turns the host's calls into lifecycle calls, and lifecycle outcomes
 * into the answers that the host expects. The parts that the service shares with the process that serves it are passed
 * in.
 */
import type { dynamic } from "@pulumi/pulumi";
import { codeOf, messageOf } from "../../ground/errors";
import { toMessage } from "../../ground/text";
import type { BackendDefinition, Diff, Outcome, Session, StoredState } from "../../lifecycle";
import {
  describeDiff,
  describeError,
  formatProblem,
  inputArguments,
  parseDurationSeconds,
} from "../../lifecycle";
import type { EngineReporter } from "../shared/engineMessages";
import { engineOutputs } from "../shared/engineOutputs";
import { newSecrets } from "../shared/newSecrets";
import type { Privacy } from "../shared/privacy";
import { hidingReporter, privacyOf } from "../shared/privacy";
import type { ResourceCall, ServedDeployment } from "../shared/resourceCalls";
import { ResourceCalls } from "../shared/resourceCalls";
import { markSecretOutputs, settleOutputs } from "../shared/secretOutputs";
import { answeredMeta } from "./answeredMeta";
import { propertiesOf, reasonsOf } from "./differences";
import { CreatedButNotReady, HostError } from "./hostErrors";
import type { HostProcess } from "./hostProcess";
import type { ResourceProperties } from "./properties";
import { metaProperty, readProperties } from "./properties";
import { SecretArguments } from "./secretArguments";

type Properties = Record<string, unknown>;

/** The means that a process lends to the providers that it serves. */
export interface ProviderProcess extends ServedDeployment {
  readonly host: Pick<HostProcess, "signal" | "serve" | "hasEngine" | "deployment">;
  /** The session of this process: one for all providers, so that services of one account share its login. */
  openSession(config: (key: string) => string | undefined): Session;
  /** The reporter of messages for a resource; silent without one. */
  reporter(urn: string | undefined): EngineReporter;
  /** Resolves when the engine has received the messages of a resource that are kept. */
  everythingSaid(urn: string | undefined): Promise<void>;
}

/** One service as the dynamic provider host calls it. */
export class ExecutionProvider implements dynamic.ResourceProvider {
  readonly #definition: BackendDefinition;
  readonly #process: ProviderProcess;
  readonly #secretArguments: SecretArguments;
  readonly #inputs: readonly string[];
  readonly #calls: ResourceCalls;
  #session: Session | undefined;

  constructor(definition: BackendDefinition, process: ProviderProcess) {
    this.#definition = definition;
    this.#process = process;
    this.#secretArguments = new SecretArguments(definition);
    this.#inputs = inputArguments(definition);
    this.#calls = new ResourceCalls(definition, process, () => this.#currentSession);
  }

  // A host that has no configuration need not say so.
  get #currentSession(): Session {
    return (this.#session ??= this.#process.openSession(() => undefined));
  }

  // The host does not wait for this before it calls other methods (on refresh and destroy, most calls come first).
  // So everything that counts happens synchronously.
  configure(request: dynamic.ConfigureRequest): Promise<void> {
    this.#session = this.#process.openSession((key) => request.config.get(key));
    return Promise.resolve();
  }

  check(olds: Properties, news: Properties): Promise<dynamic.CheckResult> {
    const { inputs, seen } = this.#secretArguments.settle(olds, news);
    return this.#serve("check", seen, ({ args, customTimeouts, urn, hide }) => {
      const isInState = Object.keys(olds).length > 0;
      const formerUrn = readProperties(olds).urn;
      const problems = this.#calls.check({ urn, args, customTimeouts, formerUrn, isInState });
      return {
        inputs,
        failures: problems.map((problem) => ({
          // Without a property the engine says that the resource has a problem, which a setting is.
          property: problem.argument ?? "",
          reason: toMessage(hide(formatProblem(problem))),
        })),
      };
    });
  }

  diff(id: string, olds: Properties, news: Properties): Promise<dynamic.DiffResult> {
    return this.#serve("diff", news, async (call) => {
      const before = readProperties(olds);
      const { args: stored, urn: storedUrn } = before;
      const result = await this.#calls.diff(this.#call(call), {
        id,
        stored,
        replaceOnChanges: call.replaceOnChanges,
        newSecrets: newSecrets(before, call),
        // Kept: when a terminal's preview has ended, its rows have the names of changed properties only.
        explain: (found: Diff, isDeployment) =>
          this.#reporterOf(call).explain(
            describeDiff(found.action, reasonsOf(found.changes), isDeployment),
            isDeployment,
          ),
      });
      if (result.action === "none") {
        // A teardown runbook must not run when it is replaced, which its name tells: it has to be stored anew.
        const isRenamed = storedUrn !== undefined && storedUrn !== call.urn;
        return { changes: result.isDeployment && isRenamed && stored["runOn"] === "destroy" };
      }
      if (result.action === "update") return { changes: true };
      const replaces = propertiesOf(result.changes);
      return { changes: true, replaces, deleteBeforeReplace: result.deleteFirst };
    });
  }

  create(inputs: Properties): Promise<dynamic.CreateResult> {
    return this.#serve("create", inputs, async (call) => {
      const outcome = await this.#calls.create(this.#call(call, "create"));
      return { id: outcome.id.toWellFormed(), outs: this.#outsOf(outcome, call) };
    });
  }

  update(id: string, olds: Properties, news: Properties): Promise<dynamic.UpdateResult> {
    return this.#serve("update", news, async (call) => {
      const stored = readProperties(olds);
      const outcome = await this.#calls.update(id, stored.args, this.#call(call, "update"));
      return { outs: this.#outsOf(outcome, call, stored) };
    });
  }

  read(id: string, stored: Properties): Promise<dynamic.ReadResult> {
    return this.#serve("read", stored, async (call) => {
      const state = await this.#calls.read(id, this.#call(call));
      if (!state) throw new Error(`${this.#definition.title} does not know execution ${id} of this workflow`);
      return { id, props: this.#toOutputs(state, call) };
    });
  }

  delete(id: string, stored: Properties): Promise<void> {
    return this.#serve("delete", stored, (call) => this.#calls.delete(id, this.#call(call, "delete")));
  }

  #call(call: HostCall, operation?: "create" | "update" | "delete"): ResourceCall {
    const { args, urn, programSecrets, customTimeouts } = call;
    const timeoutSeconds = operation && parseDurationSeconds(customTimeouts[operation]);
    return { args, urn, programSecrets, reporter: this.#reporterOf(call), timeoutSeconds };
  }

  #reporterOf({ urn, hide }: HostCall): EngineReporter {
    return hidingReporter(this.#process.reporter(urn), { hide });
  }

  // From here on there is an execution: only an error that keeps its id may be thrown.
  #outsOf(outcome: Outcome, call: HostCall, stored?: ResourceProperties): Properties {
    const outs = this.#toOutputs(outcome.state, call, { stored, isFailure: outcome.kind === "unready" });
    if (outcome.kind === "ready") return outs;
    throw new CreatedButNotReady(outcome.id.toWellFormed(), outs, outcome.reasons.map(call.hide));
  }

  // `__provider` and our own meta data stay with the resource: without the first, it could not even be deleted.
  #toOutputs(
    state: StoredState,
    call: HostCall,
    {
      stored,
      isFailure = false,
    }: { readonly stored?: ResourceProperties | undefined; readonly isFailure?: boolean } = {},
  ): Properties {
    const secrets = settleOutputs(state, call, stored, this.#inputs, call.holdsSecret);
    const meta = metaProperty in call.given ? { [metaProperty]: answeredMeta(call, secrets) } : {};
    const { isHidden } = secrets;
    const { locationKeys } = this.#definition;
    const given = { ...call.given, ...meta };
    const outs = engineOutputs(state, { ...call, given, locationKeys, isFailure, isHidden });
    return markSecretOutputs(outs, call.args, secrets);
  }

  async #serve<T>(
    operation: string,
    given: Properties,
    work: (call: HostCall) => T | Promise<T>,
  ): Promise<T> {
    const properties = readProperties(given);
    const privacy = privacyOf(properties.args, properties.secretPaths, this.#currentSession);
    try {
      return await this.#process.host.serve(async () => work({ ...properties, ...privacy, given }));
    } catch (error) {
      this.#process.deployment.hasFailed = true;
      if (error instanceof CreatedButNotReady) throw error;
      const message = describeError({ message: messageOf(error), code: codeOf(error) });
      throw new HostError(operation, privacy.hide(message));
    } finally {
      await this.#process.everythingSaid(properties.urn).catch(() => undefined);
    }
  }
}

/** One call of the host: the properties that came with it, and the functions that hide their secrets. */
interface HostCall extends ResourceProperties, Privacy {
  /** The properties as they came. */
  readonly given: Properties;
}
