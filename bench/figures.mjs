// The figures that must hold, and the table. Pure.
import { percentile } from "./arithmetic.mjs";

/**
 * The bounds that CloudFlow's buckets set for a thousand executions of one flow, p95; bench/README.md
 * works them out.
 */
const boundsMs = { constant: 500, uniform: 3_500, longTail: 4_000, bimodal: 3_900 };

/**
 * The turns of one row as one: the median of each figure, but the fewest ends seen and the most refusals.
 * @param {any[]} results
 * @returns {any[]}
 */
export function mergeTurns(results) {
  const turnsOf = new Map();
  for (const row of results) turnsOf.set(row.name, [...(turnsOf.get(row.name) ?? []), row]);
  return [...turnsOf.values()].map((turns) => {
    if (turns.length === 1) return turns[0];
    const failed = turns.find(({ ok }) => !ok);
    if (failed) return failed;
    const merged = { ...turns[0], turns: [...turns].sort((a, b) => a.turn - b.turn) };
    for (const [name, value] of Object.entries(turns[0])) {
      if (typeof value === "number")
        merged[name] = percentile(
          turns.map((turn) => turn[name]),
          0.5,
        );
    }
    merged.seen = Math.min(...turns.map(({ seen }) => seen));
    merged.throttled = Math.max(...turns.map(({ throttled }) => throttled));
    return merged;
  });
}

/** A service's refusal of a request that comes too soon. */
function refusalOf(service) {
  return service === "stepfunctions" ? "400 (ThrottlingException)" : "429";
}

/** The factor between a figure of two rows: the median over their turns, each against the turn beside it. */
function ratio(row, other, figure) {
  const turns = row.turns ?? [row];
  const others = other.turns ?? [other];
  return percentile(
    turns.map((turn, index) => turn[figure] / Math.max(1e-9, others[index]?.[figure] ?? other[figure])),
    0.5,
  );
}

// The time of the yardstick of loading on a machine of usual speed. A hundred long polls that end are seen as fast as the
// processor handles their answers, so that limit grows on a slower machine.
const YARDSTICK_MS = 32;

/**
 * Every line of the contract that these results can decide.
 * @param {any[]} results
 * @param {{ loading: { ms: number, share: number }, kbPerWait: number }} footprint
 * @param {{ n: number, medianMs: Record<string, number> } | undefined} noChange
 * @returns {{ holds: boolean, text: string }[]}
 */
