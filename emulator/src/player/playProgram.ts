/**
 * Plays a program: the state of an execution at a time follows from the program, its input, its start and the
 * interventions of people, and from nothing else. No timers: moving the clock is enough to let hours pass.
 */
import type { Program, ProgramError } from "./program";
import type { Intervention, Play, ProgramEventType, ProgramSnapshot, Stop, Verdict } from "./play";
import { ProgramRecord } from "./record";
import type { Course } from "./course";
import { ProgramCourse } from "./states";

const never = Number.POSITIVE_INFINITY;

interface End {
  readonly at: number;
  readonly outcome: string;
  readonly output: unknown;
  readonly error: ProgramError | undefined;
}

/** The decisions about the whole execution, and the times between which its states are played. */
interface Bounds {
  readonly stop: Stop | undefined;
  readonly verdict: Verdict | undefined;
  readonly beginsAt: number;
  readonly stopsAt: number;
  readonly deadline: number;
  readonly until: number;
}

/** The state of the execution at `play.now`. */
export function playProgram(program: Program, play: Play): ProgramSnapshot {
  const { startedAt, now } = play;
  const past = play.interventions.filter(({ at }) => at <= now);
  const bounds = boundsOf(program, play, past);
  const record = new ProgramRecord();
  record.note("executionStarted", startedAt, undefined, { input: play.input });
  const course = courseOf(program, play, past, bounds, record);
  const end = endOf(course, play, bounds);
  if (end) {
    record.cut(end.at, "cancel");
    record.note(eventOf(end.outcome), end.at, undefined, { output: end.output, error: end.error });
  }
  const events = record.sortedEvents();
  const { stop, verdict, stopsAt, deadline } = bounds;
  const changes = [course.nextChangeAt, stopsAt, deadline].filter(
    (time): time is number => time !== undefined && time > now && time < never,
  );
  const lastChanges = [events.at(-1)?.at, stop?.at, verdict?.at].map((at) => at ?? startedAt);
  return {
    phase: end ? "ended" : phaseOf(program, play, bounds, record),
    outcome: end?.outcome,
    output: end?.output,
    error: end?.error,
    beganAt: startedAt,
    endedAt: end?.at,
    updatedAt: end?.at ?? Math.max(...lastChanges),
    steps: record.steps,
    events,
    nextChangeAt: end || changes.length === 0 ? undefined : Math.min(...changes),
  };
}

function boundsOf(
  { needsApproval, timeoutMs }: Program,
  { startedAt, now, queuedMs = 0, stopTakesMs = 0 }: Play,
  past: readonly Intervention[],
): Bounds {
  const stop = past.find((one) => one.kind === "stop");
  const verdict = needsApproval ? verdictOf(past) : undefined;
  const opensAt = needsApproval ? (verdict?.at ?? never) : startedAt;
  const stopsAt = stop ? stop.at + (stop.takesMs ?? stopTakesMs) : never;
  const deadline = timeoutMs === undefined ? never : startedAt + timeoutMs;
  const until = Math.min(now, stopsAt, deadline);
  return { stop, verdict, beginsAt: opensAt + queuedMs, stopsAt, deadline, until };
}

// A decision after a stop comes too late.
function verdictOf(past: readonly Intervention[]): Verdict | undefined {
  const first = past.find(({ kind }) => kind === "stop" || kind === "approve" || kind === "reject");
  return first?.kind === "approve" || first?.kind === "reject" ? first : undefined;
}

function courseOf(
  program: Program,
  play: Play,
  past: readonly Intervention[],
  { beginsAt, until, verdict }: Bounds,
  record: ProgramRecord,
): Course {
  if (verdict?.kind === "reject" || beginsAt > until) return { nextChangeAt: beginsAt };
  const frame = { prefix: "", parentKey: undefined };
  const states = new ProgramCourse(program, play, past);
  return states.playSequence(program.root, play.input, beginsAt, until, frame, record);
}

function phaseOf(
  { needsApproval }: Program,
  { now }: Play,
  { stop, verdict, beginsAt }: Bounds,
  { steps }: ProgramRecord,
): ProgramSnapshot["phase"] {
  if (stop) return "stopping";
  if (needsApproval && !verdict) return "awaitingApproval";
  if (now < beginsAt) return "queued";
  return steps.some(({ phase }) => phase === "paused") ? "paused" : "running";
}

function endOf({ ended }: Course, { now, outcome: final }: Play, bounds: Bounds): End | undefined {
  const { stop, verdict, stopsAt, deadline } = bounds;
  if (verdict?.kind === "reject") {
    return { at: verdict.at, outcome: "rejected", output: undefined, error: undefined };
  }
  if (ended) {
    const { at, error } = ended;
    const outcome = final ?? ended.outcome;
    return { at, outcome, output: outcome === "success" ? ended.output : undefined, error };
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
