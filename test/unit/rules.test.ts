/** Rules for arguments that stand in addresses and paths. */
import { address, identifier, json, text } from "../../provider/src/backends/rules";

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
  expect(json(100)('{"a":"\ud800"}')).toMatch(/well-formed/);
  expect(json(100)({ a: "\ud800" })).toBeUndefined();
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
  expect(json(100)(value)?.replace(/ \(line \d+ column \d+\)$/, "")).toBe(
    `must be a map or JSON text; this text is not JSON${place}`,
  );
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