export function check(results, footprint, noChange) {
  const checks = [];
  const say = (holds, text) => checks.push({ holds, text });
  const { ms: loadMs, share } = footprint.loading;
  say(
    share <= 1.2,
    `loading the provider: ${loadMs.toFixed(1)} ms of processor time, ${share.toFixed(2)} of the yardstick, at most 1.2`,
  );
  say(footprint.kbPerWait <= 50, `a waiting execution: ${footprint.kbPerWait.toFixed(1)} kB, at most 50`);
  const slowness = Math.max(1, loadMs / share / YARDSTICK_MS);
  const floors = bySize(results, "floor");
  const find = (like, variant) =>
    results.find(
      (row) =>
        row.service === like.service &&
        row.n === like.n &&
        row.distribution === like.distribution &&
        row.variant === variant &&
        row.ok,
    );

  for (const row of results) {
    const { name, service } = row;
    if (!row.ok) {
      // Fixed polling may well fail; it is there to compare.
      if (row.variant === "ours") say(false, `${name}: the deployment failed`);
      continue;
    }
    if (row.seen === undefined || row.variant !== "ours") continue;
    say(row.seen === row.n, `${name}: all ${row.n} ends were seen (${row.seen})`);
    if (row.expected) {
      say(
        row.maxMs <= row.expected.maxMs,
        `${name}: latest ${seconds(row.maxMs)} after the end, at most ${seconds(row.expected.maxMs)}`,
      );
      continue;
    }
    say(row.throttled === 0, `${name}: ${row.throttled} answers of ${refusalOf(service)}`);
    if (service === "cloudflow") {
      const isFew = row.n <= 100;
      const mostMs = isFew ? 150 * slowness : Math.min(4_000, 1.5 * (boundsMs[row.distribution] ?? Infinity));
      const speed = isFew && slowness > 1 ? `, 0.15 s × ${slowness.toFixed(1)} for this machine's speed` : "";
      say(row.p95Ms <= mostMs, `${name}: lag p95 ${seconds(row.p95Ms)}, at most ${seconds(mostMs)}${speed}`);
      if (row.n === 1)
        say(
          row.requestsEach <= row.allowedByMinutes,
          `${name}: ${row.requestsEach.toFixed(2)} status requests, at most 1 + duration/60 s = ${row.allowedByMinutes.toFixed(2)} (and ${row.asked.past} for the past)`,
        );
    } else if (row.n <= 100) {
      say(
        row.relativeP95 <= 1,
        `${name}: lag p95 ${row.relativeP95.toFixed(2)} of (1 s or 3 % of the duration)`,
      );
      const ten = find(row, "10 s")?.requestsEach ?? row.allowedByTenSeconds;
      say(
        row.requestsEach <= ten,
        `${name}: ${row.requestsEach.toFixed(2)} requests each, 10 s polling ${ten.toFixed(2)}`,
      );
      const five = find(row, "5 s")?.requestsEach;
      if (five !== undefined && row.middleMs >= 60_000)
        say(
          row.requestsEach <= five / 2,
          `${name}: ${row.requestsEach.toFixed(2)} requests each, half of 5 s polling ${(five / 2).toFixed(2)}`,
        );
    }
    const without = find(row, "no history");
    // Of fewer, chance decides; the table has them all the same.
    if (without && service !== "cloudflow" && row.n >= 100) {
      const [later, more] = ["p95Ms", "requestsEach"].map((figure) => ratio(row, without, figure));
      say(
        later <= 1.1,
        `${name}: lag p95 ${seconds(row.p95Ms)}, without history ${seconds(without.p95Ms)}: ${later.toFixed(2)}, at most 1.1`,
      );
      say(
        more <= 1.1,
        `${name}: ${row.requestsEach.toFixed(2)} requests each, without history ${without.requestsEach.toFixed(2)}: ${more.toFixed(2)}, at most 1.1`,
      );
    }
    if (row.n >= 1_000) {
      say(
        row.requestsPerMinute < 2,
        `${name}: ${row.requestsPerMinute.toFixed(2)} status requests per execution-minute, fewer than 2`,
      );
      say(row.maxMs <= 5 * row.p95Ms, `${name}: latest ${seconds(row.maxMs)}, at most 5 × p95`);
    }
    const floor = floors.get(row.n);
    if (floor && row.n >= 1_000) {
      const ideal = floor.wallMs * row.rate + row.longestMs;
      say(
        row.wallMs <= 1.3 * ideal,
        `${name}: ${seconds(row.wallMs)}, ideal ${seconds(ideal)}: ${(row.wallMs / ideal).toFixed(2)}, at most 1.3`,
      );
    }
    if (row.sameRequests !== undefined) {
      say(row.sameOk && row.refreshOk, `${name}: the no-change up and the refresh succeed`);
      say(row.sameRequests === 0, `${name}: a no-change up makes ${row.sameRequests} requests`);
      say(row.refreshRequests <= 50, `${name}: a refresh makes ${row.refreshRequests} requests, at most 50`);
      say(
        row.refreshThrottled === 0,
        `${name}: ${row.refreshThrottled} answers of ${refusalOf(service)} in the refresh`,
      );
    }
  }
  if (noChange) {
    const { floor, shaped, ...ours } = noChange.medianMs;
    for (const [service, ms] of Object.entries(ours))
      say(
        ms <= 1.15 * floor,
        `${service} ${noChange.n}: a no-change up takes ${seconds(ms)}, trivial resources with one property ${seconds(floor)}: ${(ms / floor).toFixed(2)}, at most 1.15 (with as many properties ${seconds(shaped)}: ${(ms / shaped).toFixed(2)})`,
      );
  }
  return checks;
}

/**
 * One line per stack.
 * @param {any[]} results
 */
export function tableOf(results) {
  const floors = bySize(results, "floor");
  const head = [
    "stack",
    "wall/ideal",
    "lag p50",
    "p95",
    "max",
    "of 3 %",
    "requests each",
    "per minute",
    "start looks",
    "past",
    "steps",
    "429",
    "CPU",
    "memory",
  ];
  const lines = results.map((row) => {
    if (row.seen === undefined)
      return [
        row.name,
        seconds(row.wallMs ?? 0),
        ...Array.from({ length: 10 }, () => ""),
        `${(row.cpuSeconds ?? 0).toFixed(1)} s`,
        `${Math.round(row.peakMb ?? 0)} MB`,
      ];
    const floor = floors.get(row.n);
    const ideal = floor && floor.wallMs * row.rate + row.longestMs;
    return [
      row.name,
      ideal ? (row.wallMs / ideal).toFixed(2) : "",
      seconds(row.p50Ms),
      seconds(row.p95Ms),
      seconds(row.maxMs),
      row.relativeP95.toFixed(2),
      row.requestsEach.toFixed(2),
      row.requestsPerMinute.toFixed(2),
      String(row.asked.startLook),
      String(row.asked.past),
      String(row.asked.steps),
      String(row.throttled),
      `${row.cpuSeconds.toFixed(1)} s`,
      `${Math.round(row.peakMb)} MB`,
    ];
  });
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column].length)),
  );
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join("  "),
    )
    .join("\n");
}

/** The stacks of one service, by how many resources they have. */
function bySize(results, service) {
  return new Map(results.filter((row) => row.service === service).map((row) => [row.n, row]));
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(2)} s`;
}
