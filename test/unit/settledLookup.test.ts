/** Reads of many settled executions through a list: how many pages that takes, and when a list is not worth it. */
import type { ExecutionSummary } from "../../provider/src/execution/snapshot";
import { SettledLookup } from "../../provider/src/waiting/settledLookup";
import { never } from "../support/sessions";
import type { SimulatedClock } from "../support/simulatedClock";
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
    list: async (token) => {
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
        if ((await lookup.find(id, never))?.executionId === id) found += 1;
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

describe("an interruption", () => {
  const hanging = (): {
    readonly clock: SimulatedClock;
    readonly lookup: SettledLookup;
    readonly signals: readonly AbortSignal[];
  } => {
    const clock = simulatedClock();
    const signals: AbortSignal[] = [];
    const lookup = new SettledLookup({
      clock,
      list: async (_token, signal) => {
        signals.push(signal);
        await clock.sleep(60_000, signal);
        if (signal.aborted) throw new Error("interrupted");
        return {
          executions: ids(8).map((executionId) => ({ executionId, status: "succeeded", rawStatus: "" })),
        };
      },
    });
    return { clock, lookup, signals };
  };

  test("of one who asks is answered at once; the others get their list", async () => {
    const { clock, lookup, signals } = hanging();
    const startMs = clock.now();
    const controller = new AbortController();
    const leaving = lookup.find("ex-0", controller.signal);
    const staying = Promise.all(["ex-1", "ex-2", "ex-3"].map((id) => lookup.find(id, never)));
    await clock.run(clock.sleep(1_000));
    controller.abort();
    expect(await clock.run(leaving)).toBeUndefined();
    expect(clock.now() - startMs).toBe(1_000);
    expect(await clock.run(staying)).toHaveLength(3);
    expect(await staying).not.toContain(undefined);
    expect(signals).toHaveLength(1);
  });

  test("of all ends the list, and who asks later gets another", async () => {
    const { clock, lookup, signals } = hanging();
    const startMs = clock.now();
    const controller = new AbortController();
    const found = Promise.all(ids(8).map((id) => lookup.find(id, controller.signal)));
    await clock.run(clock.sleep(1_000));
    controller.abort();
    expect(new Set(await clock.run(found))).toEqual(new Set([undefined]));
    expect(clock.now() - startMs).toBe(1_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(await lookup.find("ex-1", controller.signal)).toBeUndefined();
    expect(await clock.run(lookup.find("ex-1", never))).toMatchObject({ executionId: "ex-1" });
  });
});
