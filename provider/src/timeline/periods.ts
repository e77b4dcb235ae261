/**
 * The time axis: executions by periods in which something ran, and the marks of an axis. Pure.
 */
import type { Span, StoredExecution } from "./stackExport";

/** An execution with a place on the time axis. */
export type TimedExecution = StoredExecution & { readonly span: Span };

/** A time without a longer pause, and the executions in it. */
export interface Period extends Span {
  /** By the time of their beginning. */
  readonly executions: readonly TimedExecution[];
}

// One axis over two deployments that are days apart would show nothing but the pause.
const longestPauseMs = 10 * 60_000;

/** Executions by periods, the latest period first. A pause of more than ten minutes begins a new period. */
export function splitIntoPeriods(executions: readonly StoredExecution[]): readonly Period[] {
  const timed = executions
    .filter((execution): execution is TimedExecution => execution.span !== undefined)
    .sort((a, b) => a.span.startMs - b.span.startMs || a.span.endMs - b.span.endMs);
  const periods: { startMs: number; endMs: number; executions: TimedExecution[] }[] = [];
  for (const execution of timed) {
    const { startMs, endMs } = execution.span;
    const last = periods.at(-1);
    if (last && startMs - last.endMs <= longestPauseMs) {
      last.endMs = Math.max(last.endMs, endMs);
      last.executions.push(execution);
    } else {
      periods.push({ startMs, endMs, executions: [execution] });
    }
  }
  return periods.reverse();
}

/**
 * The place of a span on the axis of a period, in percent of the axis's length. A part outside the period is left out.
 */
export function placeOn(axis: Span, span: Span): { readonly start: number; readonly length: number } {
  // An execution that lasted less than the service's clock can tell fills the axis.
  const lengthMs = axis.endMs - axis.startMs;
  if (lengthMs <= 0) return { start: 0, length: 100 };
  const percent = (ms: number): number => Math.min(100, Math.max(0, ((ms - axis.startMs) / lengthMs) * 100));
  const start = percent(span.startMs);
  return { start: round(start), length: round(percent(span.endMs) - start) };
}

function round(percent: number): number {
  return Math.round(percent * 1_000) / 1_000;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const distances = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
];

// More marks than this run into each other on a phone.
const maxMarks = 5;

/** A mark of the axis. */
export interface Mark {
  /** Percent of the axis. */
  readonly at: number;
  /** UTC, e.g. `14:05`; with seconds or with the date, where the marks need it. */
  readonly label: string;
}

/** The marks of an axis, at full seconds, minutes, hours or days in UTC. An axis of less than a second has none. */
export function marksOf(axis: Span): readonly Mark[] {
  const lengthMs = axis.endMs - axis.startMs;
  const fitting = distances.find((distance) => lengthMs / distance <= maxMarks);
  const distance = fitting ?? Math.ceil(lengthMs / maxMarks / day) * day;
  const marks: Mark[] = [];
  const first = Math.ceil(axis.startMs / distance) * distance;
  for (let at = first; at <= axis.endMs && marks.length <= maxMarks; at += distance) {
    const label = distance >= day ? formatDate(at) : formatTime(at).slice(0, distance < minute ? 8 : 5);
    marks.push({ at: placeOn(axis, { startMs: at, endMs: at }).start, label });
  }
  return marks;
}

/** The date in UTC, e.g. `2026-11-28`. */
export function formatDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The time of day in UTC, e.g. `14:05:09`. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}
