/**
 * Durations of the resource option customTimeouts.
 */
import { parseDurationSeconds } from "../../provider/src/lifecycle";

test.each([
  ["45s", 45],
  ["30m", 1_800],
  ["1h30m", 5_400],
  ["1.5h", 5_400],
  ["2d", 172_800],
  ["500ms", 0.5],
  ["1m500ms", 60.5],
  ["1h0m0s", 3_600],
])("%s are %d seconds", (text, seconds) => {
  expect(parseDurationSeconds(text)).toBeCloseTo(seconds, 9);
});

test.each([
  "",
  "30",
  "m",
  "1h30",
  "-1h",
  "+5m",
  "1 h",
  " 1h",
  "1h ",
  "1H",
  "1w",
  ".5h",
  "1.h",
  "0s",
  "0m0s",
  "soon",
  "1e3s",
])("%j is no duration", (text) => {
  expect(parseDurationSeconds(text)).toBeUndefined();
});

test.each([30, null, undefined, true, {}, ["30m"]])("%p is no duration", (value) => {
  expect(parseDurationSeconds(value)).toBeUndefined();
});
