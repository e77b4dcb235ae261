// The cost of an `up` that changes nothing, beside as many trivial resources: one after the other, in turns, because
// the other work on a machine changes within minutes. Figures are medians of the turns.
import { percentile } from "./arithmetic.mjs";
import { openStack } from "./stacks.mjs";

/** Durations play no part: they are over before anything is measured. */
const brief = {
  aom: { middleMs: 1_000, rate: 10 },
  functiongraph: { middleMs: 1_000, rate: 10 },
  coc: { middleMs: 1_000, rate: 10 },
  cloudflow: { middleMs: 1_000 },
  floor: { middleMs: 0 },
  shaped: { middleMs: 0 },
};

/**
 * Measures; nothing else should run on the machine.
 * @param {{ cli: string, n: number, turns: number, services: (keyof typeof brief)[], say: (line: string) => void }} options
 * @returns {Promise<{ n: number, turns: number, ms: Record<string, number[]>, medianMs: Record<string, number> }>}
 */
export async function measureNoChange({ cli, n, turns, services, say }) {
  const stacks = [];
  const succeed = async (stack) => {
    const { ok, output, ms } = await stack.operate("up");
    if (!ok) throw new Error(output.slice(-2_000));
    return ms;
  };
  try {
    for (const service of services) {
      const stack = await openStack({ cli, service, n, only: "constant", ...brief[service] });
      stacks.push({ service, stack });
      say(`no change ${n}, ${service}: made in ${Math.round((await succeed(stack)) / 1000)} s`);
    }
    const ms = Object.fromEntries(services.map((service) => [service, []]));
    for (let turn = 1; turn <= turns; turn += 1) {
      for (const { service, stack } of stacks) ms[service].push(await succeed(stack));
      say(
        `no change ${n}, turn ${turn} of ${turns}: ${services.map((service) => `${service} ${(ms[service].at(-1) / 1000).toFixed(1)} s`).join(", ")}`,
      );
    }
    const medianMs = Object.fromEntries(services.map((service) => [service, percentile(ms[service], 0.5)]));
    return { n, turns, ms, medianMs };
  } finally {
    for (const { stack } of stacks) stack.close();
  }
}
