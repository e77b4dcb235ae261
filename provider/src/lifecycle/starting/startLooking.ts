/**
 * Starts on services that show whose an execution is only in its details, or not at all: look first, then post.
 */
import { StartUncertainError, messageOf } from "../../errors";
import type { ExecutionSummary } from "../../execution/snapshot";
import { readCommonArguments } from "../arguments";
import { sayStartUncertain, sayStartUndecided } from "../messages";
import { messageContext } from "../outcome";
import { candidatesOf, isUnsettled, lookAgainMs, seenBefore, showsWithinMs, sort } from "./candidates";
import type { Run, Starting } from "./posting";
import { newStart, post, startInterrupted } from "./posting";
import type { Claims } from "./register";
import type { Look, StartGate } from "./startGate";
import type { Turn } from "./turns";
import { decideConcurrency, inTurn } from "./turns";

// How often one that has nothing to look for looks again because others do.
const maxLooks = 3;

/**
 * Finds the run's execution among the workflow's, else starts one.
 * @throws StartUncertainError where it can't be told whether one of them is the run's; whatever a start throws.
 */
export function startLooking(starting: Starting, gate: StartGate, isExclusive: boolean): Promise<Run> {
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
      };
    }
  };
  const adopt = (execution: ExecutionSummary): Run => {
    host.register.take(execution.executionId);
    return { executionId: execution.executionId, isNew: false };
  };
  const interrupted = (): Error =>
    open
      ? new StartUncertainError(sayStartUncertain("interrupted while looking for it", context, false))
      : startInterrupted();
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
