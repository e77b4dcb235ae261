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

type Properties = Record<string, unknown>;

class ExecutionProvider implements dynamic.ResourceProvider {
  readonly #definition: BackendDefinition;
  #session: Session;
  // What diff has said is to be replaced: create comes later in the same process and is not told.
  readonly #superseded = new Map<string, string>();

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
    return forHost("check", () => {
      const { args, customTimeouts } = readProperties(news);
      const problems = check(this.#definition, args, this.#session.settings, customTimeouts);
      return {
        inputs: news,
        failures: problems.map(({ argument, reason }) => ({
          property: argument,
          reason: `"${argument}" ${reason}`,
        })),
      };
    });
  }

  diff(id: string, olds: Properties, news: Properties): Promise<dynamic.DiffResult> {
    return forHost("diff", () => {
      const { args, urn } = readProperties(news);
      const result = diff(this.#definition, id, readProperties(olds).args, args);
      if (result.action === "none") return { changes: false };
      const why = result.reasons.join("; ");
      engineReporter(urn).status(result.action === "rerun" ? `runs again: ${why}` : why);
      if (result.action === "update") return { changes: true };
      if (urn !== undefined) this.#superseded.set(urn, id);
      return { changes: true, replaces: [...result.properties], deleteBeforeReplace: result.deleteFirst };
    });
  }

  async create(inputs: Properties): Promise<dynamic.CreateResult> {
    const properties = readProperties(inputs);
    let outcome: Outcome;
    try {
      outcome = await create(properties.args, this.#host(properties, "create"));
    } catch (error) {
      if (error instanceof StartUncertainError) throw error;
      const code = isWorkflowExecutionError(error) ? error.code : undefined;
      throw new Error(sayNotStarted({ message: messageOf(error), code }), { cause: error });
    }
    return { id: outcome.id, outs: outsOf(outcome, inputs) };
  }

  async update(id: string, olds: Properties, news: Properties): Promise<dynamic.UpdateResult> {
    const properties = readProperties(news);
    const state = readProperties(olds).args;
    const outcome = await update(id, state, properties.args, this.#host(properties, "update"));
    return { outs: outsOf(outcome, news) };
  }

  read(id: string, stored: Properties): Promise<dynamic.ReadResult> {
    return forHost("read", async () => {
      const properties = readProperties(stored);
      const state = await read(id, properties.args, this.#host(properties));
      if (!state) throw new Error(`${this.#definition.title} knows no execution ${id} of this workflow`);
      return { id, props: mergeStored(state, stored) };
    });
  }

  delete(id: string, stored: Properties): Promise<void> {
    return forHost("delete", () => {
      const properties = readProperties(stored);
      return deleteExecution(id, properties.args, this.#host(properties, "delete"));
    });
  }

  #host(properties: ResourceProperties, operation?: "create" | "update" | "delete"): LifecycleHost {
    return {
      definition: this.#definition,
      session: this.#session,
      reporter: engineReporter(properties.urn),
      urn: properties.urn,
      supersedes: properties.urn === undefined ? undefined : this.#superseded.get(properties.urn),
      signal: new AbortController().signal,
      operationTimeoutSeconds: operation && parseDurationSeconds(properties.customTimeouts[operation]),
    };
  }
}

// `__provider` and our own meta data stay with the resource: without the first, it could not even be deleted.
function mergeStored(state: StoredState, properties: Properties): Properties {
  const internal = Object.entries(properties).filter(([name]) => name.startsWith("__"));
  return toPlainOutputs({ ...state, ...Object.fromEntries(internal) });
}

function outsOf(outcome: Outcome, inputs: Properties): Properties {
  const outs = mergeStored(outcome.state, inputs);
  if (outcome.kind === "unready") throw new CreatedButNotReady(outcome.id, outs, outcome.reasons);
  return outs;
}

async function forHost<T>(operation: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new HostError(operation, messageOf(error), error);
  }
}

const providers = Object.fromEntries(
  Object.entries(services).map(([service, definition]) => [service, new ExecutionProvider(definition)]),
) as unknown as Record<ServiceName, dynamic.ResourceProvider>;

export = providers;
