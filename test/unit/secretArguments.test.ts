/**
 * The arguments that are secret: those that the program marks, those that the state marks, and those that neither
 * marks. The test plays the engine: it takes the marks off before it calls, and puts those back that the program has
 * made.
 */
import * as pulumi from "@pulumi/pulumi";
import * as fc from "fast-check";
import { SecretArguments } from "../../provider/src/fronts/dynamic/secretArguments";
import { newSecrets } from "../../provider/src/fronts/shared/newSecrets";
import { readProperties } from "../../provider/src/fronts/dynamic/properties";
import type { JsonValue } from "../../provider/src/program/jsonValues";
import { noteArguments } from "../../provider/src/program/argumentNotes";
import { toJsonValues } from "../../provider/src/program/jsonValues";
import { services } from "../../provider/src/services/registry";

const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signatureKey = "4dabf18193072939515e22adb298388d";
const urn = "urn:pulumi:s::p::t::r";

type Bag = Record<string, unknown>;

/** The SDK's form of a value, without the marks, which the engine takes off. */
async function serialized(value: unknown): Promise<unknown> {
  if (pulumi.Output.isInstance(value)) {
    const output = value as unknown as { promise(): Promise<unknown>; isKnown: Promise<boolean> };
    return (await output.isKnown) ? serialized(await output.promise()) : unknownText;
  }
  if (Array.isArray(value)) return Promise.all(value.map(serialized));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(async ([key, item]) => [key, await serialized(item)] as const);
  return Object.fromEntries(await Promise.all(members));
}

/** The arguments of a program as they arrive, before anybody changed them. */
async function inputsOf(args: Bag, ignoreChanges: string[] = []): Promise<Bag> {
  const values: Record<string, JsonValue> = toJsonValues(args, (problems) => new Error(problems.join()));
  const notes: Bag = {};
  const arrived: Bag = {};
  for (const [name, note] of Object.entries(noteArguments("functiongraph", values))) notes[name] = await note;
  for (const [name, { value }] of Object.entries(values)) arrived[name] = await serialized(value);
  const meta = { urn, notes, ...(ignoreChanges.length > 0 ? { ignoreChanges } : {}) };
  return { ...arrived, __provider: "text", __meta: meta };
}

/** The state that check leaves, as the next check gets it: in the clear. */
function stateAfter({ inputs }: { inputs: Bag }): Bag {
  return clear(inputs) as Bag;
}

function clear(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clear);
  if (typeof value !== "object" || value === null) return value;
  if (signatureKey in value) return clear((value as Bag)["value"]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, clear(item)]));
}

/** A value as the engine marks a secret. */
const mark = (value: unknown): unknown => ({ [signatureKey]: "1b47061264138c4ac30d75fd1eb44270", value });

const checker = (): SecretArguments => new SecretArguments(services.functiongraph);

const secretsOf = ({ inputs }: { inputs: Bag }): unknown => (inputs["__meta"] as Bag)["secretArguments"];

/** The paths of the secrets, in the form `input/list/0`. */
const pathsOf = ({ inputs }: { inputs: Bag }): string[] =>
  readProperties(inputs).secretPaths.map((path) => path.join("/"));

const secret = { password: pulumi.secret("hunter2") };
const open = { password: "hunter2" };
const other = { password: "new-and-open" };

async function settle(
  olds: Bag,
  args: Bag,
  ignoreChanges?: string[],
): Promise<{ inputs: Bag; seen: Readonly<Bag> }> {
  return checker().settle(olds, await inputsOf(args, ignoreChanges));
}

test("the program's secrets are named, however they come, and left to the engine to mark", async () => {
  const args = {
    workflowId: pulumi.secret("wf"),
    input: pulumi.all([pulumi.secret("a"), "b"]).apply(([a]) => ({ a })),
    headers: { deep: [{ er: pulumi.secret("x") }] },
    triggers: { plain: pulumi.output("x") },
    executionKey: "k",
  };
  const settled = await settle({}, args);
  expect(secretsOf(settled)).toEqual(["headers", "input", "workflowId"]);
  expect(settled.inputs).toMatchObject({
    workflowId: "wf",
    input: { a: "a" },
    headers: { deep: [{ er: "x" }] },
  });
  expect(settled.inputs["__meta"]).toEqual({
    urn,
    secretArguments: ["headers", "input", "workflowId"],
    secretPaths: [["headers", "deep", "0", "er"], ["input"], ["workflowId"]],
  });
});

