/**
 * Plays the states of a program: each kind of state, its attempts, and the sequences that they are in. Nothing happens
 * after the moment `until`.
 */
import { endStep, exitStep, failure, idleResult, success } from "./course";
import type { Course, Ending, Frame, SequencePlayer, Visit } from "./course";
import { evaluate, holds, layOver } from "./expressions";
import { failed, repairOf } from "./failures";
import { playMap, playParallel } from "./fanOut";
import { Operations } from "./operations";
import type { Intervention, MapUpdate, Play, Report } from "./play";
import { defaultErrorNames } from "./program";
import type { ChoiceState, ErrorNames, Json, Program, RetryRule, Sequence, State } from "./program";
import type { OpenStep, ProgramRecord } from "./record";
import { playTask, playWait } from "./tasks";
import type { TaskWorld } from "./tasks";

/** The vendor's documented limit of an execution: a loop, or a retry without a pause, ends with it. */
const mostEvents = 5000;

/** One play of a program. */
export class ProgramCourse implements SequencePlayer, TaskWorld {
  readonly names: ErrorNames;
  readonly tasks: TaskWorld["tasks"];
  readonly reports: readonly Report[];
  readonly operations: Operations;
  readonly #execution: Json;
  readonly #updates: readonly MapUpdate[];

  constructor(program: Program, { tasks, execution }: Play, past: readonly Intervention[]) {
    this.names = { ...defaultErrorNames, ...program.errorNames };
    this.tasks = tasks;
    this.#execution = execution;
    this.reports = past.filter((one) => one.kind === "report");
    this.#updates = past.filter((one) => one.kind === "updateMap");
    this.operations = new Operations(past);
  }

  /** {@inheritDoc SequencePlayer.mapUpdates} */
  mapUpdates(key: string): readonly MapUpdate[] {
    return this.#updates.filter(({ stepKey }) => stepKey === key);
  }

