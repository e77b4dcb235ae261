/**
 * A service as the dynamic provider host calls it: turns the host's calls into lifecycle calls, and lifecycle outcomes
 * into what the host expects. What it shares with the process that serves it is handed in.
 */
import type { dynamic } from "@pulumi/pulumi";
import { codeOf, messageOf } from "../../ground/errors";
import { cleanText, toMessage } from "../../ground/text";
import type {
  BackendDefinition,
  LifecycleHost,
  Outcome,
  RunRegister,
  Session,
  StoredState,
} from "../../lifecycle";
import {
  asNotStarted,
  check,
  create,
  deleteExecution,
  describeDiff,
  diff,
  formatProblem,
  inputArguments,
  parseDurationSeconds,
  read,
  describeError,
  update,
} from "../../lifecycle";
import type { EngineReporter } from "../shared/engineReporter";
import type { DeploymentMemory } from "../shared/deploymentMemory";
import { ResourceMemory, supersededBy } from "../shared/deploymentMemory";
import { foreignValues } from "../shared/foreignValues";
import { CreatedButNotReady, HostError } from "./hostErrors";
import type { HostProcess } from "./hostProcess";
import { engineOutputs } from "../shared/engineOutputs";
import { argumentsTooLarge } from "../shared/plainOutputs";
import type { ResourceProperties } from "./properties";
import { metaProperty, readProperties } from "./properties";
import { SecretArguments, newSecrets } from "./secretArguments";
import { answeredMeta, markSecretOutputs, settleOutputs } from "./secretOutputs";
import { rowReporter } from "../shared/rowReporter";
import { holdsSecret, redactSent, secretTexts } from "../shared/secrets";

type Properties = Record<string, unknown>;

/** What a process lends to the providers that it serves. */
export interface ProviderProcess {
  readonly host: Pick<HostProcess, "signal" | "serve" | "hasEngine" | "deployment">;
  /** What is known of runs; one for all providers. */
  readonly register: RunRegister;
  /** What is remembered of the deployment; one for all providers. */
  readonly deployment: DeploymentMemory;
  /** The session of this process: one for all providers, so that services of one account share its login. */
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
  readonly #secretArguments: SecretArguments;
  readonly #inputs: readonly string[];
  readonly #memory = new ResourceMemory();
  #session: Session | undefined;

