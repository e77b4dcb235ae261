/** The part of the control API that is about the clock: shows, moves, stops and speeds it up. */
import type { EmulatorState } from "../cloud/state";
import { Fields, ShapeError } from "../ground/jsonShape";
import type { JsonObject } from "../ground/jsonShape";
import { readTime } from "./route";
import type { ControlRequest, ControlRoute } from "./route";

/** Emulated milliseconds per real millisecond. */
const fastestRate = 1_000_000;

/** The routes about the clock. */
export function clockRoutes(state: EmulatorState): ControlRoute[] {
  return [
    { method: "GET", path: "/clock", handle: () => describeClock(state) },
    { method: "POST", path: "/clock", handle: (request) => moveClock(state, request) },
  ];
}

function describeClock({ clock }: EmulatorState): JsonObject {
  const now = clock.now();
  return { now, time: new Date(now).toISOString(), rate: clock.rate };
}

function moveClock(state: EmulatorState, { json }: ControlRequest): JsonObject {
  const { clock, data } = state;
  const fields = new Fields(json(), "");
  const advanceMs = fields.number("advanceMs");
  const now = readTime(fields, "now");
  const offsetMs = fields.number("offsetMs");
  const realtime = fields.flag("realtime");
  const rate = fields.number("rate", { min: 0, max: fastestRate });
  fields.rejectUnknown();
  const ways = [advanceMs, now, offsetMs, realtime].filter((way) => way !== undefined).length;
  if (ways > 1 || (ways === 0 && rate === undefined)) {
    throw new ShapeError("body", "must have one of advanceMs, now, offsetMs, realtime, and may have rate");
  }
  if (advanceMs !== undefined) clock.advance(advanceMs);
  if (now !== undefined) clock.set(now);
  if (offsetMs !== undefined) clock.follow(offsetMs);
  if (realtime) clock.follow();
  if (rate !== undefined) clock.setRate(rate);
  data?.saveClock(clock.save());
  return describeClock(state);
}
