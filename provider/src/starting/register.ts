/**
 * What this process knows of runs: the journal, which executions belong to whom, and one gate per workflow. A front
 * opens one register per process and lends it to every call.
 */
import { OutOfTimeError, RequestInterruptedError, StartUncertainError } from "../ground/errors";
import type { Clock } from "../ground/clock";
import { systemClock } from "../ground/clock";
import { isOutOfTime } from "../ground/timeLimit";
import { unlessAborted } from "../ground/onAbort";
import { Journal, addEvidence } from "./journal";
import type { JournalEntry, JournalStorage, PendingStart } from "./journal";
import { journalFolder } from "./journalFolder";
import { isArmedId } from "./runKey";
import type { StartGate } from "./startGate";
import { leftBehind } from "./startGate";
import type { WorkflowLock } from "./workflowLock";
import { withWorkflowLock } from "./workflowLock";

/** How to open a register. */
export interface RegisterOptions {
  /**
   * Folder of the journal.
   * @default none: the journal lasts as long as the process
   */
  readonly journalFolder?: string | undefined;
  /**
   * Where the journal is kept, in place of a folder.
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

/** What is known of a workflow's executions besides what the service says. */
export interface Claims {
  /** They are somebody's. */
  readonly taken: ReadonlySet<string>;
  /** How many starts still look for theirs. */
  readonly unresolved: number;
  /** Of how many of those starts an execution can't be, because it was there before they were posted. */
  readonly seenBefore: ReadonlyMap<string, number>;
}

/** A start, and of what. */
export interface NotedStart extends PendingStart {
  /** The workflow as its backend identifies it. */
  readonly workflow: string;
}

/** How one that waits for another's start leaves. */
export interface Leaving {
  readonly signal: AbortSignal;
  /** The error that it leaves with. */
  readonly error: () => Error;
}

/** One process's knowledge of runs. */
export class RunRegister {
  /** Keeps other processes of this machine out of a workflow. */
  readonly lock: WorkflowLock;
  readonly #journal: Journal;
  readonly #gates = new Map<string, StartGate>();
  // Executions that some resource has: in a state, or just started or taken over by this process.
  readonly #taken = new Set<string>();
  // Executions that were taken over because they run.
  readonly #joined = new Set<string>();
  // Executions under way by a key that a program gave: whoever asks for the same one gets the same execution.
  readonly #byKey = new Map<string, Promise<string>>();
  // Executions that starts of this process were answered with, by the name that the start carried.
  readonly #accepted = new Map<string, string>();
  // Armings of teardown runbooks that this process was asked to delete.
  readonly #disarmed = new Set<string>();
  // Names that executions were found to bear; they never change.
  readonly #marks = new Map<string, Promise<string | null | undefined>>();

  constructor(options: RegisterOptions = {}) {
    const { journalFolder: folder, storage, clock = systemClock, onTrouble = () => undefined } = options;
    this.lock = options.lock ?? withWorkflowLock;
    this.#journal = new Journal({
      storage: storage ?? (folder === undefined ? undefined : journalFolder(folder)),
      clock,
      onTrouble,
    });
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

