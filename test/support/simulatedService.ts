/**
 * A service for the planner, on a simulated clock: executions with given durations, and status requests and lists that
 * take time and tokens. Reports the delay until each end was seen, and the number of requests; a thousand executions of
 * an hour take a second.
 */
import { seededRandom } from "../../bench/distributions.mjs";
import { ThrottledError } from "../../provider/src/ground/errors";
import type { ExecutionSnapshot } from "../../provider/src/execution/snapshot";
import { WorkflowWatch } from "../../provider/src/waiting/workflowWatch";
import type { PollPolicy } from "../../provider/src/waiting/pollPolicy";
import type { Subscriber } from "../../provider/src/waiting/subscription";
import type { WatchedWorkflow } from "../../provider/src/waiting/watchedWorkflow";
import { isSettled } from "../../provider/src/execution/snapshot";
import type { RateLimit } from "../../provider/src/http/tokenBucket";
import { TokenBucket, withReserve } from "../../provider/src/http/tokenBucket";
import { simulatedClock } from "./simulatedClock";
import { never } from "./sessions";

/** The capabilities and limits of a service. */
export interface SimulatedKind {
  readonly longPollSeconds: number;
  readonly pageSize: number | undefined;
  readonly listTells: "outcome" | "status";
  readonly statusRequests: RateLimit;
  readonly lists: RateLimit;
}

/** The three services, as planner and buckets see them. */
export const kinds = {
  aom: {
    longPollSeconds: 0,
    pageSize: undefined,
    listTells: "outcome",
    statusRequests: { tokens: 20, perSecond: 10 },
    lists: { tokens: 20, perSecond: 10 },
  },
  functiongraph: {
    longPollSeconds: 0,
    pageSize: 100,
    listTells: "status",
    statusRequests: { tokens: 20, perSecond: 10 },
    lists: { tokens: 20, perSecond: 10 },
  },
  cloudflow: {
    longPollSeconds: 60,
    pageSize: 99,
    listTells: "outcome",
    statusRequests: { tokens: 50, perSecond: 5 },
    lists: { tokens: 10, perSecond: 2 },
  },
} as const satisfies Readonly<Record<string, SimulatedKind>>;

/** The service and the executions to simulate. */
export interface Simulation {
  readonly kind: SimulatedKind;
  /** Milliseconds, one per execution. */
  readonly durations: readonly number[];
  /** Milliseconds from one start to the next. */
  readonly startEveryMs?: number;
  /** Durations of earlier executions, in milliseconds. */
  readonly past?: readonly number[];
  /**
   * Decides when to poll and how.
   * @default the provider's
   */
  readonly policy?: PollPolicy;
  /** Time until an answer, in milliseconds. */
  readonly latencyMs?: number;
  /** Longest time from an execution's start to the beginning of its wait, which is random, in milliseconds. */
  readonly joinWithinMs?: number;
  /** Lead of the service's clock over ours, in milliseconds. */
  readonly clockAheadMs?: number;
  /** Executions of others between ours, per one of ours. */
  readonly foreign?: number;
  /** Fails a list instead of answering it. */
  readonly listError?: () => Error | undefined;
  /**
   * Time until the answer to a list, in milliseconds.
   * @default latencyMs
   */
  readonly listTakesMs?: number;
  /** Fails a status request instead of answering it; an execution's requests are counted from 1. */
  readonly statusError?: (index: number, count: number) => Error | undefined;
  /** True where a long poll is answered at once, as some gateways do. */
  readonly cutsShort?: (count: number) => boolean;
  /** Sets our clock, not the service's: when, after the first start, and by how much, in milliseconds. */
  readonly clockSet?: { readonly afterMs: number; readonly byMs: number };
  /** True where an execution is not in lists. */
  readonly hides?: (index: number) => boolean;
}

/** The figures of a simulation. */
export interface Simulated {
  /** Delay between each end and its discovery, in milliseconds. */
  readonly lagsMs: readonly number[];
  readonly statusRequests: number;
  readonly lists: number;
  /** Status requests and lists per execution. */
  readonly requestsEach: number;
}

/** Waits for all executions. */
export async function simulate(simulation: Simulation): Promise<Simulated> {
  const { durations, joinWithinMs = 0, clockSet } = simulation;
  const service = new SimulatedExecutions(simulation);
  const { clock, random } = service;
  const watch = new WorkflowWatch(service.workflow());
  const waitFor = async (index: number): Promise<number> => {
    await clock.sleep(service.startedMs(index) + random() * joinWithinMs - service.now());
    const subscription = watch.subscribe({
      executionId: `ex-${String(index)}`,
      justStarted: true,
      deadlineMs: service.zeroMs + 24 * 3_600_000,
      signal: never,
      poll: (options) => service.answer(index, options),
    });
    for (;;) {
      try {
        const { status } = await subscription.next();
        if (isSettled(status)) break;
      } catch {
        await clock.sleep(1_000);
      }
    }
    subscription.unsubscribe();
    return service.now() - service.endMs(index);
  };
  if (clockSet)
    void clock.sleep(clockSet.afterMs).then(() => {
      service.setClock(clockSet.byMs);
    });
  const lagsMs = await clock.run(Promise.all(durations.map((_, index) => waitFor(index))));
  const { statusRequests, lists } = service;
  return { lagsMs, statusRequests, lists, requestsEach: (statusRequests + lists) / durations.length };
}

