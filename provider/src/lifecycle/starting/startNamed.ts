/**
 * Starts on services where the name of an execution makes a second start harmless: the name is the run's key, so
 * posting is also how to find out whether the run is there.
 */
import type { ExecutionSnapshot } from "../../execution/snapshot";
import { isSettled } from "../../execution/snapshot";
import { InputError, RunNameTakenError, StartUncertainError, messageOf } from "../../errors";
import { sayNamedStartUncertain } from "../messages";
import { messageContext } from "../outcome";
import { listAll, pageLimit } from "../pages";
import { skewMs } from "./candidates";
import type { Run, Starting } from "./posting";
import { newStart, post } from "./posting";
import { attemptName, attemptOf } from "./runKey";

// More attempts of one key than anybody makes in a row without the list showing one of them.
const maxTries = 20;

/**
 * Posts the run's next attempt, or takes over the one that is there.
 * @throws InputError where the program chose a name that is used up.
 * @throws StartUncertainError where the answer got lost, and further ones too.
 */
export async function startNamed(starting: Starting): Promise<Run> {
  const { wanted } = starting;
  let attempt = await firstAttempt(starting);
  for (let tries = 0; tries < maxTries; tries += 1) {
    const runName = attemptName(wanted.key, attempt);
    const start = newStart(starting, runName);
    const earlier = starting.pending?.runName === runName ? starting.pending : undefined;
    try {
      const run = await post(starting, start);
      if (isOurs(starting, attempt, run)) return run;
    } catch (error) {
      if (error instanceof StartUncertainError) throw uncertain(starting, runName, error);
      if (!(error instanceof RunNameTakenError)) throw error;
      const run = await takeOver(starting, runName, attempt, {
        postedMs: earlier?.postedMs ?? (error.isSentAgain ? start.postedMs : undefined),
      }).catch((cause: unknown) => {
        throw error.isSentAgain ? uncertain(starting, runName, cause) : cause;
      });
      if (run) {
        await starting.note({ ...start, executionId: run.executionId });
        return run;
      }
      if (error.isSentAgain) await starting.note(starting.pending);
      if (wanted.isNamed && wanted.supersedes === undefined) {
        throw new InputError(
          `${messageOf(error)} A name can be used once: give another name, or leave it out to have one made.`,
        );
      }
    }
    attempt = Math.max(attempt + 1, tries === 0 ? await nextAttempt(starting) : 0);
  }
  throw new InputError(
    `executions named ${wanted.key} and ${String(maxTries)} numbers after it are there already`,
  );
}

function uncertain({ backend, args }: Starting, runName: string, cause: unknown): StartUncertainError {
  const context = messageContext(backend, runName, args);
  return new StartUncertainError(sayNamedStartUncertain(messageOf(cause), runName, context), { cause });
}

/** The run's execution where it is there already; starts nothing. */
export async function findNamed(starting: Starting): Promise<Run | undefined> {
  const { wanted, pending } = starting;
  const attempts = await attemptsOf(starting);
  for (const { executionId, attempt, isRunning, startedAt } of attempts) {
    if (wanted.supersedes && !(await beganAfterSuperseded(starting, executionId, attempt))) continue;
    const isNoted = pending?.runName === executionId && isSince(startedAt, pending.postedMs);
    if (isRunning || wanted.isGiven || wanted.supersedes !== undefined || isNoted) {
      return { executionId, isNew: false };
    }
  }
  return undefined;
}

// What the state or the journal knows of earlier attempts saves asking for them.
async function firstAttempt({ wanted, host, pending }: Starting): Promise<number> {
  const superseded = wanted.supersedes && attemptOf(wanted.key, wanted.supersedes.id);
  if (superseded !== undefined) return superseded + 1;
  const noted = pending && attemptOf(wanted.key, pending.runName);
  if (noted !== undefined) return noted;
  if (wanted.isGiven || wanted.isNamed) return 1;
  const past = await host.register.past(host.definition.service, host.urn);
  return Math.max(0, ...past.map((id) => attemptOf(wanted.key, id) ?? 0)) + 1;
}

// The service answers a start whose name is running with that execution: it may be an older run of the same key,
// left running, that has been superseded meanwhile.
function isOurs(
  { wanted }: Starting,
  attempt: number,
  run: { readonly startedAt?: string | undefined },
): boolean {
  const { supersedes } = wanted;
  if (!supersedes?.startedAt || run.startedAt === undefined) return true;
  const superseded = attemptOf(wanted.key, supersedes.id);
  if (superseded !== undefined) return attempt > superseded;
  return Date.parse(run.startedAt) >= Date.parse(supersedes.startedAt);
}

// The name has been used, and that execution has ended. Whose was it?
async function takeOver(
  starting: Starting,
  runName: string,
  attempt: number,
  { postedMs }: { readonly postedMs: number | undefined },
): Promise<Run | undefined> {
  const { wanted, backend, host } = starting;
  if (wanted.supersedes) {
    return (await beganAfterSuperseded(starting, runName, attempt))
      ? { executionId: runName, isNew: false }
      : undefined;
  }
  if (wanted.isGiven) {
    const [latest] = await attemptsOf(starting);
    return { executionId: latest?.executionId ?? runName, isNew: false };
  }
  if (postedMs === undefined) return undefined;
  // Posted by us, but was it us who used the name? Only what began since then can be ours.
  const snapshot = await backend.describe(runName, { signal: host.signal });
  return isSince(snapshot.startedAt, postedMs)
    ? { executionId: runName, isNew: false, outcome: settledOnly(snapshot) }
    : undefined;
}

function isSince(startedAt: string | undefined, postedMs: number): boolean {
  return startedAt === undefined || Date.parse(startedAt) >= postedMs - skewMs;
}

function settledOnly(snapshot: ExecutionSnapshot): ExecutionSnapshot | undefined {
  return isSettled(snapshot.status) ? snapshot : undefined;
}

async function beganAfterSuperseded(
  { wanted, backend, host }: Starting,
  runName: string,
  attempt: number,
): Promise<boolean> {
  const { supersedes } = wanted;
  if (!supersedes || supersedes.id === runName) return false;
  const superseded = wanted.isNamed ? undefined : attemptOf(wanted.key, supersedes.id);
  if (superseded !== undefined) return attempt > superseded;
  // Under a name that the program chose, somebody else may have counted on.
  const { startedAt } = await backend.describe(runName, { signal: host.signal });
  if (startedAt === undefined || supersedes.startedAt === undefined) return false;
  return Date.parse(startedAt) > Date.parse(supersedes.startedAt);
}

async function nextAttempt(starting: Starting): Promise<number> {
  const [latest] = await attemptsOf(starting);
  if (!latest) return 0;
  // A running one is joined by posting its name; one that has ended may be what a replacement had started before it
  // was cut short.
  return latest.isRunning || starting.wanted.supersedes ? latest.attempt : latest.attempt + 1;
}

/** All attempts that the service knows, the latest first. */
async function attemptsOf({ wanted, backend, host }: Starting): Promise<
  {
    readonly executionId: string;
    readonly attempt: number;
    readonly isRunning: boolean;
    readonly startedAt: string | undefined;
  }[]
> {
  const filter = { namePrefix: wanted.key };
  const list = await listAll(backend, filter, pageLimit(host.definition.capabilities.pageSize), host.signal);
  return list
    .flatMap(({ executionId, status, startedAt }) => {
      const attempt = attemptOf(wanted.key, executionId);
      return attempt === undefined
        ? []
        : [{ executionId, attempt, isRunning: !isSettled(status), startedAt }];
    })
    .sort((a, b) => b.attempt - a.attempt);
}