  /** Notes what is about to be posted, or what came of it; `undefined` where nothing did. */
  async note(
    service: string,
    urn: string | undefined,
    workflow: string,
    pending: PendingStart | undefined,
  ): Promise<void> {
    if (pending?.executionId !== undefined) {
      if (pending.isJoined === true) this.join(pending.executionId);
      else this.take(pending.executionId);
    }
    if (urn === undefined) return;
    const entry = await this.#journal.read(service, urn);
    const earlier = entry?.workflow === workflow ? entry.pending : undefined;
    const past = entry?.past ?? [];
    const inState = entry?.inState ?? (pending && replacedInState(pending, past));
    const inStateName = inState === entry?.inState ? entry?.inStateName : undefined;
    const noted = pending && addEvidence(pending, earlier);
    await this.#journal.write(service, {
      ...entry,
      urn,
      workflow,
      past,
      inState,
      inStateName,
      pending: noted,
    });
  }

  /**
   * The deployment has come to its regular end, and this is what it had answered for the resource. Pulumi will have
   * saved it, which is not yet known.
   * @param options.isReady false where something of the deployment failed.
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
   * Asserts that a start is not posted again after it was answered: whatever led here, one more would be one too many.
   * @throws StartUncertainError where this process was answered with an execution of that name.
   */
  assertNotAccepted(workflow: string, runName: string): void {
    const id = this.#accepted.get(`${workflow} ${runName}`);
    if (id === undefined) return;
    throw new StartUncertainError(
      `this process already started run ${runName} as execution ${id}; nothing was started a second time. ` +
        "This is a defect of this package: please report it",
    );
  }

  /** Notes that the service has answered a start with an execution. */
  accepted(workflow: string, runName: string, id: string): void {
    this.#accepted.set(`${workflow} ${runName}`, id);
  }

  /**
   * A call has shown that the state has this execution: nothing about its start needs to be remembered any more.
   * @param options.mayBeCopy where the call can also be about a copy that has been replaced and is still to be deleted.
   * @param options.always remembers it on a machine that has never started this resource, too.
   */
  async handedOver(
    service: string,
    urn: string | undefined,
    id: string,
    { always = false, mayBeCopy = false }: { readonly always?: boolean; readonly mayBeCopy?: boolean } = {},
  ): Promise<void> {
    // What a destroy has started that was cut short is in no state, and neither is what takes an armed one's place.
    if (isArmedId(id)) {
      // What a deployment compares is what the state has: an arming that was noted since has not arrived there.
      if (!mayBeCopy && (await this.#read(service, urn))?.lastArmedId !== undefined) {
        await this.armed(service, urn, id);
      }
      return;
    }
    this.take(id);
    if (urn === undefined) return;
    const known = await this.#read(service, urn);
    const entry = known ?? (always ? newEntry(urn) : undefined);
    // A thousand comparisons of a deployment that changes nothing write nothing.
    if (!entry || (entry.inState === id && !entry.pending)) return;
    // A copy that has been replaced and is still to be deleted is read too: it says nothing of what the state has now.
    if (mayBeCopy && (isOldCopy(entry, id) || isUnrelated(entry.pending, id))) return;
    // The execution that is to be replaced is still the state's: the replacement has not arrived there.
    const pending = entry.pending && arrivesLater(entry.pending, id, entry.past.includes(id));
    if (pending === entry.pending && entry.inState === id) return;
    const inStateName = entry.inState === id ? entry.inStateName : nameOf(entry.pending, id);
    const past = withLast(entry.past, id);
    await this.#journal.write(service, { ...entry, past, inState: id, inStateName, pending });
  }

  /**
   * Notes that a deployment is about to replace a resource. Where the resource moves to another provider, another process
   * deletes what is replaced: it knows nothing of the new one, and must not take it for a leftover, nor this for a destroy.
   */
  async replacing(service: string, urn: string | undefined, deployment: string | undefined): Promise<void> {
    if (urn === undefined || deployment === undefined) return;
    const entry = (await this.#read(service, urn)) ?? newEntry(urn);
    if (entry.replacedBy === deployment) return;
    await this.#journal.write(service, { ...entry, replacedBy: deployment });
  }

  /** Whether a process of this deployment has noted that it replaces the resource. */
  async isReplacing(
    service: string,
    urn: string | undefined,
    deployment: string | undefined,
  ): Promise<boolean> {
    if (urn === undefined || deployment === undefined) return false;
    return (await this.#journal.lastReplacedBy(service, urn)).includes(deployment);
  }

  /** Notes that a teardown runbook is armed: what the state may have of it from before is a copy to be deleted. */
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

  /** Marks an arming as one whose delete this process was asked for. */
  disarm(id: string): void {
    this.#disarmed.add(id);
  }

  /** Whether this process was asked to delete an arming. */
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
   * @param options.isDestroyed nothing takes its place: what was started for it has been dealt with too.
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
    this.take(id);
    const entry = await this.#read(service, urn);
    if (!entry) return;
    const unarrived = unarrivedId ?? entry.pending?.executionId;
    const isCopy = isOldCopy(entry, id) && entry.pending?.supersedesId !== id;
    const isOver = (isDestroyed && !isCopy) || (entry.pending && isOutdated(entry.pending, id));
    const isItself = unarrived === id || entry.pending?.runName === id;
    const pending = isOver || isItself ? undefined : seen(entry.pending, id);
    const inState = isOver || entry.inState === id ? undefined : entry.inState;
    const past = withLast(
      isOver && unarrived !== undefined ? withLast(entry.past, unarrived) : entry.past,
      id,
    );
    const inStateName = inState === undefined ? undefined : entry.inStateName;
    await this.#journal.write(service, { ...entry, past, inState, inStateName, pending });
  }

  /** A teardown runbook has run as wanted. Pulumi will take its resource out of the state, which is not yet known. */
  async tornDown(service: string, urn: string | undefined): Promise<void> {
    const entry = await this.#read(service, urn);
    if (!entry?.pending) return;
    await this.#journal.write(service, { ...entry, pending: { ...entry.pending, isAnswered: true } });
  }

  /**
   * What was started for other arguments has been dealt with: it is no attempt of any run that may be wanted later.
   * @param id its execution, where one was found.
   */
  async dropped(service: string, urn: string | undefined, id?: string): Promise<void> {
    if (id !== undefined) this.take(id);
    const entry = await this.#read(service, urn);
    if (!entry?.pending) return;
    const over = id ?? entry.pending.executionId;
    const past = over === undefined ? entry.past : withLast(entry.past, over);
    const isGone = id !== undefined && entry.inState === id;
    const gone = isGone ? { inState: undefined, inStateName: undefined } : {};
    await this.#journal.write(service, { ...entry, ...gone, past, pending: undefined });
  }

  /** Notes that an execution is taken over because it runs: it may be another start's too. */
  join(id: string): void {
    this.#joined.add(id);
  }

  /** Marks an execution as somebody's. */
  take(id: string): void {
    this.#taken.add(id);
  }

  /** Executions of a workflow that are known to be somebody's, and how many starts still look for theirs. */
  async claims(service: string, workflow: string): Promise<Claims> {
    const taken = new Set(this.#taken);
    let unresolved = 0;
    const seenBefore = new Map<string, number>();
    for (const entry of await this.#journal.readAll(service)) {
      if (entry.workflow !== workflow) continue;
      for (const id of entry.past) taken.add(id);
      if (!entry.pending) continue;
      const { executionId, isJoined, since } = entry.pending;
      if (executionId === undefined) {
        unresolved += 1;
        for (const id of since?.ids ?? []) seenBefore.set(id, (seenBefore.get(id) ?? 0) + 1);
      } else if (isJoined !== true) taken.add(executionId);
    }
    return { taken, unresolved, seenBefore };
  }

  /** True where this process has started, taken over or met the execution. */
  isTaken(id: string): boolean {
    return this.#taken.has(id) || this.#joined.has(id);
  }

  /** The gate of a workflow. */
  gate(workflow: string, make: () => StartGate): StartGate {
    const known = this.#gates.get(workflow) ?? make();
    this.#gates.set(workflow, known);
    return known;
  }

  /**
   * Runs `start` for a key unless this process is at it already; both get the same execution.
   * @param leaving of one that finds another at it: whose time is over does not wait for it.
   */
  async onePerKey(
    key: string,
    start: () => Promise<string>,
    leaving?: Leaving,
  ): Promise<{ id: string; isFirst: boolean }> {
    const known = this.#byKey.get(key);
    if (known) {
      // Who is interrupted waits for the other, who is interrupted too and can tell what became of the start.
      if (!leaving) return { id: await known, isFirst: false };
      const { signal, error } = leaving;
      const late = (): Error | undefined => (isOutOfTime(signal) ? error() : undefined);
      return { id: await unlessAborted(known, signal, late), isFirst: false };
    }
    const mine = start();
    this.#byKey.set(key, mine);
    try {
      return { id: await mine, isFirst: true };
    } catch (error) {
      this.#byKey.delete(key);
      throw error;
    }
  }

  /**
   * The name that an execution bears, read once for all that ask.
   * @param signal of the one that asks: another's reading is not waited for beyond its time.
   * @throws OutOfTimeError, RequestInterruptedError where the signal aborts; whatever `read` throws.
   */
  async mark(
    id: string,
    read: () => Promise<string | null | undefined>,
    signal: AbortSignal,
  ): Promise<string | null | undefined> {
    const known = this.#marks.get(id);
    const reading = known ?? read();
    this.#marks.set(id, reading);
    try {
      return await unlessAborted(reading, signal, () => leftBehind("the name of an execution", signal));
    } catch (error) {
      if (this.#marks.get(id) === reading) this.#marks.delete(id);
      // The time of the one that reads may be over before that of those that wait for it.
      const isCutOff = error instanceof OutOfTimeError || error instanceof RequestInterruptedError;
      if (known && isCutOff && !signal.aborted) return this.mark(id, read, signal);
      throw error;
    }
  }

  async #read(service: string, urn: string | undefined): Promise<JournalEntry | undefined> {
    return urn === undefined ? undefined : this.#journal.read(service, urn);
  }
}

// What is known of a resource that this machine has never started: of which workflow it is only counts for a start.
function newEntry(urn: string): JournalEntry {
  return { urn, workflow: "", past: [] };
}

// The name that an execution's start carried, where it was this one.
function nameOf(pending: PendingStart | undefined, id: string): string | undefined {
  return pending && [pending.executionId, pending.runName].includes(id) ? pending.runName : undefined;
}

// A start whose predecessor is known is about neither.
function isUnrelated(pending: PendingStart | undefined, id: string): boolean {
  if (pending?.supersedesId === undefined || pending.supersedesUnseen === true) return false;
  return ![pending.supersedesId, pending.executionId, pending.runName].includes(id);
}

// The state has another execution now.
function isOldCopy({ inState, past }: JournalEntry, id: string): boolean {
  return inState !== undefined && inState !== id && past.includes(id);
}

// The deployment that noted it had come to its end, and the state went on from elsewhere: it had another execution since,
// which is not the one that was to be replaced.
function isOutdated({ isAnswered, executionId, supersedesId }: PendingStart, id: string): boolean {
  return isAnswered === true && executionId !== id && supersedesId !== id;
}

// What a comparison has shown to be replaced is what the state has, unless it was deleted before.
function replacedInState(pending: PendingStart, past: readonly string[]): string | undefined {
  const { supersedesId: id, supersedesUnseen } = pending;
  return id === undefined || supersedesUnseen === true || past.includes(id) ? undefined : id;
}

// A delete shows that the state had the execution.
function seen(pending: PendingStart | undefined, id: string): PendingStart | undefined {
  if (pending?.supersedesId !== id) return pending;
  const { supersedesUnseen: _supersedesUnseen, ...rest } = pending;
  return rest;
}

function withLast(ids: readonly string[], last: string): readonly string[] {
  return [...ids.filter((id) => id !== last), last];
}

// A start that is to replace the execution in the state has not arrived there yet. Where nobody said what it replaces (the
// engine had forced it), what the state has now is that. A start that replaced nothing is over when the state has another
// execution: it was had from elsewhere.
function arrivesLater(pending: PendingStart, id: string, isFromBefore: boolean): PendingStart | undefined {
  if (pending.executionId === id || pending.runName === id) return undefined;
  const { supersedesUnseen, replacesUnknown, ...rest } = pending;
  const isKnown = pending.supersedesId !== undefined && supersedesUnseen !== true;
  if (isKnown) return pending.supersedesId === id || isFromBefore ? pending : undefined;
  // The deployment came to its end, and this machine has never seen what the state has now: it went on from elsewhere.
  if (pending.isAnswered === true && !isFromBefore) return undefined;
  const isReplacement = supersedesUnseen === true || replacesUnknown === true || isFromBefore;
  return isReplacement ? { ...rest, supersedesId: id } : undefined;
}
