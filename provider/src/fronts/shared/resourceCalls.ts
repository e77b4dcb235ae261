/**
 * The calls of one service's resources, from every front. Remembers the facts that the engine does not tell, and gives
 * the lifecycle the facts that it needs.
 */
import type {
  ArgumentProblem,
  Arguments,
  BackendDefinition,
  CustomTimeouts,
  Diff,
  LifecycleHost,
  NewSecret,
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
  diff,
  explainUnready,
  read,
  update,
} from "../../lifecycle";
import type { DeploymentMemory } from "./deploymentMemory";
import { ResourceMemory, supersededBy } from "./deploymentMemory";
import type { EngineReporter } from "./engineMessages";
import { foreignValues } from "./foreignValues";
import { keepAlive } from "./heartbeat";
import { argumentsTooLarge } from "./plainOutputs";
import { rowReporter } from "./rowReporter";

/** The means that a front lends to the calls of a deployment. */
export interface ServedDeployment {
  readonly host: {
    /** Aborts when the deployment is to end. */
    readonly signal: AbortSignal;
    /** The same text in all processes that serve this deployment; undefined if that is not known. */
    readonly deployment: string | undefined;
    /** Resolves to true if the engine is still there, or if that cannot be told. */
    hasEngine(): Promise<boolean>;
  };
  /** The register of runs; one for all services. */
  readonly register: RunRegister;
  /** The memory of the deployment; one for all services. */
  readonly deployment: DeploymentMemory;
}

/** One call for a resource. */
export interface ResourceCall {
  readonly args: Arguments;
  readonly urn: string | undefined;
  /** Names of the arguments that the program makes secret. */
  readonly programSecrets: readonly string[];
  readonly reporter: EngineReporter;
  /** The option `customTimeouts` for this operation, in seconds. */
  readonly timeoutSeconds?: number | undefined;
}

/** The parts that a front adds to a check. */
export interface CheckedResource {
  readonly urn: string | undefined;
  readonly args: Arguments;
  readonly customTimeouts?: CustomTimeouts;
  /** The URN under which the state has the resource, where an alias moves it and the front is told. */
  readonly formerUrn?: string | undefined;
  /** True if the engine gave old inputs: the state has the resource. */
  readonly isInState: boolean;
}

/** The parts that a front adds to a comparison. */
export interface ComparedResource {
  readonly id: string;
  /** Arguments and outcome as the state has them. */
  readonly stored: StoredState;
  /** Paths of properties whose change runs the workflow again; empty if the engine takes care of that. */
  readonly replaceOnChanges: readonly string[];
  readonly newSecrets: readonly NewSecret[];
  /** True if an outcome is no reason to do anything: the execution is being taken into the state as it is. */
  readonly isOutcomeTaken?: boolean;
  /** Says why something will be done; not called where nothing will. */
  explain(result: Diff, isDeployment: boolean): Promise<void>;
}

// A line a minute for each of them is as much as anybody reads.
const maxLiveRows = 20;

/** The calls of the resources of one service. */
export class ResourceCalls {
  readonly #definition: BackendDefinition;
  readonly #served: ServedDeployment;
  readonly #session: () => Session;
  readonly #memory = new ResourceMemory();
  #liveRows = 0;

  /** @param session the session of the calls; asked for at each of them. */
  constructor(definition: BackendDefinition, served: ServedDeployment, session: () => Session) {
    this.#definition = definition;
    this.#served = served;
    this.#session = session;
  }

