/**
 * Repeats the live line of a resource of which nothing was said for a minute. The log of a CI system has no clock that
 * shows that a wait goes on; in a terminal the same line replaces itself.
 */
import type { Clock } from "../../ground/clock";
import type { Row } from "./rowReporter";

const everyMs = 60_000;

/** A row that is kept alive. */
export interface LiveRow {
  readonly row: Row;
  /** Ends the repetition. */
  stop(): void;
}

/** Keeps a row alive until it is stopped. Does nothing on a clock without alarms. */
export function keepAlive(row: Row, clock: Clock): LiveRow {
  let live: string | undefined;
  let cancel: (() => void) | undefined;
  let isStopped = false;
  const wind = (): void => {
    cancel?.();
    if (isStopped) return;
    cancel = clock.alarm?.(clock.now() + everyMs, () => {
      if (live !== undefined) row.status(live);
      wind();
    });
  };
  const said =
    (say: (text: string) => void) =>
    (text: string): void => {
      say(text);
      wind();
    };
  wind();
  return {
    row: {
      status: said((text) => {
        live = text;
        row.status(text);
      }),
      info: said((text) => {
        row.info(text);
      }),
      warn: said((text) => {
        row.warn(text);
      }),
    },
    stop: () => {
      isStopped = true;
      cancel?.();
    },
  };
}
