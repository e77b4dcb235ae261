/**
 * The one way to ask how an execution stands, whatever it plays: the nodes of a script one after the other, or a program. Both
 * are pure: the answer follows from what is played, its start, the interventions and the time.
 */
import type { ProgramIntervention, ProgramSnapshot, TaskScript } from "./play";
import { playProgram } from "./playProgram";
import type { Json, Program } from "./program";
import type { RunScript } from "./script";
import { taskScripts, timelineSnapshot } from "./scripted";
import { executionAt } from "./timeline";
import type { ExecutionSnapshot, Intervention } from "./timeline";

/** Something that was done to an execution, in the words of the timeline or of the program player. */
export type RecordedIntervention = Intervention | ProgramIntervention;

/** An execution, as far as it is played. */
export interface Playable {
  readonly run: RunScript;
  /** `undefined`: the nodes of the run are played. */
  readonly program?: Program | undefined;
  /** What the program's tasks do, by state id. @default what the run says of its nodes */
  readonly tasks?: Readonly<Record<string, readonly TaskScript[]>> | undefined;
  /** Of the program. */
  readonly input?: Json;
  /** The root `execution` of the program's expressions. */
  readonly view?: Json;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** In order of time. */
  readonly interventions: readonly RecordedIntervention[];
}

interface KeptPlay {
  readonly at: number;
  readonly changesAt: number | undefined;
  readonly snapshot: ProgramSnapshot;
}

/** Plays executions, and keeps the play of a program from its time until the next change. */
export class Player {
  readonly #now: () => number;
  readonly #kept = new WeakMap<Playable, KeptPlay>();

  /** @param now - epoch milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How any execution stands now; one with a program in the form of a timeline. */
  snapshot(playable: Playable): ExecutionSnapshot {
    const { program, run, startedAt, interventions } = playable;
    if (program) return timelineSnapshot(run, this.programSnapshot(playable));
    return executionAt(run, startedAt, interventions.filter(isOfTimeline), this.#now());
  }

  /**
   * How an execution with a program stands now, with all that happened.
   * @throws {Error} for an execution without a program
   */
  programSnapshot(playable: Playable): ProgramSnapshot {
    const { program } = playable;
    if (!program) throw new Error("an execution without a program was played as one");
    const now = this.#now();
    const kept = this.#kept.get(playable);
    if (kept && now >= kept.at && (kept.changesAt === undefined || now < kept.changesAt))
      return kept.snapshot;
    const snapshot = programSnapshotOf({ ...playable, program }, now);
    this.#kept.set(playable, { at: now, changesAt: snapshot.nextChangeAt, snapshot });
    return snapshot;
  }
}

/**
 * How an execution with a program stands, with all that happened.
 * @param now - epoch milliseconds
 */
export function programSnapshotOf(
  playable: Playable & { readonly program: Program },
  now: number,
): ProgramSnapshot {
  const { program, run, tasks, input, view, startedAt, interventions } = playable;
  return playProgram(program, {
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
}

function isOfTimeline(intervention: RecordedIntervention): intervention is Intervention {
  return !["report", "retry", "updateMap"].includes(intervention.kind);
}