test("no secrets: none named, nothing marked, no notes left", async () => {
  const settled = await settle({}, { workflowId: "wf", input: open, triggers: { at: new Date(0) } });
  expect(settled.inputs).toEqual({
    workflowId: "wf",
    input: open,
    triggers: { at: "1970-01-01T00:00:00.000Z" },
    __provider: "text",
    __meta: { urn, secretArguments: [] },
  });
});

test("taken back with the same value it stays secret, and is marked, since the engine does not know", async () => {
  const first = await settle({}, { input: secret });
  const settled = await settle(stateAfter(first), { input: open });
  expect(secretsOf(settled)).toEqual(["input"]);
  expect(settled.inputs["input"]).toEqual({ password: mark("hunter2") });
  // And so it goes on.
  const again = await settle(stateAfter(settled), { input: open });
  expect(again.inputs).toEqual(settled.inputs);
});

test("taken back with a new value it is not secret any more", async () => {
  const first = await settle({}, { input: secret });
  const settled = await settle(stateAfter(first), { input: other });
  expect(secretsOf(settled)).toEqual([]);
  expect(settled.inputs["input"]).toEqual(other);
});

test("JSON text is the same value however it is written", async () => {
  const check = new SecretArguments(services.cloudflow);
  const settled = async (olds: Bag, input: unknown): Promise<{ inputs: Bag }> => {
    const news = await inputsOf({ input });
    return check.settle(olds, news);
  };
  const first = await settled({}, pulumi.secret('{"a":1,"b":2}'));
  expect(secretsOf(await settled(stateAfter(first), ' { "b": 2, "a": 1 }'))).toEqual(["input"]);
  expect(secretsOf(await settled(stateAfter(first), '{"a":7,"b":8}'))).toEqual([]);
  // One value of the text is the old one, and only the whole text can be marked.
  const mixed = await settled(stateAfter(first), '{"a":2,"b":2}');
  expect(mixed.inputs["input"]).toEqual(mark('{"a":2,"b":2}'));
  // Numbers of 16 digits and text in text are no way out either.
  const deep = (version: number): string =>
    JSON.stringify({ id: 1234567890123456, inner: JSON.stringify({ version, password: "hunter2" }) });
  const second = await settled({}, pulumi.secret(deep(1)));
  expect(secretsOf(await settled(stateAfter(second), deep(2)))).toEqual(["input"]);
  const endless = `${"[".repeat(50_000)}"hunter2"${"]".repeat(50_000)}`;
  const third = await settled({}, pulumi.secret(endless));
  expect(secretsOf(await settled(stateAfter(third), `[${endless}]`))).toEqual(["input"]);
});

describe("a state of an earlier version, which says that an argument has a secret, and not where", () => {
  const olds = {
    input: { version: 1, user: "admin", password: "hunter2" },
    triggers: { a: 1 },
    __meta: { urn, secretArguments: ["input"] },
  };

  test("counts as if all of the argument were one", async () => {
    const news = { input: { version: 2, user: "root", password: "hunter2" }, triggers: { a: 1 } };
    const settled = await settle(olds, news);
    expect(pathsOf(settled)).toEqual(["input/password"]);
    expect(settled.inputs["input"]).toEqual({ version: 2, user: "root", password: mark("hunter2") });
    expect(pathsOf(await settle(olds, { ...news, input: { version: 2, password: "new" } }))).toEqual([]);
  });

  test("also where the program still marks a part: which other parts it has marked is not known", async () => {
    const input = { version: 2, user: "admin", password: pulumi.secret("hunter2") };
    const settled = await settle(olds, { input, triggers: { a: 1 } });
    expect(pathsOf(settled)).toEqual(["input/password", "input/user"]);
    // And from then on it is known.
    const again = await settle(stateAfter(settled), { input: { ...input, user: "root" } });
    expect(pathsOf(again)).toEqual(["input/password"]);
  });

  test("an update stores anew what of it may be in the clear, once", async () => {
    const input = { version: 1, user: "admin", password: pulumi.secret("hunter2") };
    const { inputs } = await settle(olds, { input, triggers: { a: 1 } });
    const [stored, given] = [readProperties(olds), readProperties(inputs)];
    expect(newSecrets(stored, given).map(({ path }) => path)).toEqual([
      "input.password",
      "input.user",
      "input.version",
    ]);
    expect(newSecrets(given, given)).toEqual([]);
    // Inputs that an earlier version has checked are as they were.
    expect(newSecrets(stored, stored)).toEqual([]);
    // A text can't be in the clear in part.
    const text = { input: "hunter2", __meta: { urn, secretArguments: ["input"] } };
    const after = await settle(text, { input: pulumi.secret("hunter2") });
    expect(newSecrets(readProperties(text), readProperties(after.inputs))).toEqual([]);
  });
});

