/**
 * The standard words, and the judgement of a text by them. The pages, the messages and the documentation comments that a
 * user reads share this list.
 */

/** A word that is not used, and the word to write instead. */
export interface Word {
  /** The word in the sense that is not used; plain uses of the same letters (to look up, to hold a lock) do not match. */
  readonly not: RegExp;
  readonly write: string;
  /** A sentence with the word, which has to be found. */
  readonly example: string;
}

/** Words of the project's former private language. */
export const words: readonly Word[] = [
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
  {
    not: /\bstill runs?\b(?! out)|\bgo(es)? on running\b/i,
    write: "is still running",
    example: "The old one still runs.",
  },
  { not: /\bcut short\b/i, write: "interrupted", example: "A deployment was cut short." },
  { not: /\b(is|are) none of\b|\bwhich is none\b/i, write: "must be one of", example: "It is none of them." },
];

/** The sentences of a page, without code, link targets and quotations. A table's cell and a list's item end one. */
export function sentencesOf(text: string): string[] {
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

/** The words of a text that are not used, with the words to write instead. */
export function wordProblemsOf(text: string): string[] {
  return sentencesOf(text).flatMap(wordProblemsIn);
}

function wordProblemsIn(sentence: string): string[] {
  return words.filter(({ not }) => not.test(sentence)).map(({ write }) => `write "${write}": ${sentence}`);
}

// Clauses that stand for a noun ("What runs"), or that keep the subject waiting ("When it runs").
const clause = /^(What|Who|Which|Where|When)(ever)?\b|^(Whom|Whose|Whether|Why|How)\b/;

/** The sentences that begin with a clause, not with their subject, and are no questions. */
export function clauseProblemsOf(text: string): string[] {
  return sentencesOf(text)
    .filter((sentence) => clause.test(sentence) && !sentence.endsWith("?"))
    .map((sentence) => `begin with the subject: ${sentence}`);
}

/** The problems of a text, with the words to write instead. */
export function problemsOf(text: string): string[] {
  return sentencesOf(text).flatMap((sentence) => [
    ...wordProblemsIn(sentence),
    ...(/^(What|Who|Where)\b.*[^?]$/.test(sentence) ? [`begin with the subject: ${sentence}`] : []),
  ]);
}
