/**
 * A process's memory of the deployment that it serves: the calls that belong to a deployment, the executions that a
 * create replaces, and the answers. The engine tells none of this, whichever front it calls.
 */
import type { Superseded } from "../../lifecycle";

/** An execution that create has answered with. */
export interface AnsweredExecution {
  readonly service: string;
  readonly urn: string | undefined;
  readonly id: string;
}

/** The memory of one deployment, for all services. */
export class DeploymentMemory {
  /**
   * Executions that create has answered with. Not every replacement is compared first (`replacementTrigger`,
   * `--replace`): the next deployment must not take an execution that this one leaves in the state for an interrupted
   * start. Only a later call shows whether the state has the execution.
   */
  readonly answered: AnsweredExecution[] = [];
  /** A deployment that fails does not go on to delete the resources that it has replaced. */
  hasFailed = false;
}

/** The memory of the resources of one service. */
export class ResourceMemory {
  // The executions that the state has before this deployment changes it. Create comes later in the same process and is
  // not told which execution it replaces. The engine also replaces for reasons of its own, of which diff is not told.
  readonly #present = new Map<string, Superseded>();
  // Resources whose arguments were checked since they were last read. A deployment checks before it compares; a
  // refresh compares too, without having checked, and runs nothing.
  readonly #checked = new Set<string>();
  // Resources of which check was given the old inputs: the state has them.
  readonly #inState = new Set<string>();

  /**
   * The arguments of a resource are checked.
   * @param formerUrn the URN under which the state has the resource, where an alias moves it: the replaced execution is
   *   deleted by its former name.
   */
  checked(urn: string | undefined, formerUrn: string | undefined, isInState: boolean): void {
    if (urn !== undefined) this.#checked.add(urn);
    if (formerUrn !== undefined) this.#checked.add(formerUrn);
    if (urn !== undefined && isInState) this.#inState.add(urn);
  }

  /** A resource is read: a comparison that follows belongs to a refresh. */
  read(urn: string | undefined): void {
    if (urn !== undefined) this.#checked.delete(urn);
  }

  /** True if a call for this resource belongs to a deployment, not to a refresh. */
  isDeployment(urn: string | undefined): urn is string {
    return urn !== undefined && this.#checked.has(urn);
  }

  /** True if the state is known to have the resource. */
  isInState(urn: string | undefined): urn is string {
    return urn !== undefined && this.#inState.has(urn);
  }

  /** Remembers the execution that the state has of a resource. */
  remember(urn: string, present: Superseded): void {
    this.#present.set(urn, present);
  }

  /** The same for a resource of which nothing is remembered. */
  rememberUnlessKnown(urn: string, present: Superseded): void {
    if (!this.#present.has(urn)) this.remember(urn, present);
  }

  /** The execution that the state has of a resource, where a call has shown it. */
  presentOf(urn: string | undefined): Superseded | undefined {
    return urn === undefined ? undefined : this.#present.get(urn);
  }

  /**
   * True for an execution that the state has of some resource of the program: its delete is a replacement, also under the
   * URN that it had before an alias.
   */
  isPresent(id: string): boolean {
    return [...this.#present.values()].some((present) => present.id === id);
  }
}

/** A stored execution that a new one replaces. */
export function supersededBy(id: string, stored: Readonly<Record<string, unknown>>): Superseded {
  const { startedAt, settledAt, adoptExecutionId } = stored;
  return {
    id,
    startedAt: textOf(startedAt),
    settledAt: textOf(settledAt),
    adoptedId: textOf(adoptExecutionId),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
