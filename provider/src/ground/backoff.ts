/**
 * Delay arithmetic: growing delays with jitter, and the reading of Retry-After. Pure; used by polling and HTTP.
 */

/** Shape of a growing delay. */
export interface BackoffOptions {
  /** First delay, in milliseconds. */
  readonly firstMs: number;
  /** Factor from one delay to the next. */
  readonly factor: number;
  /** Longest delay before jitter, in milliseconds. */
  readonly maxMs: number;
  /**
   * By which share of itself a delay may be longer or shorter, at random, 0–1: many resources started at once must not
   * ask in step.
   * @default 0.2
   */
  readonly jitter?: number;
}

/**
 * The delay before attempt number `attempt` (0 is the first), in milliseconds.
 * `random` yields 0 ≤ x < 1.
 */
export function backoffDelayMs(options: BackoffOptions, attempt: number, random: () => number): number {
  const jitter = options.jitter ?? 0.2;
  const full = Math.min(options.maxMs, options.firstMs * options.factor ** attempt);
  return Math.round(full * (1 - jitter + 2 * jitter * random()));
}

/** Longest Retry-After that is believed, in milliseconds; a longer one is a mistake or an attack. */
export const maxRetryAfterMs = 300_000;

/**
 * Reads a Retry-After header: seconds or an HTTP date.
 * @returns milliseconds from `nowMs`, at most {@link maxRetryAfterMs}; undefined for nonsense.
 */
export function parseRetryAfterMs(header: string | null | undefined, nowMs: number): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Number(text) * 1000, maxRetryAfterMs);
  // Date.parse also takes "-5" or "2"; only an HTTP date has a comma or a "GMT".
  if (!/GMT|,/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - nowMs), maxRetryAfterMs);
}
