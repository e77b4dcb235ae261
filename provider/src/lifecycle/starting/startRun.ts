/**
 * Gets the execution of a wanted run: the one that is there already, else a new one. Never posts while it can't be
 * excluded that the run has been started before.
 */
import type { Arguments, Backend } from "../../backends/backend";
import { NotFoundError, StartUncertainError, WorkflowExecutionError, messageOf } from "../../errors";
import type { ExecutionSummary } from "../../execution/snapshot";
import { isSettled } from "../../execution/snapshot";
import { readCommonArguments } from "../arguments";
import {
  sayBusy,
  sayQueueTimedOut,
  sayQueued,
  sayStartInterrupted,
  sayStartOpen,
  sayStartUncertain,
  sayStartUndecided,
} from "../messages";
import type { LifecycleHost } from "../outcome";
import { messageContext } from "../outcome";
import type { PendingStart, SeenBefore } from "./journal";
import type { Claims } from "./register";
import type { Run, Starting } from "./posting";
import { newStart, post } from "./posting";
import type { WantedRun } from "./runKey";
import { attemptOf } from "./runKey";
import type { Look } from "./startGate";
import { StartGate, lookAt } from "./startGate";
import { findNamed, startNamed } from "./startNamed";
import { withWorkflowLock } from "./workflowLock";

// How long a posted start may take until the service shows it.
const showsWithinMs = 15_000;
const lookAgainMs = 1_000;
// How often one that has nothing to look for looks again because others do.
const maxLooks = 3;
// Clocks of machines and services differ by less than this.
const skewMs = 60_000;
// How far back a key that does not tell its age can have been used.
const keyAgeMs = 7 * 24 * 3_600_000;
// How often a queue is looked at.
const queueMs = { first: 1_000, most: 10_000 };

/**
 * Finds or starts the execution of a run.
 * @throws InputError, ConfigurationError, ServiceError, TransportError where nothing was started.
 * @throws StartUncertainError where it can't be told whether the run has been started: nothing was started in addition.
 */
export async function startRun(
  backend: Backend,
  args: Arguments,
  wanted: WantedRun,
  host: LifecycleHost,
): Promise<Run> {
  const { register, urn } = host;
  const { service } = host.definition;
  const noted = await register.pending(service, urn, backend.identity);
  const pending = noted && isStillOpen(noted, wanted) ? noted : undefined;
  if (noted && pending && pending.key !== wanted.key) {
    await dealWithLeftover({ backend, args, wanted, host }, noted);
  }
  const starting: Starting = {
    backend,
    args,
    wanted,
    host,
    pending: pending?.key === wanted.key ? pending : undefined,
    note: (start) => register.note(service, urn, backend.identity, start),
  };
  if (starting.pending?.executionId !== undefined) {
    return { executionId: starting.pending.executionId, isNew: false };
  }
  // What the service forgets as it ends can't be looked for.
  if (!backend.keepsHistory) return startBlindly(starting);
  const gate = register.gate(backend.identity, () => gateOf(starting));
  const { concurrency } = readCommonArguments(args);
  const isExclusive = concurrency !== undefined && concurrency !== "allow";
  if (host.definition.capabilities.runMark === "name") {
    if (!isExclusive) return startNamed(starting);
    const run = await inTurn(starting, gate, true, async (look) => {
      const found = await findNamed(starting);
      return found ?? (await decideConcurrency(starting, look)) ?? startNamed(starting);
    });
    const { executionId } = run;
    if (!run.isNew) await starting.note({ ...newStart(starting, wanted.key), executionId });
    return run;
  }
  const start = (): Promise<Run> => startLooking(starting, gate, isExclusive);
  if (!wanted.isGiven) return start();
  const key = `${backend.identity} ${wanted.key} ${wanted.supersedes?.id ?? ""}`;
  let own: Run | undefined;
  const { id, isFirst } = await register.onePerKey(key, async () => {
    own = await start();
    return own.executionId;
  });
  return isFirst && own ? own : { executionId: id, isNew: false };
}

// The state may have moved on since the entry was written, by a deployment from elsewhere.
function isStillOpen(pending: PendingStart, { supersedes }: WantedRun): boolean {
  if (supersedes === undefined) return true;
  return supersedes.id !== pending.executionId && supersedes.id === pending.supersedesId;
}

// Starts that count for each other's decisions go one at a time; on a service whose executions bear no mark, other
// processes of this machine are kept out too: what they are just starting would look like nobody's.
function gateOf({ backend, host }: Starting): StartGate {
  const { pageSize } = host.definition.capabilities;
  return new StartGate(
    () => lookAt(backend, pageSize, host.signal),
    (work) => withWorkflowLock(backend.identity, work),
  );
}

