// Durations of executions: four shapes around one middle, the same for the same seed.

/** Names of the shapes. */
export const distributions = /** @type {const} */ (["constant", "uniform", "longTail", "bimodal"]);

/** @type {Readonly<Record<(typeof distributions)[number], (random: () => number) => number>>} */
const shapes = {
  constant: () => 1,
  uniform: (random) => 0.5 + random(),
  // Log-normal; a duration of more than three times the middle is cut there, so that a run of the bench ends.
  longTail: (random) =>
    Math.min(3, Math.exp(0.6 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))),
  bimodal: (random) => (random() < 0.5 ? 0.4 : 1.6) * (0.95 + 0.1 * random()),
};

/**
 * Durations in milliseconds.
 * @param {(typeof distributions)[number]} name of the shape
 * @param {number} count
 * @param {number} middleMs
 * @param {number} [seed]
 */
export function draw(name, count, middleMs, seed = 1) {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => Math.round(middleMs * shapes[name](random)));
}

/**
 * Random numbers 0 ≤ x < 1, the same for the same seed.
 * @param {number} seed
 * @returns {() => number}
 */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
