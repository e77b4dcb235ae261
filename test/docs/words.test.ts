/**
 * The documents use standard words: a page that has been brought over does not fall back to the project's former private
 * language. Code, and messages in quotation marks, are not judged.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../..");

/** The pages that are judged. Add a page once its text has been brought over. */
const pages = [
  "README.md",
  "docs/aom.md",
  "docs/cloudflow.md",
  "docs/credentials.md",
  "docs/errors.md",
  "docs/functiongraph.md",
  "docs/functions.md",
  "docs/guarantees.md",
  "docs/guesses.md",
  "docs/network.md",
  "docs/operations.md",
  "docs/plugin.md",
  "docs/waiting.md",
  "emulator/README.md",
  "provider/README.md",
  "test/simulation/README.md",
];

interface Word {
  /** The word in the sense that is not used; plain uses of the same letters (to look up, to hold a lock) do not match. */
  readonly not: RegExp;
  readonly write: string;
  /** A sentence with the word, which has to be found. */
  readonly example: string;
}

const words: readonly Word[] = [
  { not: /\bmend(s|ed|ing)?\b/i, write: "fix, correct", example: "Mend the argument." },
  { not: /\bin spite of\b/i, write: "despite", example: "It is removed in spite of it." },
  { not: /\bcounts? more\b/i, write: "takes precedence over", example: "The argument counts more." },
  { not: /\bso many\b/i, write: "the number, or: explicitly", example: "It says so in so many words." },
  {
    not: /\bsee (it|them|\w+ \w+) end\b/i,
    write: "wait until it finishes",
    example: "If it is yours, see it end.",
  },
  { not: /\blet(s|ting)? (\w+ ){0,3}go\b/i, write: "remove", example: "It lets the resource go." },
  { not: /\bby (itself|themselves)\b/i, write: "say who acts", example: "The list pages by itself." },
  { not: /\bnothing of it\b/i, write: "it is no longer running", example: "Nothing of it runs any more." },
  { not: /\bpeek(s|ed|ing)?\b/i, write: "progress request", example: "A peek is cheap." },
  { not: /\b(go|goes|going|went) on waiting\b/i, write: "resume waiting", example: "`up` goes on waiting." },
  {
    not: /\blooks?\b(?=[.,;:]| (?:a|for|at|alone|again|every|each|is|are|costs?)\b)(?<!where to look)/i,
    write: "poll, status request",
    example: "One more look costs a request.",
  },
  {
    not: /\b(held|holds?) (looks?|back|the answer|its answer)\b/i,
    write: "long poll",
    example: "It holds the answer back.",
  },
  {
    not: /\bits past\b|'s past\b|\bpast (ones|outcomes)\b/i,
    write: "history",
    example: "Its past predicts the end.",
  },
  { not: /\ballowances?\b/i, write: "rate limit", example: "The allowance is spent." },
  { not: /\baccru(e|es|ed|ing)\b/i, write: "request credit", example: "Requests accrue while it waits." },
  {
    not: /\bits turn\b/i,
    write: "resumable, finished; for a queue: the wait in the queue",
    example: "It has had its turn.",
  },
  { not: /\bhand(s|ed)? over\b/i, write: "confirmed, recorded in state", example: "The id was handed over." },
  {
    not: /\b(asks?|asked) about\b/i,
    write: "fails with an error that lists the candidates",
    example: "It is asked about.",
  },
  { not: /\brun name\b/i, write: "run key, or execution name", example: "The run name decides." },
];

/** The sentences of a page, without code, link targets and quotations. A table's cell and a list's item end one. */
function sentencesOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "").replace(/\]\([^)\s]*\)/g, "]");
  const blocks = prose
    .replace(/^(#+ .*)$/gm, "\n$1\n")
    .replace(/^(\s*)(?:[-*]|\d+\.) /gm, "\n$1")
    .replace(/ ?\| ?/g, "\n\n")
    .split(/\n\s*\n/);
  return blocks
    .map((block) =>
      block
        .replace(/\s+/g, " ")
        .replace(/`[^`]*`/g, "…")
        .replace(/"[^"]*"/g, "…")
        .replace(/^[#\s*_[]+/, ""),
    )
    .flatMap((block) => block.split(/(?<=[.!?:])\*{0,2} \*{0,2}/))
    .filter((sentence) => /\w/.test(sentence));
}

/** What is wrong with a text, with the words to write instead. */
function problemsOf(text: string): string[] {
  return sentencesOf(text).flatMap((sentence) => [
    ...words.filter(({ not }) => not.test(sentence)).map(({ write }) => `write "${write}": ${sentence}`),
    ...(/^(What|Who|Where)\b.*[^?]$/.test(sentence) ? [`begin with the subject: ${sentence}`] : []),
  ]);
}

test.each(pages)("%s uses standard words", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  expect(sentencesOf(text).length).toBeGreaterThan(3);
  expect(problemsOf(text)).toEqual([]);
});

test.each(words)("is found: $example", ({ write, example }) => {
  const found = [`write "${write}": ${example.replace(/`[^`]*`/g, "…")}`];
  expect(problemsOf(example)).toEqual(found);
  expect(problemsOf(`| a |\n| - |\n| ${example} |`)).toEqual(found);
  expect(problemsOf(`A sentence before.\n\n- **Item**: ${example}`)).toEqual(found);
});

test("a sentence begins with its subject, unless it is a question", () => {
  expect(problemsOf("It ends. What no list shows has no other way.")).toHaveLength(1);
  expect(problemsOf("## Who acts")).toHaveLength(1);
  expect(problemsOf("Who acts?")).toEqual([]);
});

test("code, quoted messages and plain uses of the same letters are not judged", () => {
  expect(problemsOf('Set `mend`. The message is "see it end".\n\n```ts\nmend();\n```\n')).toEqual([]);
  expect(problemsOf("The provider looks up the project, and says where to look. It holds a lock.")).toEqual(
    [],
  );
});
