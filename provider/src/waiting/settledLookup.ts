/**
 * Confirms stored outcomes by list: a refresh of a thousand settled executions reads a few pages instead of asking a
 * thousand times. Shared by all resources of a workflow; `lifecycle/read` asks it.
 */
import type { Clock } from "../ground/clock";
import { onAbort } from "../ground/onAbort";
import { PageWalk } from "../execution/pageWalk";
import type { ExecutionPage } from "../execution/service";
import type { ExecutionSummary } from "../execution/snapshot";

/** The means of a lookup. */
export interface SettledLookupOptions {
  readonly clock: Clock;
  /**
   * One page of the workflow's executions, newest first.
   * @param token the last page's `nextToken`; undefined for the first page.
   */
  list(token: string | undefined, signal: AbortSignal): Promise<ExecutionPage>;
}

// Reads within this time are answered together.
const gatherMs = 20;
// A settled execution changes only when somebody has its failed steps run again: a page may be this old.
const freshMs = 30_000;
// For fewer, a list is no gain.
const fewest = 3;

interface Asking {
  readonly executionId: string;
  readonly answer: (row: ExecutionSummary | undefined) => void;
}

/** The lookup of one workflow; one per workflow and session. */
export class SettledLookup {
  readonly #options: SettledLookupOptions;
  #rows = new Map<string, ExecutionSummary>();
  #readAtMs = -Infinity;
  #walk = new PageWalk({ maxPages: Infinity });
  #isComplete = false;
  #pages = 0;
  #asked = 0;
  #asking: Asking[] = [];
  #working = false;
  /** Ends the list under way. */
  #abandoned = new AbortController();

  constructor(options: SettledLookupOptions) {
    this.#options = options;
  }

  /**
   * The execution as a list has it; undefined if no list that is worth its price has it: then poll it individually.
   * Never reads more pages than executions were asked for. Never throws; undefined also where the signal aborts.
   */
  find(executionId: string, signal: AbortSignal): Promise<ExecutionSummary | undefined> {
    this.#forgetOld();
    this.#asked += 1;
    const known = this.#rows.get(executionId);
    if (known || signal.aborted) return Promise.resolve(known);
    return new Promise((resolve) => {
      const stay = onAbort(signal, () => {
        this.#asking = this.#asking.filter((other) => other !== asking);
        if (this.#asking.length === 0) this.#abandoned.abort();
        resolve(undefined);
      });
      const asking: Asking = {
        executionId,
        answer: (row) => {
          stay();
          resolve(row);
        },
      };
      this.#asking.push(asking);
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    try {
      await this.#options.clock.sleep(gatherMs);
      while (this.#asking.length > 0) {
        this.#asking = this.#asking.filter(({ executionId, answer }) => {
          const row = this.#rows.get(executionId);
          if (row) answer(row);
          return !row;
        });
        const isWorthAPage =
          !this.#isComplete &&
          this.#pages < this.#asked &&
          (this.#pages > 0 || this.#asking.length >= fewest);
        if (this.#asking.length > 0 && !(isWorthAPage && (await this.#readPage()))) break;
      }
    } finally {
      this.#working = false;
      for (const { answer } of this.#asking.splice(0)) answer(undefined);
    }
  }

  async #readPage(): Promise<boolean> {
    this.#abandoned = new AbortController();
    const { signal } = this.#abandoned;
    try {
      if (this.#pages === 0) this.#readAtMs = this.#options.clock.now();
      this.#pages += 1;
      const page = await this.#options.list(this.#walk.token, signal);
      for (const row of this.#walk.news(page.executions, ({ executionId: id }) => id)) {
        this.#rows.set(row.executionId, row);
      }
      this.#isComplete = !this.#walk.goOn(page.nextToken);
      return true;
    } catch {
      // Polling each execution individually tells the problem, and may work if a list does not. An abandoned list tells
      // nothing.
      this.#isComplete = !signal.aborted;
      return false;
    }
  }

  #forgetOld(): void {
    if (this.#working || this.#options.clock.now() - this.#readAtMs <= freshMs) return;
    this.#rows = new Map();
    this.#walk = new PageWalk({ maxPages: Infinity });
    this.#isComplete = false;
    this.#pages = 0;
    this.#asked = 0;
  }
}
