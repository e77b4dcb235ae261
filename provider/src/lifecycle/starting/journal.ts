/**
 * This machine's memory of starts whose outcome the stack's state may not have: one small durable file per resource,
 * beside Pulumi's own. Written before a start and after its answer; lost, it costs certainty, never correctness.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { isMap } from "../../backends/rules";

/** A start that was, or is about to be, posted, and whose execution no state is known to have. */
export interface PendingStart {
  /** Key of the wanted run. */
  readonly key: string;
  /** Name of the attempt, as it is given to services that take names. */
  readonly runName: string;
  /** Milliseconds since the epoch, this machine's clock. */
  readonly postedMs: number;
  /** What the service had shown before: whatever comes after it may be this start's. */
  readonly since?: SeenBefore | undefined;
  /** The execution that the run replaces. */
  readonly supersedesId?: string | undefined;
  /** The service's answer; absent until it has come. */
  readonly executionId?: string | undefined;
}

/** The newest executions that a list had before a start, by the service's own clock. */
export interface SeenBefore {
  /** Start of the newest one, milliseconds since the epoch; 0 where there was none. */
  readonly newestMs: number;
  /** Those that began at that very moment, or at no known one. */
  readonly ids: readonly string[];
}

/** What the journal knows of one resource. */
export interface JournalEntry {
  readonly urn: string;
  /** The workflow as its backend identifies it. */
  readonly workflow: string;
  readonly pending?: PendingStart | undefined;
  /** Executions that a state has had, oldest first. */
  readonly past: readonly string[];
}

// Enough to recognise all that a list of the last days can hold of one resource.
const maxPast = 200;
// Nobody comes back to a crash after this time.
const maxAgeMs = 90 * 24 * 3_600_000;

/** Entries by resource; safe with many processes, because only one of them deploys a resource. */
export class Journal {
  readonly #folder: string | undefined;
  // What this process has written: true also where the disk refuses it.
  readonly #written = new Map<string, JournalEntry>();
  readonly #onTrouble: (message: string) => void;
  #prepared: Promise<void> | undefined;

  /**
   * @param folder where the files are; without one, the journal lasts as long as the process.
   * @param onTrouble is told, once, that nothing can be kept.
   */
  constructor(folder: string | undefined, onTrouble: (message: string) => void = () => undefined) {
    this.#folder = folder;
    let told = false;
    this.#onTrouble = (message) => {
      if (!told) onTrouble(message);
      told = true;
    };
  }

  /** What is known of a resource. */
  read(service: string, urn: string): Promise<JournalEntry | undefined> {
    const file = fileName(service, urn);
    return Promise.resolve(this.#written.get(file) ?? this.#load(file));
  }

  /** What is known of all resources of a service that were deployed from this machine. */
  async readAll(service: string): Promise<JournalEntry[]> {
    const names = new Set([...this.#written.keys()].filter((name) => name.startsWith(`${service}/`)));
    if (this.#folder !== undefined) {
      const files = await readdir(join(this.#folder, service)).catch((): string[] => []);
      for (const file of files) if (file.endsWith(".json")) names.add(`${service}/${file}`);
    }
    return [...names]
      .map((name) => this.#written.get(name) ?? this.#load(name))
      .filter((entry) => entry !== undefined);
  }

  /** Keeps an entry, durably: when this returns, a crash of the machine does not lose it. */
  async write(service: string, entry: JournalEntry): Promise<void> {
    const file = fileName(service, entry.urn);
    const kept = { ...entry, past: entry.past.slice(-maxPast) };
    this.#written.set(file, kept);
    if (this.#folder === undefined) return;
    try {
      await (this.#prepared ??= this.#prepare(this.#folder));
      // Loaded late: previews never write.
      const { default: writeFileAtomic } = await import("write-file-atomic");
      await mkdir(join(this.#folder, service), { recursive: true, mode: 0o700 });
      await writeFileAtomic(join(this.#folder, file), JSON.stringify(kept), { mode: 0o600 });
    } catch (error) {
      this.#onTrouble(
        `nothing can be noted in ${this.#folder} (${(error as NodeJS.ErrnoException).code ?? String(error)}): ` +
          "should this process be killed, the next deployment may not find what was started",
      );
    }
  }

  #load(file: string): JournalEntry | undefined {
    if (this.#folder === undefined) return undefined;
    // Not through the thread pool: that takes ten times as long for a file so small, and a thousand comparisons of a
    // deployment that changes nothing read one each.
    let text: string;
    try {
      text = readFileSync(join(this.#folder, file), "utf8");
    } catch {
      return undefined;
    }
    return parseEntry(text);
  }

  // Once per process, so that the folder does not grow for ever.
  async #prepare(folder: string): Promise<void> {
    const files = await readdir(folder, { recursive: true }).catch((): string[] => []);
    for (const file of files) {
      const path = join(folder, file);
      const info = await stat(path).catch(() => undefined);
      if (info?.isFile() && Date.now() - info.mtimeMs > maxAgeMs) await unlink(path).catch(() => undefined);
    }
  }
}

function fileName(service: string, urn: string): string {
  return `${service}/${createHash("sha256").update(urn).digest("hex").slice(0, 32)}.json`;
}

/** Reads an entry; undefined for a file that is none: what can't be read is not known. */
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
  return {
    urn: value["urn"],
    workflow: value["workflow"],
    past: texts(value["past"]),
    ...(pending ? { pending } : {}),
  };
}

function parsePending(value: unknown): PendingStart | undefined {
  if (!isMap(value)) return undefined;
  const { key, runName, postedMs, since, supersedesId, executionId } = value;
  if (typeof key !== "string" || typeof runName !== "string" || !isTime(postedMs)) return undefined;
  return {
    key,
    runName,
    postedMs,
    since: isMap(since) ? { newestMs: timeOf(since["newestMs"]), ids: texts(since["ids"]) } : undefined,
    supersedesId: typeof supersedesId === "string" ? supersedesId : undefined,
    executionId: typeof executionId === "string" ? executionId : undefined,
  };
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function timeOf(value: unknown): number {
  return isTime(value) ? value : 0;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
