/**
 * Makes outputs fit for the host's protobuf Struct: `undefined` in there throws after the execution has started, and
 * a lone surrogate breaks the connection. Both would lose the execution.
 */

/** A copy with only what survives: plain JSON values and well-formed text. Keys without a value are left out. */
export function toPlainOutputs(bag: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return toPlain(bag) as Record<string, unknown>;
}

function toPlain(value: unknown): unknown {
  switch (typeof value) {
    case "string":
      return value.toWellFormed();
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return value.toString();
    case "object":
      break;
    default:
      return undefined;
  }
  if (value === null) return null;
  // A hole in a list must keep its place.
  if (Array.isArray(value)) return value.map((item) => toPlain(item) ?? null);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  const entries = Object.entries(value).map(([key, item]) => [key.toWellFormed(), toPlain(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}
