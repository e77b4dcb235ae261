/**
 * Plays the states that run several sequences at once: parallel branches and the iterations of a map.
 * The first failure that is not tolerated aborts the others at that moment.
 */
import type { Json, MapState, ParallelState } from "./program";
import type { ItemCounts, MapUpdate, ProgramEvent } from "./play";
import { failure, success } from "./course";
import type { Course, Ending, SequencePlayer, Visit } from "./course";
import { evaluate } from "./expressions";
import { ProgramRecord } from "./record";
import type { OpenStep } from "./record";

interface Part {
  readonly beganAt: number;
  readonly course: Course;
  readonly record: ProgramRecord;
}

/** Plays the branches of a parallel state. */
export function playParallel(
  player: SequencePlayer,
  state: ParallelState,
  step: OpenStep,
  prefix: string,
  visit: Visit,
): Course {
  let before = visit.record.eventCount;
  const forked = visit.record.lastEvent;
  const parts = state.branches.map((branch, index): Part => {
    const record = new ProgramRecord(before, forked);
    record.note("branchEntered", visit.at, step, { input: visit.scope.input });
    const frame = { ...visit.frame, prefix: `${prefix}[${String(index)}]/`, parentKey: step.key };
    const course = player.playSequence(branch, visit.scope.input, visit.at, visit.until, frame, record);
    noteExit(record, "branchExited", step, course);
    before = record.eventCount;
    return { beganAt: visit.at, course, record };
  });
  const failed = firstFailure(parts, 0);
  takeIn(parts, failed, visit.record);
  if (failed) return { ended: { ...failed, output: undefined } };
  return allEnded(parts, visit.at, state.resultKey);
}

interface MapLimits {
  readonly concurrency: number;
  readonly tolerated: number;
}

/** Plays the iterations of a map, as many at once as its limits at that time allow. */
export function playMap(
  player: SequencePlayer,
  state: MapState,
  step: OpenStep,
  prefix: string,
  visit: Visit,
): Course {
  const items = evaluate(state.items, visit.scope);
  if (!Array.isArray(items)) {
    return { ended: failure(visit.at, player.names.badData, `${state.id} needs a list of items`) };
  }
  const updates = player.mapUpdates(step.key);
  const limitsAt = (time: number): MapLimits => mapLimits(state, updates, items.length, time);

  const forked = visit.record.lastEvent;
  const playItem = (item: Json, index: number, at: number, before: number): Part => {
    const record = new ProgramRecord(before, forked);
    const input = state.itemInput ? evaluate(state.itemInput, { ...visit.scope, item, index }) : item;
    record.note("iterationEntered", at, step, { input });
    const frame = { prefix: `${prefix}[${String(index)}]/`, parentKey: step.key, item, index };
    const course = player.playSequence(state.body, input, at, visit.until, frame, record);
    noteExit(record, "iterationExited", step, course);
    return { beganAt: at, course, record };
  };

  const parts: Part[] = [];
  let busyUntil: number[] = [];
  let before = visit.record.eventCount;
  let time = visit.at;
  while (parts.length < items.length && time <= visit.until) {
    if (busyUntil.length < limitsAt(time).concurrency) {
      const part = playItem(items[parts.length], parts.length, time, before);
      parts.push(part);
      before = part.record.eventCount;
      const endsAt = part.course.ended?.at ?? Number.POSITIVE_INFINITY;
      if (endsAt > time) busyUntil.push(endsAt);
    } else {
      const now = time;
      const changes = updates.map(({ at }) => at).filter((at) => at > now);
      const next = earliestOf([...busyUntil, ...changes]);
      busyUntil = busyUntil.filter((end) => end > next);
      time = next;
    }
  }

  const failed = firstFailure(parts, limitsAt(visit.until).tolerated);
  step.items = countItems(items.length, parts, failed);
  takeIn(parts, failed, visit.record);
  if (failed) return { ended: { ...failed, output: undefined } };
  if (parts.length < items.length) return { nextChangeAt: earliestChange(parts) };
  return allEnded(parts, visit.at, state.resultKey);
}

function mapLimits(
  state: MapState,
  updates: readonly MapUpdate[],
  itemCount: number,
  time: number,
): MapLimits {
  let { concurrency, toleratedFailures: count, toleratedFailurePercent: percent } = state;
  for (const update of updates) {
    if (update.at > time) break;
    concurrency = update.concurrency ?? concurrency;
    count = update.toleratedFailures ?? count;
    percent = update.toleratedFailurePercent ?? percent;
  }
  const share = percent === undefined ? 0 : Math.floor((itemCount * percent) / 100);
  return {
    concurrency: concurrency === undefined || concurrency < 1 ? itemCount : concurrency,
    tolerated: Math.max(count ?? 0, share),
  };
}

// After a failure that is one too many, nothing else happens in any part.
function takeIn(parts: readonly Part[], failed: Ending | undefined, into: ProgramRecord): void {
  for (const { beganAt, record } of parts) {
    if (failed) record.cut(failed.at, "cancel");
    if (!failed || beganAt <= failed.at) into.add(record);
  }
}

function noteExit(
  record: ProgramRecord,
  type: ProgramEvent["type"],
  step: OpenStep,
  { ended }: Course,
): void {
  if (ended) record.note(type, ended.at, step, { output: ended.output, error: ended.error });
}

// The failure that is one too many: the next one after those that are tolerated, or a final one.
function firstFailure(parts: readonly Part[], tolerated: number): Ending | undefined {
  const failures = parts
    .flatMap(({ course: { ended } }) => (ended && ended.outcome !== "success" ? [ended] : []))
    .sort((a, b) => a.at - b.at);
  return failures.find((ended, index) => index === tolerated || ended.isFinal === true);
}

// Of thousands of times: as arguments of one call they would not fit on the stack.
function earliestOf(times: readonly number[]): number {
  return times.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
}

function earliestChange(parts: readonly Part[]): number | undefined {
  const time = earliestOf(parts.flatMap(({ course }) => course.nextChangeAt ?? []));
  return time === Number.POSITIVE_INFINITY ? undefined : time;
}

function allEnded(parts: readonly Part[], beganAt: number, resultKey: string | undefined): Course {
  const endings = parts.flatMap(({ course }) => course.ended ?? []);
  if (endings.length < parts.length) return { nextChangeAt: earliestChange(parts) };
  const outputs = endings.map(({ output }) => (output === undefined ? null : output));
  const at = endings.reduce((latest, ended) => Math.max(latest, ended.at), beganAt);
  return { ended: success(at, resultKey === undefined ? outputs : { [resultKey]: outputs }) };
}

function countItems(total: number, parts: readonly Part[], failed: Ending | undefined): ItemCounts {
  const until = failed?.at ?? Number.POSITIVE_INFINITY;
  const endings = parts.flatMap(({ course: { ended } }) => (ended && ended.at <= until ? [ended] : []));
  const succeeded = endings.filter(({ outcome }) => outcome === "success").length;
  const counts = { total, succeeded, failed: endings.length - succeeded };
  return failed
    ? { ...counts, pending: 0, running: 0, aborted: total - endings.length }
    : { ...counts, pending: total - parts.length, running: parts.length - endings.length, aborted: 0 };
}
