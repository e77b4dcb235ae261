/**
 * Which arguments are secret: what the program says, what the state says, and what is neither's. Played as the engine
 * plays it: it takes the marks off before it calls, and puts those back that the program has made.
 */
import * as pulumi from "@pulumi/pulumi";
import { SecretArguments } from "../../provider/src/dynamic/secretArguments";
import { readProperties } from "../../provider/src/dynamic/properties";
import type { JsonValue } from "../../provider/src/resource/jsonValues";
import { noteArguments } from "../../provider/src/resource/argumentNotes";
import { toJsonValues } from "../../provider/src/resource/jsonValues";
import { services } from "../../provider/src/lifecycle";

const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signatureKey = "4dabf18193072939515e22adb298388d";
const urn = "urn:pulumi:s::p::t::r";

type Bag = Record<string, unknown>;

/** What arrives of a program's arguments, before anybody changed them. */
async function inputsOf(args: Bag, ignoreChanges: string[] = []): Promise<Bag> {
  const values: Record<string, JsonValue> = toJsonValues(args, (problems) => new Error(problems.join()));
  const notes: Bag = {};
  for (const [name, note] of Object.entries(noteArguments("functiongraph", values, ignoreChanges))) {
    notes[name] = await note;
  }
  const arrived = Object.entries(values).map(async ([name, { value }]) => {
    const output = pulumi.output(value) as unknown as {
      promise(): Promise<unknown>;
      isKnown: Promise<boolean>;
    };
    return [name, (await output.isKnown) ? await output.promise() : unknownText] as const;
  });
  const meta = { urn, notes, ...(ignoreChanges.length > 0 ? { ignoreChanges } : {}) };
  return { ...Object.fromEntries(await Promise.all(arrived)), __provider: "text", __meta: meta };
}

/** The state that check leaves, as the next check gets it: in the clear. */
function stateAfter({ inputs }: { inputs: Bag }): Bag {
  const clear = (value: unknown): unknown =>
    typeof value === "object" && value !== null && signatureKey in value ? (value as Bag)["value"] : value;
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, clear(value)]));
}

const checker = (): SecretArguments => new SecretArguments(services.functiongraph);

const secretsOf = ({ inputs }: { inputs: Bag }): unknown => (inputs["__meta"] as Bag)["secretArguments"];

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
  expect(settled.inputs["__meta"]).toEqual({ urn, secretArguments: ["headers", "input", "workflowId"] });
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
  expect(settled.inputs["input"]).toMatchObject({ [signatureKey]: expect.any(String), value: open });
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
  expect(secretsOf(await settled(stateAfter(first), '{"a":2,"b":2}'))).toEqual([]);
});

test("what an earlier version stored counts", async () => {
  const olds = { input: open, triggers: { a: 1 }, __meta: { urn, secretArguments: ["input"] } };
  expect(secretsOf(await settle(olds, { input: open, triggers: { a: 1 } }))).toEqual(["input"]);
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
    expect(settled.inputs["input"]).toEqual(open);
    // In a replacement it asks again without the state, and leaves in what the program gave.
    const replacing = check.settle({}, await inputsOf({ input: { password: "placeholder" } }, ["input"]));
    expect(secretsOf(replacing)).toEqual(["input"]);
    expect(replacing.inputs["input"]).toMatchObject({ value: { password: "placeholder" } });
  });

  test("of a part leaves the rest comparable: what nobody else has changed is not taken for another's", async () => {
    const args = (version: number, password: unknown): Bag => ({ input: { version, password } });
    const first = await settle({}, args(1, "p"), ["input.password"]);
    const news = { ...(await inputsOf(args(2, "q"), ["input.password"])), ...args(2, "p") };
    expect(secretsOf(checker().settle(stateAfter(first), news))).toEqual([]);
    const secretBefore = await settle({}, args(1, pulumi.secret("p")), ["input.password"]);
    expect(secretsOf(checker().settle(stateAfter(secretBefore), news))).toEqual(["input"]);
  });
});

describe("what is not the program's", () => {
  test("is taken for a secret where it takes data, and left to the engine to mark", async () => {
    const news = {
      ...(await inputsOf({ workflowId: "wf", input: { a: 1 } })),
      input: { a: 1, password: "x" },
    };
    const settled = checker().settle({}, { ...news, triggers: { owner: "team" } });
    expect(secretsOf(settled)).toEqual(["input", "triggers"]);
    expect(settled.inputs["input"]).toEqual({ a: 1, password: "x" });
    // It stays so without becoming more.
    const again = checker().settle(stateAfter(settled), { ...news, triggers: { owner: "team" } });
    expect(again.inputs).toEqual(settled.inputs);
  });

  test("is none where it names, places or steers", async () => {
    const news = await inputsOf({ workflowId: "wf", timeoutSeconds: 5 });
    const changed = { ...news, workflowId: "other", region: "r", endpoint: "https://e", onDelete: "leave" };
    expect(secretsOf(checker().settle({}, changed))).toEqual([]);
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
      programSecrets: unknownText,
    });
    expect(readProperties(settled.seen).secretArguments).toEqual(["input", "triggers"]);
    expect(readProperties(settled.inputs).secretArguments).toEqual([]);
  });

  test("but what is certain to be a secret is", async () => {
    const settled = await settle({}, { triggers: { out: later(true) } });
    expect(secretsOf(settled)).toEqual(["triggers"]);
  });
});

test("a run's key is made of what the program says alone", async () => {
  const first = await settle({}, { input: secret, triggers: { a: pulumi.secret("t") } });
  const settled = await settle(stateAfter(first), { input: open, triggers: { a: pulumi.secret("t") } });
  const { secretArguments, programSecrets } = readProperties(settled.inputs);
  expect(secretArguments).toEqual(["input", "triggers"]);
  expect(programSecrets).toEqual(["triggers"]);
  expect(readProperties(first.inputs).programSecrets).toEqual(["input", "triggers"]);
});

test("properties without notes are left as they are", () => {
  const news = { input: open, __meta: { urn, secretArguments: ["input"] } };
  expect(checker().settle({}, news)).toEqual({ inputs: news, seen: news });
});
