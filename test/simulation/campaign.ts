/** A campaign in one process: plays the scripts of a range of seeds and adds up the results. */
import { sometimes } from "./counters";
import { generate } from "./generate";
import type { Outcome } from "./play";
import { play } from "./play";
import type { Script } from "./script";

/** The results of a range of seeds. */
export interface Tally {
  readonly runs: number;
  readonly deployments: number;
  readonly counts: Record<string, number>;
  /** The first violation of each run that has any. */
  readonly violations: { readonly seed: number; readonly kind: string; readonly text: string }[];
}

// Every so many runs one is played a second time: both have to tell the same story.
const twiceEvery = 64;

/** Plays the scripts of `runs` seeds from `seed` on. */
export async function playRange(seed: number, runs: number): Promise<Tally> {
  const counts: Record<string, number> = Object.fromEntries(
    sometimes.map((fact) => [`sometimes: ${fact}`, 0]),
  );
  const violations: Tally["violations"] = [];
  let deployments = 0;
  for (let one = seed; one < seed + runs; one += 1) {
    const script = generate(one);
    const outcome = await playSafely(script, one);
    deployments += outcome.deployments;
    for (const [name, count] of Object.entries(outcome.counts)) counts[name] = (counts[name] ?? 0) + count;
    for (const name of worldCounts(script)) counts[name] = (counts[name] ?? 0) + 1;
    const [first] = outcome.violations;
    if (first) violations.push({ seed: one, ...first });
    if (one % twiceEvery === 0) {
      const difference = await differenceOfTwo(script);
      if (difference !== undefined) {
        violations.push({ seed: one, kind: "two plays of one seed differ", text: difference });
      }
    }
  }
  return { runs, deployments, counts, violations };
}

async function playSafely(script: Script, seed: number): Promise<Outcome> {
  try {
    return await play(script);
  } catch (error) {
    const { message, stack = "" } = error as Error;
    const violation = { kind: `the simulation fails: ${message}`, text: `seed ${String(seed)}: ${stack}` };
    return { violations: [violation], counts: {}, deployments: 0, story: [] };
  }
}

/** The first difference between two plays of a script; undefined where they are the same, byte for byte. */
export async function differenceOfTwo(script: Script): Promise<string | undefined> {
  const [first, second] = [await play(script, { tells: true }), await play(script, { tells: true })];
  const place = first.story.findIndex((line, index) => line !== second.story[index]);
  if (place === -1 && first.story.length === second.story.length) return undefined;
  return `${first.story[place] ?? "(the end)"} / ${second.story[place] ?? "(the end)"}`;
}

function worldCounts({ world, stacks }: Script): string[] {
  const { service, front = "dynamic", express, headers, machines, lagMs, output } = world;
  const mode = express === true ? ` express${world.expressKept === true ? ", kept" : ""}` : "";
  return [
    `world: ${service}${mode}${headers === undefined ? "" : `, headers ${headers}`}`,
    `world: front ${front}`,
    `world: ${String(machines.length)} machines`,
    `world: ${String(stacks.length)} stacks`,
    ...(Object.values(lagMs).some((ms) => ms > 0) ? ["world: answers lag"] : []),
    ...(output === undefined ? [] : [`world: output ${output}`]),
    ...(machines.some(({ journal }) => journal !== "kept") ? ["world: a machine without a journal"] : []),
    ...(stacks.some(({ resources }) => resources.some(({ executionKey }) => executionKey !== undefined))
      ? ["world: keys are given"]
      : []),
  ];
}
