/**
 * Keys of wanted runs: the same for the same wish, however it is spelled; another one for every other wish.
 */
import { randomUUID } from "node:crypto";
import type { Arguments, BackendDefinition } from "../../provider/src/lifecycle";
import { RunArguments } from "../../provider/src/execution/runArguments";
import { services } from "../../provider/src/services/registry";
import type { RunIdentity } from "../../provider/src/starting/runKey";
import {
  bearsKey,
  isArmedId,
  newArmedId,
  newRunName,
  runNameOf,
  wantedRun,
} from "../../provider/src/starting/runKey";

const urn = "urn:pulumi:prod::shop::pulumi-nodejs:aom:WorkflowExecution::patch-fleet";
const definitions: BackendDefinition[] = Object.values(services);
const flow: Arguments = { workflowId: "wf", flowName: "wf", input: { a: 1, b: { c: [1, 2], d: null } } };

async function keyOf(
  args: Arguments,
  identity: Partial<RunIdentity> = {},
  definition: BackendDefinition = services.functiongraph,
): Promise<string> {
  return (await wantedRun(RunArguments.read(definition, args), { urn, secretArguments: [], ...identity }))
    .key;
}

describe("the same wish has the same key", () => {
  test.each<[string, Arguments]>([
    [
      "keys in another order",
      { input: { b: { d: null, c: [1, 2] }, a: 1 }, flowName: "wf", workflowId: "wf" },
    ],
    ["another region", { ...flow, region: "cn-east-3" }],
    ["another project", { ...flow, projectId: "f".repeat(32) }],
    ["another endpoint", { ...flow, endpoint: "https://elsewhere.example" }],
    ["settings of the wait", { ...flow, timeoutSeconds: 5, onFailure: "continue", onTimeout: "stop" }],
    ["settings of what follows", { ...flow, onDelete: "leave", rerunOn: "always", waitFor: "started" }],
    ["another concurrency", { ...flow, concurrency: "queue" }],
    ["run at once or on destroy", { ...flow, runOn: "destroy" }],
    ["defaults written out", { ...flow, triggers: {}, mode: "NORMAL" }],
  ])("%s", async (_what, args) => {
    expect(await keyOf(args)).toBe(await keyOf(flow));
  });

  test("no input and an empty one", async () => {
    expect(await keyOf({ workflowId: "wf", input: {} })).toBe(await keyOf({ workflowId: "wf" }));
  });

  test("with a key given, on every resource that asks for it", async () => {
    const args = { ...flow, executionKey: "k" };
    expect(await keyOf(args, { urn: `${urn}-2` })).toBe(await keyOf(args));
    expect(await keyOf(args, { urn: undefined })).toBe(await keyOf(args));
  });
});

describe("another wish has another key", () => {
  const wishes: [string, Arguments, Partial<RunIdentity>?][] = [
    ["as it is", flow],
    ["another input", { ...flow, input: { a: 2 } }],
    ["items in another order", { ...flow, input: { a: 1, b: { c: [2, 1], d: null } } }],
    ["text in place of a number", { ...flow, input: { a: "1", b: { c: [1, 2], d: null } } }],
    ["a trigger", { ...flow, triggers: { image: "a" } }],
    ["another value of it", { ...flow, triggers: { image: "b" } }],
    ["another name of it", { ...flow, triggers: { picture: "a" } }],
    ["a key", { ...flow, executionKey: "k" }],
    ["another key", { ...flow, executionKey: "l" }],
    ["a key with a trigger", { ...flow, executionKey: "k", triggers: { image: "a" } }],
    ["another resource", flow, { urn: `${urn}-2` }],
    ["another workflow", { ...flow, workflowId: "wf-2" }],
    ["other headers", { ...flow, headers: { a: "b" } }],
    ["an arming", flow, { armedId: newArmedId(randomUUID) }],
    ["another arming", flow, { armedId: newArmedId(randomUUID) }],
  ];

  test("no two of them are the same", async () => {
    const keys = await Promise.all(wishes.map(([, args, identity]) => keyOf(args, identity)));
    expect(new Set(keys).size).toBe(wishes.length);
  });
});

