/**
 * One process's knowledge of runs: the journal, the owners of executions, and the start batches of each workflow. A front opens one
 * register per process and lends it to every call.
 */
import type { Clock } from "../ground/clock";
import { systemClock } from "../ground/clock";
import { newEntry, withExecutionInState, withStart, withoutReleased, withoutStart } from "./entryChanges";
import type { JournalStorage } from "./journal";
import { Journal } from "./journal";
import type { JournalEntry, PendingStart } from "./journalEntry";
import { journalFolder } from "./journalFolder";
import { Ownership } from "./ownership";
import { isArmedId } from "./runKey";
import { SharedRuns } from "./sharedRuns";
import type { WorkflowLock } from "./workflowLock";
import { withWorkflowLock } from "./workflowLock";

/** Options for opening a register. */
export interface RegisterOptions {
  /**
   * Folder of the journal.
   * @default none: the journal lasts as long as the process
   */
  readonly journalFolder?: string | undefined;
  /**
   * The place where the journal is kept, instead of a folder.
   * @default the folder
   */
  readonly storage?: JournalStorage | undefined;
  /**
   * Keeps other processes of this machine out of a workflow.
   * @default a lock in a folder that they share
   */
  readonly lock?: WorkflowLock | undefined;
  /** @default the machine's */
  readonly clock?: Clock | undefined;
  /** Is told that the journal can't be written, or an entry not read; with the resource where it is about one. */
  readonly onTrouble?: ((message: string, urn?: string) => void) | undefined;
}

/** A start, and its workflow. */
export interface NotedStart extends PendingStart {
  /** The workflow as its backend identifies it. */
  readonly workflow: string;
}

/** One process's knowledge of runs. */
export class RunRegister {
  /** Keeps other processes of this machine out of a workflow. */
  readonly lock: WorkflowLock;
  /** The owners of executions. */
  readonly owned: Ownership;
  /** The work that the calls of this process do once for all of them. */
  readonly shared = new SharedRuns();
  readonly #journal: Journal;
  // Armings of teardown runbooks that this process was asked to delete.
  readonly #disarmed = new Set<string>();

