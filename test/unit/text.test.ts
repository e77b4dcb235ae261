/**
 * The door for texts: nothing a terminal acts on, nothing unseen, no character in half, no message that poses as
 * another one; in linear time.
 */
import * as fc from "fast-check";
import {
  cleanText,
  headOf,
  maxMessageLines,
  onOneLine,
  shorten,
  tailOf,
  toMessage,
  withoutControls,
} from "../../provider/src/ground/text";

const esc = "\u001b";

test.each<[string, string, string]>([
  ["colours", `${esc}[1;31mred${esc}[0m, ${esc}[38:2::1:2:3mtrue${esc}[m`, "red, true"],
  ["colours in eight bits", "\u009b31mred\u009b0m", "red"],
  ["moves of the cursor", `a${esc}[2J${esc}[1;1H${esc}[?25lb`, "ab"],
  ["links", `see ${esc}]8;;http://evil${esc}\\the docs${esc}]8;;\u0007.`, "see the docs."],
  ["window titles", `${esc}]0;owned\u0007a\u009d2;owned\u009cb${esc}kowned${esc}\\c`, "abc"],
  ["device controls", `${esc}P$q"p${esc}\\a${esc}_apc${esc}\\b${esc}^pm${esc}\\c`, "abc"],
  ["character sets and saved cursors", `${esc}(B${esc}7a${esc}8${esc}c`, "a"],
  ["an instruction within another", `${esc}${esc}[31m[31mred`, "[31mred"],
  ["a title without an end: its text stays", `${esc}]0;half a title`, "]0;half a title"],
  ["bell, NUL, backspace, delete", "a\u0007\u0000\bb\u007f\u0080", "ab"],
  ["a progress bar: each state is a line", "10%\r20%\r\n30%\n", "10%\n20%\n30%\n"],
  ["line and paragraph separators", "a\u2028b\u2029c\u0085d\ve\ff", "a\nb\nc\nd\ne\nf"],
  ["bidi controls", "a\u202eb\u2066c\u2069\u200e\u200f\u061cd", "abcd"],
  ["tabs and line breaks stay", "a\tb\nc", "a\tb\nc"],
  ["half of a surrogate pair", "log: \ud83d", "log: \ufffd"],
])("%s", (_what, text, clean) => {
  expect(withoutControls(text)).toBe(clean);
  expect(cleanText(text)).toBe(clean);
});

test("what is never seen is no part of a message, and stays in data", () => {
  const text = "zero\u200bwidth\u2060, soft\u00adhyphen, tag\u{e0041}, \ufeffbom, \u{1f468}\u200d\u{1f469}";
  expect(cleanText(text)).toBe("zerowidth, softhyphen, tag, bom, \u{1f468}\u{1f469}");
  expect(withoutControls(text)).toBe(text);
});

const anything = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code)),
    fc.constantFrom(
      esc,
      `${esc}[`,
      `${esc}]8;;`,
      "31m",
      "\u202e",
      "\u2028",
      "\u200d",
      "\ud83d",
      "é",
      "👨‍👩‍👧",
      "e\u0301",
    ),
  ),
});
// eslint-disable-next-line no-control-regex -- what must not be there
const forbidden = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

test("no text is left with a control; cleaning again changes nothing", () => {
  fc.assert(
    fc.property(anything, (text) => {
      const clean = cleanText(text);
      expect(clean).not.toMatch(forbidden);
      expect(clean.isWellFormed()).toBe(true);
      expect(cleanText(clean)).toBe(clean);
    }),
    { numRuns: 1_000 },
  );
});

test.each<[string, string, number, string]>([
  ["at a blank", "one two", 3, "one"],
  ["before an emoji that does not fit", "ab😀cd", 3, "ab"],
  ["before a family that does not fit", "ab👨‍👩‍👧cd", 6, "ab"],
  ["before a letter whose accent does not fit", "abe\u0301", 3, "ab"],
  ["before a flag that does not fit", "a🇩🇪", 3, "a"],
])("the beginning is cut %s", (_where, text, length, head) => {
  expect(headOf(text, length)).toBe(head);
  expect(shorten(text, length)).toBe(`${head}…`);
});

test("the end is cut between characters too", () => {
  expect(tailOf("ab😀cd", 3)).toBe("cd");
  expect(tailOf("ab😀cd", 4)).toBe("😀cd");
  expect(tailOf("abcd", 9)).toBe("abcd");
});

test("of a character without end code points count", () => {
  const zalgo = `a${"\u0301".repeat(500)}`;
  expect(headOf(zalgo, 300)).toHaveLength(300);
  const endless = "👩\u200d".repeat(200);
  for (const length of [300, 301, 302]) {
    expect(headOf(endless, length).isWellFormed()).toBe(true);
    expect(tailOf(endless, length).isWellFormed()).toBe(true);
  }
});

test("what is cut is never longer than asked for, and never half a character", () => {
  fc.assert(
    fc.property(anything, fc.nat(20), (text, length) => {
      const whole = text.toWellFormed();
      for (const part of [headOf(whole, length), tailOf(whole, length)]) {
        expect(part.length).toBeLessThanOrEqual(length);
        expect(part.isWellFormed()).toBe(true);
        expect(whole).toContain(part);
      }
    }),
  );
});

test("one line has no line breaks, whatever a service takes for one", () => {
  expect(onOneLine(" a\r\n\tb\u2028c \v", 80)).toBe("a b c");
  expect(onOneLine("a".repeat(100), 80)).toBe(`${"a".repeat(80)}…`);
});

describe("a message", () => {
  test("has one line at the margin: what is in it poses as no other message", () => {
    expect(toMessage("failed\nerror: forged\n  ours\n\rerror: forged too")).toBe(
      "failed\n  | error: forged\n  ours\n  | \n  | error: forged too",
    );
  });

  test("has no more than 15 lines, and says how many were left out", () => {
    const lines = toMessage(
      Array.from({ length: 40 }, (_, index) => `line ${String(index)}`).join("\n"),
    ).split("\n");
    expect(lines).toHaveLength(maxMessageLines);
    expect(lines.at(-1)).toBe("  … 26 more lines");
  });

  test("has an end", () => {
    expect(toMessage("x".repeat(1_000_000)).length).toBeLessThan(2_100);
    expect(toMessage("x\n".repeat(1_000_000)).length).toBeLessThan(200);
    expect(toMessage(`${"x".repeat(2_000)}\n`.repeat(40)).length).toBeLessThanOrEqual(16_001);
  });

  test("is the same where it passes the door twice", () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(toMessage(toMessage(text))).toBe(toMessage(text));
      }),
    );
  });
});

test.each<[string, string]>([
  ["introducers of strings", "\u009d"],
  ["introducers of strings in seven bits", `${esc}]`],
  ["unfinished instructions", `${esc}[1;`],
  ["carriage returns", "\r"],
  ["halves of characters", "\ud83d"],
  ["accents", "\u0301"],
])("a megabyte of %s is cleaned in linear time: in quadratic it would take minutes", (_what, piece) => {
  const text = piece.repeat(1_000_000 / piece.length);
  expect(toMessage(text).length).toBeLessThan(2_100);
  expect(onOneLine(text, 160).length).toBeLessThan(170);
});
