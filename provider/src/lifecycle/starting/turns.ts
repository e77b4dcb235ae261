/**
 * Turns at a workflow's gate: a start decides with what it sees, or waits for another turn. What `concurrency` makes of
 * other executions is decided here.
 */
import type { Backend } from "../../backends/backend";
import { WorkflowExecutionError } from "../../errors";
import type { ExecutionSummary } from "../../execution/snapshot";
import { readCommonArguments } from "../arguments";
import { sayBusy, sayQueueTimedOut, sayQueued } from "../messages";
import type { LifecycleHost } from "../outcome";
import { messageContext, waitLimit } from "../outcome";
import { lookAgainMs, showsWithinMs } from "./candidates";
import type { Run, Starting } from "./posting";
import { startInterrupted } from "./posting";
import type { Look, StartGate } from "./startGate";

// How often a queue is looked at.
const queueMs = { first: 1_000, most: 10_000 };

/** Outcome of one turn at the gate: the run, or when to take the next turn: left out, as a queue is looked at. */
export type Turn = Run | { readonly why: string; readonly againMs?: number };

/**
 * Takes turns until one brings the run.
 * @param alone true where what is started counts for the next one's decision.
 * @param interrupted makes the error for a deployment that is cut short in between.
 * @throws WorkflowExecutionError with code WFX-WORKFLOW-BUSY where the queue was longer than the deployment waits;
 *   whatever `decide` throws.
 */
export async function inTurn(
  { host, args, backend }: Starting,
  gate: StartGate,
  alone: boolean,
  decide: (look: Look) => Promise<Turn>,
  interrupted: () => Error = startInterrupted,
): Promise<Run> {
  const { clock } = host.session;
  const limit = waitLimit(host, readCommonArguments(args));
  const deadlineMs = clock.now() + limit.timeoutSeconds * 1000;
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
    if (turn.againMs === undefined && clock.now() >= deadlineMs) {
      throw new WorkflowExecutionError(
        "WFX-WORKFLOW-BUSY",
        sayQueueTimedOut(turn.why, limit, messageContext(backend, "", args)),
      );
    }
    host.reporter.status(turn.why);
    // A start that is in doubt is looked for however short the deployment's time is.
    const delayMs =
      turn.againMs ??
      Math.min(queueMs.most, queueMs.first * 1.5 ** waits, Math.max(0, deadlineMs - clock.now()));
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

/**
 * What `concurrency` makes of the workflow's other executions; undefined where a new one may start.
 * @throws WorkflowExecutionError with code WFX-WORKFLOW-BUSY where it is "reject" and one runs.
 */
export async function decideConcurrency(
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
  return { why: sayQueued(running) };
}