describe("secret arguments", () => {
  const secret = { ...flow, input: { password: "hunter2" } };

  test("count, and are the same key each time", async () => {
    const key = await keyOf(secret, { secretArguments: ["input"] });
    expect(await keyOf(secret, { secretArguments: ["input"] })).toBe(key);
    const other = { ...flow, input: { password: "hunter3" } };
    expect(await keyOf(other, { secretArguments: ["input"] })).not.toBe(key);
  });

  test("are hashed at a cost: trying a thousand words takes long", async () => {
    const fastMs = await timed(() => keyOf(secret));
    const slowMs = await timed(() => keyOf(secret, { secretArguments: ["input"] }));
    expect(slowMs).toBeGreaterThan(10);
    expect(slowMs).toBeGreaterThan(5 * fastMs);
  });

  test("a secret key is not legible, and hashed at a cost too", async () => {
    const args = { ...flow, executionKey: "open-sesame" };
    const identity = { secretArguments: ["executionKey"] };
    expect(await keyOf(args)).toContain("open-sesame");
    const key = await keyOf(args, identity);
    expect(key).not.toContain("sesame");
    expect(await keyOf({ ...args, executionKey: "open-simsim" }, identity)).not.toBe(key);
    expect(await timed(() => keyOf(args, identity))).toBeGreaterThan(10);
  });

  async function timed(work: () => Promise<unknown>): Promise<number> {
    // The best of three: the machine may be busy.
    const times: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const began = performance.now();
      await work();
      times.push(performance.now() - began);
    }
    return Math.min(...times);
  }
});

describe("names", () => {
  const resourceNames = [
    "patch-fleet",
    "7-of-9",
    "…",
    "",
    "Ünïcode näme",
    "a".repeat(300),
    "--",
    "_x",
    "a b/c:d",
  ];
  const keys = ["k", "7", "6f1f2a3e-4c5d-4e6f-8a9b-0c1d2e3f4a5b", "秘密", "x".repeat(256), "a b\nc"];

  test.each(definitions.map((definition) => [definition.service, definition] as const))(
    "%s: fit what the services allow, with room for attempts",
    async (_service, definition) => {
      for (const name of resourceNames) {
        for (const executionKey of [undefined, ...keys]) {
          const args = executionKey === undefined ? flow : { ...flow, executionKey };
          const key = await keyOf(args, { urn: `urn:pulumi:a::b::c::${name}` }, definition);
          expect(key).toMatch(/^[A-Za-z_][A-Za-z0-9_-]{0,109}$/);
          for (const name of [
            newRunName({ key, longestName: 128 }, randomUUID),
            runNameOf({ key, longestName: 128, isGiven: true, isNamed: false, supersedes: { id: "x" } }),
          ])
            expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_-]{0,127}$/);
        }
      }
    },
  );

  test("tell people whose an execution is", async () => {
    expect(await keyOf(flow)).toMatch(/^patch-fleet-[\da-f]{16}$/);
    expect(await keyOf({ ...flow, executionKey: "release-7" })).toMatch(/^run-release-7-[\da-f]{16}$/);
  });

  test.each([{}, { executionKey: "release-7" }])(
    "the name that a program chose is the name (%j)",
    async (more) => {
      const args = { flowName: "wf", executionName: "nightly", ...more };
      const wanted = await wantedRun(RunArguments.read(services.cloudflow, args), {
        urn,
        secretArguments: [],
      });
      expect(wanted).toMatchObject({ key: "nightly", isNamed: true, isGiven: false });
    },
  );

  const run = { key: "key", longestName: 128, isGiven: true, isNamed: false };

  test("a key that was given is the name; one that was worked out has none yet", () => {
    expect(runNameOf(run)).toBe("key");
    expect(runNameOf({ ...run, isGiven: false })).toBeUndefined();
    expect(runNameOf({ ...run, isGiven: false, isNamed: true })).toBe("key");
  });

  test("a run that replaces an execution is named after it, the same everywhere, and like no other", () => {
    const replacing = (id: string, key = "key"): string | undefined =>
      runNameOf({ ...run, key, supersedes: { id } });
    expect(replacing("a")).toMatch(/^key-r[\da-f]{10}$/);
    expect(replacing("a")).toBe(replacing("a"));
    expect(runNameOf({ ...run, isGiven: false, supersedes: { id: "a" } })).toBe(replacing("a"));
    expect(new Set([replacing("a"), replacing("b"), replacing("key"), replacing("a", "kez")]).size).toBe(4);
  });

  test("a name that the program chose gets a number, and a digest where something else comes before it", () => {
    const named = (id: string, key = "nightly"): string | undefined =>
      runNameOf({ key, longestName: 128, isGiven: false, isNamed: true, supersedes: { id } });
    expect(named("nightly")).toBe("nightly-2");
    expect(named("nightly-2")).toBe("nightly-3");
    expect(named("nightly-99")).toBe("nightly-100");
    for (const other of [
      "weekly",
      "nightly-1",
      "nightly-0",
      "nightly-02",
      "nightly-x",
      "nightly-2-3",
      "nightly2",
    ])
      expect(named(other)).toMatch(/^nightly-r[\da-f]{10}$/);
    const long = "n".repeat(128);
    expect(named(long, long)).toHaveLength(128);
    expect(named(long, long)).not.toBe(long);
  });

  test("a new name is like no other", () => {
    expect(newRunName({ key: "key", longestName: 128 }, randomUUID)).toMatch(/^key-n[\da-f]{10}$/);
    expect(newRunName({ key: "key", longestName: 128 }, randomUUID)).not.toBe(
      newRunName({ key: "key", longestName: 128 }, randomUUID),
    );
  });

  test("names of a key's runs are told from everything else", () => {
    for (const name of [
      "key",
      newRunName({ key: "key", longestName: 128 }, randomUUID),
      "key-r0123456789",
      "key-nabcdefabcd",
    ])
      expect(bearsKey("key", name)).toBe(true);
    for (const name of [
      "key-1",
      "key-2",
      "key-",
      "key-r012345678",
      "key-r01234567890",
      "key-x0123456789",
      "keys",
      "ke",
      "",
    ])
      expect(bearsKey("key", name)).toBe(false);
  });
});