/** Outcome of one turn at the gate: the run, or how long to wait for the next turn. */
type Turn = Run | { readonly againMs: number; readonly why: string; readonly isQueue: boolean };

async function inTurn(
  { host, args, backend }: Starting,
  gate: StartGate,
  alone: boolean,
  decide: (look: Look) => Promise<Turn>,
  interrupted: () => Error = () => new WorkflowExecutionError("WFX-INTERRUPTED", sayStartInterrupted()),
): Promise<Run> {
  const { clock } = host.session;
  const common = readCommonArguments(args);
  const seconds = host.operationTimeoutSeconds ?? common.timeoutSeconds;
  const deadlineMs = clock.now() + seconds * 1000;
  let waits = 0;
  for (;;) {
    const turn = await gate.enter(
      async (look) => {
        const decided = await decide(look);
        if (alone && "executionId" in decided && decided.isNew) await untilListed(backend, decided, host);
        return decided;
      },
      { alone },
    );
    if ("executionId" in turn) return turn;
    if (turn.isQueue && clock.now() >= deadlineMs) {
      throw new WorkflowExecutionError(
        "WFX-WORKFLOW-BUSY",
        sayQueueTimedOut(turn.why, seconds, messageContext(backend, "", args)),
      );
    }
    host.reporter.status(turn.why);
    // A start that is in doubt is looked for however short the deployment's time is.
    const delayMs = turn.isQueue
      ? Math.min(queueMs.most, queueMs.first * 1.5 ** waits, Math.max(0, deadlineMs - clock.now()))
      : turn.againMs;
    waits += 1;
    await clock.sleep(delayMs, host.signal);
    if (host.signal.aborted) throw interrupted();
  }
}

// The next one in turn must see this one; a list can lag behind.
async function untilListed(backend: Backend, run: Run, host: LifecycleHost): Promise<void> {
  const { clock } = host.session;
  const untilMs = clock.now() + showsWithinMs;
  while (clock.now() < untilMs && !host.signal.aborted) {
    const { executions } = await backend
      .listPage({}, { limit: 20 }, host.signal)
      .catch(() => ({ executions: [] as readonly ExecutionSummary[] }));
    if (executions.some(({ executionId }) => executionId === run.executionId)) return;
    await clock.sleep(lookAgainMs / 4, host.signal);
  }
}

/** What `concurrency` makes of the workflow's other executions; undefined where a new one may start. */
async function decideConcurrency(
  { args, host, wanted, backend }: Starting,
  look: Look,
): Promise<Turn | undefined> {
  const { concurrency } = readCommonArguments(args);
  if (concurrency === undefined || concurrency === "allow") return undefined;
  const running = await look.unsettled();
  const [newest] = running.filter(({ executionId }) => executionId !== wanted.supersedes?.id);
  if (concurrency === "adopt") {
    if (!newest) return undefined;
    host.register.take(newest.executionId);
    return { executionId: newest.executionId, isNew: false };
  }
  if (running.length === 0) return undefined;
  if (concurrency === "reject") {
    throw new WorkflowExecutionError(
      "WFX-WORKFLOW-BUSY",
      sayBusy(running, messageContext(backend, "", args)),
    );
  }
  return { againMs: 0, why: sayQueued(running), isQueue: true };
}

