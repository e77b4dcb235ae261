/**
 * Runs a teardown runbook (`runOn: "destroy"`) when its resource is destroyed, once: a destroy that was interrupted goes
 * on with the execution it had started.
 */
import type { Backend } from "../execution/service";
import { WorkflowExecutionError } from "../ground/errors";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";
import { stopwatch } from "../ground/clock";
import { withinTime } from "../ground/timeLimit";
import { awaitExecution } from "./await";
import { describeIfKnown } from "../execution/describeIfKnown";
import type { LifecycleCall } from "./call";
import type { LifecycleHost } from "./outcome";
import { statusRequestMs } from "../execution/limits";
import { inStartPhase } from "../starting/startPhase";
import type { Run } from "../starting/posting";
import type { Superseded, WantedRun } from "../starting/runKey";
import { wantedRun } from "../starting/runKey";
import { startRun } from "../starting/startRun";
import { storedStatus } from "./state";

// The engine deletes copies side by side: so long one waits for the delete of the other.
const copiesWithinMs = 10_000;
const copyPollMs = 100;

/**
 * Runs it and waits.
 * @param id the resource's: it names this arming, so that a destroy which is repeated finds its execution again.
 * @throws WorkflowExecutionError when it did not end as wanted: the resource stays.
 */
export async function tearDown(id: string, call: LifecycleCall): Promise<void> {
  const backend = await inStartPhase(call, (phase) =>
    call.session.connect(call.definition, call.args.values, phase.host.signal),
  );
  const { urn, secretArguments, register, args } = call;
  if (urn === undefined) return seeThrough(backend, id, call);
  // A replacement that was interrupted leaves a copy in the state, which is destroyed at the same time: the engine does
  // not say which is which, and both ask for the same run.
  const { key } = await wantedRun(args, { urn, secretArguments });
  await register.shared.onePerKey(`teardown ${urn} ${backend.identity} ${key}`, async () => {
    await seeThrough(backend, id, call);
    return id;
  });
}

async function seeThrough(backend: Backend, id: string, call: LifecycleCall): Promise<void> {
  const startAgain = (supersedes?: Superseded): Promise<Run> =>
    inStartPhase(call, async (phase) =>
      startRun(phase.bind(backend), await wanted(id, call, supersedes), phase.host),
    );
  let run = await startAgain();
  let last = run.outcome;
  // One that failed is good enough where the program goes on all the same.
  const { onFailure } = call.args.common;
  if (!run.isNew && run.wasPosted !== true && run.wasRunning !== true && onFailure !== "continue") {
    // An execution that the service has forgotten is reported in the words of a wait.
    if (backend.keepsHistory) {
      last ??= await withinTime(call.session.clock, statusRequestMs, call.signal, (signal) =>
        describeIfKnown(backend, run.executionId, { signal }),
      );
    }
    // The last destroy has seen it fail, or would have: this one is another attempt.
    if (last && isSettled(last.status) && last.status !== "succeeded") {
      await call.register.released(call.definition.service, call.urn, run.executionId);
      run = await startAgain(supersededBy(last));
      last = run.outcome;
    }
  }
  const start = { executionId: run.executionId, justStarted: run.isNew, beganMs: run.beganMs, last };
  const outcome = await awaitExecution(backend, start, call);
  if (outcome.kind === "unready") {
    if (isSettled(storedStatus(outcome.state))) {
      await call.register.released(call.definition.service, call.urn, run.executionId);
    }
    throw new WorkflowExecutionError("WFX-EXECUTION-FAILED", outcome.reasons.join("\n"));
  }
  // Not forgotten yet: should Pulumi be killed before its state says so, the next destroy must not run it again.
  await call.register.tornDown(call.definition.service, call.urn);
}

/**
 * True for a copy that was left behind by a replacement which did not come to its end: a destroy deletes the copy
 * together with its successor, and only the successor runs. Only the successor's own delete shows that it has arrived
 * in the state: if no such delete comes soon, this one is no copy.
 */
export async function isReplacedArming(
  id: string,
  { definition, register, session, signal, urn }: LifecycleHost,
): Promise<boolean> {
  const last = await register.lastArmed(definition.service, urn);
  if (last === undefined || last === id) return false;
  const { clock } = session;
  const passedMs = stopwatch(clock);
  while (!register.isDisarmed(last)) {
    if (passedMs() >= copiesWithinMs || signal.aborted) return false;
    await clock.sleep(copyPollMs, signal);
  }
  return true;
}

async function wanted(
  armedId: string,
  { args, definition, urn, secretArguments }: LifecycleCall,
  supersedes?: Superseded,
): Promise<WantedRun> {
  const run = await wantedRun(args, { urn, secretArguments, supersedes, armedId });
  // If executions bear no mark, all that ran since the arming could be meant: only executions that are still running are
  // candidates.
  return definition.capabilities.runMark === "none" ? { ...run, isGiven: false } : run;
}

function supersededBy(snapshot: ExecutionSnapshot): Superseded {
  return { id: snapshot.executionId, startedAt: snapshot.startedAt };
}
