/**
 * The YAML that flow definitions are written in: what is read, and what is refused by name.
 */
import { parseYaml } from "../../emulator/src/alibaba/fdl/yaml";

test.each<[string, string, unknown]>([
  ["nothing", "", null],
  ["JSON", '{"a": [1, {"b": null}]}', { a: [1, { b: null }] }],
  [
    "scalars",
    "a: 1\nb: -2.5\nc: true\nd: ~\ne: text\nf: 1e3\ng: 007\nh: 'True'",
    {
      a: 1,
      b: -2.5,
      c: true,
      d: null,
      e: "text",
      f: 1000,
      g: "007",
      h: "True",
    },
  ],
  [
    "quotes",
    `a: "x\\n\\"y\\" # no comment"\nb: 'it''s'\n"c: d": 1`,
    { a: 'x\n"y" # no comment', b: "it's", "c: d": 1 },
  ],
  [
    "escapes, and quotes over several lines",
    "a: \"\\x41\\u00e9\\\n  b\"\nc: 'd\n  e'",
    { a: "Aéb", c: "d e" },
  ],
  ["several keys that look alike", "1: a\n'1.0': b\n~: c", { "1": "a", "1.0": "b", "~": "c" }],
  ["comments", "# first\na: 1 # one\n\n  # between\nb: x#y", { a: 1, b: "x#y" }],
  ["nesting", "a:\n  b:\n    c: 1\n  d: 2\ne: 3", { a: { b: { c: 1 }, d: 2 }, e: 3 }],
  [
    "lists",
    "a:\n  - 1\n  - x: 1\n    y: 2\n  -\n    z: 3\n  - - 4\n    - 5",
    { a: [1, { x: 1, y: 2 }, { z: 3 }, [4, 5]] },
  ],
  [
    "a list at its key's indentation",
    "a:\n- 1\n- b: 2\n  c:\n  - 3\nd: 4",
    { a: [1, { b: 2, c: [3] }], d: 4 },
  ],
  ["a list alone", "- a\n- b", ["a", "b"]],
  [
    "flow style",
    "a: {b: 1, 'c': [x, \"y z\", {}], d: $.e == 1}\nf: []",
    {
      a: { b: 1, c: ["x", "y z", {}], d: "$.e == 1" },
      f: [],
    },
  ],
  ["a bracket that closes where the key begins", "a: {\n  b: 1\n}\nc: 2", { a: { b: 1 }, c: 2 }],
  ["flow style over lines", "a: [1,\n  2, # two\n  3]\nb: {c:\n 4}", { a: [1, 2, 3], b: { c: 4 } }],
  [
    "URLs and expressions",
    "a: acs:fc:::x/y\nb: $.a[0].b\nc: http://x/?a=b#c",
    {
      a: "acs:fc:::x/y",
      b: "$.a[0].b",
      c: "http://x/?a=b#c",
    },
  ],
  [
    "literal text",
    "a: |\n  one\n   two # kept\n\n  three\nb: |-\n  end\nc: 1",
    {
      a: "one\n two # kept\n\nthree\n",
      b: "end",
      c: 1,
    },
  ],
  ["folded text", "a: >\n  one\n  two\n\n  three\nb: 1", { a: "one two\nthree\n", b: 1 }],
  ["a document marker", "---\na: 1\n...\n", { a: 1 }],
  ["Windows line ends", "a: 1\r\nb:\r\n  - 2\r\n", { a: 1, b: [2] }],
  ["an empty value", "a:\nb: 1", { a: null, b: 1 }],
])("%s", (_what, text, expected) => {
  expect(parseYaml(text)).toEqual(expected);
});

test("a field called __proto__ is a field", () => {
  const made = parseYaml("__proto__: 1\na: {__proto__: 2}") as Record<string, unknown>;
  expect(Object.keys(made)).toEqual(["__proto__", "a"]);
  expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
});

test.each([
  ["a: &x 1", "line 1: anchors are not supported: &x"],
  ["a: {b: 1}\nc: &x\n  - 1", "anchors are not supported: &x"],
  ["a: 1\nb: *x", "line 2: aliases are not supported: *x"],
  ["a: [1, {b: *x}]", "line 1: aliases are not supported: *x"],
  ["a: !!str 1", "line 1: tags are not supported: tag:yaml.org,2002:str"],
  ["a: !own {b: 1}", "line 1: tags are not supported: !own"],
  ["<<: {a: 1}", "line 1: merge keys"],
  ["? a\n: b", "line 1: keys with ?"],
  ["[a]: b", "line 1: a key must be a text"],
  ["a: 1\n---\nb: 2", "line 2: several documents are not supported"],
  ["a: one\n  two", "line 2: plain text over several lines"],
  ["a: 1\na: 2", "line 2: a is defined twice"],
  ["a: {b: 1,\n b: 2}", "line 2: b is defined twice"],
  ["a: [1, 2", "line 1: Flow sequence in block collection must be sufficiently indented and end with a ]"],
  ['a: "x', 'line 1: Missing closing "quote'],
  ["a: 1\n\tb: 2", "line 2: Tabs are not allowed as indentation"],
  ["a:\n    b: 1\n  c: 2", "line 3: All mapping items must start at the same column"],
  ["a: 1\nhello", "line 2: Implicit map keys need to be followed by map values"],
  ['a: "\\q"', "line 1: Invalid escape sequence \\q"],
  ["a: [1] 2", "line 1: Unexpected scalar at node end"],
  ["a: |x\n  b", "line 1: Block scalar header includes extra characters: |x"],
  ["a: @x", "line 1: Plain value cannot start with reserved character @"],
  ['{"a": 1,\n "b" 2}', "line 2: "],
])("%j is refused", (text, message) => {
  expect(() => parseYaml(text)).toThrow(message);
});

test.each([
  ["in YAML", (levels: number): string => "- ".repeat(levels - 1) + "[]"],
  ["in flow style", (levels: number): string => `${"[".repeat(levels)} # no JSON\n${"]".repeat(levels)}`],
  ["in JSON", (levels: number): string => '{"a":'.repeat(levels - 1) + "{}" + "}".repeat(levels - 1)],
])("up to 200 levels are read %s, more are refused", (_what, nested) => {
  expect(() => parseYaml(nested(200))).not.toThrow();
  expect(() => parseYaml(nested(201))).toThrow("line 1: has more than 200 levels");
  expect(() => parseYaml(nested(20_000))).toThrow(/^line 1: /);
});

test("aliases that multiply are refused before any of them is followed", () => {
  const levels = Array.from({ length: 30 }, (_, level) =>
    level === 0
      ? "a0: &a0 [x, x]"
      : `a${String(level)}: &a${String(level)} [*a${String(level - 1)}, *a${String(level - 1)}]`,
  );
  expect(() => parseYaml(levels.join("\n"))).toThrow("line 1: anchors are not supported: &a0");
});

// With time that grows with the square of the size, each would take minutes.
test.each([
  ["keys", (n: number): string => Array.from({ length: n }, (_, i) => `k${String(i)}: 1`).join("\n")],
  ["items", (n: number): string => "- 1\n".repeat(n)],
  ["flow style over lines", (n: number): string => `a: [${"1,\n ".repeat(n)}]`],
  ["comments", (n: number): string => `${"# x\n".repeat(n)}a: 1`],
])("50 000 lines of %s are read", (_what, text) => {
  const n = 50_000;
  expect(text(n).length).toBeGreaterThan(150_000);
  expect(parseYaml(text(n))).toBeInstanceOf(Object);
});
