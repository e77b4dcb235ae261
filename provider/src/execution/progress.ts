/**
 * Words for a snapshot: the live line and the parts of messages that name a step and its targets. Pure.
 */
import { onOneLine } from "../ground/text";
import type { ExecutionSnapshot, ExecutionStep, TargetCounts } from "./snapshot";
import { durationBetweenMs } from "./snapshot";

// Authors of workflows write any text into names; a line stays a line.
const maxNameLength = 80;

/** How long an execution has run, and how long such executions usually take. */
export interface ProgressTimes {
  /** Milliseconds. */
  readonly elapsedMs: number;
  /** Milliseconds; undefined where nothing is known of earlier executions. */
  readonly expectedMs: number | undefined;
}

/**
 * E.g. `step 2 of 3 "Run script", 1m12s of about 3m, 41 targets ok, 1 failed, 8 to go`; without `times` the same
 * without the time, which tells whether anything but the time has changed.
 */
export function describeProgress(snapshot: ExecutionSnapshot, times?: ProgressTimes): string {
  if (snapshot.status === "succeeded") {
    const durationMs = durationBetweenMs(snapshot.startedAt, snapshot.settledAt);
    return durationMs === undefined ? "succeeded" : `succeeded after ${formatDuration(durationMs)}`;
  }
  const current = snapshot.steps.at(-1);
  const state =
    snapshot.status === "running"
      ? ""
      : snapshot.status === "unknown"
        ? formatWord(snapshot.rawStatus)
        : snapshot.status;
  const time = times ? formatTimes(times) : [];
  if (!current) return [state || "started", ...time].join(", ");
  const parts = [
    nameStep(snapshot, current),
    ...time,
    ...(current.targets ? [countTargets(current.targets)] : []),
  ];
  return [state, parts.join(", ")].filter(Boolean).join(": ");
}

/** A word of the service (a name, a status) as it stands in a line. */
export function formatWord(word: string): string {
  return onOneLine(word, maxNameLength);
}

/** E.g. `step 2 of 3 "Run script"`. */
export function nameStep(
  snapshot: Pick<ExecutionSnapshot, "steps" | "stepsTotal">,
  step: ExecutionStep,
): string {
  const place = snapshot.steps.indexOf(step) + 1;
  const of = snapshot.stepsTotal === undefined ? "" : ` of ${String(snapshot.stepsTotal)}`;
  return `step ${String(place)}${of} "${formatWord(step.name ?? step.id)}"`;
}

/** E.g. `step 1 of 3 "Prepare" succeeded after 12s`. */
export function describeStepEnd(snapshot: ExecutionSnapshot, step: ExecutionStep): string {
  const words: Readonly<Record<string, string>> = { timedOut: "timed out", stopped: "was stopped" };
  const after = step.durationMs === undefined ? "" : ` after ${formatDuration(step.durationMs)}`;
  const targets = step.targets?.failed ? `, ${countTargets(step.targets)}` : "";
  return `${nameStep(snapshot, step)} ${words[step.status] ?? step.status}${after}${targets}`;
}

/** A duration that is only roughly known, e.g. `about 3m`: seconds by fives, then half minutes, then minutes. */
export function formatAbout(ms: number): string {
  const unitMs = ms < 10_000 ? 1_000 : ms < 90_000 ? 5_000 : ms < 600_000 ? 30_000 : 60_000;
  return `about ${formatDuration(Math.max(1, Math.round(ms / unitMs)) * unitMs)}`;
}

/** Milliseconds as people say them: `850ms`, `12s`, `2m04s`, `1h05m`; none is `less than 1s`. */
export function formatDuration(ms: number): string {
  // Some services give times in whole seconds.
  if (Math.round(ms) === 0) return "less than 1s";
  if (ms < 1_000) return `${String(Math.round(ms))}ms`;
  const total = Math.round(ms / 1_000);
  const [hours, minutes, seconds] = [Math.floor(total / 3_600), Math.floor((total % 3_600) / 60), total % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  if (hours > 0) return minutes > 0 ? `${String(hours)}h${two(minutes)}m` : `${String(hours)}h`;
  if (minutes > 0) return seconds > 0 ? `${String(minutes)}m${two(seconds)}s` : `${String(minutes)}m`;
  return `${String(seconds)}s`;
}

function formatTimes({ elapsedMs, expectedMs }: ProgressTimes): string[] {
  const elapsed = elapsedMs < 1_000 ? undefined : formatDuration(elapsedMs);
  if (expectedMs === undefined) return elapsed === undefined ? [] : [elapsed];
  return [
    elapsed === undefined ? `usually ${formatAbout(expectedMs)}` : `${elapsed} of ${formatAbout(expectedMs)}`,
  ];
}

function countTargets(targets: TargetCounts): string {
  const toGo = targets.running + targets.notPerformed;
  return [
    `${String(targets.succeeded)} ${targets.succeeded === 1 ? "target" : "targets"} ok`,
    ...(targets.failed > 0 ? [`${String(targets.failed)} failed`] : []),
    ...(toGo > 0 ? [`${String(toGo)} to go`] : []),
  ].join(", ");
}
