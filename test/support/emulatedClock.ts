/**
 * A session's clock that takes the emulator's along: waiting moves both, so that hours pass in milliseconds.
 * For one wait at a time: two that sleep at once would each move the time.
 */
import type { Emulator } from "runbook-emulator";
import type { Clock } from "../../provider/src/ground/clock";
import { control } from "./emulators";

/** A clock shared with an emulator. */
export interface EmulatedClock extends Clock {
  /** Delays asked for, in milliseconds. */
  readonly sleeps: readonly number[];
  /** Moves both clocks. */
  advance(ms: number): Promise<void>;
}

/** Stops the emulator's clock at a fixed moment of 2026; from now on only this clock moves it. */
export async function emulatedClock(
  emulator: Emulator,
  startMs = Date.parse("2026-11-21T06:00:00Z"),
): Promise<EmulatedClock> {
  let nowMs = startMs;
  const sleeps: number[] = [];
  const advance = async (ms: number): Promise<void> => {
    nowMs += ms;
    await control(emulator, "POST", "/clock", { now: nowMs });
  };
  await advance(0);
  return {
    sleeps,
    now: () => nowMs,
    advance,
    sleep: async (ms, signal) => {
      if (signal?.aborted) return;
      sleeps.push(ms);
      // A clock's sleep never rejects; a sleep that is open when a test closes its emulator is of no interest any more.
      await advance(ms).catch(() => undefined);
    },
  };
}
