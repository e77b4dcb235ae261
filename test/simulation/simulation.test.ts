/**
 * Half a minute of simulation with a fixed seed, and the proof that a seed tells the same story every time.
 */
import { differenceOfTwo, playRange } from "./campaign";
import { generate } from "./generate";

test("a seed tells the same story every time, byte for byte", async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    expect({ seed, difference: await differenceOfTwo(generate(seed)) }).toEqual({
      seed,
      difference: undefined,
    });
  }
});

test("random histories of deployments break no promise", async () => {
  const { violations } = await playRange(1, 300);
  expect(violations).toEqual([]);
});