  constructor(options: RegisterOptions = {}) {
    const { journalFolder: folder, storage, clock = systemClock, onTrouble = () => undefined } = options;
    this.lock = options.lock ?? withWorkflowLock;
    this.#journal = new Journal({
      storage: storage ?? (folder === undefined ? undefined : journalFolder(folder)),
      clock,
      onTrouble,
    });
    this.owned = new Ownership(this.#journal);
  }

  /** A start of this resource whose execution no state is known to have. */
  async pending(service: string, urn: string | undefined): Promise<NotedStart | undefined> {
    const entry = await this.#read(service, urn);
    return entry?.pending && { ...entry.pending, workflow: entry.workflow };
  }

  /** Executions of this resource that a state has had. */
  async past(service: string, urn: string | undefined): Promise<readonly string[]> {
    return (await this.#read(service, urn))?.past ?? [];
  }

  /** Notes a start that is about to be posted, or its result; `undefined` if there was none. */
  async note(
    service: string,
    urn: string | undefined,
    workflow: string,
    pending: PendingStart | undefined,
  ): Promise<void> {
    if (pending?.executionId !== undefined) {
      if (pending.isJoined === true) this.owned.join(pending.executionId);
      else if (urn === undefined) this.owned.take(pending.executionId);
      else this.owned.takeNoted(pending.executionId);
    }
    if (urn === undefined) return;
    const entry = (await this.#read(service, urn)) ?? newEntry(urn);
    await this.#journal.write(service, withStart(entry, workflow, pending));
  }

  /**
   * The deployment has come to its regular end, and has answered with this execution for the resource. Pulumi will have
   * saved the answer, which is not yet known.
   * @param options.isReady false if something of the deployment failed.
   */
  async answered(
    service: string,
    urn: string | undefined,
    id: string,
    { isReady = true }: { readonly isReady?: boolean } = {},
  ): Promise<void> {
    const entry = await this.#read(service, urn);
    if (entry?.pending?.executionId !== id) return;
    const pending = {
      ...entry.pending,
      isAnswered: true as const,
      ...(isReady ? {} : { isUnready: true as const }),
    };
    await this.#journal.write(service, { ...entry, pending });
  }

  /**
   * A call has shown that the state has this execution: nothing about its start needs to be remembered any more.
   * @param options.mayBeCopy true if the call can also be about a copy that has been replaced and is still to be
   *   deleted.
   * @param options.always remembers it on a machine that has never started this resource, too.
   */
  async recorded(
    service: string,
    urn: string | undefined,
    id: string,
    { always = false, mayBeCopy = false }: { readonly always?: boolean; readonly mayBeCopy?: boolean } = {},
  ): Promise<void> {
    // An execution that an interrupted destroy has started is in no state, and neither is one that takes an armed one's
    // place.
    if (isArmedId(id)) {
      // A deployment compares with the state: an arming that was noted since has not arrived there.
      if (!mayBeCopy && (await this.#read(service, urn))?.lastArmedId !== undefined) {
        await this.armed(service, urn, id);
      }
      return;
    }
    this.owned.take(id);
    if (urn === undefined) return;
    const entry = (await this.#read(service, urn)) ?? (always ? newEntry(urn) : undefined);
    const changed = entry && withExecutionInState(entry, id, mayBeCopy);
    if ((changed ?? entry)?.past.includes(id) === true) this.owned.takeNoted(id);
    if (changed) await this.#journal.write(service, changed);
  }

  /**
   * Notes that a deployment is about to replace a resource. If the resource moves to another provider, another process
   * deletes the replaced resource. That process knows nothing of the new resource, and must not take the new one for a
   * leftover, nor the deletion for a destroy.
   */
  async replacing(service: string, urn: string | undefined, deployment: string | undefined): Promise<void> {
    if (urn === undefined || deployment === undefined) return;
    const entry = (await this.#read(service, urn)) ?? newEntry(urn);
    if (entry.replacedBy === deployment) return;
    await this.#journal.write(service, { ...entry, replacedBy: deployment });
  }

  /** True if a process of this deployment has noted that it replaces the resource. */
  async isReplacing(
    service: string,
    urn: string | undefined,
    deployment: string | undefined,
  ): Promise<boolean> {
    if (urn === undefined || deployment === undefined) return false;
    return (await this.#journal.lastReplacedBy(service, urn)).includes(deployment);
  }

  /** Notes that a teardown runbook is armed: an earlier arming in the state is a copy to be deleted. */
  async armed(service: string, urn: string | undefined, id: string): Promise<void> {
    if (urn === undefined) return;
    const entry = (await this.#read(service, urn)) ?? newEntry(urn);
    if (entry.lastArmedId === id) return;
    await this.#journal.write(service, { ...entry, lastArmedId: id });
  }

  /** The last arming of a resource that this machine knows of. */
  async lastArmed(service: string, urn: string | undefined): Promise<string | undefined> {
    return (await this.#read(service, urn))?.lastArmedId;
  }

  /** Marks an arming that this process was asked to delete. */
  disarm(id: string): void {
    this.#disarmed.add(id);
  }

  /** True if this process was asked to delete an arming. */
  isDisarmed(id: string): boolean {
    return this.#disarmed.has(id);
  }

  /** The execution that the state had when a call on this machine last showed it, and the name that its start carried. */
  async inState(
    service: string,
    urn: string | undefined,
  ): Promise<{ readonly id: string; readonly runName?: string | undefined } | undefined> {
    const entry = await this.#read(service, urn);
    return entry?.inState === undefined ? undefined : { id: entry.inState, runName: entry.inStateName };
  }

  /**
   * The resource is gone from the state, and its execution with it.
   * @param options.isDestroyed nothing takes its place: an execution that was started for it has been dealt with too.
   * @param options.unarrivedId the execution of that start, where it was found.
   */
  async released(
    service: string,
    urn: string | undefined,
    id: string,
    {
      isDestroyed = false,
      unarrivedId,
    }: { readonly isDestroyed?: boolean; readonly unarrivedId?: string | undefined } = {},
  ): Promise<void> {
    this.owned.take(id);
    const entry = await this.#read(service, urn);
    if (!entry) return;
    await this.#journal.write(service, withoutReleased(entry, id, isDestroyed, unarrivedId));
  }

  /** A teardown runbook has run as wanted. Pulumi will take its resource out of the state, which is not yet known. */
  async tornDown(service: string, urn: string | undefined): Promise<void> {
    const entry = await this.#read(service, urn);
    if (!entry?.pending) return;
    await this.#journal.write(service, { ...entry, pending: { ...entry.pending, isAnswered: true } });
  }

  /**
   * Notes that a start for other arguments has been dealt with: it is no attempt of any run that may be wanted later.
   * @param id its execution, where one was found.
   */
  async dropped(service: string, urn: string | undefined, id?: string): Promise<void> {
    if (id !== undefined) this.owned.take(id);
    const entry = await this.#read(service, urn);
    if (!entry?.pending) return;
    await this.#journal.write(service, withoutStart(entry, id));
  }

  async #read(service: string, urn: string | undefined): Promise<JournalEntry | undefined> {
    return urn === undefined ? undefined : this.#journal.read(service, urn);
  }
}
