/**
 * Tells which executions belong to a resource, as far as this process and the machine's journal know.
 */
import type { Journal } from "./journal";

/** The claims on a workflow's executions, besides the service's own answers. */
export interface Claims {
  /** They are somebody's. */
  readonly taken: ReadonlySet<string>;
  /** Those of them that the journal has: a later process knows them too. */
  readonly noted: ReadonlySet<string>;
  /** The number of starts that still search for their executions. */
  readonly unresolved: number;
  /** The number of those starts that an execution cannot belong to, because it was there before they were posted. */
  readonly seenBefore: ReadonlyMap<string, number>;
}

/** One process's knowledge of the owners of executions. */
export class Ownership {
  readonly #journal: Pick<Journal, "readAll">;
  // Executions that some resource has: in a state, or just started or taken over by this process.
  readonly #taken = new Set<string>();
  readonly #noted = new Set<string>();
  // Executions that were taken over because they run.
  readonly #joined = new Set<string>();

  /** @param journal has the executions of all resources that were deployed from this machine. */
  constructor(journal: Pick<Journal, "readAll">) {
    this.#journal = journal;
  }

  /** Notes that an execution is taken over because it runs: it may be another start's too. */
  join(id: string): void {
    this.#joined.add(id);
  }

  /** Marks an execution as somebody's. */
  take(id: string): void {
    this.#taken.add(id);
  }

  /** Marks an execution as somebody's that the journal has. */
  takeNoted(id: string): void {
    this.#taken.add(id);
    this.#noted.add(id);
  }

  /**
   * Executions of a workflow that are known to be somebody's, and how many starts still search for
   * their executions.
   */
  async claims(service: string, workflow: string): Promise<Claims> {
    const noted = new Set(this.#noted);
    let unresolved = 0;
    const seenBefore = new Map<string, number>();
    for (const entry of await this.#journal.readAll(service)) {
      // The entry of a resource that this machine has never started has no workflow. Ids do not repeat among workflows.
      for (const id of entry.past) noted.add(id);
      if (entry.workflow !== workflow || !entry.pending) continue;
      const { executionId, isJoined, since } = entry.pending;
      if (executionId === undefined) {
        unresolved += 1;
        for (const id of since?.ids ?? []) seenBefore.set(id, (seenBefore.get(id) ?? 0) + 1);
      } else if (isJoined !== true) noted.add(executionId);
    }
    return { taken: new Set([...this.#taken, ...noted]), noted, unresolved, seenBefore };
  }

  /** True if this process has started, taken over or met the execution. */
  isTaken(id: string): boolean {
    return this.#taken.has(id) || this.#joined.has(id);
  }

  /** True if this process has noted in the journal whose the execution is. */
  isNoted(id: string): boolean {
    return this.#noted.has(id);
  }
}
