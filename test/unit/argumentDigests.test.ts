/** Notes tell which of the values that arrive are the program's, whatever the way through the engine does to them. */
import * as fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { foreignPaths, noteOf, notedPaths } from "../../provider/src/fronts/dynamic/argumentDigests";
import { matches, readPattern } from "../../provider/src/fronts/shared/propertyPaths";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The paths at which a value is not the value that was noted. */
function foreign(value: unknown, note: unknown, ignoreChanges: readonly string[] = []): string[] {
  const patterns = ignoreChanges.map(readPattern);
  const isIgnored = (path: readonly string[]): boolean => patterns.some((pattern) => matches(pattern, path));
  return foreignPaths(value, note, ["input"], isIgnored).map((path) => path.join("/"));
}

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

test("the way through the engine, and the order of keys, make no value foreign", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      // Values that do not arrive at all are refused before.
      fc.pre(JSON.stringify(value).isWellFormed() && !JSON.stringify(value).includes("__proto__"));
      expect(foreign(reversed(carried(value)), carried(noteOf(value) ?? null))).toEqual([]);
    }),
  );
});

test.each<[string, unknown, unknown, string[]]>([
  ["another value", { a: 1, b: 1 }, { a: 2, b: 1 }, ["input/a"]],
  ["another type", { a: 1 }, { a: "1" }, ["input/a"]],
  ["another order of a list", { a: [1, 2, 3] }, { a: [2, 1, 3] }, ["input/a/0", "input/a/1"]],
  ["a new key", { a: 1 }, { a: 1, b: { c: 1, d: [2] } }, ["input/b/c", "input/b/d/0"]],
  ["a key of every object's", { a: 1 }, { a: 1, toString: "x" }, ["input/toString"]],
  ["a longer list", [1], [1, 2], ["input/1"]],
  ["a map in the place of a list", ["x"], { 0: "x" }, ["input/0"]],
  ["a text in the place of a map", { a: 1 }, "x", ["input"]],
  ["a value where there was none", undefined, "x", ["input"]],
  ["less than there was", { a: [1, 2], b: 1 }, { a: [1] }, []],
  ["nothing that tells anything", { a: 1, b: [1, 2] }, { a: null, b: [], c: {}, d: null }, []],
])("%s is foreign where it stands", (_what, noted, arrived, paths) => {
  expect(foreign(arrived, noteOf(noted))).toEqual(paths);
});

test("a member that is null, undefined or absent is the same; a list keeps its places", () => {
  expect(noteOf({ a: null, b: undefined, c: 1 })).toEqual(noteOf({ c: 1 }));
  expect(noteOf([1, undefined, 2])).toEqual(noteOf([1, null, 2]));
  expect(foreign([1, null, 2], noteOf([1, undefined, 2]))).toEqual([]);
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
  expect(foreign(other, noteOf(value))).not.toEqual([]);
  expect(foreign(other, noteOf(value), [path])).toEqual([]);
  expect(foreign({ ...value, more: 1 }, noteOf(value), ["triggers", "input.nowhere.near"])).toEqual([
    "input/more",
  ]);
});

test("a secret, and what is not known yet, is found where it is noted, and is nobody else's", () => {
  const note = { a: "secret", list: [null, "secret", { b: unknown }], c: noteOf(1) };
  expect(notedPaths(note, "secret")).toEqual([["a"], ["list", "1"]]);
  expect(notedPaths(note, unknown)).toEqual([["list", "2", "b"]]);
  expect(notedPaths("secret", "secret")).toEqual([[]]);
  expect(foreign({ a: { any: 1 }, list: [null, "x", { b: "y" }], c: 1 }, note)).toEqual([]);
});
