/**
 * Histories that the simulation has found and shortened, each by the promise that it broke: none is broken any more.
 */
import histories from "./histories.json";
import type { Script } from "./script";
import { simulate } from "./simulate";

test.each(histories.map(({ name, script }) => [name, script as unknown as Script] as const))(
  "%s",
  async (_name, script) => {
    const { violations } = await simulate(script);
    expect(violations).toEqual([]);
  },
);