describe("by path", () => {
  const s = pulumi.secret;
  const kept = "hunter2";

  test.each<[string, Bag, Bag, string[]]>([
    [
      "a key beside it changes",
      { input: { version: 1, password: s(kept) } },
      { input: { version: 2, password: kept } },
      ["input/password"],
    ],
    [
      "its value is new",
      { input: { version: 1, password: s(kept) } },
      { input: { version: 1, password: "open-now" } },
      [],
    ],
    [
      "another one is still marked",
      { input: { a: s("first"), b: s("second") } },
      { input: { a: "first", b: s("other") } },
      ["input/a", "input/b"],
    ],
    [
      "another one is marked later",
      { input: { a: s("first"), b: "second" } },
      { input: { a: s("first"), b: s("second") } },
      ["input/a", "input/b"],
    ],
    [
      "it moves to another key",
      { input: { a: s(kept), b: "x" } },
      { input: { b: "x", deep: { c: kept } } },
      ["input/deep/c"],
    ],
    ["it moves to another argument", { input: { a: s(kept) } }, { headers: { a: kept } }, ["headers/a"]],
    ["it moves to an argument that names", { input: { a: s(kept) } }, { workflowId: kept }, ["workflowId"]],
    ["a short one moves to another argument", { input: { a: s("abc") } }, { headers: { a: "abc" } }, []],
    ["a short one moves in its argument", { input: { a: s("abc") } }, { input: { b: "abc" } }, ["input/b"]],
    [
      "the items of a list shift",
      { input: { list: ["x", s(kept)] } },
      { input: { list: ["new", "x", kept] } },
      ["input/list/2"],
    ],
    [
      "a map becomes a list",
      { input: { a: s(kept), b: "x" } },
      { input: { list: ["x", kept] } },
      ["input/list/1"],
    ],
    [
      "a list becomes a map",
      { input: { a: ["x", s(kept)] } },
      { input: { a: { "0": "y", b: kept } } },
      ["input/a/b"],
    ],
    [
      "it becomes JSON text",
      { input: { a: { b: s(kept) } } },
      { input: { a: JSON.stringify({ b: kept, c: 1 }) } },
      ["input/a"],
    ],
    [
      "the whole argument was one",
      { input: s({ version: 1, password: kept, flag: true, none: null }) },
      { input: { version: 2, password: kept, flag: true, none: null } },
      ["input/flag", "input/password"],
    ],
    [
      "the whole argument is one now",
      { input: { version: 1, password: s(kept) } },
      { input: s({ version: 1, password: kept }) },
      ["input"],
    ],
    ["an empty map was one", { input: { a: s({}) } }, { input: { a: {} } }, ["input/a"]],
    ["a number becomes text", { input: { a: s(4711) } }, { input: { a: "4711" } }, ["input/a"]],
    [
      "what was in the clear at its path stays so, also if a secret is the same",
      { input: { user: "admin", password: s("admin") } },
      { input: { user: "admin", password: "admin" } },
      ["input/password"],
    ],
    [
      "what equals it appears at another path",
      { input: { password: s("admin") } },
      { input: { user: "admin", password: "new" } },
      ["input/user"],
    ],
  ])("%s", async (_what, before, after, paths) => {
    const first = await settle({}, before);
    const settled = await settle(stateAfter(first), after);
    expect(pathsOf(settled)).toEqual(paths);
    // The same preview, the same deployment, and nothing more the next time.
    expect(await settle(stateAfter(first), after)).toEqual(settled);
    expect(pathsOf(await settle(stateAfter(settled), after))).toEqual(paths);
  });

  test("what stays secret is marked where it stands, beside the marks of the program", async () => {
    const first = await settle({}, { input: { list: [s("one-secret"), s("two-secret"), 3], k: "v" } });
    const settled = await settle(stateAfter(first), {
      input: { list: ["zero", "one-secret", s("two-secret")], k: "v" },
    });
    expect(settled.inputs["input"]).toEqual({ list: ["zero", mark("one-secret"), "two-secret"], k: "v" });
  });

  test("a replacement is checked again without the state, and says the same", async () => {
    const check = checker();
    const first = await settle({}, { input: { version: 1, password: s(kept) } });
    const news = await inputsOf({ input: { version: 2, token: kept } });
    const settled = check.settle(stateAfter(first), news);
    expect(check.settle({}, news)).toEqual(settled);
    expect(settled.inputs["input"]).toEqual({ version: 2, token: mark(kept) });
  });

  test("what is new is named once, with its path, and in number where there are many", async () => {
    const stored = await settle({}, { input: { a: s("first"), b: "second" }, triggers: { t: "x" } });
    const given = await settle(stateAfter(stored), {
      input: { a: s("first"), b: s("second") },
      triggers: s({ t: "x" }),
      headers: Object.fromEntries(["a", "b", "c", "d"].map((key) => [key, s(key)])),
    });
    expect(newSecrets(readProperties(stored.inputs), readProperties(given.inputs))).toEqual([
      { argument: "headers", path: "headers (4 values in it)" },
      { argument: "input", path: "input.b" },
      { argument: "triggers", path: "triggers" },
    ]);
  });
});

