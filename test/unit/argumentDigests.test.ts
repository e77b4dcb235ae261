/** Digests tell whether an argument is the one that the program gave, whatever the way through the engine does to it. */
import * as fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { digestOf, isIgnored } from "../../provider/src/dynamic/argumentDigests";

const digest = (value: unknown, ignoreChanges: readonly string[] = []): string =>
  digestOf("input", value, ignoreChanges);

/** As it arrives in the provider: by way of a protobuf Struct, keys in whatever order. */
function carried(value: unknown): unknown {
  const struct = Struct.fromJavaScript({ value } as Parameters<typeof Struct.fromJavaScript>[0]);
  return Struct.deserializeBinary(struct.serializeBinary()).toJavaScript()["value"];
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)]));
}

test("the way through the engine, and the order of keys, change no digest", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      fc.pre(JSON.stringify(value).isWellFormed());
      expect(digest(reversed(carried(value)))).toBe(digest(value));
    }),
  );
});

test("a member that is null, undefined or absent is the same; a list keeps its places", () => {
  expect(digest({ a: null, b: undefined, c: 1 })).toBe(digest({ c: 1 }));
  expect(digest([1, undefined])).toBe(digest([1, null]));
  expect(digest([1, null])).not.toBe(digest([1]));
});

test.each([
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { a: "1" }],
  [{ a: [1, 2] }, { a: [2, 1] }],
  [{ a: 1 }, { b: 1 }],
  [{}, []],
  ["x", { 0: "x" }],
])("%j and %j differ", (one, other) => {
  expect(digest(one)).not.toBe(digest(other));
});

const value = { user: "u", "a.b": 1, list: [{ key: 1 }, { key: 2 }], deep: { password: "p", port: 1 } };

test.each([
  ["input", { anything: 1 }],
  ["*", { anything: 1 }],
  ["input.user", { ...value, user: "other" }],
  ['input["a.b"]', { ...value, "a.b": 2 }],
  ['["input"].deep.password', { ...value, deep: { password: "other", port: 1 } }],
  ["input.deep.*", { ...value, deep: { password: "other", more: 1 } }],
  ["input.list[1].key", { ...value, list: [{ key: 1 }, { key: 3 }] }],
  ["input.list[*].key", { ...value, list: [{ key: 8 }, { key: 9 }] }],
])("what %s covers does not count", (path, other) => {
  expect(digest(other)).not.toBe(digest(value));
  expect(digest(other, [path])).toBe(digest(value, [path]));
  expect(digest({ ...value, more: 1 }, ["triggers", "input.nowhere.near"])).not.toBe(digest(value));
});

test("a path covers an argument, or something in it", () => {
  expect(isIgnored("input", ["triggers", "input.deep.password"])).toBe(true);
  expect(isIgnored("input", ["*"])).toBe(true);
  expect(isIgnored("input", ['["input"]'])).toBe(true);
  expect(isIgnored("input", ["inputs", "triggers.input", ""])).toBe(false);
});
