/**
 * This machine's memory of starts whose outcome the stack's state may not have: one small durable file per resource,
 * beside Pulumi's own. Written before a start and after its answer; lost, it costs certainty, never correctness.
 */
import { createHash } from "node:crypto";
import { isMap } from "../execution/rules";
import { messageOf } from "../ground/errors";
import type { Clock } from "../ground/clock";

/** Where the entries are kept. Names are `<service>/<32 hex digits>.json`. */
export interface JournalStorage {
  /** For messages. */
  readonly place: string;
  /**
   * Text of an entry; undefined where there is none.
   * @throws where there is something that can't be read.
   */
  read(name: string): string | undefined;
  /** Names of a service's entries. */
  list(service: string): Promise<readonly string[]>;
  /** Keeps an entry, durably: when this resolves, a crash of the machine does not lose it. */
  write(name: string, text: string): Promise<void>;
  /** Moves something that is no entry out of the way; it stays to be looked at. */
  setAside(name: string): Promise<void>;
  /** Drops an entry. */
  remove(name: string): Promise<void>;
  /** Names of a service's entries that were last written before a moment, milliseconds since the epoch. */
  olderThan(service: string, beforeMs: number): Promise<readonly string[]>;
}

/** A start that was, or is about to be, posted, and whose execution no state is known to have. */
export interface PendingStart {
  /** Key of the wanted run. */
  readonly key: string;
  /** Name of the attempt, as it is given to services that take names. */
  readonly runName: string;
  /** Milliseconds since the epoch, this machine's clock. */
  readonly postedMs: number;
  /** What the service had shown before: what it shows later and is not among that may be this start's. */
  readonly since?: SeenBefore | undefined;
  /** Where it was posted more than once, the last time: until then it can still be on its way. */
  readonly again?: PostedAgain | undefined;
  /** The execution that the run replaces. */
  readonly supersedesId?: string | undefined;
  /** True where no call has shown that the state ever had the execution that the run replaces. */
  readonly supersedesUnseen?: true | undefined;
  /** True where the state had an execution that the run replaces, and nobody said which. */
  readonly replacesUnknown?: true | undefined;
  /** True where the program chose the name, which anybody may have used. */
  readonly isNamed?: true | undefined;
  /** True where the execution was taken over because it ran (`concurrency: "adopt"`): it may be another start's too. */
  readonly isJoined?: true | undefined;
  /** Of a teardown runbook: the arming that it was run for. */
  readonly armedId?: string | undefined;
  /** The service's answer; absent until it has come. */
  readonly executionId?: string | undefined;
  /**
   * True where the deployment came to its regular end after it had answered with the execution. Pulumi then has it in
   * the state, unless it could not save it: only a later call shows that.
   */
  readonly isAnswered?: true | undefined;
  /** True where something of its deployment failed: then Pulumi does not go on to delete what was replaced. */
  readonly isUnready?: true | undefined;
}

/**
 * The executions that a list had shortly before a start. They are remembered by their ids: what the services say of
 * times comes from several clocks, and one execution that is dated ahead would hide all that come after it.
 */
export interface SeenBefore {
  /** What began before this moment counts as seen, milliseconds since the epoch: some time before the list was made. */
  readonly fromMs: number;
  /** All others, but those that resources of this machine are known to have. */
  readonly ids: readonly string[];
  /** When the list was made, by the service's clock; absent where it did not say. */
  readonly servedAtMs?: number | undefined;
}

/** When a start was posted again. */
export interface PostedAgain {
  /** Milliseconds since the epoch, this machine's clock. */
  readonly postedMs: number;
  /** By the service's clock, shortly before; absent where it did not say. */
  readonly servedAtMs?: number | undefined;
}

/** A start with what is known of an earlier attempt of the same one, which may be what the execution came from. */
export function addEvidence(start: PendingStart, earlier: PendingStart | undefined): PendingStart {
  if (earlier?.runName !== start.runName || earlier.executionId !== undefined) return start;
  // A replacement that the engine forces is not told what it replaces: the first attempt may have known.
  const { supersedesId, supersedesUnseen } = start.supersedesId === undefined ? earlier : start;
  return {
    ...start,
    ...(supersedesId === undefined ? {} : { supersedesId }),
    ...(supersedesUnseen === true ? { supersedesUnseen } : {}),
    postedMs: Math.min(earlier.postedMs, start.postedMs),
    since: earlier.since ?? start.since,
    again: start.again ?? { postedMs: start.postedMs, servedAtMs: start.since?.servedAtMs },
  };
}

/** What the journal knows of one resource. */
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

// Enough to recognise all that a list of the last days can hold of one resource.
const maxPast = 200;
// After this time the ids of past executions are in no list that matters.
const maxAgeMs = 90 * 24 * 3_600_000;

