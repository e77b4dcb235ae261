// The plugin's figures beside the dynamic provider's, and their limits. Pure.

/**
 * The figures of one front.
 * @typedef {object} FrontFigures
 * @property {number} startMs until the provider is ready for the engine
 * @property {number} peakMb the most memory that the provider's process had
 * @property {number} stateBytes of one execution
 * @property {number} upCpuSeconds of a no-change `up`, all processes
 * @property {number} refreshCpuSeconds of a `refresh`, all processes
 */

/** @type {readonly { figure: keyof FrontFigures, name: string, unit: string, most: number }[]} */
const LIMITS = [
  { figure: "startMs", name: "start of the provider", unit: "ms", most: 0.4 },
  { figure: "peakMb", name: "peak memory of the provider", unit: "MB", most: 0.6 },
  { figure: "stateBytes", name: "state of an execution", unit: "bytes", most: 0.8 },
  { figure: "refreshCpuSeconds", name: "CPU of a refresh", unit: "s", most: 0.85 },
  { figure: "upCpuSeconds", name: "CPU of a no-change up", unit: "s", most: 1.1 },
];

/**
 * Every limit, and beside it the figure of a program in YAML, where that was measured.
 * @param {{ n: number, missing?: string, fronts: Partial<Record<import("./pluginProgram.mjs").Front, FrontFigures>> }}
 *   measured `missing`: the reason for which nothing was measured
 * @returns {{ holds: boolean, text: string }[]}
 */
export function checkFronts({ n, missing, fronts: { dynamic, plugin, yaml } }) {
  if (missing !== undefined || !dynamic || !plugin)
    return [{ holds: false, text: `fronts ${n}: not measured: ${missing ?? "a front is missing"}` }];
  return LIMITS.map(({ figure, name, unit, most }) => {
    const ratio = plugin[figure] / dynamic[figure];
    const shown = (/** @type {FrontFigures} */ front) =>
      `${front[figure].toFixed(unit === "s" ? 1 : 0)} ${unit}`;
    const fromYaml = yaml ? ` (from YAML ${shown(yaml)})` : "";
    return {
      holds: ratio <= most,
      text: `fronts ${n}: ${name}: plugin ${shown(plugin)}, dynamic ${shown(dynamic)}: ${ratio.toFixed(2)}, at most ${most}${fromYaml}`,
    };
  });
}
