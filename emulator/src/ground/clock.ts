/**
 * The emulator's clock: everything that the services call "now" comes from here, so that a test can let hours pass in
 * milliseconds. The machine's own clock is kept apart for times that clients in real time must agree on.
 */

/** The setting that a clock needs to continue after a restart. */
export interface ClockSetting {
  /** Emulated minus machine time in milliseconds at the moment of saving; for a stopped clock the time itself. */
  readonly offsetMs: number;
  /** Emulated milliseconds per real millisecond; 0 = stopped. */
  readonly rate: number;
}

/** A clock that can be moved, stopped and sped up. Times are epoch milliseconds. */
export class Clock {
  readonly #machineTime: () => number;
  #emulatedAnchor: number;
  #machineAnchor: number;
  #currentRate = 1;
  readonly #listeners = new Set<() => void>();

  constructor(machineTime: () => number = Date.now) {
    this.#machineTime = machineTime;
    this.#machineAnchor = machineTime();
    this.#emulatedAnchor = this.#machineAnchor;
  }

  /** Emulated time. */
  now(): number {
    return Math.floor(this.#emulatedAnchor + (this.#machineTime() - this.#machineAnchor) * this.#currentRate);
  }

  /** The machine's time, which moving the clock does not change. */
  machineNow(): number {
    return this.#machineTime();
  }

  /** Calls back at every change of the clock or its speed; returns a function that stops the calls. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Emulated milliseconds per real millisecond; 0 = stopped. */
  get rate(): number {
    return this.#currentRate;
  }

  /** Moves the clock on (or back, if negative) and leaves its rate. */
  advance(ms: number): void {
    this.#anchor(this.now() + ms, this.#currentRate);
  }

  /** Sets the time; the clock then runs at `rate` (default 0: it stands still until it is moved). */
  set(now: number, rate = 0): void {
    this.#anchor(now, rate);
  }

  /** Changes the speed from now on. */
  setRate(rate: number): void {
    this.#anchor(this.now(), rate);
  }

  /** Runs at normal speed, `offsetMs` ahead of the machine's clock (0: the machine's own time). */
  follow(offsetMs = 0): void {
    this.#anchor(this.#machineTime() + offsetMs, 1);
  }

  /** The clock's setting, for a restart. */
  save(): ClockSetting {
    return {
      offsetMs: this.now() - (this.#currentRate === 0 ? 0 : this.#machineTime()),
      rate: this.#currentRate,
    };
  }

  /** Goes on as the clock was set before a restart. */
  restore(setting: ClockSetting): void {
    this.#anchor(setting.offsetMs + (setting.rate === 0 ? 0 : this.#machineTime()), setting.rate);
  }

  #anchor(emulated: number, rate: number): void {
    this.#machineAnchor = this.#machineTime();
    this.#emulatedAnchor = emulated;
    this.#currentRate = rate;
    for (const listener of this.#listeners) listener();
  }
}
