/**
 * An entry of the journal: the known starts of one resource, and the reader of an entry's file. Pure.
 */
import { isMap } from "../execution/rules";

/** A start that was, or is about to be, posted, and whose execution no state is known to have. */
export interface PendingStart {
  /** Key of the wanted run. */
  readonly key: string;
  /** Name of the attempt, as it is given to services that take names. */
  readonly runName: string;
  /** Milliseconds since the epoch, this machine's clock. */
  readonly postedMs: number;
  /**
   * The executions that the service had shown before: an execution that it shows later and that is not among these may
   * be this start's.
   */
  readonly since?: SeenBefore | undefined;
  /** The last posting, where there was more than one: until then the start can still be on its way. */
  readonly again?: PostedAgain | undefined;
  /** The execution that the run replaces. */
  readonly supersedesId?: string | undefined;
  /** True if no call has shown that the state ever had the execution that the run replaces. */
  readonly supersedesUnseen?: true | undefined;
  /** True if the state had an execution that the run replaces, and nobody said which. */
  readonly replacesUnknown?: true | undefined;
  /** True if the program chose the name, which anybody may have used. */
  readonly isNamed?: true | undefined;
  /** True if the execution was taken over because it ran (`concurrency: "adopt"`): it may be another start's too. */
  readonly isJoined?: true | undefined;
  /** Of a teardown runbook: the arming that it was run for. */
  readonly armedId?: string | undefined;
  /** The service's answer; absent until it has come. */
  readonly executionId?: string | undefined;
  /**
   * True if the deployment came to its regular end after it had answered with the execution. Pulumi then has it in
   * the state, unless it could not save it: only a later call shows that.
   */
  readonly isAnswered?: true | undefined;
  /** True if something of its deployment failed: then Pulumi does not go on to delete the replaced execution. */
  readonly isUnready?: true | undefined;
}

/**
 * The executions that a list had shortly before a start. They are remembered by their ids: the times of the services
 * come from several clocks, and one execution that is dated ahead would hide all later ones.
 */
export interface SeenBefore {
  /**
   * Executions that began before this moment count as seen, milliseconds since the epoch: some time before the list was
   * made.
   */
  readonly fromMs: number;
  /** All others, but those that resources of this machine are known to have. */
  readonly ids: readonly string[];
  /** The time at which the list was made, by the service's clock; absent if the service did not say. */
  readonly servedAtMs?: number | undefined;
}

/** The time at which a start was posted again. */
export interface PostedAgain {
  /** Milliseconds since the epoch, this machine's clock. */
  readonly postedMs: number;
  /** By the service's clock, shortly before; absent if it did not say. */
  readonly servedAtMs?: number | undefined;
}

/** A start with the facts of an earlier attempt of the same start, from which the execution may come. */
export function addEvidence(start: PendingStart, earlier: PendingStart | undefined): PendingStart {
  if (earlier?.runName !== start.runName || earlier.executionId !== undefined) return start;
  // A replacement that the engine forces does not know the replaced execution: the first attempt may have known.
  const { supersedesId, supersedesUnseen } = start.supersedesId === undefined ? earlier : start;
  return {
    ...start,
    ...(supersedesId === undefined ? {} : { supersedesId }),
    ...(supersedesUnseen === true ? { supersedesUnseen } : {}),
    postedMs: Math.min(earlier.postedMs, start.postedMs),
    since: seenByBoth(earlier.since, start.since),
    again: start.again ?? { postedMs: start.postedMs, servedAtMs: start.since?.servedAtMs },
  };
}

// If the service's clock was set back between two attempts, the execution of the second is dated before the moment from
// which the first one's list counts. The second attempt has not started the executions in its list.
function seenByBoth(first: SeenBefore | undefined, second: SeenBefore | undefined): SeenBefore | undefined {
  if (!first || !second || second.fromMs >= first.fromMs) return first ?? second;
  return { ...first, fromMs: second.fromMs, ids: [...new Set([...first.ids, ...second.ids])] };
}

/** The journal's knowledge of one resource. */
export interface JournalEntry {
  readonly urn: string;
  /** The workflow as its backend identifies it. */
  readonly workflow: string;
  readonly pending?: PendingStart | undefined;
  /** Executions that a state has had, oldest first. */
  readonly past: readonly string[];
  /** The execution that the state had when a call last showed it; absent once it is deleted. */
  readonly inState?: string | undefined;
  /** The name that its start carried, where this machine posted it. */
  readonly inStateName?: string | undefined;
  /** The last deployment that was about to replace the resource. */
  readonly replacedBy?: string | undefined;
  /** The last arming of a teardown runbook: one that was armed before is a copy that it has replaced. */
  readonly lastArmedId?: string | undefined;
}

/** Reads an entry; undefined for a text that is none, in whole or in part: half of the evidence misleads. */
export function parseEntry(text: string): JournalEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isMap(value) || typeof value["urn"] !== "string" || typeof value["workflow"] !== "string")
    return undefined;
  const pending = parsePending(value["pending"]);
  if (pending === undefined && value["pending"] !== undefined) return undefined;
  return {
    urn: value["urn"],
    workflow: value["workflow"],
    past: texts(value["past"]),
    ...(typeof value["inState"] === "string" ? { inState: value["inState"] } : {}),
    ...(typeof value["inStateName"] === "string" ? { inStateName: value["inStateName"] } : {}),
    ...(typeof value["replacedBy"] === "string" ? { replacedBy: value["replacedBy"] } : {}),
    ...(typeof value["lastArmedId"] === "string" ? { lastArmedId: value["lastArmedId"] } : {}),
    ...(pending ? { pending } : {}),
  };
}

function parsePending(value: unknown): PendingStart | undefined {
  if (!isMap(value)) return undefined;
  const { key, runName, postedMs, since, supersedesId, executionId, armedId } = value;
  if (typeof key !== "string" || typeof runName !== "string" || !isTime(postedMs)) return undefined;
  const seen = parseSeen(since);
  if (seen === undefined && since !== undefined) return undefined;
  const again = parseAgain(value["again"]);
  return {
    key,
    runName,
    postedMs,
    since: seen,
    ...(again ? { again } : {}),
    supersedesId: typeof supersedesId === "string" ? supersedesId : undefined,
    executionId: typeof executionId === "string" ? executionId : undefined,
    ...(typeof armedId === "string" ? { armedId } : {}),
    ...flags(value, "isAnswered", "isUnready", "isJoined", "supersedesUnseen", "replacesUnknown", "isNamed"),
  };
}

function flags<Name extends string>(
  value: Readonly<Record<string, unknown>>,
  ...names: readonly Name[]
): Partial<Record<Name, true>> {
  const set = names.filter((name) => value[name] === true).map((name) => [name, true] as const);
  return Object.fromEntries(set) as Partial<Record<Name, true>>;
}

function parseAgain(value: unknown): PostedAgain | undefined {
  if (!isMap(value) || !isTime(value["postedMs"])) return undefined;
  const { postedMs, servedAtMs } = value;
  return { postedMs, ...(isTime(servedAtMs) ? { servedAtMs } : {}) };
}

function parseSeen(value: unknown): SeenBefore | undefined {
  if (!isMap(value) || !isTime(value["fromMs"]) || !Array.isArray(value["ids"])) return undefined;
  const { fromMs, servedAtMs } = value;
  return {
    fromMs,
    ids: texts(value["ids"]),
    ...(isTime(servedAtMs) ? { servedAtMs } : {}),
  };
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
