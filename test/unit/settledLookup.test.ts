/** Reads of many settled executions through a list: how many pages that takes, and when a list is not worth it. */
import type { ExecutionSummary } from "../../provider/src/execution/snapshot";
import { SettledLookup } from "../../provider/src/execution/settledLookup";
import { simulatedClock } from "../support/simulatedClock";

const pageSize = 100;

interface Fixture {
  readonly lookup: SettledLookup;
  readonly pages: () => number;
  /** Asks `width` at a time, as an engine does; gives how many were found. */
  readonly ask: (ids: readonly string[], width?: number) => Promise<number>;
  readonly pass: (ms: number) => Promise<void>;
}

function fixture(count: number, fail = false): Fixture {
  const clock = simulatedClock();
  let pages = 0;
  const rows = Array.from({ length: count }, (_, index): ExecutionSummary => ({
    executionId: `ex-${String(count - 1 - index)}`,
    status: "succeeded",
    rawStatus: "success",
  }));
  const lookup = new SettledLookup({
    clock,
    list: async ({ token }) => {
      pages += 1;
      await clock.sleep(30);
      if (fail) throw new Error("no lists today");
      const from = Number(token ?? 0);
      const next = from + pageSize < count ? { nextToken: String(from + pageSize) } : {};
      return { executions: rows.slice(from, from + pageSize), ...next };
    },
  });
  const ask = async (ids: readonly string[], width = 8): Promise<number> => {
    let found = 0;
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < ids.length) {
        const id = ids[next]!;
        next += 1;
        if ((await lookup.find(id))?.executionId === id) found += 1;
      }
    };
    await clock.run(Promise.all(Array.from({ length: width }, worker)));
    return found;
  };
  return { lookup, pages: () => pages, ask, pass: (ms) => clock.run(clock.sleep(ms)) };
}

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `ex-${String(index)}`);

test.each([
  ["newest first", (all: string[]) => all.reverse()],
  ["oldest first", (all: string[]) => all],
  ["in any order", (all: string[]) => all.sort((a, b) => a.localeCompare(b))],
])("a thousand, %s: lists and single looks are fewer than fifty together", async (_what, order) => {
  const { ask, pages } = fixture(1_000);
  const all = order(ids(1_000));
  const alone = all.length - (await ask(all));
  expect(pages() + alone).toBeLessThan(50);
});

test("one or two are looked at alone", async () => {
  const { ask, pages } = fixture(1_000);
  expect(await ask(["ex-3", "ex-4"], 2)).toBe(0);
  expect(pages()).toBe(0);
});

test("a few old ones in a long history cost at most twice what looking at each does", async () => {
  const { ask, pages } = fixture(100_000);
  expect(await ask(ids(12))).toBe(0);
  expect(pages()).toBeLessThanOrEqual(12);
});

test("what a list does not have is looked at alone", async () => {
  const { ask } = fixture(50);
  expect(await ask([...ids(10), "gone-1", "gone-2"])).toBe(10);
});

test("a list that fails leaves everything to single looks, without asking again and again", async () => {
  const { ask, pages } = fixture(1_000, true);
  expect(await ask(ids(100))).toBe(0);
  expect(pages()).toBe(1);
});

test("pages are read anew after half a minute", async () => {
  const { ask, pages, pass } = fixture(100);
  await ask(ids(100));
  expect(pages()).toBe(1);
  await pass(31_000);
  await ask(ids(100));
  expect(pages()).toBe(2);
});
