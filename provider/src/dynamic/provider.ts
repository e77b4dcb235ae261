/**
 * What `__provider` requires: one dynamic provider per service. Runs in the dynamic provider's process; turns the
 * host's calls into lifecycle calls, and lifecycle outcomes into what the host expects.
 */
import type { dynamic } from "@pulumi/pulumi";
import { StartUncertainError, isWorkflowExecutionError, messageOf } from "../errors";
import type {
  BackendDefinition,
  LifecycleHost,
  Outcome,
  Reporter,
  ServiceName,
  Session,
  StoredState,
} from "../lifecycle";
import {
  check,
  create,
  deleteExecution,
  diff,
  openSession,
  parseDurationSeconds,
  read,
  sayNotStarted,
  services,
  update,
} from "../lifecycle";
import { processSettings } from "./processSettings";
import { engineReporter } from "./engineReporter";
import { CreatedButNotReady, HostError } from "./hostErrors";
import { toPlainOutputs } from "./plainOutputs";
import type { ResourceProperties } from "./properties";
import { readProperties } from "./properties";
import { markSecretOutputs, redact, secretTexts } from "./secrets";

type Properties = Record<string, unknown>;

class ExecutionProvider implements dynamic.ResourceProvider {
  readonly #definition: BackendDefinition;
  #session: Session;
  // What diff has said is to be replaced: create comes later in the same process and is not told.
  readonly #superseded = new Map<string, string>();
  // Resources whose arguments were checked since they were last read. A deployment checks before it compares; a
  // refresh compares too, without having checked, and runs nothing.
  readonly #checked = new Set<string>();

  constructor(definition: BackendDefinition) {
    this.#definition = definition;
    this.#session = openSession({ settings: processSettings(() => undefined) });
  }

  // The host does not wait for this before it calls other methods (on refresh and destroy, most calls come first).
  // So everything that counts happens synchronously.
  configure(request: dynamic.ConfigureRequest): Promise<void> {
    this.#session = openSession({ settings: processSettings((key) => request.config.get(key)) });
    return Promise.resolve();
  }

  check(_olds: Properties, news: Properties): Promise<dynamic.CheckResult> {
    return forHost("check", news, ({ args, customTimeouts, urn }, hide) => {
      if (urn !== undefined) this.#checked.add(urn);
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
    return forHost("diff", news, ({ args, urn }) => {
      const result = diff(this.#definition, id, readProperties(olds).args, args);
      if (result.action === "none") return { changes: false };
      const isDeployment = urn !== undefined && this.#checked.has(urn);
      const what = isDeployment ? "runs again" : "the next `pulumi up` runs it again";
      const why = result.reasons.join("; ");
      engineReporter(urn).status(result.action === "rerun" ? `${what}: ${why}` : why);
      if (result.action === "update") return { changes: true };
      if (isDeployment) this.#superseded.set(urn, id);
      return { changes: true, replaces: [...result.properties], deleteBeforeReplace: result.deleteFirst };
    });
  }

  async create(inputs: Properties): Promise<dynamic.CreateResult> {
    const properties = readProperties(inputs);
    let outcome: Outcome;
    try {
      outcome = await create(properties.args, this.#host(properties, "create"));
    } catch (error) {
      const code = isWorkflowExecutionError(error) ? error.code : undefined;
      const message = messageOf(error);
      const isUncertain = error instanceof StartUncertainError;
      throw new Error(hiderOf(properties)(isUncertain ? message : sayNotStarted({ message, code })), {
        cause: error,
      });
    }
    return { id: outcome.id, outs: outsOf(outcome, inputs, properties) };
  }

  async update(id: string, olds: Properties, news: Properties): Promise<dynamic.UpdateResult> {
    const properties = readProperties(news);
    const state = readProperties(olds).args;
    const outcome = await update(id, state, properties.args, this.#host(properties, "update")).catch(
      (error: unknown) => {
        throw new Error(hiderOf(properties)(messageOf(error)));
      },
    );
    return { outs: outsOf(outcome, news, properties) };
  }

  read(id: string, stored: Properties): Promise<dynamic.ReadResult> {
    return forHost("read", stored, async (properties) => {
      if (properties.urn !== undefined) this.#checked.delete(properties.urn);
      const state = await read(id, properties.args, this.#host(properties));
      if (!state) throw new Error(`${this.#definition.title} knows no execution ${id} of this workflow`);
      return { id, props: toOutputs(state, stored, properties) };
    });
  }

  delete(id: string, stored: Properties): Promise<void> {
    return forHost("delete", stored, (properties) =>
      deleteExecution(id, properties.args, this.#host(properties, "delete")),
    );
  }

  #host(properties: ResourceProperties, operation?: "create" | "update" | "delete"): LifecycleHost {
    return {
      definition: this.#definition,
      session: this.#session,
      reporter: reporterOf(properties),
      urn: properties.urn,
      supersedes: properties.urn === undefined ? undefined : this.#superseded.get(properties.urn),
      signal: new AbortController().signal,
      operationTimeoutSeconds: operation && parseDurationSeconds(properties.customTimeouts[operation]),
    };
  }
}

// `__provider` and our own meta data stay with the resource: without the first, it could not even be deleted.
function toOutputs(
  state: StoredState,
  given: Properties,
  { secretArguments }: ResourceProperties,
): Properties {
  const internal = Object.entries(given).filter(([name]) => name.startsWith("__"));
  return markSecretOutputs(toPlainOutputs({ ...state, ...Object.fromEntries(internal) }), secretArguments);
}

function outsOf(outcome: Outcome, inputs: Properties, properties: ResourceProperties): Properties {
  const outs = toOutputs(outcome.state, inputs, properties);
  if (outcome.kind === "ready") return outs;
  throw new CreatedButNotReady(outcome.id, outs, outcome.reasons.map(hiderOf(properties)));
}

/** Takes the values of secret arguments out of a text that people will see. */
function hiderOf({ args, secretArguments }: ResourceProperties): (text: string) => string {
  const secrets = secretTexts(args, secretArguments);
  return (text) => redact(text, secrets);
}

function reporterOf(properties: ResourceProperties): Reporter {
  const reporter = engineReporter(properties.urn);
  const hide = hiderOf(properties);
  return {
    status: (text) => {
      reporter.status(hide(text));
    },
    warn: (text) => {
      reporter.warn(hide(text));
    },
  };
}

async function forHost<T>(
  operation: string,
  given: Properties,
  work: (properties: ResourceProperties, hide: (text: string) => string) => T | Promise<T>,
): Promise<T> {
  const properties = readProperties(given);
  const hide = hiderOf(properties);
  try {
    return await work(properties, hide);
  } catch (error) {
    throw new HostError(operation, hide(messageOf(error)));
  }
}

const providers = Object.fromEntries(
  Object.entries(services).map(([service, definition]) => [service, new ExecutionProvider(definition)]),
) as unknown as Record<ServiceName, dynamic.ResourceProvider>;

export = providers;