/** The executions of one workflow, and the requests that tell of them. */
class SimulatedExecutions {
  readonly clock = simulatedClock();
  readonly random = seededRandom(7);
  readonly zeroMs = this.clock.now();
  statusRequests = 0;
  lists = 0;
  readonly #simulation: Simulation;
  readonly #latencyMs: number;
  readonly #statusBucket: TokenBucket;
  readonly #listBucket: TokenBucket;
  readonly #statusRequestsFor: number[];
  #setByMs = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#latencyMs = simulation.latencyMs ?? 40;
    this.#statusBucket = new TokenBucket(withReserve(simulation.kind.statusRequests), this.clock);
    this.#listBucket = new TokenBucket(withReserve(simulation.kind.lists), this.clock);
    this.#statusRequestsFor = simulation.durations.map(() => 0);
  }

  /** The service's time, but for the difference that its answers show. */
  now(): number {
    return this.clock.now() - this.#setByMs;
  }

  startedMs(index: number): number {
    return this.zeroMs + index * (this.#simulation.startEveryMs ?? 10);
  }

  endMs(index: number): number {
    return this.startedMs(index) + (this.#simulation.durations[index] ?? 0);
  }

  /** Sets our clock, not the service's. */
  setClock(byMs: number): void {
    this.#setByMs += byMs;
    this.clock.jump(byMs);
  }

  /** Answers a status request. */
  async answer(
    index: number,
    { signal, waitSeconds = 0, listed }: Parameters<Subscriber["poll"]>[0],
  ): Promise<ExecutionSnapshot> {
    const { kind, statusError, cutsShort } = this.#simulation;
    if (listed && kind.listTells === "outcome") return listed;
    const permit = await this.#statusBucket.take(signal);
    this.statusRequests += 1;
    const count = (this.#statusRequestsFor[index] = (this.#statusRequestsFor[index] ?? 0) + 1);
    await this.clock.sleep(this.#latencyMs);
    permit.done();
    const error = statusError?.(index, count);
    if (error) throw error;
    if (waitSeconds > 0 && cutsShort?.(count) !== true)
      await this.clock.sleep(Math.min(waitSeconds * 1000, Math.max(0, this.endMs(index) - this.now())));
    return this.#snapshotOf(index);
  }

  /** The workflow as the provider watches it. */
  workflow(): WatchedWorkflow {
    const { kind, policy, past = [] } = this.#simulation;
    return {
      clock: this.clock,
      random: this.random,
      longPollSeconds: kind.longPollSeconds,
      pageSize: kind.pageSize,
      listTells: kind.listTells,
      budgets: { describe: this.#statusBucket, list: this.#listBucket },
      policy,
      pastDurations: async () => {
        this.lists += 1;
        await this.clock.sleep(this.#latencyMs);
        return past;
      },
      listPage: (...page) => this.#listPage(...page),
    };
  }

  async #listPage(
    ...[{ startedAfterMs = -Infinity, startedBeforeMs = Infinity }, { token }, signal]: Parameters<
      WatchedWorkflow["listPage"]
    >
  ): ReturnType<WatchedWorkflow["listPage"]> {
    const { kind, listTakesMs = this.#latencyMs, listError } = this.#simulation;
    const permit = await this.#listBucket.take(signal);
    this.lists += 1;
    await this.clock.sleep(listTakesMs, signal);
    permit.done();
    const error = listError?.();
    if (error instanceof ThrottledError) this.#listBucket.drain(error.retryAfterMs);
    if (error) throw error;
    const all = this.#listed(startedAfterMs, startedBeforeMs).reverse();
    const from = Number(token ?? 0);
    const size = kind.pageSize ?? Infinity;
    const rows = new Map(all.slice(from, from + size).map((row) => [row.executionId, row]));
    return {
      executions: [...rows.values()],
      ...(from + size < all.length ? { nextToken: String(from + size) } : {}),
      ...(kind.listTells === "outcome" ? { snapshotOf: (id: string) => rows.get(id) } : {}),
    };
  }

  #listed(startedAfterMs: number, startedBeforeMs: number): ExecutionSnapshot[] {
    const { durations, clockAheadMs = 0, foreign = 0, hides } = this.#simulation;
    return durations.flatMap((_, index) => {
      const at = this.startedMs(index) + clockAheadMs;
      if (this.startedMs(index) > this.now() || at < startedAfterMs || at > startedBeforeMs) return [];
      const others = Array.from({ length: foreign }, (_each, other) => ({
        ...this.#snapshotOf(index),
        executionId: `other-${String(index)}-${String(other)}`,
      }));
      return [...others, ...(hides?.(index) === true ? [] : [this.#snapshotOf(index)])];
    });
  }

  #snapshotOf(index: number): ExecutionSnapshot {
    const iso = (ms: number): string => new Date(ms + (this.#simulation.clockAheadMs ?? 0)).toISOString();
    const ended = this.now() >= this.endMs(index);
    return {
      executionId: `ex-${String(index)}`,
      status: ended ? "succeeded" : "running",
      rawStatus: "",
      startedAt: iso(this.startedMs(index)),
      ...(ended ? { settledAt: iso(this.endMs(index)) } : {}),
      steps: [],
    };
  }
}
