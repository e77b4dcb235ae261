/** The delays between attempts, and the delay that a service asks for. */
import { maxRetryAfterMs, backoffDelayMs, parseRetryAfterMs } from "../../provider/src/ground/backoff";

test.each([
  [0, 0.5, 500],
  [1, 0.5, 1_000],
  [10, 0.5, 8_000],
  [0, 0, 400],
  [0, 1, 600],
])("the delay before attempt %i with random %f is %i ms", (attempt, random, expected) => {
  expect(backoffDelayMs({ firstMs: 500, factor: 2, maxMs: 8_000 }, attempt, () => random)).toBe(expected);
});

test.each([
  ["2", 2_000],
  ["0.5", 500],
  ["99999999", maxRetryAfterMs],
  ["Sat, 21 Nov 2026 06:00:10 GMT", 10_000],
  ["Sat, 21 Nov 2026 05:00:00 GMT", 0],
  ["-5", undefined],
  ["soon", undefined],
  ["", undefined],
  [null, undefined],
])("Retry-After %p is %p ms", (header, expected) => {
  expect(parseRetryAfterMs(header, Date.parse("2026-11-21T06:00:00Z"))).toBe(expected);
});
