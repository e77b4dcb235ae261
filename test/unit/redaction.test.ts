/**
 * Secrets in every form in which services echo them: none of them is left, and what is around them is.
 */
import * as fc from "fast-check";
import { redact, secretTexts } from "../../provider/src/fronts/shared/secrets";
import { redactTexts } from "../../provider/src/fronts/shared/redaction/redact";
import { cleanText } from "../../provider/src/ground/text";

type Encode = (text: string) => string;

const json: Encode = (text) => JSON.stringify(text).slice(1, -1);
const units = (text: string, write: (code: number) => string): string =>
  Array.from({ length: text.length }, (_, index) => write(text.charCodeAt(index))).join("");
const characters = (text: string, write: (code: number) => string): string =>
  Array.from(text)
    .map((character) => write(character.codePointAt(0)!))
    .join("");
const hex = (code: number, length: number): string => code.toString(16).padStart(length, "0");
const bytes = (text: string, write: (byte: number) => string): string =>
  [...Buffer.from(text)].map(write).join("");
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const encodings: Readonly<Record<string, Encode>> = {
  raw: (text) => text,
  JSON: json,
  "JSON, all of it escaped": (text) => units(text, (code) => `\\u${hex(code, 4)}`),
  "JSON, escaped in capitals": (text) => units(text, (code) => `\\u${hex(code, 4).toUpperCase()}`),
  "JSON as Go and PHP write it": (text) =>
    json(text)
      .replaceAll("/", "\\/")
      .replace(/[&<>'+]/g, (letter) => `\\u${hex(letter.charCodeAt(0), 4)}`),
  "JSON in JSON": (text) => json(json(text)),
  "JSON in JSON in JSON": (text) => json(json(json(text))),
  "Python's repr": (text) =>
    json(text).replace(/[^\0-\x7e]/g, (letter) =>
      json(units(letter, (code) => `\\u${hex(code, 4)}`)).replaceAll("\\\\", "\\"),
    ),
  "a URL's query": encodeURIComponent,
  "a URL's query in small letters": (text) =>
    encodeURIComponent(text).replace(/%../g, (escape) => escape.toLowerCase()),
  "RFC 3986": (text) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${hex(letter.charCodeAt(0), 2)}`),
  "a URL, all of it escaped": (text) => bytes(text, (byte) => `%${hex(byte, 2).toUpperCase()}`),
  "a form": (text) => new URLSearchParams([["", text]]).toString().slice(1),
  "a URL in a URL": (text) => encodeURIComponent(encodeURIComponent(text)),
  "escape()": (text) =>
    units(text, (code) =>
      code > 255 ? `%u${hex(code, 4)}` : code > 127 ? `%u00${hex(code, 2)}` : `%${hex(code, 2)}`,
    ),
  "HTML by name": (text) =>
    text
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      .replaceAll("'", "&#39;")
      .replaceAll("é", "&eacute;"),
  "HTML in decimals": (text) => characters(text, (code) => `&#${String(code)};`),
  "HTML in hex": (text) => characters(text, (code) => `&#x${hex(code, 1)};`),
  "JSON in HTML": (text) =>
    json(text).replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("'", "&#039;"),
  "JSON in a URL": (text) => encodeURIComponent(json(text)),
  "a URL in JSON": (text) => json(encodeURIComponent(text)),
  base64,
  "base64 without padding": (text) => base64(text).replace(/=+$/, ""),
  base64url: (text) => Buffer.from(text).toString("base64url"),
  "base64 in lines": (text) => base64(text).replace(/.{20}/g, "$&\n"),
  "base64 of more": (text) => base64(`user:${text}@host`),
  "base64 of a little more": (text) => base64(`a${text}b`),
  "base64 of still more": (text) => base64(`ab${text}cd`),
  "base64 of JSON": (text) => base64(JSON.stringify({ password: text, user: "app" })),
  "base64 of a form": (text) => base64(`password=${encodeURIComponent(text)}&user=app`),
  "base64 in a URL": (text) => encodeURIComponent(base64(text)),
  "base64 in JSON": (text) => base64(text).replaceAll("/", "\\/"),
  hex: (text) => Buffer.from(text).toString("hex"),
  "hex in capitals": (text) => Buffer.from(text).toString("hex").toUpperCase(),
};

const secrets: Readonly<Record<string, string>> = {
  plain: "hunter2-correct-horse",
  "with everything": `p&ss/w"o'r<d>+é\\ 50%=🔑?`,
  "with escapes of its own": "a\\u0041b%41c&amp;d\\\\e",
  short: "x9+/",
  "of lines": "-----BEGIN KEY-----\nMIIBVQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----",
  "that ends like an escape": "secret\\",
  "that begins like one": "u0041%secret",
};

/** The parts of which one is left if an encoded secret is left: every part of ten characters, or all of it. */
const partsOf = (text: string): string[] =>
  text.length <= 10
    ? [text]
    : Array.from({ length: text.length - 9 }, (_, index) => text.slice(index, index + 10));

describe.each(Object.entries(secrets))("a secret %s", (_name, secret) => {
  const texts = secretTexts({ input: { password: secret } }, [["input"]]);

  test.each(Object.entries(encodings))("is not seen as %s", (encoding, encode) => {
    const encoded = encode(secret);
    const redacted = redact(`refused: [${encoded}] (HTTP 400)`, texts);
    expect(redacted).toMatch(/^refused: \[.*\[secret\].*\] \(HTTP 400\)$/s);
    if (encoding.startsWith("base64 of")) {
      // The text beside the secret stays.
      const left = redacted.slice("refused: [".length, -"] (HTTP 400)".length).split("[secret]");
      for (const piece of left) {
        expect(Buffer.from(piece, "base64").toString("latin1")).not.toContain(secret.slice(2, 6));
      }
    } else {
      for (const part of partsOf(encoded.replace(/\s+/g, " "))) expect(redacted).not.toContain(part);
    }
  });

  test("is not seen where it is cut in the middle of any of these", () => {
    for (const [name, encode] of Object.entries(encodings)) {
      const encoded = encode(secret);
      for (const length of [Math.floor(encoded.length / 2), encoded.length - 1]) {
        const head = redact(`refused: ${encoded.slice(0, length)}…`, texts);
        const tail = redact(`…${encoded.slice(-length)} (HTTP 400)`, texts);
        // Fewer than four characters of a secret are not recognised as a part of it, so the ends are left out.
        for (const part of partsOf(encoded).slice(20, -20))
          expect([name, head, tail].join("\n")).not.toContain(part);
      }
    }
  });
});

test("a secret between control characters is found once the text is clean, as messages are", () => {
  const texts = secretTexts({ input: "hunter2-correct" }, [["input"]]);
  for (const text of [
    "h\u001b[31mu\u0000n\u200bt\u202eer2-cor\u001b]0;x\u0007rect",
    "hunter2\u0007-correct",
  ]) {
    expect(redact(cleanText(text), texts)).toBe("[secret]");
  }
});

test("a secret that has control characters itself is found clean and raw", () => {
  const secret = "pass\u001b[31m\u200bword\r\nline two";
  const texts = secretTexts({ input: secret }, [["input"]]);
  for (const text of [
    secret,
    cleanText(secret),
    JSON.stringify(secret),
    cleanText(secret).replace(/\s+/g, " "),
  ]) {
    expect(redact(text, texts).replaceAll('"', "")).toMatch(/^(\[secret\]\s*)+$/);
  }
});

test("what stands behind a secret makes no escape of its last character", () => {
  const texts = secretTexts({ input: "aa aa\\" }, [["input"]]);
  for (const text of ["aa+aa%5Crefused", "aa aa\\refused", "aa+aa&#92;next", "aa%20aa%5Cn"]) {
    expect([text, redact(text, texts)]).toEqual([
      text,
      expect.stringMatching(/^\[secret\](refused|next|n)$/),
    ]);
  }
});

test("the credential behind a scheme is a secret too", () => {
  const texts = secretTexts({ headers: { authorization: "Bearer abc.def-123" } }, [["headers"]]);
  expect(redact("the token abc.def-123 has expired", texts)).toBe("the token [secret] has expired");
});

test("whatever the secret, whatever is around it and however it is written: nothing is left of it", () => {
  const letter = fc.oneof(
    fc.constantFrom(...Array.from("abcXYZ019+/=%&\\\"'<> \n\u0007é🔑…")),
    fc.integer({ min: 0x20, max: 0x17f }).map((code) => String.fromCharCode(code)),
  );
  const someSecret = fc
    .string({ unit: letter, minLength: 6, maxLength: 40 })
    .filter((text) => text.trim().length >= 6);
  const around = fc.constantFrom("", "refused: ", "[", '{"a":"', "x ");
  fc.assert(
    fc.property(
      someSecret,
      fc.constantFrom(...Object.keys(encodings)),
      around,
      around,
      (secret, name, before, after) => {
        const texts = secretTexts({ input: secret }, [["input"]]);
        const encoded = encodings[name]!(secret);
        const redacted = redact(`${before}${encoded}${after}`, texts);
        expect(redacted).toContain("[secret]");
        expect(redacted).not.toContain(encoded);
      },
    ),
    { numRuns: 3_000 },
  );
});

test("what has no secret in it stays as it is", () => {
  const texts = secretTexts({ input: "hunter2-correct-horse" }, [["input"]]);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from("hunter -2%\\u0…&;=+/")) }), (text) => {
      fc.pre(!text.includes("hunt"));
      expect(redact(text, texts)).toBe(text);
    }),
  );
});

test("in a structured value, texts and keys are redacted, and keys that become equal stay apart", () => {
  const texts = ["hunter2", "hunter3"];
  const value = { hunter2: 1, hunter3: [2, "say hunter2"], n: 4711, deep: { none: null } };
  expect(redactTexts(value, (text) => redact(text, texts))).toEqual({
    "[secret]": 1,
    "[secret] (2)": [2, "say [secret]"],
    n: 4711,
    deep: { none: null },
  });
});

test("a thousand secrets in a quarter of a megabyte of anything take no long time: in quadratic it would take minutes", () => {
  const many = Array.from({ length: 1_000 }, (_, index) => `secret-number-${String(index)}`);
  const long = "a".repeat(60_000);
  const texts = [...many, long, `${long}b`];
  const last = many.at(-1)!;
  for (const piece of [
    "secret-number-x ",
    "aaaa",
    "\\u0061",
    "%61",
    "&#97;",
    "YWFh",
    "6161",
    "…abcd",
    "…",
    "\\\\",
    "%25",
  ]) {
    const text = `${piece.repeat(256_000 / piece.length)} ${last}`;
    expect(redact(text, texts)).not.toContain(last);
  }
});
