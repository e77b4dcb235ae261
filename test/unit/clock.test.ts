/** Limits of time hold whatever the garbage collector does in between. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { abortAfter, systemClock } from "../../provider/src/ground/clock";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

test("a limit that only takes part in other signals is still there when it passes", async () => {
  const outer = new AbortController();
  const passed = new Promise<string>((resolve) => {
    // As requests do it: nobody keeps the limit itself.
    const limited = AbortSignal.any([outer.signal, abortAfter(systemClock, 200)]);
    AbortSignal.any([outer.signal, limited]).addEventListener("abort", () => {
      resolve("passed");
    });
  });
  // In a later turn, or this one's variables are still there.
  await new Promise((resolve) => setTimeout(resolve, 20));
  collect();
  collect();
  const never = new Promise<string>((resolve) => setTimeout(resolve, 3_000, "never passed").unref());
  expect(await Promise.race([passed, never])).toBe("passed");
});
