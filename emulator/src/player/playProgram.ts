/**
 * Plays a program: how an execution stands at a time follows from the program, its input, its start and what people
 * did to it, and from nothing else. No timers: moving the clock is enough to let hours pass.
 */
import type { Program, ProgramError } from "./program";
import type { Play, ProgramEventType, ProgramIntervention, ProgramSnapshot } from "./play";
import { ProgramRecord } from "./record";
import type { Course } from "./course";
import { ProgramCourse } from "./states";

const never = Number.POSITIVE_INFINITY;
const interventionKinds: readonly string[] = ["stop", "report", "retry", "updateMap"];

interface End {
  readonly at: number;
  readonly outcome: string;
  readonly output: unknown;
  readonly error: ProgramError | undefined;
}

/** How the execution stands at `play.now`. */
export function playProgram(program: Program, play: Play): ProgramSnapshot {
  const { startedAt, now } = play;
  const past = play.interventions.filter(
    (one): one is ProgramIntervention => one.at <= now && interventionKinds.includes(one.kind),
  );
  const stop = past.find((one) => one.kind === "stop");
  const stopsAt = stop ? stop.at + (stop.takesMs ?? play.stopTakesMs ?? 0) : never;
  const deadline = program.timeoutMs === undefined ? never : startedAt + program.timeoutMs;
  const beginsAt = startedAt + (play.queuedMs ?? 0);
  const until = Math.min(now, stopsAt, deadline);

  const record = new ProgramRecord();
  record.note("executionStarted", startedAt, undefined, { input: play.input });
  const frame = { prefix: "", parentKey: undefined };
  const course: Course =
    beginsAt > until
      ? { nextChangeAt: beginsAt }
      : new ProgramCourse(program, play, past).playSequence(
          program.root,
          play.input,
          beginsAt,
          until,
          frame,
          record,
        );
  const end = endOf(course, play, now, stop, stopsAt, deadline);
  if (end) {
    record.cut(end.at, "cancel");
    record.note(eventOf(end.outcome), end.at, undefined, { output: end.output, error: end.error });
  }
  const events = record.sortedEvents();
  const changes = [course.nextChangeAt, stopsAt, deadline].filter(
    (time): time is number => time !== undefined && time > now && time < never,
  );
  return {
    phase: end ? "ended" : stop ? "stopping" : now < beginsAt ? "queued" : "running",
    outcome: end?.outcome,
    output: end?.output,
    error: end?.error,
    beganAt: startedAt,
    endedAt: end?.at,
    updatedAt: end?.at ?? Math.max(events.at(-1)?.at ?? startedAt, stop?.at ?? startedAt),
    steps: record.steps,
    events,
    nextChangeAt: end || changes.length === 0 ? undefined : Math.min(...changes),
  };
}

function endOf(
  course: Course,
  play: Play,
  now: number,
  stop: Extract<ProgramIntervention, { kind: "stop" }> | undefined,
  stopsAt: number,
  deadline: number,
): End | undefined {
  if (course.ended) {
    const { at, error, output } = course.ended;
    const outcome = play.outcome ?? course.ended.outcome;
    return { at, outcome, output: outcome === "success" ? output : undefined, error };
  }
  if (now >= deadline && deadline <= stopsAt) {
    return { at: deadline, outcome: "timeout", output: undefined, error: undefined };
  }
  if (!stop || now < stopsAt) return undefined;
  const error = { code: stop.error ?? "", cause: stop.cause ?? "" };
  return { at: stopsAt, outcome: "cancel", output: undefined, error };
}

function eventOf(outcome: string): ProgramEventType {
  switch (outcome) {
    case "success":
      return "executionSucceeded";
    case "timeout":
      return "executionTimedOut";
    case "cancel":
      return "executionStopped";
    default:
      return "executionFailed";
  }
}
