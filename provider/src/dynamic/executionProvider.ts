/**
 * A service as the dynamic provider host calls it: turns the host's calls into lifecycle calls, and lifecycle outcomes
 * into what the host expects. What it shares with the process that serves it is handed in.
 */
import type { dynamic } from "@pulumi/pulumi";
import { StartUncertainError, codeOf, messageOf } from "../errors";
import type {
  BackendDefinition,
  Diff,
  LifecycleHost,
  Outcome,
  RunRegister,
  Session,
  StoredState,
  Superseded,
} from "../lifecycle";
import {
  check,
  create,
  deleteExecution,
  diff,
  outputs,
  parseDurationSeconds,
  read,
  repeatedArguments,
  sayError,
  sayNotStarted,
  update,
} from "../lifecycle";
import type { EngineReporter } from "./engineReporter";
import { CreatedButNotReady, HostError } from "./hostErrors";
import type { HostProcess } from "./hostProcess";
import { toPlainOutputs } from "./plainOutputs";
import type { ResourceProperties } from "./properties";
import { readProperties } from "./properties";
import { markSecretOutputs, redact, secretTexts } from "./secrets";

type Properties = Record<string, unknown>;

/** An execution that create has answered with. */
export interface AnsweredExecution {
  readonly service: string;
  readonly urn: string | undefined;
  readonly id: string;
}

/** What a process lends to the providers that it serves. */
export interface ProviderProcess {
  readonly host: Pick<HostProcess, "signal" | "serve" | "hasEngine">;
  /** What is known of runs; one for all providers. */
  readonly register: RunRegister;
  /**
   * Executions that create has answered with. Not every replacement is compared first (`replacementTrigger`,
   * `--replace`): what this deployment leaves in the state must not look, to the next one, like a start that was cut short.
   * Whether it is there, only a later call shows.
   */
  readonly answered: AnsweredExecution[];
  /** Opens a session with a configuration. */
  openSession(config: (key: string) => string | undefined): Session;
  /** Where messages for a resource go; silent without one. */
  reporter(urn: string | undefined): EngineReporter;
  /** Resolves when the engine has heard what is kept of a resource. */
  everythingSaid(urn: string | undefined): Promise<void>;
}

/** One service as the dynamic provider host calls it. */
export class ExecutionProvider implements dynamic.ResourceProvider {
  readonly #definition: BackendDefinition;
  readonly #process: ProviderProcess;
  #session: Session;
  // What the state has before this deployment changes it. Create comes later in the same process and is not told what
  // it replaces; and the engine replaces for reasons of its own, of which diff is not told either.
  readonly #present = new Map<string, Superseded>();
  // Resources whose arguments were checked since they were last read. A deployment checks before it compares; a
  // refresh compares too, without having checked, and runs nothing.
  readonly #checked = new Set<string>();
  // Resources of which check was given the old inputs: the state has them.
  readonly #inState = new Set<string>();

  constructor(definition: BackendDefinition, process: ProviderProcess) {
    this.#definition = definition;
    this.#process = process;
    this.#session = process.openSession(() => undefined);
  }

  // The host does not wait for this before it calls other methods (on refresh and destroy, most calls come first).
  // So everything that counts happens synchronously.
  configure(request: dynamic.ConfigureRequest): Promise<void> {
    this.#session = this.#process.openSession((key) => request.config.get(key));
    return Promise.resolve();
  }

