// Sums and percentiles of figures. Pure.

/**
 * Adds up.
 * @param {readonly number[]} values
 */
export function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * The value below which `share` of the others lie; 0 where there are none.
 * @param {readonly number[]} values
 * @param {number} share
 */
export function percentile(values, share) {
  const ascending = [...values].sort((a, b) => a - b);
  return ascending[Math.min(ascending.length - 1, Math.ceil(ascending.length * share) - 1)] ?? 0;
}