// Services that show whose an execution is only in its details, or not at all: look first, then post.
function startLooking(starting: Starting, gate: StartGate, isExclusive: boolean): Promise<Run> {
  const { wanted, args, backend, host } = starting;
  const service = host.definition.service;
  const context = messageContext(backend, "", args);
  let open = starting.pending;
  let postedHere = false;
  let lastError: unknown;
  let sinceMs: number | undefined;
  let looks = 0;
  // Once for all that look together: each of a thousand starts would read what a thousand have noted.
  const claimsAt = (look: Look): Promise<Claims> =>
    look.once("claims", () => host.register.claims(service, backend.identity));

  const decide = async (look: Look): Promise<Turn> => {
    const candidates = await candidatesOf(starting, look, open?.since);
    const { taken, unresolved } = await claimsAt(look);
    const { mine, unmarked } = await sort(starting, candidates, taken);
    const [found] = mine;
    if (found) return adopt(found);
    // Others of this batch may have taken one while this one was looking.
    const free = unmarked.filter(({ executionId }) => !host.register.isTaken(executionId));
    // Without a key or a memory nothing tells a crash from a resource that was destroyed: then only what runs counts.
    const possible = open?.since || wanted.isGiven ? free : free.filter(isUnsettled);
    if (open?.since) {
      // Executions without a mark are all alike, so are the starts that look for theirs: each takes one.
      const oldest = possible.at(-1);
      if (oldest && possible.length <= Math.max(1, unresolved)) return adopt(oldest);
      if (oldest) throw new StartUncertainError(sayStartUndecided(possible, context, true));
      // Posted later than now, where this machine's clock was set back meanwhile: then its time begins with this look.
      const now = host.session.clock.now();
      sinceMs ??= Math.min(open.postedMs, now);
      if (now - sinceMs < showsWithinMs) {
        return {
          againMs: lookAgainMs,
          why: "looking for the execution whose start was cut short",
          isQueue: false,
        };
      }
      if (postedHere) {
        const cause = messageOf(lastError);
        throw new StartUncertainError(sayStartUncertain(cause, context), { cause: lastError });
      }
      open = undefined;
    } else if (possible.length > 0 && doubts(starting)) {
      // They may be what others of this deployment are looking for, whose turn is now too.
      if (unresolved > 0 && looks < maxLooks) {
        looks += 1;
        return {
          againMs: lookAgainMs,
          why: "waits for others to find executions whose start was cut short",
          isQueue: false,
        };
      }
      throw new StartUncertainError(sayStartUndecided(possible, context));
    }
    const turn = await decideConcurrency(starting, look);
    if (turn) return turn;
    const since = seenBefore([...(await look.newest()), ...candidates]);
    const start = { ...newStart(starting, wanted.key), since };
    try {
      return await post(starting, start);
    } catch (error) {
      if (!(error instanceof StartUncertainError)) throw error;
      [open, postedHere, lastError, sinceMs] = [start, true, error, undefined];
      return {
        againMs: 0,
        why: "the answer to the start got lost, looking for the execution",
        isQueue: false,
      };
    }
  };
  const adopt = (execution: ExecutionSummary): Run => {
    host.register.take(execution.executionId);
    return { executionId: execution.executionId, isNew: false };
  };
  const interrupted = (): Error =>
    open
      ? new StartUncertainError(sayStartUncertain("interrupted while looking for it", context))
      : new WorkflowExecutionError("WFX-INTERRUPTED", sayStartInterrupted());
  return inTurn(starting, gate, isExclusive, decide, interrupted).then(async (run) => {
    const kept = open ?? newStart(starting, wanted.key);
    await starting.note({ ...kept, executionId: run.executionId });
    return run;
  });
}

// A run that has a key is never started beside what it may be, unless the program says "allow" in so many words. One
// without is asked about only where nothing else is said: every other word deals with what runs.
function doubts({ args, wanted }: Starting): boolean {
  const { concurrency } = readCommonArguments(args);
  return concurrency === undefined || (wanted.isGiven && concurrency !== "allow");
}

/** The executions among which that of the wanted run can be, newest first. */
async function candidatesOf(
  { wanted, host }: Starting,
  look: Look,
  since: SeenBefore | undefined,
): Promise<readonly ExecutionSummary[]> {
  const { supersedes } = wanted;
  const startedMs = (execution: { readonly startedAt?: string | undefined }): number =>
    execution.startedAt === undefined ? Infinity : Date.parse(execution.startedAt);
  if (since) {
    const list = await look.since(since.newestMs);
    return list.filter(
      ({ executionId }) => !since.ids.includes(executionId) && executionId !== supersedes?.id,
    );
  }
  if (supersedes?.startedAt !== undefined) {
    const list = await look.since(Date.parse(supersedes.startedAt));
    // Some services tell whole seconds: within the same one, the list's order counts.
    const place = list.findIndex(({ executionId }) => executionId === supersedes.id);
    const beganAt = Date.parse(supersedes.startedAt);
    const after = list.filter(
      (execution, index) =>
        execution.executionId !== supersedes.id &&
        (startedMs(execution) > beganAt || place === -1 || index < place),
    );
    return after;
  }
  const now = host.session.clock.now();
  const list = wanted.isGiven
    ? await look.since(wanted.keyMadeMs === undefined ? now - keyAgeMs : wanted.keyMadeMs - skewMs)
    : await look.unsettled();
  return list.filter(({ executionId }) => executionId !== supersedes?.id);
}

function isUnsettled({ status }: ExecutionSummary): boolean {
  return !isSettled(status);
}

