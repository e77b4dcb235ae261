/**
 * Lets the starts of one workflow through in batches: a batch looks at the workflow's executions once, decides, posts,
 * and only when all its answers are there may the next one look. So nothing that a process is just starting is ever
 * taken for somebody else's, and a thousand starts cost a handful of lists.
 */
import type { Backend } from "../../backends/backend";
import type { ExecutionSummary } from "../../execution/snapshot";
import { listAll, pageLimit } from "../pages";

/** The workflow's executions as one batch sees them: each list is made once, when it is first asked for. */
export interface Look {
  /** All that have not settled. */
  unsettled(): Promise<readonly ExecutionSummary[]>;
  /** The newest ones, at least one page; newest first. */
  newest(): Promise<readonly ExecutionSummary[]>;
  /** All that began at this time or later, newest first; milliseconds since the epoch, the service's clock. */
  since(ms: number): Promise<readonly ExecutionSummary[]>;
  /** Anything else that the batch has to find out only once. */
  once<T>(name: string, find: () => Promise<T>): Promise<T>;
}

const minuteMs = 60_000;

interface Waiting {
  readonly alone: boolean;
  readonly enter: (look: Look) => Promise<void>;
}

/** One workflow's gate in this process. */
export class StartGate {
  readonly #makeLook: () => Look;
  readonly #around: (work: () => Promise<void>) => Promise<void>;
  #waiting: Waiting[] = [];
  #open = true;

  /**
   * @param makeLook for each batch.
   * @param around runs a batch, e.g. while other processes of this machine are kept out.
   */
  constructor(makeLook: () => Look, around: (work: () => Promise<void>) => Promise<void> = (work) => work()) {
    this.#makeLook = makeLook;
    this.#around = around;
  }

  /**
   * Runs `work` with the next batch, or in a batch of its own where what it starts counts for the next one.
   * @throws whatever `work` throws.
   */
  enter<T>(work: (look: Look) => Promise<T>, { alone = false } = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ alone, enter: (look) => work(look).then(resolve, reject) });
      void this.#letThrough();
    });
  }

  async #letThrough(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    // Whoever comes in the same turn of the event loop comes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      await this.#around(async () => {
        const batch = this.#nextBatch();
        const look = this.#makeLook();
        await Promise.all(batch.map(({ enter }) => enter(look)));
      });
    }
    this.#open = true;
  }

  #nextBatch(): Waiting[] {
    const together = this.#waiting.findIndex(({ alone }) => alone);
    const size = together === -1 ? this.#waiting.length : Math.max(1, together);
    return this.#waiting.splice(0, size);
  }
}

/** A look at a workflow; every list is made at most once. */
export function lookAt(backend: Backend, pageSize: number | undefined, signal: AbortSignal): Look {
  const found = new Map<string, Promise<unknown>>();
  const once = <T>(name: string, find: () => Promise<T>): Promise<T> => {
    const known = (found.get(name) as Promise<T> | undefined) ?? find();
    found.set(name, known);
    return known;
  };
  // A service without pages gives everything anyway.
  const all = (): Promise<readonly ExecutionSummary[]> =>
    once("all", () => listAll(backend, {}, pageLimit(pageSize), signal));
  return {
    once,
    unsettled: () => once("unsettled", () => backend.listUnsettled(signal)),
    newest: () =>
      pageSize === undefined
        ? all()
        : once("newest", async () => (await backend.listPage({}, { limit: pageSize }, signal)).executions),
    since: async (ms) => {
      // By the minute, so that keys made within the same one share a list.
      const fromMs = Math.floor(ms / minuteMs) * minuteMs;
      const list =
        pageSize === undefined
          ? await all()
          : await once(`since ${String(fromMs)}`, () =>
              listAll(backend, { startedAfterMs: fromMs }, pageSize, signal),
            );
      return list.filter(({ startedAt }) => startedAt === undefined || Date.parse(startedAt) >= ms);
    },
  };
}
