/** The watch's memory of the service's clock: starts of executions that nobody waits for are forgotten. */
import type { SubscriptionState } from "../../provider/src/waiting/subscription";
import { subscriptionState } from "../../provider/src/waiting/subscription";
import { ServiceClock } from "../../provider/src/waiting/serviceClock";
import { never } from "../support/sessions";

const minuteMs = 60_000;
const startMs = Date.parse("2026-11-21T06:00:00Z");
const iso = (ms: number): string => new Date(ms).toISOString();

function waiting(executionId: string, beganMs: number, justStarted = true): SubscriptionState {
  const poll = (): Promise<never> => Promise.reject(new Error("not asked"));
  const subscriber = { executionId, justStarted, beganMs, deadlineMs: Infinity, signal: never, poll };
  return subscriptionState(subscriber, beganMs);
}

test("keeps the starts that a list for those who wait can have, and forgets earlier ones", () => {
  const clock = new ServiceClock();
  for (let minute = 0; minute < 60; minute += 1) {
    clock.note(`other-${String(minute)}`, iso(startMs + minute * minuteMs));
  }
  const oldest = waiting("a", startMs + 50 * minuteMs);
  const nowMs = startMs + 51 * minuteMs;
  clock.learn(oldest, iso(startMs + 50 * minuteMs), { nowMs, machineMs: nowMs });
  clock.forgetBefore([waiting("b", startMs + 55 * minuteMs), oldest]);
  // Minutes 50 to 59, and the oldest itself.
  expect([...clock.starts].sort((a, b) => a - b)[0]).toBe(startMs + 50 * minuteMs);
  expect(clock.size).toBe(11);
});

test("forgets everything once nobody waits", () => {
  const clock = new ServiceClock();
  clock.note("a", iso(startMs));
  clock.forgetBefore([]);
  expect(clock.size).toBe(0);
});

test("forgets nothing while the start of somebody who waits can't be converted", () => {
  const clock = new ServiceClock();
  clock.note("other", iso(startMs));
  clock.forgetBefore([waiting("a", startMs + 50 * minuteMs, false)]);
  expect(clock.size).toBe(1);
});
