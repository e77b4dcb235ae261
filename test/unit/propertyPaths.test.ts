/** Paths inside the arguments: as options write them, as the state keeps them, and as messages say them. */
import {
  PathSet,
  existingPart,
  formatPath,
  matches,
  overlaps,
  readPattern,
  replacedAt,
  valueAt,
} from "../../provider/src/fronts/shared/propertyPaths";

const bag = { input: { list: ["a", { "x.y": 1 }], none: null, "0": "zero" }, text: "t" };

test.each([
  ["input", ["input"]],
  ["input.list[1].key", ["input", "list", "1", "key"]],
  ['input["a.b"][*]', ["input", "a.b", "*"]],
  ['["input"].deep["say \\"hi\\""]', ["input", "deep", 'say "hi"']],
  ["", []],
])("%s is read as the engine reads it", (pattern, path) => {
  expect(readPattern(pattern)).toEqual(path);
});

test("a pattern matches what it names and all inside; it overlaps also what is around", () => {
  const pattern = ["input", "*", "key"];
  expect(matches(pattern, ["input", "a", "key", "deep"])).toBe(true);
  expect(matches(pattern, ["input", "a"])).toBe(false);
  expect(overlaps(pattern, ["input", "a"])).toBe(true);
  expect(overlaps(pattern, ["input", "a", "other"])).toBe(false);
  expect(matches(["*"], ["triggers", "a"])).toBe(true);
});

test("a set of paths has all that is inside them, and gives the outermost in a fixed order", () => {
  const set = new PathSet([
    ["b", "y"],
    ["b", "x", "1"],
    ["a", "k", "deep"],
    ["b", "x"],
    ["a", "k"],
  ]);
  expect(set.outermost()).toEqual([
    ["a", "k"],
    ["b", "x"],
    ["b", "y"],
  ]);
  expect(set.has(["b", "x", "1", "2"])).toBe(true);
  expect(set.has(["b"])).toBe(false);
  expect(set.has(["b", "*"])).toBe(false);
  expect(new PathSet([]).has([])).toBe(false);
  expect(new PathSet([["a"], []]).outermost()).toEqual([[]]);
});

test("values are found by keys and places, and nothing is that only the prototype has", () => {
  expect(valueAt(bag, ["input", "list", "1", "x.y"])).toBe(1);
  expect(valueAt(bag, ["input", "0"])).toBe("zero");
  expect(valueAt(bag, ["input", "list", "length"])).toBeUndefined();
  expect(valueAt(bag, ["input", "toString"])).toBeUndefined();
  expect(valueAt(bag, ["text", "0"])).toBeUndefined();
  expect(existingPart(bag, ["input", "list", "2", "x"])).toEqual(["input", "list"]);
  expect(existingPart(bag, ["input", "none"])).toEqual(["input"]);
  expect(existingPart(bag, ["absent", "none"])).toEqual([]);
});

test("values are replaced in a copy, and only where there are any", () => {
  const secret = (value: unknown): unknown => ({ secret: value });
  const paths = [
    ["input", "list", "0"],
    ["input", "list", "9"],
    ["input", "none"],
    ["text", "0"],
    ["absent"],
  ];
  expect(replacedAt(bag, paths, secret)).toEqual({
    ...bag,
    input: { ...bag.input, list: [{ secret: "a" }, { "x.y": 1 }] },
  });
  expect(replacedAt(bag, [["input"], ["input", "list"]], secret)).toEqual({
    ...bag,
    input: { secret: bag.input },
  });
  const odd = JSON.parse('{"a":{"__proto__":"p"}}') as unknown;
  expect(JSON.stringify(replacedAt(odd, [["a", "__proto__"]], secret))).toBe(
    '{"a":{"__proto__":{"secret":"p"}}}',
  );
});

test("messages have them as Pulumi writes them", () => {
  expect(formatPath(["input", "list", "1", "x.y"], bag)).toBe('input.list[1]["x.y"]');
  expect(formatPath(["input", "0"], bag)).toBe('input["0"]');
  expect(formatPath(["text"], bag)).toBe("text");
});
