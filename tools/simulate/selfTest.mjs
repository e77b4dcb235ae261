// Is the simulation any good? Known faults are put back into the core, one at a time, and each has to be found.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "../setup/progress.mjs";
import { REPOSITORY } from "../setup/setUp.mjs";
import { playAll } from "./campaign.mjs";
import { startWorkers } from "./workers.mjs";

const FAULTS = join(REPOSITORY, "test", "simulation", "faults");

/**
 * Puts each fault back and plays until it is found.
 * @param {{ seed: number, runs: number, workers: number, only: readonly string[], print: (text: string) => void }}
 *   options `only`: files of faults/, by a part of their names; empty for all of them.
 * @returns {Promise<number>} exit code: 1 where one was not found
 */
export async function selfTest({ seed, runs, workers: count, only, print }) {
  const files = chooseFaults(only);
  const plain = startWorkers(count);
  /** @type {Set<string>} */
  let known;
  try {
    // Violations of the core without a fault say nothing about the faults.
    known = new Set((await playAll(plain, { seed, runs })).violations.map(({ kind }) => kind));
  } finally {
    plain.close();
  }
  print(`\nwithout a fault: ${known.size} kinds of violations in ${runs} runs, which are not counted below`);
  let isFine = true;
  for (const file of files) {
    const workers = startWorkers(count, join(FAULTS, file));
    try {
      /** @param {{ violations: { kind: string }[] }} tally */
      const found = ({ violations }) => violations.filter(({ kind }) => !known.has(kind));
      const tally = await playAll(workers, { seed, runs, enough: (so) => found(so).length > 0 });
      const [first] = found(tally);
      const { name } = (await import(join(FAULTS, file))).default;
      if (!first) isFine = false;
      const runsUntil = first ? String(/** @type {any} */ (first).seed - seed + 1) : "-";
      print(
        `${first ? "found    " : "NOT FOUND"} after ${runsUntil.padStart(6)} runs  ${name}${first ? `\n            as: ${first.kind}` : ""}`,
      );
    } finally {
      workers.close();
    }
  }
  return isFine ? 0 : 1;
}

/**
 * @param {readonly string[]} only
 * @returns {string[]}
 */
function chooseFaults(only) {
  const files = readdirSync(FAULTS).sort();
  const unknown = only.find((name) => !files.some((file) => file.includes(name)));
  if (unknown !== undefined) {
    throw new SetupError(
      `--only ${unknown}: no fault has that in its file's name. The faults are: ${files.join(", ")}.`,
    );
  }
  return only.length === 0 ? files : files.filter((file) => only.some((name) => file.includes(name)));
}
