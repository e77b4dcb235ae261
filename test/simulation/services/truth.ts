/**
 * The truth at the service: executions, the times of their starts and ends, and their starters. The service's answers
 * are views of it; the oracle reads it directly.
 */
import type { World } from "../script";
import type { Draw } from "../draw";
import type { Timeline } from "../timeline";

/** The sender of a request. */
export interface Origin {
  /** The deployment; undefined for another person or program. */
  readonly deployment: number | undefined;
  /** The serial of the wanted run for which a start was sent, where only one can have sent it. */
  readonly want?: number | undefined;
}

/** The state of an execution, in the simulation's own words. */
export type TrueStatus = "running" | "succeeded" | "failed" | "stopped";

/** An execution. */
export interface Execution {
  readonly serial: number;
  readonly workflow: string;
  readonly id: string;
  readonly origin: Origin;
  /** The resource for which it was started, where the start's input names it. */
  readonly tag: string | undefined;
  readonly input: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The node of the execution; its dates come from this node's clock. */
  readonly node: number;
  readonly startMs: number;
  /** The time of its own end. */
  endMs: number;
  outcome: "succeeded" | "failed";
  /** The time at which a stop takes hold. */
  stoppedMs: number;
  readonly startedAtMs: number;
  readonly listLagMs: number;
  readonly detailLagMs: number;
  readonly statusLagMs: number;
  /** Its record is gone. */
  isForgotten: boolean;
  /** Delay until the service handled its start, in milliseconds. */
  readonly handledAfterMs: number;
}

/** The content of a start. */
export interface StartRequest {
  readonly workflow: string;
  readonly id: string;
  readonly origin: Origin;
  readonly tag?: string | undefined;
  readonly input?: unknown;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
  readonly node: number;
  readonly handledAfterMs?: number | undefined;
  /** For others' executions. */
  readonly forMs?: number | undefined;
}

/** All executions of a run. */
export class Truth {
  readonly executions: Execution[] = [];
  /** Told of every start that is handled, and of every stop. */
  onStart: (execution: Execution) => void = () => undefined;
  onStop: (execution: Execution, origin: Origin) => void = () => undefined;
  readonly #world: World;
  readonly #draw: Draw;
  readonly #timeline: Timeline;
  readonly #clockOf: (node: number) => number;
  isHealed = false;

  constructor(world: World, draw: Draw, timeline: Timeline, clockOf: (node: number) => number) {
    this.#world = world;
    this.#draw = draw;
    this.#timeline = timeline;
    this.#clockOf = clockOf;
  }

  get nowMs(): number {
    return this.#timeline.nowMs;
  }

  /** Begins an execution. */
  start(request: StartRequest): Execution {
    const { durationMs, failing, lagMs } = this.#world;
    const draw = this.#draw;
    const startMs = this.nowMs;
    // In time for every deadline that a program can have: an execution that is stopped each time would run again with
    // every `up`.
    const [least, most] = this.isHealed ? [500, 2_000] : durationMs;
    const drawnMs = Math.round(least * (most / least) ** draw.next());
    const isFailing = draw.chance(failing) && !this.isHealed;
    const lag = (mostMs: number): number => (this.isHealed ? 0 : Math.floor(draw.next() ** 2 * mostMs));
    const execution: Execution = {
      serial: this.executions.length + 1,
      workflow: request.workflow,
      id: request.id,
      origin: request.origin,
      tag: request.tag,
      input: request.input,
      headers: request.headers ?? {},
      node: request.node,
      startMs,
      endMs: startMs + (request.forMs ?? drawnMs),
      outcome: isFailing ? "failed" : "succeeded",
      stoppedMs: Infinity,
      startedAtMs: this.#clockOf(request.node),
      listLagMs: lag(lagMs.list),
      detailLagMs: lag(lagMs.detail),
      statusLagMs: lag(lagMs.status),
      isForgotten: false,
      handledAfterMs: request.handledAfterMs ?? 0,
    };
    this.executions.push(execution);
    this.onStart(execution);
    return execution;
  }

  /** Ends every running execution within half a minute. */
  endSoon(): void {
    this.isHealed = true;
    for (const execution of this.executions) {
      if (this.isRunning(execution)) execution.endMs = Math.min(execution.endMs, this.nowMs + 30_000);
    }
  }

  /** The state of the execution, now or at a time. */
  statusOf(execution: Execution, atMs = this.nowMs): TrueStatus {
    if (atMs >= execution.stoppedMs && execution.stoppedMs < execution.endMs) return "stopped";
    return atMs >= execution.endMs ? execution.outcome : "running";
  }

  isRunning(execution: Execution, atMs = this.nowMs): boolean {
    return this.statusOf(execution, atMs) === "running";
  }

  /** The time of its end, past or future. */
  endOf({ endMs, stoppedMs }: Execution): number {
    return Math.min(endMs, stoppedMs);
  }

  /** A moment of an execution as its node dates it. */
  dateOf({ startMs, startedAtMs }: Execution, atMs: number): number {
    return startedAtMs + (atMs - startMs);
  }

  /** Asks for a stop; gives whether it still ran. */
  stop(execution: Execution, origin: Origin): boolean {
    if (!this.isRunning(execution)) return false;
    this.onStop(execution, origin);
    execution.stoppedMs = Math.min(execution.stoppedMs, this.nowMs + this.#world.stopMs);
    return true;
  }

  /** The execution that the service has under an id. */
  find(workflow: string, id: string): Execution | undefined {
    return this.executions.findLast(
      (execution) => execution.workflow === workflow && execution.id === id && !execution.isForgotten,
    );
  }

  /** The rows of a list now, newest first by the service's own dates. */
  listed(workflow: string): { readonly execution: Execution; readonly status: TrueStatus }[] {
    const nowMs = this.nowMs;
    return this.executions
      .filter(
        (execution) =>
          execution.workflow === workflow &&
          !execution.isForgotten &&
          nowMs >= execution.startMs + execution.listLagMs,
      )
      .sort((a, b) => b.startedAtMs - a.startedAtMs || b.serial - a.serial)
      .map((execution) => ({
        execution,
        status: this.statusOf(execution, Math.max(execution.startMs, nowMs - execution.statusLagMs)),
      }));
  }

  /** The execution as a status request shows it now; undefined where it does not exist, or is not visible yet. */
  shown(workflow: string, id: string): { execution: Execution; status: TrueStatus } | undefined {
    const execution = this.find(workflow, id);
    if (!execution || this.nowMs < execution.startMs + execution.detailLagMs) return undefined;
    const seenMs = Math.max(execution.startMs, this.nowMs - execution.statusLagMs / 3);
    return { execution, status: this.statusOf(execution, seenMs) };
  }
}