  constructor(definition: BackendDefinition, process: ProviderProcess) {
    this.#definition = definition;
    this.#process = process;
    this.#secretArguments = new SecretArguments(definition);
    this.#inputs = inputArguments(definition);
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
      this.#memory.checked(urn, readProperties(olds).urn, Object.keys(olds).length > 0);
      const tooLarge = argumentsTooLarge(args);
      const problems = tooLarge
        ? [tooLarge]
        : [
            ...foreignValues(args),
            ...check(this.#definition, args, this.#currentSession.settings, customTimeouts),
          ];
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
      const { args, urn } = call;
      const before = readProperties(olds);
      const { args: stored, urn: storedUrn } = before;
      const isDeployment = this.#memory.isDeployment(urn);
      if (isDeployment) this.#memory.remember(urn, supersededBy(id, stored));
      const secrets = newSecrets(before, call);
      const place = await this.#currentSession.findPlace(
        this.#definition,
        stored,
        args,
        this.#process.host.signal,
      );
      const result = diff(this.#definition, id, stored, args, call.replaceOnChanges, secrets, place);
      // What is about to be replaced is remembered also on a machine that has never started it.
      const always = isDeployment && result.action === "rerun";
      // A refresh compares copies too that are still to be deleted.
      const shown = { always, mayBeCopy: !isDeployment };
      await this.#process.register.handedOver(this.#definition.service, urn, id, shown);
      if (result.action === "none") {
        // A teardown runbook must not run when it is replaced, which its name tells: it has to be stored anew.
        const isRenamed = storedUrn !== undefined && storedUrn !== urn;
        return { changes: isDeployment && isRenamed && stored["runOn"] === "destroy" };
      }
      // Kept: when a terminal's preview has ended, its rows have the names of changed properties only.
      await this.#reporterOf(call).explain(describeDiff(result, isDeployment), isDeployment);
      if (result.action === "update") return { changes: true };
      if (isDeployment) await this.#noteReplacing(urn);
      return { changes: true, replaces: [...result.properties], deleteBeforeReplace: result.deleteFirst };
    });
  }

  create(inputs: Properties): Promise<dynamic.CreateResult> {
    return this.#serve("create", inputs, async (call) => {
      // The engine also replaces for reasons of its own, without comparing.
      if (this.#memory.isInState(call.urn)) await this.#noteReplacing(call.urn);
      const outcome = await create(call.args, this.#host(call, "create")).catch((error: unknown) => {
        throw asNotStarted(error);
      });
      this.#process.deployment.answered.push({
        service: this.#definition.service,
        urn: call.urn,
        id: outcome.id,
      });
      return { id: outcome.id.toWellFormed(), outs: this.#outsOf(outcome, call) };
    });
  }

  update(id: string, olds: Properties, news: Properties): Promise<dynamic.UpdateResult> {
    return this.#serve("update", news, async (call) => {
      const stored = readProperties(olds);
      const outcome = await update(id, stored.args, call.args, this.#host(call, "update"));
      return { outs: this.#outsOf(outcome, call, stored) };
    });
  }

  read(id: string, stored: Properties): Promise<dynamic.ReadResult> {
    return this.#serve("read", stored, async (call) => {
      this.#memory.read(call.urn);
      const state = await read(id, call.args, this.#host(call));
      if (!state) throw new Error(`${this.#definition.title} does not know execution ${id} of this workflow`);
      return { id, props: this.#toOutputs(state, call) };
    });
  }

  delete(id: string, stored: Properties): Promise<void> {
    return this.#serve("delete", stored, async (call) => {
      // The engine does not say why. Where the program still has the resource, another one takes its place: only a
      // deployment checks, and nothing is checked of what is destroyed.
      const isReplacement =
        call.urn !== undefined &&
        (this.#memory.isDeployment(call.urn) || (await this.#isReplacing(call.urn)));
      // A run that `executionKey` names replaces itself where nothing else has changed: it goes on for the new resource.
      if (isReplacement && this.#process.deployment.answered.some((execution) => execution.id === id)) return;
      // Deleted before what takes its place is created, and perhaps never compared.
      if (isReplacement) this.#memory.rememberUnlessKnown(call.urn, supersededBy(id, call.args));
      await deleteExecution(id, call.args, { ...this.#host(call, "delete"), isReplacement });
      // What is replaced goes when the state has what takes its place.
      const successor = this.#process.deployment.answered.findLast(
        ({ urn }) => urn !== undefined && urn === call.urn,
      );
      if (!isReplacement || successor === undefined) return;
      await this.#process.register.handedOver(this.#definition.service, call.urn, successor.id);
    });
  }

  #noteReplacing(urn: string): Promise<void> {
    const { register, host } = this.#process;
    return register.replacing(this.#definition.service, urn, host.deployment);
  }

  #isReplacing(urn: string): Promise<boolean> {
    const { register, host } = this.#process;
    return register.isReplacing(this.#definition.service, urn, host.deployment);
  }

  #host(call: HostCall, operation?: "create" | "update" | "delete"): LifecycleHost {
    return {
      definition: this.#definition,
      session: this.#currentSession,
      reporter: rowReporter(this.#reporterOf(call)),
      urn: call.urn,
      register: this.#process.register,
      secretArguments: call.programSecrets,
      supersedes: this.#memory.presentOf(call.urn),
      isInState: this.#memory.isInState(call.urn),
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

  // From here on there is an execution: nothing may throw but what keeps its id.
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
    // Most calls say nothing.
    let known: readonly string[] | undefined;
    const secrets = (): readonly string[] => (known ??= secretTexts(properties.args, properties.secretPaths));
    const { credentials } = this.#currentSession;
    // A message is not worth an execution: this never throws.
    const hide = (text: string): string => {
      try {
        return cleanText(redactSent(text, credentials.texts, secrets()));
      } catch {
        return "(text not shown: it can't be searched for secrets)";
      }
    };
    const hideCredentials = (text: string): string => redactSent(text, credentials.texts);
    try {
      return await this.#process.host.serve(async () =>
        work({
          ...properties,
          given,
          hide,
          hideCredentials,
          holdsSecret: (value) => holdsSecret(value, secrets()),
        }),
      );
    } catch (error) {
      this.#process.deployment.hasFailed = true;
      if (error instanceof CreatedButNotReady) throw error;
      throw new HostError(operation, hide(describeError({ message: messageOf(error), code: codeOf(error) })));
    } finally {
      await this.#process.everythingSaid(properties.urn).catch(() => undefined);
    }
  }
}

/** One call of the host: the properties that came with it, and what must not be seen of them. */
interface HostCall extends ResourceProperties {
  /** The properties as they came. */
  readonly given: Properties;
  /** Takes the values of secret arguments, and the credentials in use, out of a text that people will see. Never throws. */
  readonly hide: (text: string) => string;
  /** Takes only the credentials in use out of a text: for what programs get as a secret. */
  readonly hideCredentials: (text: string) => string;
  /** Tells whether a secret argument can be found in a value. Never throws. */
  readonly holdsSecret: (value: unknown) => boolean;
}