describe("whatever a program changes", () => {
  const names = ["input", "headers", "triggers"] as const;
  const scalar = fc.constantFrom<unknown>(
    "alpha",
    "bravo",
    "charlie",
    "xy",
    "",
    1,
    47_110,
    true,
    false,
    null,
  );
  /** Data with `[isSecret, value]` in the place of each value. */
  const { tree } = fc.letrec<{ tree: readonly [boolean, unknown] }>((tie) => ({
    tree: fc.tuple(
      fc.nat(4).map((one) => one === 0),
      fc.oneof(
        { maxDepth: 3 },
        { weight: 3, arbitrary: scalar },
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom("a", "b", "c", "0"), tie("tree"), { maxKeys: 3 }),
      ),
    ),
  }));
  const program = fc.record(Object.fromEntries(names.map((name) => [name, tree])), { requiredKeys: [] });

  /** As a program writes it, or as data with the engine's marks. */
  function written(
    [isSecret, value]: readonly [boolean, unknown],
    secretOf: (value: unknown) => unknown,
  ): unknown {
    const inner = (item: unknown): unknown => written(item as [boolean, unknown], secretOf);
    let data = value;
    if (Array.isArray(value)) data = value.map(inner);
    else if (typeof value === "object" && value !== null)
      data = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inner(item)]));
    return isSecret ? secretOf(data) : data;
  }

  /** The stored values: all values without members, by path, each with its mark by the engine or by us. */
  function leaves(
    value: unknown,
    path: string,
    isSecret: boolean,
  ): { path: string; value: unknown; isSecret: boolean }[] {
    if (typeof value !== "object" || value === null) return value === null ? [] : [{ path, value, isSecret }];
    if (signatureKey in value) return leaves((value as Bag)["value"], path, true);
    return Object.entries(value).flatMap(([key, item]) => leaves(item, `${path}/${key}`, isSecret));
  }

  /** A leaf is secret where either has a mark. */
  function storedOf(inputs: Bag, programs: Bag): { path: string; value: unknown; isSecret: boolean }[] {
    const marked = new Set(
      names.flatMap((name) =>
        leaves(programs[name] ?? null, name, false).flatMap((leaf) => (leaf.isSecret ? [leaf.path] : [])),
      ),
    );
    return names.flatMap((name) =>
      leaves(inputs[name] ?? null, name, false).map((leaf) => ({
        ...leaf,
        isSecret: leaf.isSecret || marked.has(leaf.path),
      })),
    );
  }

  test("no value that was a secret anywhere, and stays the same, is in the clear", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(program, { minLength: 2, maxLength: 3 }), async (deployments) => {
        let state: Bag = {};
        let before: ReturnType<typeof storedOf> = [];
        for (const deployment of deployments) {
          const asWritten = (secretOf: (value: unknown) => unknown): Bag =>
            Object.fromEntries(
              Object.entries(deployment).map(([name, item]) => [name, written(item!, secretOf)]),
            );
          const settled = await settle(state, asWritten(pulumi.secret));
          const after = storedOf(settled.inputs, asWritten(mark));
          // The marked values are those that the state names as secret.
          const { secretPaths } = readProperties(settled.inputs);
          const noted = (path: string): boolean =>
            secretPaths.some((outer) => `${path}/`.startsWith(`${outer.join("/")}/`));
          expect(after.filter(({ path, isSecret }) => noted(path) !== isSecret)).toEqual([]);
          const leaked = after.filter(
            ({ path, value, isSecret }) =>
              !isSecret &&
              before.some(
                (old) =>
                  old.isSecret &&
                  old.value === value &&
                  // Short texts stand everywhere.
                  (String(value).length >= 4 || old.path.split("/")[0] === path.split("/")[0]),
              ) &&
              !before.some((old) => old.path === path && old.value === value && !old.isSecret),
          );
          expect(leaked).toEqual([]);
          state = stateAfter(settled);
          before = after;
        }
      }),
      { numRuns: 500 },
    );
  });
});

