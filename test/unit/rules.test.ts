/** Rules for arguments that stand in addresses and paths. */
import { address, identifier, jsonObject, text } from "../../provider/src/execution/rules";

const limits = { min: 1, max: 8 };

test.each(["a", "...", "a.b", "a b", "%2E", "ä", "😀"])("%j is an id", (value) => {
  expect(identifier(limits)(value)).toBeUndefined();
});

test.each<[unknown, RegExp]>([
  [".", /^must be an id, not "\."$/],
  ["..", /^must be an id, not "\.\."$/],
  ["a/b", /^must be an id, without "\/" and control characters$/],
  ["a\nb", /control characters$/],
  ["a\u0085", /control characters$/],
  ["a\ud800", /^must be well-formed text/],
  ["", /^must not be empty/],
  [7, /^must be text of 1 to 8 characters, not a number$/],
])("%j is none", (value, reason) => {
  expect(identifier(limits)(value)).toMatch(reason);
});

test("text and JSON text with half of a surrogate pair can't be sent", () => {
  expect(text(limits)("\udc00a")).toMatch(/well-formed/);
  expect(jsonObject(100)('{"a":"\ud800"}')).toMatch(/well-formed/);
  expect(jsonObject(100)({ a: "\ud800" })).toBeUndefined();
  expect(text(limits)("😀")).toBeUndefined();
});

test.each([
  ["hunter2", ""],
  ['{"password":hunter2-correct-horse}', ""],
  ["at position 4711", ""],
  ['{"password":"hunter2', ": wrong at position 20"],
  ["{password:1}", ": wrong at position 1"],
])("%s is not JSON: that is said with the place, and nothing of the text", (value, place) => {
  // Later versions of Node say line and column too.
  expect(jsonObject(100)(value)?.replace(/ \(line \d+ column \d+\)$/, "")).toBe(
    `must be a map or JSON text; this text is not JSON${place}`,
  );
});

test.each<[unknown, string]>([
  [["a"], "a list"],
  [7, "a number"],
  [null, "null"],
  ['["a"]', "JSON text of a list"],
  ['"a"', "JSON text of a string"],
  ["null", "JSON text of null"],
])("%j is no object", (value, kind) => {
  expect(jsonObject(100)(value)).toBe(`must be a map or JSON text of one, not ${kind}`);
});

// The size of what is sent, in bytes of UTF-8: a map as JSON without blanks, a text as it stands.
test.each<[string, unknown, number]>([
  ["a map", { key: "😀é" }, 16],
  ["text with blanks", '{ "key" : "é" }', 16],
  ["half an emoji, which JSON writes as an escape", { k: "\ud83d" }, 14],
])("%s is measured as it is sent", (_what, value, bytes) => {
  expect(jsonObject(bytes)(value)).toBeUndefined();
  const reason = `must have at most ${String(bytes - 1)} bytes as JSON in UTF-8, not ${String(bytes)}: store the data elsewhere and pass its address`;
  expect(jsonObject(bytes - 1)(value)).toBe(reason);
});

test.each(["https://a?", "https://a#", "https://a?x=1"])(
  "%s is no address: a path could not follow",
  (value) => {
    expect(address(value)).toMatch(/without a query$/);
  },
);

test.each(["https://me:s3cret@", "me:s3cret@host", "//me:s3cret@host", "https://me:s3cret@host"])(
  "a password in an address is refused and not repeated %#",
  (value) => {
    expect(address(value)).toMatch(/^must be an address/);
    expect(address(value)).not.toContain("s3cret");
  },
);
