/**
 * Histories that have broken a promise once, or are the plainest of their kind: each is played for every service, and
 * every wanted run has to be there once.
 */
import type { ServiceName } from "../../provider/src/services/registry";
import type { ResourceSpec, Script, Step, World } from "./script";
import { simulate } from "./simulate";

const services: readonly ServiceName[] = ["aom", "functiongraph", "coc", "cloudflow", "stepfunctions"];

function world(service: ServiceName, more: Partial<World> = {}): World {
  return {
    service,
    nodes: [{ aheadMs: 0 }],
    machines: [
      { aheadMs: 0, journal: "kept" },
      { aheadMs: 0, journal: "kept" },
    ],
    workflows: 1,
    latencyMs: [10, 120],
    lagMs: { list: 0, detail: 0, status: 0 },
    durationMs: [2_000, 3_000],
    failing: 0,
    stopMs: 200,
    ...more,
  };
}

function script(
  service: ServiceName,
  steps: readonly Step[],
  more: { readonly world?: Partial<World>; readonly resource?: Partial<ResourceSpec> } = {},
): Script {
  const resource: ResourceSpec = { name: "a", workflow: 0, version: 1, ...more.resource };
  return {
    seed: 1,
    world: world(service, more.world),
    stacks: [{ name: "s0", resources: [resource] }],
    steps,
  };
}

const up = { do: "up", stack: 0, machine: 0 } as const;
const lost = (times: number): Step => ({
  ...up,
  faults: [{ on: "start", nth: 1, times, what: "lostAfter" }],
});
const refused = (on: "detail" | "start"): Step => ({
  ...up,
  faults: [{ on, nth: 1, times: 50, what: "refused" }],
});
const set = (values: Extract<Step, { do: "edit" }>["set"]): Step => ({
  do: "edit",
  stack: 0,
  resource: "a",
  set: values,
});
const edit = (version: number): Step => set({ version });

async function playsWell(played: Script): Promise<number> {
  const { violations, story, counts } = await simulate(played);
  if (violations.length > 0) throw new Error(`${JSON.stringify(violations)}\n${story.join("\n")}`);
  expect(counts).toBeDefined();
  return story.filter((line) => /\* execution \d+ \(.*\) begins, deployment/.test(line)).length;
}

describe.each(services)("%s", (service) => {
  test.each([undefined, "random"])(
    "two starts whose answers are lost, minutes apart, are one execution (A1; key %s)",
    async (executionKey) => {
      const steps: Step[] = [lost(4), { do: "wait", ms: 130_000 }, lost(4), up];
      const resource = executionKey === undefined ? {} : { executionKey };
      expect(await playsWell(script(service, steps, { resource }))).toBe(1);
    },
  );

  test("a service's clock that steps back between two runs starts no third one (A2)", async () => {
    const steps: Step[] = [up, { do: "clock", node: 0, byMs: -60_000 }, edit(2), up];
    expect(await playsWell(script(service, steps))).toBe(2);
  });

  test("inputs that go from A to B and back to A run three times", async () => {
    expect(await playsWell(script(service, [up, edit(2), up, edit(1), up]))).toBe(3);
  });

  test.each(["before", "sent", "after"] as const)(
    "a process killed %s its start leaves one execution",
    async (when) => {
      const kill = { who: "all", moment: { at: "start", nth: 1, when } } as const;
      expect(await playsWell(script(service, [{ ...up, kill }, up]))).toBe(1);
    },
  );

  test("a run that has a key and is cut short goes on after the person has been asked, on another machine", async () => {
    const kill = { who: "all", moment: { at: "start", nth: 1, when: "after" } } as const;
    const steps: Step[] = [
      { ...up, kill },
      { ...up, machine: 1 },
      { do: "answer", stack: 0 },
      { ...up, machine: 1 },
    ];
    expect(await playsWell(script(service, steps, { resource: { executionKey: "random" } }))).toBe(1);
  });

  test("the first Ctrl-C keeps the execution, and the next up awaits it", async () => {
    const ctrlC = { moment: { ms: 1_500 } } as const;
    expect(await playsWell(script(service, [{ ...up, ctrlC }, up]))).toBe(1);
  });

  test.each(["start", "detail"] as const)(
    "a service that asks to be left alone for a day (%s) does not outlast a deadline (D3)",
    async (on) => {
      const faults = [{ on, nth: 1, times: 4, what: "throttled", ms: 86_400_000 }] as const;
      const resource = { args: { timeoutSeconds: 3 } };
      expect(await playsWell(script(service, [{ ...up, faults }, up], { resource }))).toBe(1);
    },
  );

  test("what is destroyed and wanted again runs again", async () => {
    expect(await playsWell(script(service, [up, { do: "destroy", stack: 0, machine: 0 }, up]))).toBe(2);
  });
});

test.each(["list", "history"] as const)(
  "a service that gives one page of a %s over and over is not read for ever (D2)",
  async (on) => {
    const faults = [{ on, nth: 1, times: 1_000_000, what: "sameToken" }] as const;
    const resource = { args: { timeoutSeconds: 3 } };
    expect(await playsWell(script("cloudflow", [{ ...up, faults }, up], { resource }))).toBe(1);
  },
);

describe.each(["cloudflow", "stepfunctions"] as const)(
  "%s, under a name that the program chose",
  (service) => {
    test.each([undefined, "release-2"])(
      "a forced replacement does not take over the execution that it replaces (new executionKey: %s)",
      async (executionKey) => {
        const change = executionKey === undefined ? { version: 2 } : { executionKey };
        const steps: Step[] = [
          up,
          set(change),
          refused("detail"),
          set({ replacementTrigger: 2, version: 3 }),
          refused("start"),
          up,
        ];
        const resource = { executionName: "migrate", replacementTrigger: 1 };
        expect(await playsWell(script(service, steps, { resource }))).toBe(3);
      },
    );
  },
);

test("an execution that others date into the future hides no lost start (A3)", async () => {
  const steps: Step[] = [
    { do: "clock", node: 0, byMs: 3_600_000 },
    { do: "othersStart", workflow: 0, forMs: 1_000 },
    { do: "clock", node: 0, byMs: -3_600_000 },
    { do: "wait", ms: 20_000 },
    lost(1),
  ];
  expect(await playsWell(script("functiongraph", steps))).toBe(1);
});
