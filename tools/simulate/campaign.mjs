// A campaign over several processes: plays ranges of seeds, adds up, shortens one script of each kind of violation, prints.
import { startWorkers } from "./workers.mjs";

const RANGE = 100;
/** From this number of runs on, everything that should happen sometimes has to have happened. */
const PROVES_FROM = 50_000;

/**
 * @typedef {{ seed: number, kind: string, text: string }} Violation
 * @typedef {{ runs: number, deployments: number, counts: Record<string, number>, violations: Violation[] }} Tally
 */

/**
 * Plays and prints.
 * @param {{ seed: number, runs: number, workers: number, maxKinds: number, print: (text: string) => void }} options
 * @returns {Promise<number>} exit code: 1 where a promise was broken
 */
export async function runCampaign({ seed, runs, workers: count, maxKinds, print }) {
  const workers = startWorkers(count);
  const beganMs = Date.now();
  try {
    const tally = await playAll(workers, { seed, runs, told: progressOf(runs, print) });
    const minutes = (Date.now() - beganMs) / 60_000;
    print(
      `\n${tally.runs} runs from seed ${seed}, ${tally.deployments} deployments, ` +
        `${Math.round(tally.deployments / minutes)} a minute on ${count} processes`,
    );
    const missing = printCounts(tally, print);
    await printViolations(tally, { workers, maxKinds, print });
    return tally.violations.length > 0 || missing ? 1 : 0;
  } finally {
    workers.close();
  }
}

/**
 * Tells a run.
 * @param {{ seed?: number, script?: object, print: (text: string) => void }} options
 * @returns {Promise<number>} exit code: 1 where a promise was broken
 */
export async function tellOne({ seed, script, print }) {
  const workers = startWorkers(1);
  try {
    const { story, violations } = await workers.run({ kind: "tell", seed, script });
    print(story.join("\n"));
    for (const { kind, text } of violations) print(`\n${kind}\n  ${text}`);
    return violations.length > 0 ? 1 : 0;
  } finally {
    workers.close();
  }
}

/**
 * Plays all seeds, in ranges, from the first one on. If `enough` says so, no more of them are begun.
 * @param {import("./workers.mjs").Workers} workers
 * @param {{ seed: number, runs: number, enough?: (tally: Tally) => boolean, told?: (tally: Tally) => void }} options
 * @returns {Promise<Tally>}
 */
export async function playAll(workers, { seed, runs, enough = () => false, told = () => {} }) {
  /** @type {Tally} */
  const tally = { runs: 0, deployments: 0, counts: {}, violations: [] };
  /** @type {number[]} */
  const starts = [];
  for (let at = seed; at < seed + runs; at += RANGE) starts.push(at);
  // As many at a time as there are processes: every run in their queue would be played, also after enough of them.
  await Promise.all(
    Array.from({ length: workers.count }, async () => {
      for (let at = starts.shift(); at !== undefined && !enough(tally); at = starts.shift()) {
        /** @type {Tally} */
        const part = await workers.run({ kind: "range", seed: at, runs: Math.min(RANGE, seed + runs - at) });
        tally.runs += part.runs;
        tally.deployments += part.deployments;
        tally.violations.push(...part.violations);
        for (const [name, number] of Object.entries(part.counts)) {
          tally.counts[name] = (tally.counts[name] ?? 0) + number;
        }
        told(tally);
      }
    }),
  );
  tally.violations.sort((a, b) => a.seed - b.seed);
  return tally;
}

/**
 * A line for each broken promise as soon as it is seen, and one a minute: 50,000 runs take a quarter of an hour.
 * @param {number} runs
 * @param {(text: string) => void} print
 * @returns {(tally: Tally) => void}
 */
function progressOf(runs, print) {
  let toldMs = Date.now();
  let told = 0;
  return (tally) => {
    for (const { seed, kind } of tally.violations.slice(told)) print(`broken in seed ${seed}: ${kind}`);
    told = tally.violations.length;
    if (Date.now() - toldMs < 60_000) return;
    toldMs = Date.now();
    print(`${tally.runs} of ${runs} runs, ${told} broken so far`);
  };
}

/**
 * @param {Tally} tally
 * @param {(text: string) => void} print
 * @returns {boolean} true if something has never happened that has to happen sometimes
 */
function printCounts({ counts, runs }, print) {
  for (const kind of ["world", "fault", "exception"]) {
    print(`\n${kind}s:`);
    const own = Object.entries(counts).filter(([name]) => name.startsWith(`${kind}: `));
    for (const [name, number] of own.sort())
      print(`  ${String(number).padStart(8)}  ${name.slice(kind.length + 2)}`);
  }
  print("\nsometimes:");
  const facts = Object.entries(counts).filter(([name]) => name.startsWith("sometimes: "));
  for (const [name, number] of facts)
    print(`  ${String(number).padStart(8)}  ${name.slice("sometimes: ".length)}`);
  const never = facts.filter(([, number]) => number === 0);
  if (never.length === 0 || runs < PROVES_FROM) return false;
  print(`\n${never.length} facts have never happened: this campaign proves nothing about them.`);
  return true;
}

/**
 * @param {Tally} tally
 * @param {{ workers: import("./workers.mjs").Workers, maxKinds: number, print: (text: string) => void }} options
 * @returns {Promise<void>}
 */
async function printViolations({ violations, runs }, { workers, maxKinds, print }) {
  /** @type {Map<string, Violation[]>} */
  const kinds = new Map();
  for (const violation of violations) {
    kinds.set(violation.kind, [...(kinds.get(violation.kind) ?? []), violation]);
  }
  print(`\n${violations.length} of ${runs} runs break a promise, in ${kinds.size} kinds`);
  const sorted = [...kinds].sort(([, a], [, b]) => b.length - a.length);
  for (const [kind, found] of sorted) {
    print(
      `  ${String(found.length).padStart(8)}  ${kind} (seeds ${found
        .slice(0, 4)
        .map(({ seed }) => seed)
        .join(", ")})`,
    );
  }
  const scripts = await Promise.all(
    sorted.slice(0, maxKinds).map(async ([kind, [first]]) => ({
      kind,
      first,
      script: first && (await workers.run({ kind: "shrink", seed: first.seed, violation: kind })),
    })),
  );
  for (const { kind, first, script } of scripts) {
    print(`\n${kind}\n  ${first?.text.split("\n").join("\n  ")}\n  seed ${first?.seed}, shortened:`);
    print(`await simulate(${JSON.stringify(script, undefined, 1).replace(/\n\s*/g, " ")});`);
  }
}
