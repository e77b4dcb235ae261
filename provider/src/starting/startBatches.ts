/**
 * Lets the starts of one workflow through in batches: a batch lists the workflow's executions once, decides, and
 * posts. The next batch begins when all answers have arrived. So nothing that a process is just starting is ever taken
 * for somebody else's, and a thousand starts cost a handful of lists.
 */
import type { Backend } from "../execution/service";
import { OutOfTimeError, RequestInterruptedError } from "../ground/errors";
import type { ExecutionSummary } from "../execution/snapshot";
import { isOutOfTime } from "../ground/timeLimit";
import { onAbort, unlessAborted } from "../ground/onAbort";
import { listAll, pageLimit } from "../execution/pages";
import type { WorkflowLock } from "./workflowLock";

/** The workflow's executions as one batch sees them: each list is made once, when it is first asked for. */
export interface ExecutionLists {
  /** False if other processes of this machine may be starting the same workflow at this moment. */
  readonly isExclusive: () => boolean;
  /** All that have not settled. */
  unsettled(): Promise<readonly ExecutionSummary[]>;
  /** The newest ones, at least one page; newest first. */
  newest(): Promise<Newest>;
  /** All that began at this time or later, newest first; milliseconds since the epoch, the service's clock. */
  since(ms: number): Promise<readonly ExecutionSummary[]>;
  /** Anything else that the batch has to find out only once. */
  once<T>(name: string, find: () => Promise<T>): Promise<T>;
}

/** The newest executions, and when the service told of them. */
export interface Newest {
  readonly executions: readonly ExecutionSummary[];
  /** By the service's clock, milliseconds since the epoch; undefined if it does not say. */
  readonly servedAtMs: number | undefined;
}

const minuteMs = 60_000;

/** The conditions under which a start joins a batch. */
export interface PermitOptions {
  /** True if its start matters for the next one: it then goes through alone. */
  readonly alone?: boolean;
  /** True if other processes of this machine are to be kept out meanwhile. */
  readonly locked?: boolean;
  /** Ends the wait for a batch. */
  readonly signal: AbortSignal;
  /** Ends the work that was let through. */
  readonly workSignal: AbortSignal;
  /** Called with the reason for the wait, if the wait takes its time. */
  readonly onWait?: (why: string) => void;
}

interface Waiting extends PermitOptions {
  readonly join: (lists: ExecutionLists) => Promise<void>;
}

/** The means of the batches. */
export interface BatchOptions {
  /** For each batch; its signal aborts when all of the batch have given up. */
  readonly makeLists: (isExclusive: () => boolean, signal: AbortSignal) => ExecutionLists;
  readonly lock: WorkflowLock;
  readonly workflow: string;
}

/** The start batches of one workflow in this process. */
export class StartBatches {
  readonly #options: BatchOptions;
  #waiting: Waiting[] = [];
  #isOpen = true;
  /** Ends the wait for the lock when nobody waits for it any more. */
  #nobodyWaits = new AbortController();

  constructor(options: BatchOptions) {
    this.#options = options;
  }

  /**
   * Runs `work` with the next batch, or in a batch of its own.
   * @returns undefined if the signal aborted before the batch began.
   * @throws the error of `work`.
   */
  join<T>(work: (lists: ExecutionLists) => Promise<T>, options: PermitOptions): Promise<T | undefined> {
    if (options.signal.aborted) return Promise.resolve(undefined);
    return new Promise<T | undefined>((resolve, reject) => {
      const stay = onAbort(options.signal, () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        if (this.#waiting.length === 0) this.#nobodyWaits.abort();
        resolve(undefined);
      });
      const waiting: Waiting = {
        ...options,
        join: (lists) => {
          stay();
          return work(lists).then(resolve, reject);
        },
      };
      this.#waiting.push(waiting);
      void this.#letThrough();
    });
  }

