/**
 * Machines that deploy: each has a clock, a journal on its disk, and one lock per workflow. The disk outlives the
 * processes.
 */
import type { ClockSpec, MachineSpec } from "./script";
import type { Timeline } from "./timeline";

/** A clock as its readers see it: true time, but ahead, fast, and set now and then. */
export class WorldClock {
  readonly #timeline: Timeline;
  /** Seconds that the clock gains in one second; negative if it loses. */
  readonly fastPerSecond: number;
  readonly #sinceMs: number;
  #aheadMs: number;

  constructor(spec: ClockSpec, timeline: Timeline) {
    this.#timeline = timeline;
    this.#aheadMs = spec.aheadMs;
    this.fastPerSecond = spec.fastPerSecond ?? 0;
    this.#sinceMs = timeline.nowMs;
  }

  /** The displayed time, in milliseconds since the epoch. */
  now(): number {
    const passedMs = this.#timeline.nowMs - this.#sinceMs;
    return Math.floor(this.#timeline.nowMs + this.#aheadMs + passedMs * this.fastPerSecond);
  }

  /** Sets it forth or back. */
  jump(ms: number): void {
    this.#aheadMs += ms;
  }

  /** Sets it right, as far as clocks are. */
  setRight(): void {
    this.#aheadMs += this.#timeline.nowMs - this.now();
  }
}

/** A file of the journal. */
export interface JournalFile {
  text: string;
  writtenMs: number;
}

/** One machine. */
export class Machine {
  readonly index: number;
  readonly clock: WorldClock;
  readonly journal: MachineSpec["journal"];
  /** Files of the journal by name. */
  readonly files = new Map<string, JournalFile>();
  /** Resources whose entries can't be read any more, and of which nobody has been told. */
  readonly damagedUrns = new Set<string>();
  /** Number of times that the journal has been lost or damaged; earlier notes are in doubt. */
  journalLosses = 0;
  readonly #timeline: Timeline;
  readonly #locks = new Map<string, { readonly holder: LockHolder; readonly queue: (() => void)[] }>();
  #heldUntilMs: number;

  constructor(index: number, spec: MachineSpec, timeline: Timeline) {
    this.index = index;
    this.clock = new WorldClock(spec, timeline);
    this.journal = spec.journal;
    this.#timeline = timeline;
    this.#heldUntilMs = spec.lockHeldMs === undefined ? 0 : timeline.nowMs + spec.lockHeldMs;
  }

  /** The journal is gone, or no longer readable. */
  spoilJournal(what: "lost" | "damaged"): void {
    this.journalLosses += 1;
    if (what === "lost") {
      this.files.clear();
      this.damagedUrns.clear();
      return;
    }
    for (const [name, file] of this.files) {
      if (!name.endsWith(".json")) continue;
      const [, urn] = /"urn":"([^"]+)"/.exec(file.text) ?? [];
      if (urn !== undefined) this.damagedUrns.add(urn);
      file.text = file.text.slice(0, file.text.length / 2);
    }
  }

  /** Nobody holds a lock any more. */
  heal(): void {
    this.#heldUntilMs = 0;
  }

  /** Calls back when the lock is held; returns a function that withdraws the request. */
  acquire(workflow: string, holder: LockHolder, had: () => void): () => void {
    let isWanted = true;
    const wakeUp = (): void => {
      if (isWanted) tryNow();
    };
    const tryNow = (): void => {
      const held = this.#locks.get(workflow);
      if (held?.holder.isAlive) {
        held.queue.push(wakeUp);
        // A holder that is killed does not release it: nobody touches it any more, which is noticed a little later.
        held.holder.onDeath(() => this.#timeline.after(5_000, wakeUp));
        return;
      }
      const heldForMs = this.#heldUntilMs - this.#timeline.nowMs;
      if (heldForMs > 0) {
        this.#timeline.after(Math.min(heldForMs, 5_000), wakeUp);
        return;
      }
      isWanted = false;
      this.#locks.set(workflow, { holder, queue: held?.queue ?? [] });
      had();
    };
    tryNow();
    return () => {
      isWanted = false;
    };
  }

  /** Gives the lock back. */
  release(workflow: string, holder: LockHolder): void {
    const held = this.#locks.get(workflow);
    if (held?.holder !== holder) return;
    this.#locks.delete(workflow);
    const waiting = held.queue.splice(0);
    for (const wakeUp of waiting) this.#timeline.after(20, wakeUp);
  }
}

/** A process that can hold a lock. */
export interface LockHolder {
  readonly isAlive: boolean;
  onDeath(listener: () => void): void;
}
