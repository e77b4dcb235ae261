/**
 * Changes a resource's entry in the journal for each kind of call. Pure: the register reads and writes the entries.
 */
import type { JournalEntry, PendingStart } from "./journalEntry";
import { addEvidence } from "./journalEntry";

/** The entry of a resource that this machine has never started: its workflow only counts for a start. */
export function newEntry(urn: string): JournalEntry {
  return { urn, workflow: "", past: [] };
}

/** Notes a start that is about to be posted, or its result; `undefined` if there was none. */
export function withStart(
  entry: JournalEntry,
  workflow: string,
  pending: PendingStart | undefined,
): JournalEntry {
  const earlier = entry.workflow === workflow ? entry.pending : undefined;
  const inState = entry.inState ?? (pending && replacedInState(pending, entry.past));
  const inStateName = inState === entry.inState ? entry.inStateName : undefined;
  const past = pending ? withFormer(entry, pending) : entry.past;
  return {
    ...entry,
    workflow,
    past,
    inState,
    inStateName,
    pending: pending && addEvidence(pending, earlier),
  };
}

// A replacement that the engine forces may follow another one before any comparison shows the first one's execution.
function withFormer({ past, pending: former }: JournalEntry, pending: PendingStart): readonly string[] {
  const isAnother = former?.executionId !== undefined && former.runName !== pending.runName;
  return isAnother ? withLast(past, former.executionId) : past;
}

/**
 * A call has shown that the state has an execution.
 * @param mayBeCopy true if the call can also be about a copy that has been replaced and is still to be deleted.
 * @returns undefined if nothing changes: a thousand comparisons of a deployment that changes nothing write nothing.
 */
export function withExecutionInState(
  entry: JournalEntry,
  id: string,
  mayBeCopy: boolean,
): JournalEntry | undefined {
  if (entry.inState === id && !entry.pending) return undefined;
  // A copy that has been replaced and is still to be deleted is read too: it says nothing about the present state.
  if (mayBeCopy && (isOldCopy(entry, id) || isUnrelated(entry.pending, id))) return undefined;
  // The execution that is to be replaced is still the state's: the replacement has not arrived there.
  const pending = entry.pending && arrivesLater(entry.pending, id, entry.past.includes(id));
  if (pending === entry.pending && entry.inState === id) return undefined;
  const inStateName = entry.inState === id ? entry.inStateName : nameOf(entry.pending, id);
  return { ...entry, past: withLast(entry.past, id), inState: id, inStateName, pending };
}

/**
 * The resource is gone from the state, and its execution with it.
 * @param isDestroyed nothing takes its place: an execution that was started for it has been dealt with too.
 * @param unarrivedId the execution of that start, where it was found.
 */
export function withoutReleased(
  entry: JournalEntry,
  id: string,
  isDestroyed: boolean,
  unarrivedId: string | undefined,
): JournalEntry {
  const unarrived = unarrivedId ?? entry.pending?.executionId;
  const isCopy = isOldCopy(entry, id) && entry.pending?.supersedesId !== id;
  const isOver = (isDestroyed && !isCopy) || (entry.pending && isOutdated(entry.pending, id));
  const isItself = unarrived === id || entry.pending?.runName === id;
  const pending = isOver || isItself ? undefined : seen(entry.pending, id);
  const inState = isOver || entry.inState === id ? undefined : entry.inState;
  const inStateName = inState === undefined ? undefined : entry.inStateName;
  const earlier = isOver && unarrived !== undefined ? withLast(entry.past, unarrived) : entry.past;
  return { ...entry, past: withLast(earlier, id), inState, inStateName, pending };
}

/**
 * The start is no attempt of any run that may be wanted later.
 * @param id its execution, where one was found.
 */
export function withoutStart(entry: JournalEntry, id: string | undefined): JournalEntry {
  // Its name, where no execution was found: one that finished before the search bears the name all the same.
  const over = id ?? entry.pending?.executionId ?? entry.pending?.runName;
  const past = over === undefined ? entry.past : withLast(entry.past, over);
  const isGone = id !== undefined && entry.inState === id;
  const gone = isGone ? { inState: undefined, inStateName: undefined } : {};
  return { ...entry, ...gone, past, pending: undefined };
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

// The execution that a comparison has shown to be replaced is the one in the state, unless it was deleted before.
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

// A start that is to replace the execution in the state has not arrived there yet. If nobody named the replaced
// execution (the engine had forced the replacement), it is the one in the present state. A start that replaced nothing
// is over when the state has another execution: it was had from elsewhere.
function arrivesLater(pending: PendingStart, id: string, isFromBefore: boolean): PendingStart | undefined {
  if (pending.executionId === id || pending.runName === id) return undefined;
  const { supersedesUnseen, replacesUnknown, ...rest } = pending;
  const isKnown = pending.supersedesId !== undefined && supersedesUnseen !== true;
  if (isKnown) return pending.supersedesId === id || isFromBefore ? pending : undefined;
  // The deployment came to its end, and this machine has never seen the execution in the present state: the stack was
  // deployed from elsewhere.
  if (pending.isAnswered === true && !isFromBefore) return undefined;
  const isReplacement = supersedesUnseen === true || replacesUnknown === true || isFromBefore;
  return isReplacement ? { ...rest, supersedesId: id } : undefined;
}
