/**
 * This machine's memory of starts whose outcome the stack's state may not have: one small durable file per resource,
 * beside Pulumi's own. Written before a start and after its answer; lost, it costs certainty, never correctness.
 */
import { createHash } from "node:crypto";
import { messageOf } from "../ground/errors";
import type { Clock } from "../ground/clock";
import type { JournalEntry } from "./journalEntry";
import { parseEntry } from "./journalEntry";

/** The place where the entries are kept. Names are `<service>/<32 hex digits>.json`. */
export interface JournalStorage {
  /** For messages. */
  readonly place: string;
  /**
   * Text of an entry; undefined if there is none.
   * @throws when there is something that can't be read.
   */
  read(name: string): string | undefined;
  /** Names of a service's entries. */
  list(service: string): Promise<readonly string[]>;
  /** Keeps an entry, durably: when this resolves, a crash of the machine does not lose it. */
  write(name: string, text: string): Promise<void>;
  /** Moves something that is no entry out of the way; the file stays for inspection. */
  setAside(name: string): Promise<void>;
  /** Drops an entry. */
  remove(name: string): Promise<void>;
  /** Names of a service's entries that were last written before a moment, milliseconds since the epoch. */
  olderThan(service: string, beforeMs: number): Promise<readonly string[]>;
}

// Enough to recognise all that a list of the last days can hold of one resource.
const maxPast = 200;

// After this time the ids of past executions are in no list that matters.
const maxAgeMs = 90 * 24 * 3_600_000;

/** Options for opening a journal. */
export interface JournalOptions {
  /** @default none: the journal lasts as long as the process */
  readonly storage?: JournalStorage | undefined;
  readonly clock: Clock;
  /**
   * Called with a message about an entry that cannot be kept, or is no longer known; with the resource if the message
   * is about one.
   */
  readonly onTrouble: (message: string, urn?: string) => void;
}

/** Entries by resource; safe with many processes, because only one of them deploys a resource. */
export class Journal {
  readonly #options: JournalOptions;
  // The entries that this process has written: true also where the disk refuses them.
  readonly #written = new Map<string, JournalEntry>();
  /** Entries that are there and can't be read. */
  readonly #damaged = new Set<string>();
  readonly #pruned = new Map<string, Promise<void>>();
  #isWriteTroubleReported = false;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** The entry of a resource. */
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

  /** The entries of all resources of a service that were deployed from this machine. */
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
      if (this.#isWriteTroubleReported) return;
      this.#isWriteTroubleReported = true;
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

  // Once per process, so that the storage does not grow for ever. Clocks can be wrong by years: a start whose result is
  // not known is kept, whatever its age.
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