describe("what is known of a run", () => {
  test("whether a key was given", async () => {
    const identity = { urn, secretArguments: [] };
    expect((await wantedRun(RunArguments.read(services.aom, flow), identity)).isGiven).toBe(false);
    expect(
      (await wantedRun(RunArguments.read(services.aom, { ...flow, executionKey: "k" }), identity)).isGiven,
    ).toBe(true);
    const armed = await wantedRun(RunArguments.read(services.aom, flow), {
      ...identity,
      armedId: newArmedId(randomUUID),
    });
    expect(armed.isGiven).toBe(true);
  });

  test.each<[string, number | undefined]>([
    ["0192f3a4-b5c6-7abc-8def-0123456789ab", 0x0192f3a4b5c6],
    ["0192F3A4-B5C6-7ABC-BDEF-0123456789AB", 0x0192f3a4b5c6],
    ["6f1f2a3e-4c5d-4e6f-8a9b-0c1d2e3f4a5b", undefined],
    ["0192f3a4-b5c6-7abc-cdef-0123456789ab", undefined],
    ["release-7", undefined],
    ["x0192f3a4-b5c6-7abc-8def-0123456789ab", undefined],
  ])("when the key %s was made", async (executionKey, expected) => {
    const args = { ...flow, executionKey };
    expect(
      (await wantedRun(RunArguments.read(services.aom, args), { urn, secretArguments: [] })).keyMadeMs,
    ).toBe(expected);
  });

  test("an arming has another run once the program gives another key", async () => {
    const armedId = newArmedId(randomUUID);
    const [none, one, two] = await Promise.all(
      [flow, { ...flow, executionKey: "k1" }, { ...flow, executionKey: "k2" }].map((args) =>
        keyOf(args, { armedId }),
      ),
    );
    expect(new Set([none, one, two]).size).toBe(3);
    expect(await keyOf({ ...flow, executionKey: "k1" }, { armedId })).toBe(one);
  });

  test("what was only armed has not run: it is superseded by nothing", async () => {
    const identity = { urn, secretArguments: [] };
    const supersedes = { id: newArmedId(randomUUID) };
    expect(
      (await wantedRun(RunArguments.read(services.aom, flow), { ...identity, supersedes })).supersedes,
    ).toBeUndefined();
    const ran = { id: "armed-and-dangerous", startedAt: "2026-11-21T06:00:00Z" };
    expect(
      (await wantedRun(RunArguments.read(services.aom, flow), { ...identity, supersedes: ran })).supersedes,
    ).toEqual(ran);
  });

  test("ids of armed ones are told from ids of executions", () => {
    expect(isArmedId(newArmedId(randomUUID))).toBe(true);
    expect(newArmedId(randomUUID)).not.toBe(newArmedId(randomUUID));
    expect(isArmedId("armed-nightly")).toBe(false);
    expect(isArmedId("6f1f2a3e-4c5d-4e6f-8a9b-0c1d2e3f4a5b")).toBe(false);
  });
});

describe("a service with shorter names", () => {
  const args = { stateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:deploy" };
  const read = (more: Arguments = {}): RunArguments =>
    RunArguments.read(services.stepfunctions, { ...args, ...more });
  const long = `${urn}-${"n".repeat(200)}`;

  test("a key leaves room for the suffix, and names stay within the service's length", async () => {
    for (const more of [{}, { executionKey: "k".repeat(256) }]) {
      const wanted = await wantedRun(read(more), { urn: long, secretArguments: [] });
      expect(wanted.key).toMatch(/^[A-Za-z_][\w-]{50}-[\da-f]{16}$/);
      const fresh = newRunName(wanted, randomUUID);
      const next = runNameOf({ ...wanted, supersedes: { id: "before" } })!;
      for (const name of [fresh, next]) {
        expect(name).toHaveLength(80);
        expect(bearsKey(wanted.key, name)).toBe(true);
      }
    }
  });

  test("a name of the program's own is cut where an attempt is numbered", async () => {
    const executionName = "e".repeat(80);
    const wanted = await wantedRun(read({ executionName }), { urn, secretArguments: [] });
    expect(runNameOf(wanted)).toBe(executionName);
    expect(runNameOf({ ...wanted, supersedes: { id: executionName } })).toBe(`${"e".repeat(78)}-2`);
  });
});
