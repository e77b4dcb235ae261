/**
 * Plays a run: how an execution stands at a time follows from its script, its start and what people did to it,
 * and from nothing else. No timers: moving the clock is enough to let hours pass.
 */
import type { NodeScript, Outcome, RunScript } from "./script";

/** Something that was done to an execution while it ran. `at` in epoch milliseconds. */
export type Intervention =
  | { readonly kind: "stop" | "approve" | "reject"; readonly at: number }
  | { readonly kind: "restart" | "skip" | "continue"; readonly at: number; readonly nodeId: string };

/** How an execution stands, apart from its outcome. */
export type Phase = "awaitingApproval" | "queued" | "running" | "paused" | "stopping" | "ended";

/** A node that has begun. Times in epoch milliseconds. */
export interface StepSnapshot {
  readonly node: NodeScript;
  /** From 1; a restarted node counts up. */
  readonly attempt: number;
  readonly phase: "running" | "paused" | "ended";
  /** Set when it has ended. */
  readonly outcome: Outcome | undefined;
  readonly beganAt: number;
  readonly endedAt: number | undefined;
  /** Done part of its work, 0 to 1. */
  readonly progress: number;
}

/** An execution at one moment. Times in epoch milliseconds. */
export interface ExecutionSnapshot {
  readonly phase: Phase;
  /** Set when it has ended; `rejected` when approval was refused. */
  readonly outcome: Outcome | undefined;
  readonly beganAt: number;
  readonly endedAt: number | undefined;
  /** When something last changed. */
  readonly updatedAt: number;
  readonly steps: readonly StepSnapshot[];
}

/** How an execution stands at `now`. */
export function executionAt(
  run: RunScript,
  startedAt: number,
  interventions: readonly Intervention[],
  now: number,
): ExecutionSnapshot {
  const past = interventions.filter(({ at }) => at <= now);
  const stopIndex = past.findIndex(({ kind }) => kind === "stop");
  const stop = past[stopIndex];
  if (!stop) return undisturbed(run, startedAt, past, now);
  const stopsAt = stop.at + run.stopTakesMs;
  const course = undisturbed(run, startedAt, past.slice(0, stopIndex), Math.min(now, stopsAt));
  if (course.phase === "ended") return course;
  if (now < stopsAt) return { ...course, phase: "stopping", updatedAt: Math.max(stop.at, course.updatedAt) };
  return stopped(course, stopsAt);
}

/** Whether the node ended in a way that ends the execution too. */
export function hasFailed(step: StepSnapshot): boolean {
  return step.phase === "ended" && step.outcome !== "success";
}

function stopped(course: ExecutionSnapshot, at: number): ExecutionSnapshot {
  const steps = course.steps.map((step): StepSnapshot =>
    step.phase === "ended" ? step : { ...step, phase: "ended", outcome: "cancel", endedAt: at },
  );
  return { ...course, phase: "ended", outcome: "cancel", endedAt: at, updatedAt: at, steps };
}

function undisturbed(
  run: RunScript,
  startedAt: number,
  past: readonly Intervention[],
  now: number,
): ExecutionSnapshot {
  const course = new Course(startedAt);
  let cursor = startedAt;
  if (run.requiresApproval) {
    const verdict = past.find(({ kind }) => kind === "approve" || kind === "reject");
    if (!verdict) return course.snapshot("awaitingApproval", startedAt);
    if (verdict.kind === "reject") return course.end("rejected", verdict.at);
    cursor = verdict.at;
  }
  if (now < cursor + run.queuedMs) return course.snapshot("queued", cursor);
  cursor += run.queuedMs;

  const pending = new Queue(past);
  let anyIgnored = false;
  for (const node of run.nodes) {
    for (let attempt = 1; ; attempt++) {
      const script = attempt === 1 ? node : { ...node, ...node.onRestart };
      const step = playNode(script, attempt, cursor, pending, now);
      course.put(step);
      if (step.endedAt === undefined)
        return course.snapshot(step.phase === "paused" ? "paused" : "running", cursor);
      cursor = step.endedAt;
      if (!hasFailed(step)) break;
      if (script.ignoreError) {
        anyIgnored = true;
        break;
      }
      const repair = pending.next(["restart", "skip"], node.id, cursor);
      if (!repair) return course.end(run.status ?? script.status, cursor);
      cursor = repair.at;
      if (repair.kind === "skip") break;
    }
  }
  return course.end(run.status ?? (anyIgnored ? "fail" : "success"), cursor);
}

function playNode(
  script: NodeScript,
  attempt: number,
  beganAt: number,
  pending: Queue,
  now: number,
): StepSnapshot {
  const step = { node: script, attempt, beganAt, outcome: undefined, endedAt: undefined, progress: 0 };
  let worksFrom = beganAt;
  if (script.pause) {
    const go = pending.next(["continue"], script.id, beganAt);
    if (!go) return { ...step, phase: "paused" };
    worksFrom = go.at;
  }
  const endsAt = worksFrom + script.durationMs;
  if (now < endsAt) return { ...step, phase: "running", progress: (now - worksFrom) / script.durationMs };
  return { ...step, phase: "ended", outcome: script.status, endedAt: endsAt, progress: 1 };
}

/** Interventions in order; each is used once. */
class Queue {
  readonly #past: readonly Intervention[];
  #position = 0;

  constructor(past: readonly Intervention[]) {
    this.#past = past;
  }

  next(kinds: readonly Intervention["kind"][], nodeId: string, notBefore: number): Intervention | undefined {
    for (let index = this.#position; index < this.#past.length; index++) {
      const candidate = this.#past[index];
      if (!candidate || !("nodeId" in candidate) || candidate.nodeId !== nodeId) continue;
      if (!kinds.includes(candidate.kind) || candidate.at < notBefore) continue;
      this.#position = index + 1;
      return candidate;
    }
    return undefined;
  }
}

/** Collects the steps of one play; a restarted node replaces its earlier attempt. */
class Course {
  readonly #beganAt: number;
  readonly #steps: StepSnapshot[] = [];

  constructor(beganAt: number) {
    this.#beganAt = beganAt;
  }

  put(step: StepSnapshot): void {
    if (this.#steps.at(-1)?.node.id === step.node.id) this.#steps.pop();
    this.#steps.push(step);
  }

  snapshot(phase: Phase, updatedAt: number): ExecutionSnapshot {
    return {
      phase,
      outcome: undefined,
      beganAt: this.#beganAt,
      endedAt: undefined,
      updatedAt,
      steps: this.#steps,
    };
  }

  end(outcome: Outcome, endedAt: number): ExecutionSnapshot {
    return {
      phase: "ended",
      outcome,
      beganAt: this.#beganAt,
      endedAt,
      updatedAt: endedAt,
      steps: this.#steps,
    };
  }
}