/** What to open a journal with. */
export interface JournalOptions {
  /** @default none: the journal lasts as long as the process */
  readonly storage?: JournalStorage | undefined;
  readonly clock: Clock;
  /** Is told what can't be kept, or is no longer known; with the resource where it is about one. */
  readonly onTrouble: (message: string, urn?: string) => void;
}

/** Entries by resource; safe with many processes, because only one of them deploys a resource. */
export class Journal {
  readonly #options: JournalOptions;
  // What this process has written: true also where the disk refuses it.
  readonly #written = new Map<string, JournalEntry>();
  /** Entries that are there and can't be read. */
  readonly #damaged = new Set<string>();
  readonly #pruned = new Map<string, Promise<void>>();
  #isWriteTroubleTold = false;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** What is known of a resource. */
  read(service: string, urn: string): Promise<JournalEntry | undefined> {
    const name = entryName(service, urn);
    const entry = this.#written.get(name) ?? this.#load(name, urn);
    // Two URNs with one name: nothing is known of this one.
    return Promise.resolve(entry?.urn === urn ? entry : undefined);
  }

  /** The last deployment that was about to replace a resource, also where another process of it has noted that. */
  lastReplacedBy(service: string, urn: string): Promise<readonly string[]> {
    const name = entryName(service, urn);
    const entries = [this.#written.get(name), this.#load(name, urn)];
    return Promise.resolve(
      entries.flatMap((entry) =>
        entry?.urn === urn && entry.replacedBy !== undefined ? [entry.replacedBy] : [],
      ),
    );
  }

  /** What is known of all resources of a service that were deployed from this machine. */
  async readAll(service: string): Promise<JournalEntry[]> {
    const names = new Set([...this.#written.keys()].filter((name) => name.startsWith(`${service}/`)));
    const stored = await this.#options.storage?.list(service).catch(() => []);
    for (const name of stored ?? []) names.add(name);
    return [...names]
      .map((name) => this.#written.get(name) ?? this.#load(name))
      .filter((entry) => entry !== undefined);
  }

  /** Keeps an entry, durably: when this returns, a crash of the machine does not lose it. */
  async write(service: string, entry: JournalEntry): Promise<void> {
    const name = entryName(service, entry.urn);
    const kept = { ...entry, past: entry.past.slice(-maxPast) };
    this.#written.set(name, kept);
    const { storage } = this.#options;
    if (!storage) return;
    try {
      if (!this.#pruned.has(service)) this.#pruned.set(service, this.#prune(service, storage));
      await this.#pruned.get(service);
      if (this.#damaged.delete(name)) await storage.setAside(name).catch(() => undefined);
      await storage.write(name, JSON.stringify(kept));
    } catch (error) {
      if (this.#isWriteTroubleTold) return;
      this.#isWriteTroubleTold = true;
      this.#options.onTrouble(
        `the record of starts in ${storage.place} can't be written (${(error as NodeJS.ErrnoException).code ?? String(error)}): ` +
          "if this process is killed, the next deployment may not find the executions that it started",
      );
    }
  }

  #load(name: string, urn?: string): JournalEntry | undefined {
    const { storage } = this.#options;
    if (!storage) return undefined;
    let problem: string;
    try {
      const text = storage.read(name);
      if (text === undefined) return undefined;
      const entry = parseEntry(text);
      if (entry) return entry;
      problem = "the file is not a journal entry";
    } catch (error) {
      problem = (error as NodeJS.ErrnoException).code ?? messageOf(error);
    }
    this.#tellDamage(name, problem, urn);
    return undefined;
  }

  #tellDamage(name: string, problem: string, urn: string | undefined): void {
    if (this.#damaged.has(name)) return;
    this.#damaged.add(name);
    this.#options.onTrouble(
      `the record of starts ${this.#options.storage?.place ?? ""}/${name} can't be read (${problem}): it is no longer known whether ` +
        `an earlier deployment ${urn === undefined ? "of a resource " : ""}was interrupted after a start. ` +
        "If one was, check the service's console for its execution before you deploy again",
      urn,
    );
  }

  // Once per process, so that the storage does not grow for ever. Clocks can be wrong by years: a start of which it is not
  // known what came of it is kept, whatever its age.
  async #prune(service: string, storage: JournalStorage): Promise<void> {
    const beforeMs = this.#options.clock.now() - maxAgeMs;
    for (const name of await storage.olderThan(service, beforeMs).catch(() => [])) {
      const entry = this.#loadQuietly(name, storage);
      if (entry && (!entry.pending || entry.pending.isAnswered === true))
        await storage.remove(name).catch(() => undefined);
    }
  }

  #loadQuietly(name: string, storage: JournalStorage): JournalEntry | undefined {
    try {
      const text = storage.read(name);
      return text === undefined ? undefined : parseEntry(text);
    } catch {
      return undefined;
    }
  }
}

function entryName(service: string, urn: string): string {
  return `${service}/${createHash("sha256").update(urn).digest("hex").slice(0, 32)}.json`;
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
