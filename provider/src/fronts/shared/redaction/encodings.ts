/**
 * The ways in which services write a text into another one: JSON, percent and HTML escapes are decoded in the searched
 * text; secrets are encoded as base64 and hex before the search. Pure.
 */
import type { View } from "./view";

const jsonEscape = /\\(?:u[\da-fA-F]{4}|x[\da-fA-F]{2}|[nrtbf"\\/'])/g;
const jsonLetters: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
// One character in UTF-8, each byte as %XX; and the older %uXXXX.
const percentEscape =
  /%u[\da-fA-F]{4}|%[0-7][\da-fA-F]|%[cdCD][\da-fA-F]%[89abAB][\da-fA-F]|%[eE][\da-fA-F](?:%[89abAB][\da-fA-F]){2}|%[fF][0-7](?:%[89abAB][\da-fA-F]){3}/g;
const htmlEscape = /&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,7});/g;
const anyEscape = new RegExp(
  [jsonEscape, percentEscape, htmlEscape].map(({ source }) => `(?:${source})`).join("|"),
  "g",
);

// The names that services' own functions give: those of HTML 4 for Latin 1 from U+00A0 on, and for ASCII.
const latin1 =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";
const named: ReadonlyMap<string, string> = new Map([
  ...latin1.split(" ").map((name, index) => [name, String.fromCharCode(0xa0 + index)] as const),
  ...Object.entries({
    ...{ amp: "&", AMP: "&", lt: "<", LT: "<", gt: ">", GT: ">", quot: '"', QUOT: '"', apos: "'" },
    ...{ sol: "/", bsol: "\\", plus: "+", equals: "=", num: "#", percnt: "%", dollar: "$", excl: "!" },
    ...{ lpar: "(", rpar: ")", ast: "*", comma: ",", period: ".", colon: ":", semi: ";", quest: "?" },
    ...{ commat: "@", lsqb: "[", rsqb: "]", lbrack: "[", rbrack: "]", lcub: "{", rcub: "}", grave: "`" },
    ...{ lbrace: "{", rbrace: "}", vert: "|", verbar: "|", Hat: "^", lowbar: "_", Tab: "\t", NewLine: "\n" },
    ...{ euro: "€", ndash: "–", mdash: "—", lsquo: "‘", rsquo: "’", ldquo: "“", rdquo: "”", hellip: "…" },
  }),
]);

/** With JSON's escapes decoded, one level. */
export function withoutJsonEscapes(view: View): View {
  return view.text.includes("\\") ? view.decode(jsonEscape, ([escape]) => decodeJson(escape)) : view;
}

/** With percent escapes decoded, one level. */
export function withoutPercentEscapes(view: View): View {
  return view.text.includes("%") ? view.decode(percentEscape, ([escape]) => decodePercent(escape)) : view;
}

/** With HTML's entities decoded, one level. */
export function withoutHtmlEscapes(view: View): View {
  return view.text.includes("&") ? view.decode(htmlEscape, ([escape]) => decodeHtml(escape)) : view;
}

/** With all of them decoded, one level. */
export function withoutEscapes(view: View): View {
  if (!/[\\%&]/.test(view.text)) return view;
  return view.decode(anyEscape, ([escape]) => {
    if (escape.startsWith("\\")) return decodeJson(escape);
    return escape.startsWith("%") ? decodePercent(escape) : decodeHtml(escape);
  });
}

/** Blanks of any kind as one, also those that a form writes as `+`. */
export function withoutBlanks(view: View): View {
  return view.decode(/[\s+]+/g, ([blanks]) => (blanks === " " ? undefined : " "));
}

/** As base64 reads it: its two alphabets as one, and without the line breaks within. */
export function asBase64(view: View): View {
  const joined = joinedLines(view);
  return joined.mapped(joined.text.replaceAll("-", "+").replaceAll("_", "/"));
}

/** As hex reads it: in small letters, and without the line breaks within. */
export function asHex(view: View): View {
  const joined = joinedLines(view);
  return joined.mapped(joined.text.replace(/[A-F]+/g, (letters) => letters.toLowerCase()));
}

function joinedLines(view: View): View {
  return view.decode(/(?<=[\w+/-])\s+(?=[\w+/-])/g, () => "");
}

/**
 * The part of a text that is the same in the base64 of every longer text that contains it: one part for each of the
 * three places in a group of three bytes at which the text can begin.
 */
export function base64Cores(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((before) => {
    const all = Buffer.concat([Buffer.alloc(before), bytes]);
    return all.toString("base64").slice(Math.ceil((before * 8) / 6), Math.floor((all.length * 8) / 6));
  });
}

/** A text as hex, in small letters. */
export function hexOf(text: string): string {
  return Buffer.from(text).toString("hex");
}

function decodeJson(escape: string): string {
  if (escape.length > 2) return String.fromCharCode(parseInt(escape.slice(2), 16));
  const letter = escape.slice(1);
  return jsonLetters[letter] ?? letter;
}

function decodePercent(escape: string): string | undefined {
  if (escape.startsWith("%u")) return String.fromCharCode(parseInt(escape.slice(2), 16));
  try {
    return decodeURIComponent(escape);
  } catch {
    return undefined;
  }
}

function decodeHtml(escape: string): string | undefined {
  const name = escape.slice(1, -1);
  if (!name.startsWith("#")) return named.get(name);
  const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
