/**
 * JSON with numbers that JavaScript's can't hold: exact as text, all else as `JSON.parse` has it.
 */
import * as fc from "fast-check";
import { ExactNumber, exactNumbersAsText, parseJson } from "../../provider/src/ground/json";

const asText = (text: string): unknown => exactNumbersAsText(parseJson(text));

test.each<[string, unknown]>([
  ["9007199254740991", 9007199254740991],
  ["-9007199254740991", -9007199254740991],
  ["9007199254740992", "9007199254740992"],
  ["9007199254740993", "9007199254740993"],
  ["-9007199254740993", "-9007199254740993"],
  ["1000000000000000000", "1000000000000000000"],
  ["123456789012345678901234567890", "123456789012345678901234567890"],
  ["1e400", "1e400"],
  ["-1E+0400", "-1E+0400"],
  ["1e-400", "1e-400"],
  ["0e400", 0],
  ["1e300", 1e300],
  ["5e-324", 5e-324],
  ["0.1", 0.1],
  ["1.0", 1],
  ["0.30000000000000004", 0.30000000000000004],
  ["3.14159265358979323846", Math.PI],
  ["1.00000000000000000001", 1],
  ["-0", -0],
  ["1764000000000", 1764000000000],
])("%s is kept as %j", (text, expected) => {
  expect(asText(text)).toBe(expected);
  expect(asText(` {"a":[ ${text}\t] }`)).toEqual({ a: [expected] });
});

test("numbers in strings and keys are no numbers", () => {
  const texts = [
    'say \\"9007199254740993\\"',
    "9007199254740993",
    "\\\\",
    "[1e400]",
    '\\\\\\"9007199254740993',
  ];
  const text = `{"9007199254740993":[${texts.map((each) => `"${each}"`).join(",")},9007199254740993]}`;
  expect(asText(text)).toEqual({
    "9007199254740993": [
      'say "9007199254740993"',
      "9007199254740993",
      "\\",
      "[1e400]",
      '\\"9007199254740993',
      "9007199254740993",
    ],
  });
});

test("a key __proto__ with a long number is a key like any other", () => {
  const value = parseJson('{"__proto__":9007199254740993}') as object;
  expect(Object.entries(value)).toEqual([["__proto__", new ExactNumber("9007199254740993")]]);
});

test.each([
  "012345678901234567890",
  "9007199254740993abc",
  "[1234567890123456.]",
  "- 9007199254740993",
  '"9007199254740993',
  "1e4000e",
  "",
])("%j is no JSON, and stays none", (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError);
});

const ordinary = fc.json({ stringUnit: "binary" }).filter((text) => !/\d{16}/.test(text));

test("any JSON without such numbers is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(ordinary, fc.nat(), (text, more) => {
      // The id makes it search for numbers.
      const withId = `[${text},"1234567890123456",${String(more)}]`;
      expect(asText(withId)).toEqual(JSON.parse(withId));
    }),
    { numRuns: 500 },
  );
});

test("any integer comes back as it was written", () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.string({ unit: "binary" }), (integer, key) => {
      const value = asText(`{${JSON.stringify(key)}:[${String(integer)}]}`);
      expect(String((value as Record<string, unknown[]>)[key]?.[0])).toBe(String(integer));
    }),
    { numRuns: 500 },
  );
});

test("a megabyte, and any depth, is no trouble", () => {
  const many = `[${'9007199254740993,"\\\\\\"",'.repeat(100_000)}1]`;
  expect(new Set(asText(many) as unknown[])).toEqual(new Set(["9007199254740993", '\\"', 1]));
  const deep = `${"[".repeat(50_000)}9007199254740993${"]".repeat(50_000)}`;
  let value = parseJson(deep);
  while (Array.isArray(value)) [value] = value as unknown[];
  expect(value).toEqual(new ExactNumber("9007199254740993"));
  expect(parseJson(`["${"\\\\".repeat(1_000_000)}",9007199254740993]`)).toHaveLength(2);
});