/** Which of them are this run's, and of which it can't be told because they show no mark. */
async function sort(
  { backend, wanted, host }: Starting,
  candidates: readonly ExecutionSummary[],
  taken: ReadonlySet<string>,
): Promise<{ readonly mine: readonly ExecutionSummary[]; readonly unmarked: readonly ExecutionSummary[] }> {
  // A key that the program gave is one execution, also where another resource has it.
  const eligible = wanted.isGiven
    ? candidates
    : candidates.filter(({ executionId }) => !taken.has(executionId));
  const marks = await inParallel(eligible, 8, ({ executionId }) => markOf(executionId, backend, host));
  // One execution that shows what it was started with proves that the service shows it.
  const isProven = marks.some((mark) => mark !== undefined);
  const mine = eligible.filter((_execution, index) => {
    const mark = marks[index];
    return typeof mark === "string" && attemptOf(wanted.key, mark) !== undefined;
  });
  const unmarked = eligible.filter(
    ({ executionId }, index) => marks[index] === undefined && !isProven && !taken.has(executionId),
  );
  return { mine, unmarked };
}

// A list can be ahead of the details.
async function markOf(
  executionId: string,
  backend: Backend,
  { register, session, signal }: LifecycleHost,
): Promise<string | null | undefined> {
  const { clock } = session;
  const untilMs = clock.now() + showsWithinMs;
  for (;;) {
    try {
      return await register.mark(executionId, () => backend.readRunName(executionId, signal));
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      if (clock.now() >= untilMs || signal.aborted) return undefined;
      await clock.sleep(lookAgainMs, signal);
    }
  }
}

async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}

function seenBefore(list: readonly ExecutionSummary[]): SeenBefore {
  const startedMs = ({ startedAt }: ExecutionSummary): number =>
    startedAt === undefined ? Infinity : Date.parse(startedAt);
  const known = list.map(startedMs).filter((ms) => ms !== Infinity);
  const newestMs = Math.max(0, ...known);
  const ids = list
    .filter((execution) => startedMs(execution) >= newestMs)
    .map(({ executionId }) => executionId);
  return { newestMs, ids: [...new Set(ids)] };
}

async function startBlindly(starting: Starting): Promise<Run> {
  const { backend, args, wanted, pending } = starting;
  const context = messageContext(backend, "", args);
  // Was started on this machine, and nobody knows what came of it, nor can.
  if (pending) throw new StartUncertainError(sayStartOpen(context));
  try {
    return await post(starting, newStart(starting, wanted.key));
  } catch (error) {
    if (!(error instanceof StartUncertainError)) throw error;
    throw new StartUncertainError(`${messageOf(error)}\n${sayStartOpen(context)}`, { cause: error });
  }
}

/** A run that was started for other arguments, and never reached the state. */
async function dealWithLeftover(
  { backend, args, wanted, host }: Pick<Starting, "backend" | "args" | "host" | "wanted">,
  leftover: PendingStart,
): Promise<void> {
  if (!backend.keepsHistory) return;
  const id = leftover.executionId ?? (await findLeftover(backend, leftover, host));
  if (id === undefined || id === wanted.supersedes?.id) return;
  const snapshot = await backend.describe(id, { signal: host.signal }).catch(() => undefined);
  if (!snapshot || isSettled(snapshot.status)) return;
  // Whose answer never came may be somebody else's under the same name: ours is no older than its post.
  const beganMs = snapshot.startedAt === undefined ? undefined : Date.parse(snapshot.startedAt);
  const isOlder = beganMs !== undefined && beganMs < leftover.postedMs - skewMs;
  if (leftover.executionId === undefined && isOlder) return;
  const what = `execution ${id} of an earlier deployment, which was cut short, still runs with other arguments`;
  if (readCommonArguments(args).onDelete === "leave") {
    host.reporter.warn(`${what}; it is left running (onDelete)`);
  } else {
    host.reporter.warn(`${what}; it is stopped (onDelete)`);
    await backend.stop(id, host.signal);
  }
  // Known as ours from now on, however long it runs.
  await host.register.released(host.definition.service, host.urn, id);
}

// The answer never came: the execution is known by what its start carried, if at all.
async function findLeftover(
  backend: Backend,
  { runName }: PendingStart,
  { definition, register, signal }: LifecycleHost,
): Promise<string | undefined> {
  const { runMark } = definition.capabilities;
  if (runMark === "name") return runName;
  if (runMark === "none") return undefined;
  for (const { executionId } of await backend.listUnsettled(signal)) {
    const mark = await register.mark(executionId, () => backend.readRunName(executionId, signal));
    if (mark === runName) return executionId;
  }
  return undefined;
}
