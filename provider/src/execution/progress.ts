/**
 * Words for a snapshot: the live line and the parts of messages that name a step and its targets. Pure.
 */
import type { ExecutionSnapshot, ExecutionStep, TargetCounts } from "./snapshot";
import { durationBetweenMs } from "./snapshot";

/** E.g. `step 2 of 3 "Run script", 41 targets ok, 1 failed, 8 to go`. */
export function describeProgress(snapshot: ExecutionSnapshot): string {
  if (snapshot.status === "succeeded") {
    const durationMs = durationBetweenMs(snapshot.startedAt, snapshot.settledAt);
    return durationMs === undefined ? "succeeded" : `succeeded after ${sayDuration(durationMs)}`;
  }
  const current = snapshot.steps.at(-1);
  const state =
    snapshot.status === "running" ? "" : snapshot.status === "unknown" ? snapshot.rawStatus : snapshot.status;
  if (!current) return state || "started";
  const parts = [nameStep(snapshot, current), ...(current.targets ? [countTargets(current.targets)] : [])];
  return [state, parts.join(", ")].filter(Boolean).join(": ");
}

/** E.g. `step 2 of 3 "Run script"`. */
export function nameStep(
  snapshot: Pick<ExecutionSnapshot, "steps" | "stepsTotal">,
  step: ExecutionStep,
): string {
  const place = snapshot.steps.indexOf(step) + 1;
  const of = snapshot.stepsTotal === undefined ? "" : ` of ${String(snapshot.stepsTotal)}`;
  return `step ${String(place)}${of} "${onOneLine(step.name ?? step.id)}"`;
}

/** Milliseconds as people say them: `850ms`, `12s`, `2m04s`, `1h05m`. */
export function sayDuration(ms: number): string {
  if (ms < 1_000) return `${String(Math.round(ms))}ms`;
  const total = Math.round(ms / 1_000);
  const [hours, minutes, seconds] = [Math.floor(total / 3_600), Math.floor((total % 3_600) / 60), total % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  if (hours > 0) return minutes > 0 ? `${String(hours)}h${two(minutes)}m` : `${String(hours)}h`;
  if (minutes > 0) return seconds > 0 ? `${String(minutes)}m${two(seconds)}s` : `${String(minutes)}m`;
  return `${String(seconds)}s`;
}

function countTargets(targets: TargetCounts): string {
  const toGo = targets.running + targets.notPerformed;
  return [
    `${String(targets.succeeded)} ${targets.succeeded === 1 ? "target" : "targets"} ok`,
    ...(targets.failed > 0 ? [`${String(targets.failed)} failed`] : []),
    ...(toGo > 0 ? [`${String(toGo)} to go`] : []),
  ].join(", ");
}

// Authors of workflows write what they like into names; a line stays a line.
function onOneLine(name: string): string {
  const line = name.replace(/\s+/g, " ").trim();
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}
