/**
 * Values in Huawei Cloud's answers: the documents and their examples disagree on their types, so both are read.
 */
import { ExactNumber } from "../../ground/json";
import { isJsonObject } from "../../http/answer";

/**
 * A time of the services as RFC 3339. Documented as milliseconds since the epoch or as text; examples also have
 * seconds, and 0 or "" for "not yet"; microseconds are read too.
 */
export function parseTime(value: unknown): string | undefined {
  const written = value instanceof ExactNumber ? value.text : value;
  const number = typeof written === "string" && /^\d+$/.test(written) ? Number(written) : written;
  if (typeof number === "number") {
    if (!Number.isFinite(number) || number <= 0) return undefined;
    // Below 1e11 it can only be seconds: as milliseconds it would be before 1973. Above 1e14 it can only be
    // microseconds: as milliseconds it would be after the year 5000.
    return toRfc3339(number < 1e11 ? number * 1000 : number > 1e14 ? number / 1000 : number);
  }
  return typeof number === "string" && number !== "" ? toRfc3339(Date.parse(number)) : undefined;
}

/** The objects of a list; anything else in it, or no list at all, counts as absent. */
export function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Text that is not empty; a number as text, as it is written. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "number" || value instanceof ExactNumber) return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function toRfc3339(ms: number): string | undefined {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return undefined;
  // RFC 3339 has years of four digits.
  const text = date.toISOString();
  return /^\d{4}-/.test(text) ? text : undefined;
}

/** The start and the end of an execution or a step, RFC 3339. */
export interface Span {
  readonly startedAt?: string;
  /** Absent until it has settled. */
  readonly settledAt?: string;
}

/**
 * The span of an execution or a node. The time of an end counts only once settled: 0, "" and stale values appear
 * before.
 */
export function spanOf(body: Record<string, unknown>, settled: boolean): Span {
  const startedAt = parseTime(body["begin_time"]);
  const settledAt = settled
    ? (parseTime(body["end_time"]) ?? parseTime(body["last_update_time"]))
    : undefined;
  return {
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(settledAt === undefined ? {} : { settledAt }),
  };
}