  /** {@inheritDoc SequencePlayer.playSequence} */
  playSequence(
    sequence: Sequence,
    input: Json,
    at: number,
    until: number,
    frame: Frame,
    record: ProgramRecord,
  ): Course {
    const states = new Map(sequence.states.map((state) => [state.id, state]));
    const visits = new Counts();
    const runs = new Counts();
    const collects = sequence.data === "collect";
    const around = { execution: this.#execution, item: frame.item, index: frame.index };
    const given = sequence.input ? evaluate(sequence.input, { input, ...around }) : input;
    let hasFailed = false;
    let local: Json = {};
    let arriving = given;
    let time = at;
    let current = sequence.startAt;
    for (;;) {
      if (time > until) return { nextChangeAt: time };
      const state = states.get(current);
      if (!state) return { ended: failure(time, this.names.badData, `there is no state ${current}`) };
      if (record.eventCount > mostEvents) return { ended: this.#tooManyEvents(time) };
      const visit = visits.next(state.id);
      const course = this.#playState(state, {
        key: `${frame.prefix}${state.id}${visit > 1 ? `#${String(visit)}` : ""}`,
        scope: { input: collects ? layOver(given, local) : arriving, local, ...around },
        at: time,
        until,
        frame,
        record,
        collects,
        countRun: () => runs.next(state.id),
      });
      if (!course.ended) return course;
      const { ended } = course;
      if (ended.outcome !== "success") return withoutJump(course, false);
      time = ended.at;
      if (ended.ignoresFailure) hasFailed = true;
      if (collects) local = layOver(local, ended.output);
      else arriving = ended.output;
      const next = ended.next ? ended.next.id : state.next;
      const finishes = ended.finishes === true;
      if (finishes || next === undefined) {
        const result = collects ? local : arriving;
        const output = sequence.output
          ? evaluate(sequence.output, { input: given, result, local, execution: this.#execution })
          : result;
        const endsOuter = finishes || (sequence.endsOuter?.includes(state.id) ?? false);
        const outcome = hasFailed ? "fail" : "success";
        return { ended: { at: time, outcome, output, error: undefined, finishes: endsOuter } };
      }
      current = next;
    }
  }

  #playState(state: State, visit: Visit): Course {
    const { key, scope, until, record, frame } = visit;
    const named = { ...scope, state: { name: state.name ?? state.id, key, attempt: 1 } };
    const { local } = scope;
    const step = record.enter(key, frame.parentKey, state, visit.at, { input: scope.input, local });
    const used = new Map<RetryRule, number>();
    let at = visit.at;
    for (let attempt = 1; ; attempt++) {
      const attemptScope = { ...named, state: { ...named.state, attempt } };
      const input = state.input ? evaluate(state.input, attemptScope) : scope.input;
      step.input = input;
      step.phase = "running";
      step.attempts.push({ attempt, beganAt: at, endedAt: undefined, outcome: undefined, error: undefined });
      record.note("stepStarted", at, step, { input });
      const inner = { ...attemptScope, input };
      const course = this.#playBody(state, step, { ...visit, at, scope: inner }, attempt);
      if (!course.ended) return course;
      const { ended } = course;
      close(step, attempt, ended);
      if (ended.outcome === "success") {
        const output = state.output
          ? evaluate(state.output, { ...inner, result: ended.output })
          : ended.output;
        endStep(step, "success", ended.at);
        record.note("stepSucceeded", ended.at, step, { output });
        return exitStep(step, { ...ended, output }, visit);
      }
      const repair = repairOf(state, step, ended, used, this.operations);
      if (!repair) return failed(state, step, ended, { ...visit, scope: inner });
      if (repair.at > until) {
        step.phase = "awaitingRetry";
        return { nextChangeAt: repair.at };
      }
      if (repair.skips) return failed(state, step, ended, { ...visit, scope: inner }, repair.at);
      if (record.eventCount > mostEvents) {
        return failed(state, step, this.#tooManyEvents(repair.at), { ...visit, scope: inner });
      }
      at = repair.at;
    }
  }

  #tooManyEvents(at: number): Ending {
    const cause = `more than ${String(mostEvents)} events`;
    return { ...failure(at, this.names.tooManyEvents, cause), isFinal: true };
  }

  #playBody(state: State, step: OpenStep, visit: Visit, attempt: number): Course {
    const { at, scope } = visit;
    const prefix = `${step.key}${attempt > 1 ? `~${String(attempt)}` : ""}`;
    switch (state.kind) {
      case "task":
        return playTask(this, state, step, visit, attempt);
      case "pass":
        return { ended: success(at, idleResult(visit)) };
      case "wait":
        return playWait(this.names, state, visit);
      case "succeed":
        return { ended: { ...success(at, idleResult(visit)), finishes: true } };
      case "fail": {
        const code = evaluate(state.error, scope);
        const cause = evaluate(state.cause, scope);
        return { ended: failure(at, text(code), text(cause)) };
      }
      case "group": {
        const frame = { ...visit.frame, prefix: `${prefix}/`, parentKey: step.key };
        return withoutJump(
          this.playSequence(state.body, scope.input, at, visit.until, frame, visit.record),
          false,
        );
      }
      case "choice":
        return this.#playChoice(state, visit, prefix, step.key);
      case "parallel":
        return playParallel(this, state, step, prefix, visit);
      case "map":
        return playMap(this, state, step, prefix, visit);
    }
  }

  #playChoice(state: ChoiceState, visit: Visit, prefix: string, key: string): Course {
    const { at, scope } = visit;
    const arm = state.arms.find(({ when }) => !when || holds(when, scope));
    if (!arm) {
      return state.noMatch === "next"
        ? { ended: success(at, idleResult(visit)) }
        : { ended: failure(at, this.names.noChoiceMatched, `no choice of ${state.id} matches the input`) };
    }
    const next = arm.next === undefined ? {} : { next: { id: arm.next } };
    if (!arm.body) return { ended: { ...success(at, idleResult(visit)), ...next } };
    const frame = { ...visit.frame, prefix: `${prefix}/`, parentKey: key };
    const course = this.playSequence(arm.body, scope.input, at, visit.until, frame, visit.record);
    const inner = withoutJump(course, true);
    return inner.ended?.outcome === "success" ? { ended: { ...inner.ended, ...next } } : inner;
  }
}

/** Counts, by name and from 1. */
class Counts {
  readonly #counts = new Map<string, number>();

  next(name: string): number {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count;
  }
}

// A jump inside a body is over with the body; whether the body ends the sequence around it depends on who asks.
function withoutJump(course: Course, mayFinish: boolean): Course {
  if (!course.ended) return course;
  const { at, outcome, output, error, finishes, isFinal = false } = course.ended;
  return { ended: { at, outcome, output, error, isFinal, finishes: mayFinish && finishes === true } };
}

function close(step: OpenStep, attempt: number, ended: Ending): void {
  const last = step.attempts.at(-1);
  if (last?.attempt !== attempt) return;
  last.endedAt = ended.at;
  last.outcome = ended.stepOutcome ?? ended.outcome;
  last.error = ended.error;
}

function text(value: Json): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