  check(olds: Properties, news: Properties): Promise<dynamic.CheckResult> {
    return this.#serve("check", news, ({ args, customTimeouts, urn, hide }) => {
      if (urn !== undefined) this.#checked.add(urn);
      // Under an alias, what this one replaces is deleted by the name that it had.
      const { urn: before } = readProperties(olds);
      if (before !== undefined) this.#checked.add(before);
      if (urn !== undefined && Object.keys(olds).length > 0) this.#inState.add(urn);
      const problems = check(this.#definition, args, this.#session.settings, customTimeouts);
      return {
        inputs: news,
        failures: problems.map(({ argument, reason }) => ({
          property: argument,
          reason: hide(`"${argument}" ${reason}`),
        })),
      };
    });
  }

  diff(id: string, olds: Properties, news: Properties): Promise<dynamic.DiffResult> {
    return this.#serve("diff", news, async (call) => {
      const { args, urn } = call;
      const { args: stored, urn: storedUrn } = readProperties(olds);
      const isDeployment = urn !== undefined && this.#checked.has(urn);
      if (isDeployment) {
        const { startedAt, settledAt, adoptExecutionId } = stored;
        this.#present.set(urn, {
          id,
          startedAt: textOf(startedAt),
          settledAt: textOf(settledAt),
          adoptedId: textOf(adoptExecutionId),
        });
      }
      await this.#process.register.handedOver(this.#definition.service, urn, id);
      const result = diff(this.#definition, id, stored, args, call.replaceOnChanges);
      if (result.action === "none") {
        // A teardown runbook must not run when it is replaced, which its name tells: it has to be stored anew.
        const isRenamed = storedUrn !== undefined && storedUrn !== urn;
        return { changes: isDeployment && isRenamed && stored["runOn"] === "destroy" };
      }
      // Where no argument has changed, the engine's own diff shows nothing of the reason.
      const isHidden = result.action === "rerun" && result.properties.includes("rerunOn");
      await this.#reporterOf(call).explain(sayAction(result, isDeployment), isDeployment && isHidden);
      if (result.action === "update") return { changes: true };
      return { changes: true, replaces: [...result.properties], deleteBeforeReplace: result.deleteFirst };
    });
  }

  create(inputs: Properties): Promise<dynamic.CreateResult> {
    return this.#serve("create", inputs, async (call) => {
      const outcome = await create(call.args, this.#host(call, "create")).catch((error: unknown) => {
        const code = codeOf(error);
        // These say themselves what was started.
        if (error instanceof StartUncertainError || code === "WFX-WORKFLOW-BUSY") throw error;
        throw new Error(sayNotStarted({ message: messageOf(error), code }), { cause: error });
      });
      this.#process.answered.push({ service: this.#definition.service, urn: call.urn, id: outcome.id });
      return { id: outcome.id, outs: outsOf(outcome, call) };
    });
  }

  update(id: string, olds: Properties, news: Properties): Promise<dynamic.UpdateResult> {
    return this.#serve("update", news, async (call) => {
      const outcome = await update(id, readProperties(olds).args, call.args, this.#host(call, "update"));
      return { outs: outsOf(outcome, call) };
    });
  }

  read(id: string, stored: Properties): Promise<dynamic.ReadResult> {
    return this.#serve("read", stored, async (call) => {
      if (call.urn !== undefined) this.#checked.delete(call.urn);
      const state = await read(id, call.args, this.#host(call));
      if (!state) throw new Error(`${this.#definition.title} knows no execution ${id} of this workflow`);
      return { id, props: toOutputs(state, call) };
    });
  }

  delete(id: string, stored: Properties): Promise<void> {
    return this.#serve("delete", stored, async (call) => {
      // The engine does not say why. Where the program still has the resource, another one takes its place: only a
      // deployment checks, and nothing is checked of what is destroyed.
      const isReplacement = call.urn !== undefined && this.#checked.has(call.urn);
      // A run that `executionKey` names replaces itself where nothing else has changed: it goes on for the new resource.
      if (isReplacement && this.#process.answered.some((execution) => execution.id === id)) return;
      await deleteExecution(id, call.args, { ...this.#host(call, "delete"), isReplacement });
      // What is replaced goes when the state has what takes its place.
      const successor = this.#process.answered.findLast(({ urn }) => urn !== undefined && urn === call.urn);
      if (!isReplacement || successor === undefined) return;
      await this.#process.register.handedOver(this.#definition.service, call.urn, successor.id);
    });
  }

  #host(call: HostCall, operation?: "create" | "update" | "delete"): LifecycleHost {
    return {
      definition: this.#definition,
      session: this.#session,
      reporter: this.#reporterOf(call),
      urn: call.urn,
      register: this.#process.register,
      secretArguments: call.secretArguments,
      supersedes: call.urn === undefined ? undefined : this.#present.get(call.urn),
      isInState: call.urn !== undefined && this.#inState.has(call.urn),
      signal: this.#process.host.signal,
      isWanted: () => this.#process.host.hasEngine(),
      operationTimeoutSeconds: operation && parseDurationSeconds(call.customTimeouts[operation]),
    };
  }

  #reporterOf({ urn, hide }: HostCall): EngineReporter {
    const reporter = this.#process.reporter(urn);
    return {
      explain: (text, isKept) => reporter.explain(hide(text), isKept),
      status: (text) => {
        reporter.status(hide(text));
      },
      info: (text) => {
        reporter.info(hide(text));
      },
      warn: (text) => {
        reporter.warn(hide(text));
      },
    };
  }

  async #serve<T>(
    operation: string,
    given: Properties,
    work: (call: HostCall) => T | Promise<T>,
  ): Promise<T> {
    const properties = readProperties(given);
    // Most calls say nothing.
    let secrets: readonly string[] | undefined;
    const hide = (text: string): string =>
      redact(text, (secrets ??= secretTexts(properties.args, properties.secretArguments)));
    try {
      return await this.#process.host.serve(async () => work({ ...properties, given, hide }));
    } catch (error) {
      if (error instanceof CreatedButNotReady) throw error;
      throw new HostError(operation, hide(sayError({ message: messageOf(error), code: codeOf(error) })));
    } finally {
      await this.#process.everythingSaid(properties.urn);
    }
  }
}

/** One call of the host: the properties that came with it, and what must not be seen of them. */
interface HostCall extends ResourceProperties {
  /** The properties as they came. */
  readonly given: Properties;
  /** Takes the values of secret arguments out of a text that people will see. */
  readonly hide: (text: string) => string;
}

// An output that is not in the state is unknown in every preview, and with it all that depends on it.
const noOutputs = Object.fromEntries([...outputs, ...repeatedArguments].map((name) => [name, null]));

// `__provider` and our own meta data stay with the resource: without the first, it could not even be deleted.
function toOutputs(state: StoredState, { given, secretArguments }: HostCall): Properties {
  const internal = Object.entries(given).filter(([name]) => name.startsWith("__"));
  const all = { ...noOutputs, ...state, ...Object.fromEntries(internal) };
  return markSecretOutputs(toPlainOutputs(all), secretArguments);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function sayAction({ action, reasons }: Diff, isDeployment: boolean): string {
  const why = reasons.join("; ");
  if (action === "rerun")
    return `${isDeployment ? "runs again" : "the next `pulumi up` runs it again"}: ${why}`;
  if (action === "rearm") return `runs when it is destroyed, and not before: ${why}`;
  return why;
}

function outsOf(outcome: Outcome, call: HostCall): Properties {
  const outs = toOutputs(outcome.state, call);
  if (outcome.kind === "ready") return outs;
  throw new CreatedButNotReady(outcome.id, outs, outcome.reasons.map(call.hide));
}
