/**
 * A process that can be killed during every wait: its requests may still take effect in the world, but no answer ever
 * reaches the process.
 */
import type { Moment } from "./script";
import type { LockHolder } from "./machine";
import type { Timeline } from "./timeline";

/** Something that befalls a process at one of its actions. */
export interface Trap {
  readonly moment: Exclude<Moment, { readonly ms: number }>;
  readonly spring: () => void;
}

/** Ends an action: by giving something or by throwing. */
export type Deliver<T> = (result: () => T) => void;

/** One process. */
export class SimulatedProcess implements LockHolder {
  readonly name: string;
  readonly #counts = new Map<string, number>();
  readonly #deathListeners: (() => void)[] = [];
  readonly #traps: Trap[] = [];
  readonly #timeline: Timeline;
  #isAlive = true;

  constructor(name: string, timeline: Timeline) {
    this.name = name;
    this.#timeline = timeline;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Number of actions that the process has begun. */
  get actions(): number {
    return this.#counts.get("any") ?? 0;
  }

  // A function, because the compiler does not expect the property to change between two reads.
  #isDead(): boolean {
    return !this.#isAlive;
  }

  /** Sets a trap. */
  trap(trap: Trap): void {
    this.#traps.push(trap);
  }

  onDeath(listener: () => void): void {
    this.#deathListeners.push(listener);
  }

  /** Ends it at once. */
  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    for (const listener of this.#deathListeners.splice(0)) listener();
  }

  /**
   * Does something that takes time. The effects of `begin` happen in the world; its result reaches the process only
   * while the process lives.
   */
  act<T>(kind: string, begin: (deliver: Deliver<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.#isAlive) return;
      const counted = [kind, "any"].map((name) => {
        const nth = (this.#counts.get(name) ?? 0) + 1;
        this.#counts.set(name, nth);
        return { name, nth };
      });
      const spring = (when: "before" | "sent" | "after"): void => {
        for (const { name, nth } of counted) {
          for (const { moment, spring: go } of this.#traps) {
            if (moment.at === name && moment.nth === nth && moment.when === when) go();
          }
        }
      };
      spring("before");
      if (this.#isDead()) return;
      begin((result) => {
        if (!this.#isAlive) return;
        // The engine acts on an answer at once; every other result dies with the process.
        if (kind === "engine")
          this.#timeline.after(0, () => {
            spring("after");
          });
        else spring("after");
        if (this.#isDead()) return;
        try {
          resolve(result());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      spring("sent");
    });
  }
}
