/**
 * The one place from which a start is posted, shared by all ways to a run.
 */
import type { Backend, StartedExecution } from "../execution/service";
import {
  RequestInterruptedError,
  RunNameTakenError,
  StartUncertainError,
  WorkflowExecutionError,
} from "../ground/errors";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { describeStartInterrupted } from "./messages";
import type { StartCall } from "./startCall";
import type { PendingStart } from "./journalEntry";
import type { WantedRun } from "./runKey";
import { newRunName, runNameOf } from "./runKey";

/** The execution of a run. */
export interface Run {
  readonly executionId: string;
  /** True if this call has started it; else it was found and is taken over. */
  readonly isNew: boolean;
  /** True if this call has posted it and found the execution, because no answer came. */
  readonly wasPosted?: boolean | undefined;
  /** True if it was found in a list as not settled, even if it has settled since. */
  readonly wasRunning?: boolean | undefined;
  /** True if it was taken over because it runs (`concurrency: "adopt"`). */
  readonly isJoined?: boolean | undefined;
  /** The time at which the answer came, by our clock; set if this call has started the execution. */
  readonly beganMs?: number | undefined;
  /** The outcome; set if the start answers with the outcome, or the execution was read on the way. */
  readonly outcome?: ExecutionSnapshot | undefined;
}

/** The surroundings that all ways of starting share. */
export interface Starting {
  readonly backend: Backend;
  readonly wanted: WantedRun;
  readonly host: StartCall;
  /** The start that was pending in the journal when this call began. */
  readonly pending: PendingStart | undefined;
  /** Notes a start before it is posted, and its answer; `undefined` where it is sure that nothing was started. */
  readonly note: (pending: PendingStart | undefined) => Promise<void>;
}

/** Executions and names of the resource that this machine knows to be over. They count for replacements only. */
export async function pastOf({ wanted, host }: Starting): Promise<readonly string[]> {
  return wanted.supersedes ? host.register.past(host.definition.service, host.urn) : [];
}

/**
 * A new name for a replacement that a deployment had started before, and that is over because the program changed in
 * between: its execution is not the replacement that is wanted once more. Undefined if the run's own name will do.
 * @param past as {@link pastOf} has it
 */
export function freshNameOf({ wanted, host }: Starting, past: readonly string[]): string | undefined {
  const name = wanted.isNamed || !wanted.supersedes ? undefined : runNameOf(wanted);
  return name !== undefined && past.includes(name) ? newRunName(wanted, host.session.uuid) : undefined;
}

/** A start to be posted now, under a name. */
export function newStart({ wanted, host }: Starting, runName: string): PendingStart {
  return {
    key: wanted.key,
    runName,
    postedMs: host.session.clock.now(),
    supersedesId: wanted.supersedes?.id,
    ...(wanted.supersedes?.isUnseen === true ? { supersedesUnseen: true as const } : {}),
    ...(host.isInState === true && !wanted.supersedes ? { replacesUnknown: true as const } : {}),
    ...(wanted.isNamed ? { isNamed: true as const } : {}),
    ...(wanted.armedId === undefined ? {} : { armedId: wanted.armedId }),
  };
}

/** Notes the execution that a call has found instead of starting one. */
export async function noteFound({ note }: Starting, start: PendingStart, run: Run): Promise<void> {
  const joined = run.isJoined === true ? { isJoined: true as const } : {};
  await note({ ...start, executionId: run.executionId, ...joined });
}

/** The error of a deployment that was interrupted before anything was started. */
export function startInterrupted(): WorkflowExecutionError {
  return new WorkflowExecutionError("WFX-INTERRUPTED", describeStartInterrupted());
}

// If an earlier sending of this start may have taken the name, the caller finds out.
function isLeftOpen(error: unknown): boolean {
  return error instanceof StartUncertainError || (error instanceof RunNameTakenError && error.isSentAgain);
}

/**
 * Posts a start, and notes it in the journal before and after.
 * @param wasThere true for executions that were there before: the answer to a start can't name one of them.
 * @throws StartUncertainError when the execution may have been started, but its id is not known.
 */
export async function post(
  starting: Starting,
  start: PendingStart,
  wasThere: (executionId: string) => boolean = () => false,
): Promise<Run & { startedAt?: string | undefined }> {
  const { backend, host, note, pending } = starting;
  // The engine may have been killed while this start waited in the queue; another process may then be starting
  // the run.
  if ((await host.isWanted?.()) === false || host.signal.aborted) throw startInterrupted();
  host.register.shared.assertNotAccepted(backend.identity, start.runName);
  await note(start);
  host.reporter.status("starting");
  let started: StartedExecution;
  try {
    started = await backend.start({ runName: start.runName, signal: host.signal });
    if (wasThere(started.executionId)) {
      throw new StartUncertainError(
        `the service answered the start with execution ${started.executionId}, which existed before the start`,
      );
    }
  } catch (error) {
    // The journal's entry of an earlier attempt stays true.
    if (!isLeftOpen(error)) await note(pending);
    // A thousand wait minutes for the tokens of their starts: those that have none yet are not posted any more.
    throw error instanceof RequestInterruptedError ? startInterrupted() : error;
  }
  // Noting it takes its time where a thousand do at once, and is not to put off when its end is expected.
  const beganMs = host.session.clock.now();
  host.register.shared.accepted(backend.identity, start.runName, started.executionId);
  await note({ ...start, executionId: started.executionId });
  return { ...started, isNew: true, beganMs };
}
