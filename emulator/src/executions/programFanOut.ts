// Plays the states that run several sequences at once: parallel branches and the iterations of a map.
// The first failure that is not tolerated aborts the others at that moment.
import type { Json, MapState, ParallelState } from "./program";
import type { ItemCounts, ProgramEvent } from "./programPlay";
import { failure, success, type Course, type Ending, type SequencePlayer, type Visit } from "./programCourse";
import { evaluate } from "./programExpressions";
import { type OpenStep, ProgramRecord } from "./programRecord";

interface Part {
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
  const playAll = (until: number): Part[] => {
    let before = visit.record.eventCount;
    return state.branches.map((branch, index) => {
      const record = new ProgramRecord(before);
      record.note("branchEntered", visit.at, step, { input: visit.scope.input });
      const frame = { ...visit.frame, prefix: `${prefix}[${String(index)}]/`, parentKey: step.key };
      const part = player.playSequence(branch, visit.scope.input, visit.at, until, frame, record);
      noteExit(record, "branchExited", step, part);
      before = record.eventCount;
      return { course: part, record };
    });
  };
  let parts = playAll(visit.until);
  const failed = firstFailure(parts, 0);
  if (failed) {
    parts = playAll(failed.at);
    for (const { record } of parts) record.cut(failed.at, "cancel");
  }
  for (const { record } of parts) visit.record.add(record);
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
  const limitsAt = (time: number): MapLimits => {
    let { concurrency, toleratedFailures: count, toleratedFailurePercent: percent } = state;
    for (const update of updates) {
      if (update.at > time) break;
      concurrency = update.concurrency ?? concurrency;
      count = update.toleratedFailures ?? count;
      percent = update.toleratedFailurePercent ?? percent;
    }
    const share = percent === undefined ? 0 : Math.floor((items.length * percent) / 100);
    return {
      concurrency: concurrency === undefined || concurrency < 1 ? items.length : concurrency,
      tolerated: Math.max(count ?? 0, share),
    };
  };

  const playItem = (item: Json, index: number, at: number, until: number, before: number): Part => {
    const record = new ProgramRecord(before);
    const input = state.itemInput ? evaluate(state.itemInput, { ...visit.scope, item, index }) : item;
    record.note("iterationEntered", at, step, { input });
    const frame = { prefix: `${prefix}[${String(index)}]/`, parentKey: step.key, item, index };
    const part = player.playSequence(state.body, input, at, until, frame, record);
    noteExit(record, "iterationExited", step, part);
    return { course: part, record };
  };

  const playAll = (until: number): Part[] => {
    const parts: Part[] = [];
    const busyUntil: number[] = [];
    let before = visit.record.eventCount;
    let time = visit.at;
    while (parts.length < items.length && time <= until) {
      const busy = busyUntil.filter((end) => end > time);
      if (busy.length < limitsAt(time).concurrency) {
        const part = playItem(items[parts.length], parts.length, time, until, before);
        parts.push(part);
        before = part.record.eventCount;
        busyUntil.push(part.course.ended?.at ?? Number.POSITIVE_INFINITY);
      } else {
        const now = time;
        const changes = updates.map(({ at }) => at).filter((at) => at > now);
        time = Math.min(...busy, ...changes);
      }
    }
    return parts;
  };

  let parts = playAll(visit.until);
  const failed = firstFailure(parts, limitsAt(visit.until).tolerated);
  if (failed) parts = playAll(failed.at);
  step.items = countItems(items.length, parts);
  if (failed) {
    const { pending, running, aborted } = step.items;
    step.items = { ...step.items, pending: 0, running: 0, aborted: aborted + pending + running };
    for (const { record } of parts) record.cut(failed.at, "cancel");
  }
  for (const { record } of parts) visit.record.add(record);
  if (failed) return { ended: { ...failed, output: undefined } };
  if (parts.length < items.length) return { nextChangeAt: earliest(parts) };
  return allEnded(parts, visit.at, state.resultKey);
}

function noteExit(
  record: ProgramRecord,
  type: ProgramEvent["type"],
  step: OpenStep,
  { ended }: Course,
): void {
  if (ended) record.note(type, ended.at, step, { output: ended.output, error: ended.error });
}

// The failure that is one too many.
function firstFailure(parts: readonly Part[], tolerated: number): Ending | undefined {
  const failures = parts.flatMap(({ course: { ended } }) =>
    ended && ended.outcome !== "success" ? [ended] : [],
  );
  return failures.sort((a, b) => a.at - b.at)[tolerated];
}

function earliest(parts: readonly Part[]): number | undefined {
  const times = parts.flatMap(({ course }) => course.nextChangeAt ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

function allEnded(parts: readonly Part[], beganAt: number, resultKey: string | undefined): Course {
  const endings = parts.flatMap(({ course }) => course.ended ?? []);
  if (endings.length < parts.length) return { nextChangeAt: earliest(parts) };
  const outputs = endings.map(({ output }) => (output === undefined ? null : output));
  const at = Math.max(beganAt, ...endings.map((ended) => ended.at));
  return { ended: success(at, resultKey === undefined ? outputs : { [resultKey]: outputs }) };
}

function countItems(total: number, parts: readonly Part[]): ItemCounts {
  const endings = parts.flatMap(({ course }) => course.ended ?? []);
  const succeeded = endings.filter(({ outcome }) => outcome === "success").length;
  return {
    total,
    pending: total - parts.length,
    running: parts.length - endings.length,
    succeeded,
    failed: endings.length - succeeded,
    aborted: 0,
  };
}