  async #letThrough(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // Calls that come in the same turn of the event loop join the batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      if (this.#waiting[0]?.locked !== true) {
        await this.#runBatch(() => true);
        continue;
      }
      this.#nobodyWaits = new AbortController();
      await this.#options.lock(this.#options.workflow, (isHeld) => this.#runBatch(isHeld), {
        signal: this.#nobodyWaits.signal,
        onWait: (why) => {
          for (const { onWait } of this.#waiting) onWait?.(why);
        },
      });
    }
    this.#isOpen = true;
  }

  async #runBatch(isExclusive: () => boolean): Promise<void> {
    const batch = this.#nextBatch();
    if (batch.length === 0) return;
    const allLeft = whenAllAbort(batch.map(({ workSignal }) => workSignal));
    const lists = this.#options.makeLists(isExclusive, allLeft.signal);
    await Promise.all(batch.map(({ join, workSignal }) => join(leavable(lists, workSignal))));
    allLeft.dispose();
  }

  // Those that go together must need the same of the lock.
  #nextBatch(): Waiting[] {
    const first = this.#waiting[0];
    if (!first) return [];
    const other = this.#waiting.findIndex(({ alone, locked }) => alone === true || locked !== first.locked);
    const size = other === -1 ? this.#waiting.length : Math.max(1, other);
    return this.#waiting.splice(0, size);
  }
}

// For one call of the batch: a call whose time is over waits no longer for a list that others still wait for.
function leavable(lists: ExecutionLists, signal: AbortSignal): ExecutionLists {
  const orLeave = <T>(work: Promise<T>): Promise<T> =>
    unlessAborted(work, signal, () => leftBehind("the list of executions", signal));
  return {
    ...lists,
    unsettled: () => orLeave(lists.unsettled()),
    newest: () => orLeave(lists.newest()),
    since: (ms) => orLeave(lists.since(ms)),
    once: (name, find) => orLeave(lists.once(name, find)),
  };
}

/** The error of a call whose signal has aborted during a wait that others continue. */
export function leftBehind(operation: string, signal: AbortSignal): Error {
  const GivenUp = isOutOfTime(signal) ? OutOfTimeError : RequestInterruptedError;
  return new GivenUp({ operation, method: "GET", url: "" }, { mayHaveArrived: false });
}

function whenAllAbort(signals: readonly AbortSignal[]): {
  readonly signal: AbortSignal;
  readonly dispose: () => void;
} {
  const all = new AbortController();
  let left = 0;
  // The last one's reason tells whether time ran out or somebody interrupted.
  const leave = ({ reason }: AbortSignal): void => {
    left += 1;
    if (left === signals.length) all.abort(reason);
  };
  const stays = signals.map((signal) => {
    const leaves = (): void => {
      leave(signal);
    };
    if (!signal.aborted) return onAbort(signal, leaves);
    leaves();
    return () => undefined;
  });
  return {
    signal: all.signal,
    dispose: () => {
      for (const stay of stays) stay();
    },
  };
}

/** One batch's view of a workflow; every list is made at most once. */
export function listOnce(
  backend: Backend,
  pageSize: number | undefined,
  isExclusive: () => boolean,
  signal: AbortSignal,
): ExecutionLists {
  const found = new Map<string, Promise<unknown>>();
  const once = <T>(name: string, find: () => Promise<T>): Promise<T> => {
    const known = (found.get(name) as Promise<T> | undefined) ?? find();
    found.set(name, known);
    return known;
  };
  // A service without pages gives everything at once.
  const newest = (): Promise<Newest> =>
    once("newest", async () => {
      const { executions, servedAtMs } = await backend.listPage({}, { limit: pageLimit(pageSize) }, signal);
      return { executions, servedAtMs };
    });
  return {
    isExclusive,
    once,
    newest,
    unsettled: () => once("unsettled", () => backend.listUnsettled(signal)),
    since: async (ms) => {
      // By the minute, so that keys made within the same one share a list.
      const fromMs = Math.floor(ms / minuteMs) * minuteMs;
      const list =
        pageSize === undefined
          ? (await newest()).executions
          : await once(`since ${String(fromMs)}`, () =>
              listAll(backend, { startedAfterMs: fromMs }, pageSize, signal),
            );
      return list.filter(({ startedAt }) => startedAt === undefined || Date.parse(startedAt) >= ms);
    },
  };
}