test("an argument that was left out is no secret", async () => {
  const first = await settle({}, { input: secret, triggers: { a: 1 } });
  expect(secretsOf(await settle(stateAfter(first), { triggers: { a: 1 } }))).toEqual([]);
});

describe("ignoreChanges", () => {
  test("an ignored argument is not taken back, whatever the program gives", async () => {
    const check = checker();
    const first = await settle({}, { input: secret });
    // The engine puts the old value in, marks and all.
    const news = { ...(await inputsOf({ input: { password: "placeholder" } }, ["input"])), input: open };
    const settled = check.settle(stateAfter(first), news);
    expect(secretsOf(settled)).toEqual(["input"]);
    expect(settled.inputs["input"]).toEqual({ password: mark("hunter2") });
    // In a replacement it asks again without the state, and leaves in what the program gave.
    const replacing = check.settle({}, await inputsOf({ input: { password: "placeholder" } }, ["input"]));
    expect(secretsOf(replacing)).toEqual(["input"]);
    expect(replacing.inputs["input"]).toEqual({ password: mark("placeholder") });
  });

  test("of a part leaves the rest comparable: what nobody else has changed is not taken for another's", async () => {
    const args = (version: number, password: unknown): Bag => ({ input: { version, password } });
    const first = await settle({}, args(1, "p"), ["input.password"]);
    const news = { ...(await inputsOf(args(2, "q"), ["input.password"])), ...args(2, "p") };
    expect(secretsOf(checker().settle(stateAfter(first), news))).toEqual([]);
    const secretBefore = await settle({}, args(1, pulumi.secret("p")), ["input.password"]);
    expect(pathsOf(checker().settle(stateAfter(secretBefore), news))).toEqual(["input/password"]);
  });
});

describe("a part in ignoreChanges", () => {
  const first = async (): Promise<Bag> =>
    stateAfter(await settle({}, { input: { list: [{ key: pulumi.secret("k-1") }] } }));

  test("stays secret where it stands, or around it where the program has nothing there", async () => {
    const check = checker();
    const option = ["input.list[*].key"];
    const settled = check.settle(
      await first(),
      await inputsOf({ input: { list: [{ key: "k-1" }] } }, option),
    );
    expect(pathsOf(settled)).toEqual(["input/list/0/key"]);
    // The engine puts nothing back where a list has another length.
    const longer = check.settle(
      await first(),
      await inputsOf({ input: { list: [{ key: "new" }, { key: "k-1" }] } }, option),
    );
    expect(longer.inputs["input"]).toEqual({ list: [{ key: mark("new") }, { key: mark("k-1") }] });
    const without = check.settle(
      {},
      await inputsOf({ input: { list: [{ key: "other" }, { key: "open" }] } }, option),
    );
    expect(pathsOf(without)).toEqual(["input/list/0/key"]);
    const elsewhere = check.settle({}, await inputsOf({ input: { list: "none" } }, option));
    expect(pathsOf(elsewhere)).toEqual(["input/list"]);
  });

  test("of a state that does not say where the secret is, it is what the option covers", async () => {
    const olds = { input: { a: "first", b: "second" }, __meta: { urn, secretArguments: ["input"] } };
    const news = await inputsOf({ input: { a: "new", b: "other" } }, ["input.b"]);
    expect(pathsOf(checker().settle(olds, news))).toEqual(["input/b"]);
  });
});

