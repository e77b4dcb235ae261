/**
 * The requests that a watch has saved against its yardstick, one per execution every ten seconds: polling less where no
 * end is near pays for polling more where ends lie.
 */
import type { Clock } from "../ground/clock";
import { tenSecondsMs } from "./schedule";

// Asking every ten seconds spends a request on the last status, a moment after the end. A planned wait may spend as much.
// Later subscribers share most of their requests with the first one.
const firstSubscriberCredit = 0.9;
const furtherSubscriberCredit = 0.2;
// The cap on the credit per waiting execution, so that finished executions leave nothing behind. An execution earns 100
// requests in 17 minutes, enough for any end.
const mostPerExecution = 100;
// Steps are no end: reading them may spend only the credit beyond this many requests per execution.
const keptForEnds = 3;

/** The credit of one workflow's watch. */
export class RequestCredit {
  readonly #clock: Clock;
  #balance = 0;
  #countedAtMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#countedAtMs = clock.now();
  }

  /** Adds the credit that `waiting` executions have earned since the last time. */
  earn(waiting: number): void {
    const now = this.#clock.now();
    const passedMs = Math.max(0, now - this.#countedAtMs);
    this.#countedAtMs = now;
    const most = mostPerExecution * Math.max(1, waiting);
    this.#balance = Math.min(this.#balance + (passedMs / tenSecondsMs) * waiting, most);
  }

  /** Adds the credit of a new subscriber. */
  welcome(isFirst: boolean): void {
    this.#balance += isFirst ? firstSubscriberCredit : furtherSubscriberCredit;
  }

  /** Takes one request. */
  spend(): void {
    this.#balance -= 1;
  }

  /** The credit of each of `waiting` executions, in requests. */
  each(waiting: number): number {
    return this.#balance / waiting;
  }

  /** True if more is left than the ends of `waiting` executions may need. */
  isToSpare(waiting: number): boolean {
    return this.#balance >= keptForEnds * waiting;
  }
}
