/**
 * The start batches of one workflow: which starts share a batch, which go alone, how often executions are listed.
 */
import type { Backend, ExecutionFilter } from "../../provider/src/execution/service";
import { listAll } from "../../provider/src/execution/pages";
import type { ExecutionLists } from "../../provider/src/starting/startBatches";
import type { WorkflowLock } from "../../provider/src/starting/workflowLock";
import { StartBatches, listOnce } from "../../provider/src/starting/startBatches";
import { never } from "../support/sessions";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const noLock: WorkflowLock = (_workflow, work) => work(() => true);
const together = { signal: never, workSignal: never };
const alone = { ...together, alone: true };

/** Start batches that are counted. */
function countingBatches(): { batches: StartBatches; batchCount: () => number } {
  let batchCount = 0;
  const batches = new StartBatches({
    workflow: "wf",
    lock: noLock,
    makeLists: () => {
      batchCount += 1;
      return { batch: batchCount } as unknown as ExecutionLists;
    },
  });
  return { batches, batchCount: () => batchCount };
}

const batchOf = (lists: ExecutionLists): number => (lists as unknown as { batch: number }).batch;

describe("batches", () => {
  test("a hundred that come at once share one batch", async () => {
    const { batches, batchCount } = countingBatches();
    const seen = await Promise.all(
      Array.from({ length: 100 }, () => batches.join((lists) => Promise.resolve(batchOf(lists)), together)),
    );
    expect(new Set(seen)).toEqual(new Set([1]));
    expect(batchCount()).toBe(1);
  });

  test("a start that comes while a batch is under way joins the next batch, which lists anew after the last answer", async () => {
    const { batches, batchCount } = countingBatches();
    const log: string[] = [];
    const slow = batches.join(async () => {
      log.push("slow begins");
      for (let count = 0; count < 5; count += 1) await turn();
      log.push("slow ends");
    }, together);
    await turn();
    const late = ["b", "c"].map((name) =>
      batches.join(async (lists) => {
        log.push(`${name} in batch ${String(batchOf(lists))}`);
        await turn();
      }, together),
    );
    await Promise.all([slow, ...late]);
    expect(log).toEqual(["slow begins", "slow ends", "b in batch 2", "c in batch 2"]);
    expect(batchCount()).toBe(2);
  });

  test("those that go alone go one at a time, each in a batch of its own", async () => {
    const { batches, batchCount } = countingBatches();
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 5 }, () =>
        batches.join(async () => {
          inside += 1;
          most = Math.max(most, inside);
          await turn();
          inside -= 1;
        }, alone),
      ),
    );
    expect(most).toBe(1);
    expect(batchCount()).toBe(5);
  });

  test("nobody overtakes: those who go together, and those who go alone, in the order they came", async () => {
    const { batches } = countingBatches();
    const order: string[] = [];
    const go = (name: string, isAlone: boolean): Promise<void> =>
      batches.join(
        async (lists) => {
          order.push(`${name}${String(batchOf(lists))}`);
          await turn();
        },
        isAlone ? alone : together,
      );
    await Promise.all([
      go("a", false),
      go("b", false),
      go("X", true),
      go("Y", true),
      go("c", false),
      go("d", false),
      go("Z", true),
    ]);
    expect(order).toEqual(["a1", "b1", "X2", "Y3", "c4", "d4", "Z5"]);
  });

  test("one that comes again and again keeps nobody waiting for ever", async () => {
    const { batches } = countingBatches();
    let rounds = 0;
    const others = { areDone: false };
    const insistent = (async () => {
      while (!others.areDone && rounds < 1_000) {
        await batches.join(async () => {
          rounds += 1;
          await turn();
        }, alone);
      }
    })();
    await turn();
    await batches.join(() => Promise.resolve(), together);
    others.areDone = true;
    await insistent;
    expect(rounds).toBeLessThan(5);
  });

  test("an error of one stays its own, and the next batch begins", async () => {
    const { batches } = countingBatches();
    const results = await Promise.allSettled([
      batches.join(() => Promise.reject(new Error("mine")), together),
      batches.join(() => Promise.resolve("fine"), together),
      batches.join(() => Promise.reject(new Error("alone")), alone),
    ]);
    expect(results).toEqual([
      { status: "rejected", reason: new Error("mine") },
      { status: "fulfilled", value: "fine" },
      { status: "rejected", reason: new Error("alone") },
    ]);
    expect(await batches.join(() => Promise.resolve("later"), together)).toBe("later");
  });

  test("the lock is held around a batch that needs it, and only around such", async () => {
    const log: string[] = [];
    const batches = new StartBatches({
      workflow: "wf",
      makeLists: () => ({}) as ExecutionLists,
      lock: async (workflow, work) => {
        log.push(`locked ${workflow}`);
        await work(() => true);
        log.push("released");
      },
    });
    await Promise.all(
      ["a", "b"].map((name) =>
        batches.join(
          () => {
            log.push(name);
            return Promise.resolve();
          },
          { ...alone, locked: name === "a" },
        ),
      ),
    );
    // Starts return before the release of the lock is finished.
    await turn();
    expect(log).toEqual(["locked wf", "a", "released", "b"]);
  });

  test("whoever gives up before its turn leaves the others theirs; the last one takes the wait for the lock along", async () => {
    const waits: AbortSignal[] = [];
    let give: () => void = () => undefined;
    const batches = new StartBatches({
      workflow: "wf",
      makeLists: () => ({}) as ExecutionLists,
      lock: async (_workflow, work, { signal, onWait }) => {
        waits.push(signal);
        onWait?.("waits for somebody");
        await new Promise<void>((resolve) => {
          give = resolve;
          signal.addEventListener("abort", () => {
            resolve();
          });
        });
        if (!signal.aborted) await work(() => true);
      },
    });
    const gone = new AbortController();
    const told: string[] = [];
    const enter = (name: string, signal: AbortSignal): Promise<string | undefined> =>
      batches.join(() => Promise.resolve(name), {
        signal,
        workSignal: never,
        locked: true,
        onWait: (why) => told.push(why),
      });
    const first = [enter("a", gone.signal), enter("b", never)];
    await turn();
    gone.abort();
    expect(await first[0]).toBeUndefined();
    give();
    expect(await first[1]).toBe("b");
    expect(told).toEqual(["waits for somebody", "waits for somebody"]);

    await turn();
    const leaving = new AbortController();
    const last = enter("c", leaving.signal);
    await turn();
    expect(waits.at(-1)?.aborted).toBe(false);
    leaving.abort();
    expect(await last).toBeUndefined();
    expect(waits.at(-1)?.aborted).toBe(true);
    await turn();
    const next = enter("d", never);
    await turn();
    give();
    expect(await next).toBe("d");
    expect(await enter("e", AbortSignal.abort())).toBeUndefined();
  });
});

