/**
 * True time, and everything that happens in it, in order. Time stands still while any code has something to do and
 * moves to the next event when all of it waits.
 */

interface Happening {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** Takes an event back. */
export type Cancel = () => void;

/** Thrown where everybody waits and nothing will happen any more. */
export class StandstillError extends Error {}

/** Thrown where things go on happening without end. */
export class EndlessError extends Error {}

/** The time of one run. */
export class Timeline {
  #nowMs: number;
  #order = 0;
  #happened = 0;
  readonly #heap: Happening[] = [];
  readonly #maxEvents: number;

  constructor(startMs: number, maxEvents = 150_000) {
    this.#nowMs = startMs;
    this.#maxEvents = maxEvents;
  }

  /** True time, in milliseconds since the epoch. Nobody in the world sees it. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Number of events so far. */
  get happened(): number {
    return this.#happened;
  }

  /** Lets something happen after a while. */
  after(ms: number, run: () => void): Cancel {
    const happening: Happening = {
      atMs: this.#nowMs + Math.max(0, ms),
      order: (this.#order += 1),
      run,
    };
    this.#push(happening);
    return () => {
      happening.run = undefined;
    };
  }

  /** Resolves after a while. */
  pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /**
   * Lets time pass until the work is done.
   * @throws StandstillError where it never would be; EndlessError where too much happens before.
   */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const finish = (): void => {
      isDone = true;
    };
    work.then(finish, finish);
    for (;;) {
      // Work that waits for promises only is done before the next turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      // Set from within the promise.
      if (isDone as boolean) return work;
      const next = this.#pop();
      if (!next) throw new StandstillError("everybody waits, and nothing will happen any more");
      if ((this.#happened += 1) > this.#maxEvents) throw new EndlessError("it goes on without end");
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      const { run } = next;
      next.run = undefined;
      run?.();
    }
  }

  #pop(): Happening | undefined {
    for (;;) {
      const top = this.#take();
      if (!top || top.run) return top;
    }
  }

  #take(): Happening | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || heap.length === 0) return top;
    heap[0] = last;
    let place = 0;
    for (;;) {
      let least = place;
      for (const child of [2 * place + 1, 2 * place + 2]) {
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child;
      }
      if (least === place) return top;
      [heap[place], heap[least]] = [heap[least]!, heap[place]!];
      place = least;
    }
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    heap.push(happening);
    let place = heap.length - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(heap[place]!, heap[parent]!)) return;
      [heap[place], heap[parent]] = [heap[parent]!, heap[place]!];
      place = parent;
    }
  }
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
