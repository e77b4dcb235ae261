/** Waiting for what another process brings about. */

/**
 * Waits until a condition holds.
 * @param options.withinMs the longest wait, in milliseconds. @default 60000
 * @param options.everyMs the delay before the condition is tried again, in milliseconds. @default 50
 * @throws {Error} if the condition does not hold in time
 */
export async function until(
  condition: () => Promise<boolean> | boolean,
  { withinMs = 60_000, everyMs = 50 }: { readonly withinMs?: number; readonly everyMs?: number } = {},
): Promise<void> {
  const limit = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > limit) throw new Error(`it did not come to this within ${String(withinMs)} ms`);
    await new Promise((done) => setTimeout(done, everyMs));
  }
}