describe("lists", () => {
  const execution = (executionId: string, startedAt?: string): object => ({
    executionId,
    status: "succeeded",
    rawStatus: "success",
    startedAt,
  });

  /** A service with pages of what it was told; counts its lists. */
  function listing(...pages: object[][]): {
    backend: Backend;
    filters: ExecutionFilter[];
    unsettled: () => number;
  } {
    const filters: ExecutionFilter[] = [];
    let unsettled = 0;
    const backend = {
      listPage: (filter: ExecutionFilter, { token }: { token?: string }) => {
        filters.push(filter);
        const page = Number(token ?? 0);
        return Promise.resolve({
          executions: pages[page] ?? [],
          nextToken: page + 1 < pages.length ? String(page + 1) : undefined,
        });
      },
      listUnsettled: () => {
        unsettled += 1;
        return Promise.resolve([]);
      },
    } as unknown as Backend;
    return { backend, filters, unsettled: () => unsettled };
  }

  test("every list is made once, whoever asks", async () => {
    const { backend, filters, unsettled } = listing([execution("a")]);
    const lists = listOnce(backend, 10, () => true, never);
    await Promise.all([lists.unsettled(), lists.unsettled(), lists.newest(), lists.newest()]);
    // Within the same minute, what each asked for is sorted out of the same list.
    await Promise.all([lists.since(60_005), lists.since(60_006), lists.since(120_000)]);
    expect(unsettled()).toBe(1);
    expect(filters).toEqual([{}, { startedAfterMs: 60_000 }, { startedAfterMs: 120_000 }]);
  });

  test("what began before the asked moment is left out, also within its minute", async () => {
    const { backend } = listing([
      execution("b", "2026-01-01T00:00:30.001Z"),
      execution("a", "2026-01-01T00:00:29.999Z"),
    ]);
    const since = await listOnce(backend, 10, () => true, never).since(Date.parse("2026-01-01T00:00:30Z"));
    expect(since.map(({ executionId }) => executionId)).toEqual(["b"]);
  });

  test("a service that gives everything at once is asked once for all", async () => {
    const { backend, filters } = listing([
      execution("c", "2026-01-03T00:00:00Z"),
      execution("b"),
      execution("a", "2026-01-01T00:00:00Z"),
    ]);
    const lists = listOnce(backend, undefined, () => true, never);
    const since = await lists.since(Date.parse("2026-01-02T00:00:00Z"));
    // One without a time may be meant.
    expect(since.map(({ executionId }) => executionId)).toEqual(["c", "b"]);
    expect((await lists.newest()).executions).toHaveLength(3);
    expect(filters).toHaveLength(1);
  });

  test("what shifts from one page to the next is there once", async () => {
    const { backend } = listing([execution("c"), execution("b")], [execution("b"), execution("a")]);
    const found = await listAll(backend, {}, 2, never);
    expect(found.map(({ executionId }) => executionId)).toEqual(["c", "b", "a"]);
  });
});