  /** The problems of the arguments; empty if there are none. */
  check({ urn, args, customTimeouts, formerUrn, isInState }: CheckedResource): ArgumentProblem[] {
    this.#memory.checked(urn, formerUrn, isInState);
    const tooLarge = argumentsTooLarge(args);
    if (tooLarge) return [tooLarge];
    const { settings } = this.#session();
    return [...foreignValues(args), ...check(this.#definition, args, settings, customTimeouts)];
  }

  /** Compares the state with the program. */
  async diff(call: ResourceCall, compared: ComparedResource): Promise<Diff & { isDeployment: boolean }> {
    const { args, urn } = call;
    const { id, stored, replaceOnChanges, newSecrets } = compared;
    const isDeployment = this.#memory.isDeployment(urn);
    if (isDeployment) this.#memory.remember(urn, supersededBy(id, stored));
    const { signal } = this.#served.host;
    const place = await this.#session().findPlace(this.#definition, stored, args, signal);
    const found = diff(this.#definition, id, stored, args, replaceOnChanges, newSecrets, place);
    const isTaken = compared.isOutcomeTaken === true && found.changes.every(({ isInput }) => !isInput);
    const result: Diff = isTaken ? { ...found, action: "none", changes: [] } : found;
    // An execution that is about to be replaced is remembered also on a machine that has never started it.
    const always = isDeployment && result.action === "rerun";
    // A refresh compares copies too that are still to be deleted.
    const shown = { always, mayBeCopy: !isDeployment };
    await this.#served.register.recorded(this.#definition.service, urn, id, shown);
    if (result.action !== "none") await compared.explain(result, isDeployment);
    if (isDeployment && (result.action === "rerun" || result.action === "rearm")) {
      await this.#noteReplacing(urn);
    }
    return { ...result, isDeployment };
  }

  /**
   * Starts and waits.
   * @throws WorkflowExecutionError and others, when nothing was started or it can't be told.
   */
  async create(call: ResourceCall): Promise<Outcome> {
    const { urn } = call;
    // The engine also replaces for reasons of its own, without comparing.
    if (this.#memory.isInState(urn)) await this.#noteReplacing(urn);
    const outcome = await this.#alive(call, (live) => create(live.args, this.#host(live))).catch(
      (error: unknown) => {
        throw asNotStarted(error);
      },
    );
    const { service } = this.#definition;
    this.#served.deployment.answered.push({ service, urn, id: outcome.id });
    return outcome;
  }

  /** Updates the same execution with new arguments, or resumes a wait that was interrupted. */
  update(id: string, stored: StoredState, call: ResourceCall): Promise<Outcome> {
    return this.#alive(call, (live) => update(id, stored, live.args, this.#host(live)));
  }

  /** The service's present answer; undefined if there is none. */
  read(id: string, call: ResourceCall): Promise<StoredState | undefined> {
    this.#memory.read(call.urn);
    return read(id, call.args, this.#host(call));
  }

  /** The reason why an execution in this state is not as the program wants it; undefined if it is. */
  explainUnready(id: string, state: StoredState, call: ResourceCall): Promise<string | undefined> {
    return explainUnready(id, state, call.args, this.#host(call));
  }

  /** Deletes the resource: an execution that is still running is stopped or left, and a teardown runbook is run. */
  async delete(id: string, call: ResourceCall): Promise<void> {
    const { urn } = call;
    const { deployment, register } = this.#served;
    // The engine does not say why. If the program still has the resource, another one takes its place: only a
    // deployment checks, and a resource that is destroyed is not checked.
    const isReplacement =
      urn !== undefined &&
      (this.#memory.isDeployment(urn) || this.#memory.isPresent(id) || (await this.#isReplacing(urn)));
    // A run that `executionKey` names replaces itself where nothing else has changed: it goes on for the new resource.
    if (isReplacement && deployment.answered.some((execution) => execution.id === id)) return;
    // The resource is deleted before its successor is created, and perhaps never compared.
    if (isReplacement) this.#memory.rememberUnlessKnown(urn, supersededBy(id, call.args));
    await this.#alive(call, (live) => deleteExecution(id, live.args, { ...this.#host(live), isReplacement }));
    // A replaced execution is deleted when the state has its successor.
    const successor = deployment.answered.findLast((each) => each.urn !== undefined && each.urn === urn);
    if (!isReplacement || successor === undefined) return;
    await register.recorded(this.#definition.service, urn, successor.id);
  }

  // A log shows that a wait goes on; of a thousand waits, a few say so.
  async #alive<T>(call: ResourceCall, work: (call: ResourceCall) => Promise<T>): Promise<T> {
    if (this.#liveRows >= maxLiveRows) return work(call);
    const { reporter } = call;
    const live = keepAlive(reporter, this.#session().clock);
    this.#liveRows += 1;
    try {
      return await work({ ...call, reporter: { ...reporter, ...live.row } });
    } finally {
      live.stop();
      this.#liveRows -= 1;
    }
  }

  /** The lifecycle's means for a call. */
  #host({ urn, programSecrets, reporter, timeoutSeconds }: ResourceCall): LifecycleHost {
    const { host, register } = this.#served;
    return {
      definition: this.#definition,
      session: this.#session(),
      reporter: rowReporter(reporter),
      urn,
      register,
      secretArguments: programSecrets,
      supersedes: this.#memory.presentOf(urn),
      isInState: this.#memory.isInState(urn),
      signal: host.signal,
      isWanted: () => host.hasEngine(),
      operationTimeoutSeconds: timeoutSeconds,
    };
  }

  #noteReplacing(urn: string): Promise<void> {
    const { register, host } = this.#served;
    return register.replacing(this.#definition.service, urn, host.deployment);
  }

  #isReplacing(urn: string): Promise<boolean> {
    const { register, host } = this.#served;
    return register.isReplacing(this.#definition.service, urn, host.deployment);
  }
}