describe("what is not the program's", () => {
  test("is taken for a secret where it takes data, and left to the engine to mark", async () => {
    const news = {
      ...(await inputsOf({ workflowId: "wf", input: { a: 1 } })),
      input: { a: 1, password: "x" },
    };
    const settled = checker().settle({}, { ...news, triggers: { owner: "team" } });
    expect(pathsOf(settled)).toEqual(["input/password", "triggers/owner"]);
    expect(settled.inputs["input"]).toEqual({ a: 1, password: "x" });
    // It stays so without becoming more; whether the transform still makes it one, the provider is not told.
    const again = checker().settle(stateAfter(settled), { ...news, triggers: { owner: "team" } });
    expect(again.inputs["__meta"]).toEqual(settled.inputs["__meta"]);
    expect(again.inputs).toMatchObject({ input: { a: 1, password: mark("x") } });
  });

  test("is found beside a secret of the program, too", async () => {
    const news = await inputsOf({ input: { a: pulumi.secret("first"), b: 1 } });
    const changed = { ...news, input: { a: "first", b: 1, c: "added" } };
    expect(pathsOf(checker().settle({}, changed))).toEqual(["input/a", "input/c"]);
  });

  test("is none where it names, places or steers", async () => {
    const news = await inputsOf({ workflowId: "wf", timeoutSeconds: 5 });
    const changed = { ...news, workflowId: "other", region: "r", endpoint: "https://e", onDelete: "leave" };
    expect(secretsOf(checker().settle({}, changed))).toEqual([]);
    const named = { ...news, executionName: "a-name" };
    expect(secretsOf(new SecretArguments(services.cloudflow).settle({}, named))).toEqual([]);
  });
});

describe("what is not known yet", () => {
  const later = (isSecret: boolean): pulumi.Output<string> => {
    const Output = pulumi.Output as unknown as new (...parts: unknown[]) => pulumi.Output<string>;
    const not = Promise.resolve(false);
    return new Output([], Promise.resolve(undefined), not, Promise.resolve(isSecret), Promise.resolve([]));
  };

  test("makes unknown which arguments are secret, and may be hidden meanwhile", async () => {
    const settled = await settle({}, { input: secret, triggers: { out: later(false) }, headers: { a: "b" } });
    expect(settled.inputs["__meta"]).toEqual({
      urn,
      secretArguments: unknownText,
      secretPaths: unknownText,
      programSecrets: unknownText,
    });
    expect(readProperties(settled.seen).secretPaths).toEqual([
      ["input", "password"],
      ["triggers", "out"],
    ]);
    expect(readProperties(settled.inputs).secretPaths).toEqual([]);
  });

  test("but what is known is marked as it will be when all is", async () => {
    const first = await settle(
      {},
      { input: { password: pulumi.secret("hunter2"), list: [pulumi.secret("item")] } },
    );
    const preview = await settle(stateAfter(first), {
      input: { password: "hunter2", version: later(false), list: [later(false), "item"] },
    });
    expect(preview.inputs["input"]).toEqual({
      password: mark("hunter2"),
      version: unknownText,
      list: [unknownText, mark("item")],
    });
  });

  test("but what is certain to be a secret is", async () => {
    const settled = await settle({}, { triggers: { out: later(true) } });
    expect(secretsOf(settled)).toEqual(["triggers"]);
  });
});

test("a run's key is made of what the program says alone", async () => {
  const first = await settle({}, { input: secret, triggers: { a: pulumi.secret("t") } });
  const settled = await settle(stateAfter(first), { input: open, triggers: { a: pulumi.secret("t") } });
  const { programSecrets } = readProperties(settled.inputs);
  expect(secretsOf(settled)).toEqual(["input", "triggers"]);
  expect(programSecrets).toEqual(["triggers"]);
  expect(readProperties(first.inputs).programSecrets).toEqual(["input", "triggers"]);
});

test("properties without notes are left as they are", () => {
  const news = { input: open, __meta: { urn, secretArguments: ["input"] } };
  expect(checker().settle({}, news)).toEqual({ inputs: news, seen: news });
});
