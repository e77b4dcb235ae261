/**
 * The effect of `concurrency` on a workflow that already has an execution, whoever started it: on every service, in one
 * process and in several of one machine.
 */
import type { Arguments, Outcome } from "../../provider/src/lifecycle";
import { create } from "../../provider/src/lifecycle";
import type { Scene } from "../support/machines";
import { crash, openScene, proveNames } from "../support/machines";
import { registeredServices } from "../support/everyService";

const minuteMs = 60_000;

let scene: Scene;
afterEach(() => scene.close());

const ids = async (): Promise<string[]> => (await scene.executions()).map(({ executionId }) => executionId);

interface Span {
  readonly executionId: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The greatest number of executions that are running at the same moment. */
async function mostAtOnce(): Promise<number> {
  const spans = (await scene.executions()) as unknown as Span[];
  return Math.max(
    ...spans.map(
      ({ startedAt }) =>
        spans.filter((other) => other.startedAt <= startedAt && startedAt < other.endedAt).length,
    ),
  );
}

describe.each(registeredServices)("%s", (service) => {
  beforeEach(async () => {
    scene = await openScene(service);
    await scene.takes(10 * minuteMs);
  });

  describe("adopt", () => {
    const args = (more: Arguments = {}): Arguments => scene.args({ concurrency: "adopt", ...more });

    test("takes the running one and waits for it; nothing is started", async () => {
      await scene.foreign({ startedAt: scene.now() - 60 * minuteMs });
      const running = await scene.foreign();
      const outcome = await create(args(), scene.machine().process());
      expect(outcome).toMatchObject({ kind: "ready", id: running, state: { status: "succeeded" } });
      expect(await scene.asked(scene.startOperation)).toEqual([]);
    });

    test("starts one where none runs", async () => {
      const ended = await scene.foreign({ startedAt: scene.now() - 60 * minuteMs });
      const outcome = await create(args(), scene.machine().process());
      expect(await ids()).toEqual([ended, outcome.id]);
    });

    test("killed while it waits for the adopted one, and again when that has ended: still that one", async () => {
      const machine = scene.machine();
      const running = await scene.foreign();
      await create(args({ waitFor: "started" }), machine.process());
      await scene.advance(60 * minuteMs);
      const outcome = await create(args(), machine.process());
      expect(outcome).toMatchObject({ kind: "ready", id: running, state: { status: "succeeded" } });
      expect(await ids()).toEqual([running]);
    });
  });

  describe("queue", () => {
    const args = (more: Arguments = {}): Arguments => scene.args({ concurrency: "queue", ...more });

    test("waits until what runs has ended, and then starts", async () => {
      const running = await scene.foreign();
      const host = scene.machine().process();
      const outcome = await create(args(), host);
      expect(outcome).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
      expect(await ids()).toEqual([running, outcome.id]);
      expect(await mostAtOnce()).toBe(1);
      expect(host.reporter.statuses).toContainEqual(
        `queued behind execution ${running} (concurrency is "queue")`,
      );
    });

    test("starts at once where none runs, also where others have run", async () => {
      await scene.foreign({ startedAt: scene.now() - 60 * minuteMs });
      const began = scene.now();
      await create(args({ waitFor: "started" }), scene.machine().process());
      expect(scene.now() - began).toBeLessThan(1_000);
    });

    test("runs out of time with a message that nothing was started", async () => {
      const running = await scene.foreign();
      const began = scene.now();
      const error = (await create(args({ timeoutSeconds: 90 }), scene.machine().process()).catch(
        (thrown: unknown) => thrown,
      )) as Error;
      expect(error).toMatchObject({ code: "WFX-WORKFLOW-BUSY" });
      expect(error.message).toMatch(/^nothing was started within 1m30s/);
      expect(error.message).toContain(running);
      expect(scene.now() - began).toBe(90_000);
      expect(await ids()).toEqual([running]);
      // Asked at a measured pace.
      expect((await scene.asked(scene.listOperation)).length).toBeLessThan(60);
    });

    test("customTimeouts counts more than timeoutSeconds", async () => {
      await scene.foreign();
      const host = scene.machine().process({ operationTimeoutSeconds: 30 });
      const began = scene.now();
      await expect(create(args(), host)).rejects.toMatchObject({ code: "WFX-WORKFLOW-BUSY" });
      expect(scene.now() - began).toBe(30_000);
    });

    test("an interruption while it waits: nothing was started, and it says so", async () => {
      await scene.foreign();
      const killed = new AbortController();
      const host = scene.machine().process({
        signal: killed.signal,
        onStatus: (text) => {
          if (text.startsWith("queued behind")) killed.abort();
        },
      });
      await expect(create(args(), host)).rejects.toMatchObject({
        code: "WFX-INTERRUPTED",
        message: "interrupted before anything was started",
      });
      expect(await ids()).toHaveLength(1);
    });

    test.each(["beforeAnswer", "beforeState"] as const)(
      "killed %s: goes on with its own run, and does not queue up behind it",
      async (where) => {
        const machine = scene.machine();
        await crash(scene, machine, where, args());
        const [own] = await ids();
        const outcome = await create(args(), machine.process());
        expect(outcome).toMatchObject({ kind: "ready", id: own });
        expect(await ids()).toEqual([own]);
      },
    );
  });

  test("queue: a name noted, but never posted, is not taken for a run of old", async () => {
    const machine = scene.machine();
    const args = scene.args({ concurrency: "queue" });
    // The same run has been had before, on another machine.
    const old = await create(args, scene.machine().process());
    await scene.advance(60 * minuteMs);
    await crash(scene, machine, "beforePost", args);
    const outcome = await create(args, machine.process());
    expect(await ids()).toEqual([old.id, outcome.id]);
    expect(outcome.id).not.toBe(old.id);
  });

  describe("reject", () => {
    const args = (more: Arguments = {}): Arguments => scene.args({ concurrency: "reject", ...more });

    test("refuses, and names what runs", async () => {
      const running = await scene.foreign();
      const error = (await create(args(), scene.machine().process()).catch(
        (thrown: unknown) => thrown,
      )) as Error;
      expect(error).toMatchObject({ code: "WFX-WORKFLOW-BUSY" });
      expect(error.message).toContain(running);
      expect(error.message).toContain("Nothing was started.");
      expect(await ids()).toEqual([running]);
    });

    test("starts where nothing runs any more", async () => {
      const ended = await scene.foreign({ startedAt: scene.now() - 60 * minuteMs });
      const outcome = await create(args(), scene.machine().process());
      expect(await ids()).toEqual([ended, outcome.id]);
    });

    test.each(["beforeAnswer", "beforeState"] as const)(
      "killed %s: its own run is no reason to refuse",
      async (where) => {
        const machine = scene.machine();
        await crash(scene, machine, where, args());
        const [own] = await ids();
        expect(await create(args(), machine.process())).toMatchObject({ kind: "ready", id: own });
        expect(await ids()).toEqual([own]);
      },
    );
  });

  describe("allow", () => {
    test("in so many words starts beside what runs, on every service", async () => {
      const running = await scene.foreign();
      const args = scene.args({ concurrency: "allow", waitFor: "started" });
      const outcome = await create(args, scene.machine().process());
      expect(await ids()).toEqual([running, outcome.id]);
    });

    test("left out, the same, unless what runs might be ours", async () => {
      const proof = await proveNames(scene);
      const running = await scene.foreign();
      const outcome = create(scene.args({ waitFor: "started" }), scene.machine().process());
      if (service === "aom") {
        await expect(outcome).rejects.toThrow(running);
        expect(await ids()).toEqual([running]);
      } else {
        const { id } = await outcome;
        expect(await ids()).toEqual([...proof, running, id]);
      }
    });
  });
});

describe("functiongraph: a status that only one of the two lists shows", () => {
  beforeEach(async () => {
    scene = await openScene("functiongraph");
    await scene.takes(1_000);
    await proveNames(scene);
    // The list that is filtered by the status "running" leaves it out.
    await scene.takes(10 * minuteMs, { runningStatus: "preparing" });
  });

  test("queue: the start is delayed by a quarter of a minute, not for good", async () => {
    const other = await scene.foreign();
    const began = scene.now();
    const host = scene.machine().process();
    const { id } = await create(scene.args({ concurrency: "queue", waitFor: "started" }), host);
    const tookMs = scene.now() - began;
    expect((await ids()).slice(-2)).toEqual([other, id]);
    expect(tookMs).toBeGreaterThanOrEqual(15_000);
    expect(tookMs).toBeLessThan(20_000);
    expect(host.reporter.statuses).toContainEqual("the lists of executions disagree: reading them again");
  });

  test("allow: the start is not delayed", async () => {
    await scene.foreign();
    const began = scene.now();
    await create(scene.args({ concurrency: "allow", waitFor: "started" }), scene.machine().process());
    expect(scene.now() - began).toBeLessThan(1_000);
  });
});

describe.each(registeredServices)("%s: several at once", (service) => {
  beforeEach(async () => {
    scene = await openScene(service, { realTime: true });
    await scene.takes(300);
  });

  const urnOf = (name: string): string => `urn:pulumi:test::test::type::${name}`;

  // Two processes with memories of their own, two resources each.
  function deploy(args: Arguments): Promise<PromiseSettledResult<Outcome>[]> {
    return Promise.allSettled(
      ["p", "q"].flatMap((name) => {
        const host = scene.machine().process();
        return ["1", "2"].map((number) => create(args, { ...host, urn: urnOf(`${name}${number}`) }));
      }),
    );
  }

  test.each([
    ["", {}],
    [", although the list shows them late", { listDelayMs: 200 }],
  ])("queue: strictly one after the other%s", async (_what, quirks) => {
    await scene.quirks(quirks);
    const outcomes = await deploy(scene.args({ concurrency: "queue" }));
    expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => "fulfilled"));
    expect(await ids()).toHaveLength(4);
    expect(await mostAtOnce()).toBe(1);
  });

  test("adopt: one is started, all have it", async () => {
    await scene.takes(5_000);
    const outcomes = await deploy(scene.args({ concurrency: "adopt", waitFor: "started" }));
    const [only] = await ids();
    expect(await ids()).toEqual([only]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: "fulfilled", value: { id: only } });
  });

  test("reject: one is started, all others are refused", async () => {
    await scene.takes(5_000);
    const outcomes = await deploy(scene.args({ concurrency: "reject", waitFor: "started" }));
    expect(await ids()).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "WFX-WORKFLOW-BUSY" });
    }
  });
});
