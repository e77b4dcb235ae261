/**
 * The only source for the state of an execution. The state follows from the program, its start, the interventions and
 * the time.
 */
import type { Intervention, ProgramSnapshot, TaskScript } from "./play";
import { playProgram } from "./playProgram";
import type { Json, Program } from "./program";
import { taskScripts } from "./script";
import type { RunScript } from "./script";

/** An execution, as far as it is played. */
export interface Playable {
  readonly program: Program;
  /** The script of the execution as a whole and, by their ids, of the program's tasks. */
  readonly run: RunScript;
  /** The scripts of the program's tasks, by state id. @default the run's scripts of its nodes */
  readonly tasks?: Readonly<Record<string, readonly TaskScript[]>> | undefined;
  /** Of the program. */
  readonly input?: Json;
  /** The root `execution` of the program's expressions. */
  readonly view?: Json;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** In order of time. */
  readonly interventions: readonly Intervention[];
}

interface KeptSnapshot {
  readonly at: number;
  readonly snapshot: ProgramSnapshot;
}

/** Plays executions, and keeps each answer until the next change. */
export class Player {
  readonly #now: () => number;
  readonly #kept = new WeakMap<Playable, KeptSnapshot>();

  /** @param now - epoch milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The state of the execution now, with all that happened. */
  play(playable: Playable): ProgramSnapshot {
    const now = this.#now();
    const kept = this.#kept.get(playable);
    if (kept && now >= kept.at && now < (kept.snapshot.nextChangeAt ?? Number.POSITIVE_INFINITY)) {
      return kept.snapshot;
    }
    const { program, run, tasks, input, view, startedAt, interventions } = playable;
    const snapshot = playProgram(program, {
      input,
      startedAt,
      now,
      interventions,
      tasks: tasks ?? taskScripts(run),
      execution: view,
      queuedMs: run.queuedMs,
      stopTakesMs: run.stopTakesMs,
      outcome: run.status,
    });
    this.#kept.set(playable, { at: now, snapshot });
    return snapshot;
  }
}
