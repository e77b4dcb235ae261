/**
 * The live line of a resource is repeated when nothing was said for a minute, by a clock that moves.
 */
import { keepAlive } from "../../provider/src/fronts/shared/heartbeat";
import { simulatedClock } from "../support/simulatedClock";

const secondMs = 1_000;

/** A kept row, and what was said on it: seconds since the beginning, and the text. */
function keptRow(): {
  readonly clock: ReturnType<typeof simulatedClock>;
  readonly live: ReturnType<typeof keepAlive>;
  readonly said: [number, string][];
  readonly pass: (seconds: number) => Promise<void>;
} {
  const clock = simulatedClock();
  const beganMs = clock.now();
  const said: [number, string][] = [];
  const say = (text: string): void => {
    said.push([(clock.now() - beganMs) / secondMs, text]);
  };
  return {
    clock,
    live: keepAlive({ status: say, info: say, warn: say }, clock),
    said,
    pass: (seconds) => clock.run(clock.sleep(seconds * secondMs)),
  };
}

test("nothing is repeated where nothing was said", async () => {
  const { live, said, pass } = keptRow();
  await pass(150);
  live.stop();
  expect(said).toEqual([]);
});

test("the live line is repeated a minute after whatever was said last, and each minute after", async () => {
  const { live, said, pass } = keptRow();
  live.row.status("2/3 Run script");
  await pass(50);
  live.row.info("1/3 Prepare succeeded after 12s");
  await pass(70);
  live.row.warn("the status can't be read");
  await pass(125);
  live.stop();
  expect(said).toEqual([
    [0, "2/3 Run script"],
    [50, "1/3 Prepare succeeded after 12s"],
    [110, "2/3 Run script"],
    [120, "the status can't be read"],
    [180, "2/3 Run script"],
    [240, "2/3 Run script"],
  ]);
});

test("nothing is repeated once the row is stopped, also where something is still said", async () => {
  const { live, said, pass } = keptRow();
  live.row.status("2/3 Run script");
  live.stop();
  live.row.status("succeeded after 8s");
  await pass(200);
  expect(said).toEqual([
    [0, "2/3 Run script"],
    [0, "succeeded after 8s"],
  ]);
});
