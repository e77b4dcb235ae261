/**
 * Plays the states that take time of their own: tasks, which end as they are scripted, and waits.
 */
import { failure, idleResult, success } from "./course";
import type { Course, Ending, Visit } from "./course";
import { evaluate } from "./expressions";
import { defaultTask } from "./play";
import type { ProgramStep, Report, TaskScript } from "./play";
import type { ErrorNames, TaskState, WaitState } from "./program";
import type { Operations } from "./operations";
import type { OpenStep, ProgramRecord } from "./record";

/** The parts of the surrounding execution that a task needs. */
export interface TaskWorld {
  readonly names: ErrorNames;
  /** By state id; attempt n uses entry n-1, the last one repeats. */
  readonly tasks: Readonly<Record<string, readonly TaskScript[]>> | undefined;
  /** The reports that callback tasks wait for, in order of time. */
  readonly reports: readonly Report[];
  /** The interventions that paused and failed steps wait for. */
  readonly operations: Operations;
}

/** Plays one attempt of a task. */
export function playTask(
  world: TaskWorld,
  state: TaskState,
  step: OpenStep,
  visit: Visit,
  attempt: number,
): Course {
  const { at, until, record, scope } = visit;
  const scripts = world.tasks?.[state.id] ?? [defaultTask];
  const script = scripts[Math.min(visit.countRun(), scripts.length) - 1] ?? defaultTask;
  const deadline = state.timeoutMs === undefined ? Number.POSITIVE_INFINITY : at + state.timeoutMs;
  const called = state.parameters ? evaluate(state.parameters, scope) : scope.input;
  record.note("taskScheduled", at, step, { input: called });
  record.note("taskStarted", at, step);
  const worksFrom = script.pauses ? world.operations.next(["continue"], step.key, at)?.at : at;
  if (worksFrom === undefined || worksFrom > deadline) {
    return awaitSomebody("paused", world, step, visit, deadline);
  }
  const worksUntil = worksFrom + script.durationMs;
  const current = step.attempts.at(-1);
  if (current) current.work = { from: worksFrom, until: worksUntil };
  if (worksUntil > deadline) return timedOut(world, deadline, until, step, record);
  if (worksUntil > until) return { nextChangeAt: worksUntil };
  if (script.outcome !== "success") {
    return { ended: taskFailure(world, script, worksUntil, step, record, state.callback === true) };
  }
  const output = script.output === undefined ? {} : script.output;
  if (!state.callback) {
    record.note("taskSucceeded", worksUntil, step, { output });
    return { ended: success(worksUntil, output) };
  }
  record.note("taskSubmitted", worksUntil, step, { output });
  return awaitReport(world, step, visit, attempt, worksUntil, deadline);
}

function awaitReport(
  world: TaskWorld,
  step: OpenStep,
  visit: Visit,
  attempt: number,
  submittedAt: number,
  deadline: number,
): Course {
  const { until, record } = visit;
  const report = world.reports.find(
    (one) => one.stepKey === step.key && one.attempt === attempt && one.at >= submittedAt,
  );
  if (!report || report.at > deadline || report.at > until) {
    return awaitSomebody("awaitingReport", world, step, visit, deadline);
  }
  if (report.succeeded) {
    record.note("taskSucceeded", report.at, step, { output: report.output });
    return { ended: success(report.at, report.output) };
  }
  const error = { code: report.error ?? world.names.taskFailed, cause: report.cause ?? "" };
  record.note("taskFailed", report.at, step, { error });
  return { ended: failure(report.at, error.code, error.cause) };
}

// Nothing changes before the deadline without an intervention.
function awaitSomebody(
  phase: ProgramStep["phase"],
  world: TaskWorld,
  step: OpenStep,
  { until, record }: Visit,
  deadline: number,
): Course {
  if (deadline <= until) return timedOut(world, deadline, until, step, record);
  step.phase = phase;
  return { nextChangeAt: Number.isFinite(deadline) ? deadline : undefined };
}

function timedOut(
  { names }: TaskWorld,
  deadline: number,
  until: number,
  step: OpenStep,
  record: ProgramRecord,
): Course {
  if (deadline > until) return { nextChangeAt: deadline };
  const ended = failure(deadline, names.taskTimedOut, "the task timed out");
  record.note("taskTimedOut", deadline, step, { error: ended.error });
  return { ended: { ...ended, stepOutcome: "timeout" } };
}

function taskFailure(
  { names }: TaskWorld,
  script: TaskScript,
  at: number,
  step: OpenStep,
  record: ProgramRecord,
  submitting: boolean,
): Ending {
  const late = script.outcome === "timeout";
  const code = script.error ?? (late ? names.taskTimedOut : names.taskFailed);
  const error = { code, cause: script.cause ?? "" };
  record.note(late ? "taskTimedOut" : submitting ? "taskSubmitFailed" : "taskFailed", at, step, { error });
  const { outcome, ignoresFailure } = script;
  return { at, outcome, output: undefined, error, ignoresFailure };
}

/** Plays a wait: for a duration, or until a time. */
export function playWait(names: ErrorNames, state: WaitState, visit: Visit): Course {
  const { at, until, scope } = visit;
  let endsAt: number | undefined;
  if (state.durationMs) {
    const duration = evaluate(state.durationMs, scope);
    if (typeof duration === "number" && duration >= 0) endsAt = at + duration * (state.unitMs ?? 1);
  } else if (state.until) {
    const time = evaluate(state.until, scope);
    const parsed = typeof time === "number" ? time * (state.unitMs ?? 1) : Date.parse(String(time));
    if (!Number.isNaN(parsed)) endsAt = Math.max(at, parsed);
  }
  if (endsAt === undefined) {
    return { ended: failure(at, names.badData, `${state.id} needs a duration or a time to wait for`) };
  }
  return endsAt > until ? { nextChangeAt: endsAt } : { ended: success(endsAt, idleResult(visit)) };
}
