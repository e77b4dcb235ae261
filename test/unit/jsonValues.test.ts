/** Arguments as JSON: what is copied, what becomes text, what is refused by its path, at once or when it is known. */
import * as pulumi from "@pulumi/pulumi";
import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { toJsonValues } from "../../provider/src/program/jsonValues";

/** Keeps its data where JSON does not look. */
class Sealed {
  readonly #secret = 1;
  get shown(): number {
    return this.#secret;
  }
}

class Money {
  constructor(readonly cents: number) {}
  toJSON(): string {
    return String(this.cents);
  }
}

const refuse = (problems: readonly string[], isLater: boolean): Error =>
  new Error([isLater ? "later" : "at once", ...problems].join("\n"));

const copyOf = (input: unknown): unknown => toJsonValues({ input }, refuse)["input"]?.value;

async function known(value: unknown): Promise<unknown> {
  return (pulumi.output(value) as unknown as { promise(): Promise<unknown> }).promise();
}

test("plain JSON is copied as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      fc.pre(!JSON.stringify(value).includes("__proto__"));
      const { input } = toJsonValues({ input: value }, refuse);
      expect(JSON.stringify(input)).toBe(JSON.stringify({ value, isLater: false }));
    }),
  );
  expect(copyOf({ none: Object.create(null), own: { constructor: 1 } })).toEqual({
    none: {},
    own: { constructor: 1 },
  });
});

test("a Date becomes RFC 3339, wherever it stands, also one of another realm", () => {
  const day = new Date("2026-01-02T03:04:05.006Z");
  const foreign = runInNewContext("new Date(0)") as unknown;
  expect(copyOf({ day, list: [day], foreign })).toEqual({
    day: "2026-01-02T03:04:05.006Z",
    list: ["2026-01-02T03:04:05.006Z"],
    foreign: "1970-01-01T00:00:00.000Z",
  });
  expect(copyOf(day)).toBe("2026-01-02T03:04:05.006Z");
});

test("what is undefined is left out, and keeps its place in a list", () => {
  expect(JSON.stringify(copyOf({ a: undefined, list: [1, undefined, null] }))).toBe('{"list":[1,null,null]}');
});

test("what stands in several places is no cycle", () => {
  const shared = { a: 1 };
  expect(copyOf({ one: shared, two: [shared, shared] })).toEqual({ one: shared, two: [shared, shared] });
});

const cycle: Record<string, unknown> = {};
cycle["list"] = [cycle];

test.each<[string, unknown, string]>([
  ["an invalid Date", new Date(NaN), "input.x is an invalid Date: give a valid one, or null"],
  ["a BigInt", 1n, "input.x is a BigInt: give its text, String(value)"],
  ["NaN", NaN, "input.x is NaN: give a finite number, or null"],
  ["an infinity", [-Infinity], "input.x[0] is -Infinity: give a finite number, or null"],
  ["a Map", new Map(), "input.x is a Map: give a plain map, Object.fromEntries(value)"],
  ["a Set", new Set(), "input.x is a Set: give a list, [...value]"],
  ["a URL", new URL("https://a"), "input.x is a URL: give its text, value.href"],
  ["a Buffer", Buffer.from("a"), "input.x is binary data: give a text, e.g. in base64"],
  ["a typed array", new Float32Array(1), "input.x is binary data: give a text, e.g. in base64"],
  ["an ArrayBuffer", new ArrayBuffer(1), "input.x is binary data: give a text, e.g. in base64"],
  ["a function", () => 1, "input.x is a function: give what it returns"],
  ["a symbol", Symbol("s"), "input.x is a symbol: give a text"],
  ["an instance", new Sealed(), "input.x is an instance of Sealed: give plain data, e.g. { ...value }"],
  ["an Error", new Error("e"), "input.x is an instance of Error: give plain data, e.g. { ...value }"],
  ["one with toJSON", new Money(1), "input.x is an instance of Money: give plain data, e.g. value.toJSON()"],
  ["a cycle", cycle, "input.x.list[0] contains itself: give a copy without the cycle"],
  [
    "half a character",
    { "a b": "\ud83d" },
    'input.x["a b"] has one half of a surrogate pair without the other: give well-formed text',
  ],
  [
    "a key with half a character",
    { "\ude00": 1 },
    'input.x["\\ude00"] has one half of a surrogate pair without the other: give well-formed text',
  ],
  [
    "Pulumi's own marker",
    { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "v" },
    'input.x["4dabf18193072939515e22adb298388d"] is a key that Pulumi reserves: use another key',
  ],
  [
    "a key that the SDK would lose",
    JSON.parse('{"__proto__":1}'),
    "input.x.__proto__ is a key that the SDK loses: use another key",
  ],
  [
    "Pulumi's own text",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "input.x is a text that Pulumi reserves: use another text",
  ],
  [
    "an asset",
    new pulumi.asset.StringAsset("a"),
    "input.x is an asset or archive: give the text itself, or a hash of the file",
  ],
  [
    "an archive",
    new pulumi.asset.AssetArchive({}),
    "input.x is an asset or archive: give the text itself, or a hash of the file",
  ],
])("%s is refused by its path, with the remedy", async (_what, x, problem) => {
  expect(() => copyOf({ x })).toThrow(new Error(`at once\n${problem}`));
  // An Output that fails is an unhandled rejection too: test/e2e has one.
  const later = copyOf({ x: Promise.resolve(x) }) as { x: Promise<unknown> };
  await expect(later.x).rejects.toThrow(new Error(`later\n${problem}`));
});

test("all problems of all arguments are named together", () => {
  const args = { input: { a: 1n, b: [new Set()] }, triggers: new Map(), timeoutSeconds: 1n };
  expect(() => toJsonValues(args, refuse)).toThrow(
    new Error(
      [
        "at once",
        "input.a is a BigInt: give its text, String(value)",
        "input.b[0] is a Set: give a list, [...value]",
        "triggers is a Map: give a plain map, Object.fromEntries(value)",
        "timeoutSeconds is a BigInt: give its text, String(value)",
      ].join("\n"),
    ),
  );
});

test("a number that stands alone is left to check, which knows the argument", () => {
  expect(toJsonValues({ timeoutSeconds: NaN }, refuse)["timeoutSeconds"]?.value).toBeNaN();
});

test("Outputs and promises stay, at any depth, and give JSON too", async () => {
  const inner = pulumi.output(1).apply(() => ({ at: new Date(0), deeper: pulumi.output("x") }));
  const { input } = toJsonValues(
    { input: { a: [inner], b: Promise.resolve({ c: inner }), d: pulumi.secret("s") } },
    refuse,
  );
  expect(input?.isLater).toBe(true);
  const inside = { at: "1970-01-01T00:00:00.000Z", deeper: "x" };
  expect(await known(input?.value)).toEqual({ a: [inside], b: { c: inside }, d: "s" });
  const { d } = input?.value as { d: pulumi.Output<string> };
  expect(await pulumi.isSecret(d)).toBe(true);
});

test("a resource stands for its id, a component for its URN", async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name }) => ({ id: `${name}-id`, state: {} }),
    call: () => ({}),
  });
  class Bucket extends pulumi.CustomResource {}
  const bucket = new Bucket("test:index:Bucket", "bucket", {});
  const component = new pulumi.ComponentResource("test:index:Site", "site", {});
  const { triggers } = toJsonValues({ triggers: { bucket, component } }, refuse);
  expect(await known(triggers?.value)).toEqual({
    bucket: "bucket-id",
    component: "urn:pulumi:stack::project::test:index:Site::site",
  });
});
