/**
 * Words for a snapshot: the live line and the parts of messages that name a step and its targets. Pure.
 */
import { onOneLine } from "../ground/text";
import type { ExecutionSnapshot, ExecutionStatus, ExecutionStep, TargetCounts } from "./snapshot";
import { durationBetweenMs, firstFailedStep, isSettled } from "./snapshot";

// Authors of workflows write any text into names; a line stays a line.
const maxNameLength = 80;

/**
 * The status of an execution, for a row of a terminal that shows the first two dozen characters: the telling part
 * first, and no time that would stand still. E.g. `2/3 Run script, 41 ok 1 failed 8 left, usually 3m`, and
 * `failed after 2m04s, 2/3 Run script`.
 * @param expectedMs the usual duration of such executions, in milliseconds; undefined if it is not known.
 */
export function describeProgress(snapshot: ExecutionSnapshot, expectedMs?: number): string {
  if (isSettled(snapshot.status)) return describeEnd(snapshot);
  const current = snapshot.steps.at(-1);
  const usual = expectedMs === undefined ? [] : [`usually ${formatRough(expectedMs)}`];
  const state =
    snapshot.status === "running"
      ? ""
      : snapshot.status === "unknown"
        ? formatWord(snapshot.rawStatus)
        : snapshot.status;
  if (!current) return [state || "started", ...usual].join(", ");
  const parts = [
    labelStep(snapshot, current),
    ...(current.targets ? [countTargets(current.targets)] : []),
    ...usual,
  ];
  return [state, parts.join(", ")].filter(Boolean).join(": ");
}

const ends: Readonly<Partial<Record<ExecutionStatus, string>>> = { timedOut: "timed out" };

function describeEnd(snapshot: ExecutionSnapshot): string {
  const { status, startedAt, settledAt } = snapshot;
  const durationMs = durationBetweenMs(startedAt, settledAt);
  const after = durationMs === undefined ? "" : ` after ${formatDuration(durationMs)}`;
  const step = status === "succeeded" ? undefined : firstFailedStep(snapshot);
  const where = step === undefined ? "" : `, ${labelStep(snapshot, step)}`;
  return `${ends[status] ?? status}${after}${where}`;
}

/** A word of the service (a name, a status) as it stands in a line. */
export function formatWord(word: string): string {
  return onOneLine(word, maxNameLength);
}

/** A step in a sentence, e.g. `step 2 of 3 "Run script"`. */
export function nameStep(
  snapshot: Pick<ExecutionSnapshot, "steps" | "stepsTotal">,
  step: ExecutionStep,
): string {
  const place = snapshot.steps.indexOf(step) + 1;
  const of = snapshot.stepsTotal === undefined ? "" : ` of ${String(snapshot.stepsTotal)}`;
  return `step ${String(place)}${of} "${formatWord(step.name ?? step.id)}"`;
}

/** A step on a row, e.g. `2/3 Run script`; `Run script (step 2)` where the service does not give the number of steps. */
function labelStep(
  { steps, stepsTotal }: Pick<ExecutionSnapshot, "steps" | "stepsTotal">,
  step: ExecutionStep,
): string {
  const place = String(steps.indexOf(step) + 1);
  const name = formatWord(step.name ?? step.id);
  return stepsTotal === undefined ? `${name} (step ${place})` : `${place}/${String(stepsTotal)} ${name}`;
}

/** E.g. `1/3 Prepare succeeded after 12s`. */
export function describeStepEnd(snapshot: ExecutionSnapshot, step: ExecutionStep): string {
  const words: Readonly<Record<string, string>> = { timedOut: "timed out", stopped: "was stopped" };
  const after = step.durationMs === undefined ? "" : ` after ${formatDuration(step.durationMs)}`;
  const targets = step.targets?.failed ? `, ${countTargets(step.targets)}` : "";
  return `${labelStep(snapshot, step)} ${words[step.status] ?? step.status}${after}${targets}`;
}

/** A duration that is only roughly known, e.g. `3m`: seconds by fives, then half minutes, then minutes. */
export function formatRough(ms: number): string {
  const unitMs = ms < 10_000 ? 1_000 : ms < 90_000 ? 5_000 : ms < 600_000 ? 30_000 : 60_000;
  return formatDuration(Math.max(1, Math.round(ms / unitMs)) * unitMs);
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

// E.g. `41 ok 1 failed 8 left`.
function countTargets({ succeeded, failed, running, notPerformed }: TargetCounts): string {
  const left = running + notPerformed;
  return [
    `${String(succeeded)} ok`,
    ...(failed > 0 ? [`${String(failed)} failed`] : []),
    ...(left > 0 ? [`${String(left)} left`] : []),
  ].join(" ");
}
