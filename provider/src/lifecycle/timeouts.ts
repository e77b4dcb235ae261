/**
 * The resource option `customTimeouts`: the engine does not hand it to dynamic providers, so the resource's
 * constructor copies it in and this reads it.
 */

/** `opts.customTimeouts` as the program wrote it. */
export type CustomTimeouts = Readonly<Partial<Record<"create" | "update" | "delete", unknown>>>;

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };

/** Reads a duration like `30m`, `1h30m` or `45s`, in seconds; undefined for anything else. */
export function parseDurationSeconds(value: unknown): number | undefined {
  if (typeof value !== "string" || !/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(value)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
    seconds += Number(amount) * (unitSeconds[unit ?? ""] ?? 0);
  }
  return seconds > 0 ? seconds : undefined;
}
