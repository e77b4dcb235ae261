/**
 * What all resources of a workflow share: the planner of their waits, and the lookup of their reads. One of each per
 * workflow and session, made of what the backend can do.
 */
import type { Backend, BackendDefinition } from "../execution/service";
import type { Session } from "../execution/session";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";
import { describeProgress } from "../execution/progress";
import { SettledLookup } from "./settledLookup";
import type { WaitOptions } from "./waitUntilSettled";
import { waitUntilSettled } from "./waitUntilSettled";
import { WorkflowWatch } from "./workflowWatch";
import type { Look } from "./watchedWorkflow";
import { steadyClock } from "../ground/clock";
import type { PollOutcome, PollTally } from "./poll";
import { limitTime } from "../ground/timeLimit";
import type { ServiceCall } from "../execution/serviceCall";
import { requestMs } from "../execution/limits";
import { pageLimit } from "../execution/pages";

/** How one wait differs from others. */
export type Wait = Pick<
  WaitOptions,
  "deadlineMs" | "mayBeInvisibleUntilMs" | "beganMs" | "isStopping" | "peek" | "told"
>;

/**
 * Waits for an execution with the planner of its workflow. Ends one request after the deadline at the latest, whatever
 * is under way then. An end that was seen counts, also where what is to be read besides can't be had any more.
 * @throws an error that will not pass by itself (credentials refused, nothing but unreadable answers).
 */
export async function waitForEnd(
  backend: Backend,
  executionId: string,
  wait: Wait,
  { definition, session, signal, reporter }: ServiceCall,
): Promise<PollOutcome<ExecutionSnapshot>> {
  const { clock, random } = session;
  let end: ExecutionSnapshot | undefined;
  const onEnd = (snapshot: ExecutionSnapshot): void => {
    end = { ...snapshot, stepsOmitted: true };
  };
  const onStatus = (snapshot: ExecutionSnapshot): void => {
    if (isSettled(snapshot.status)) onEnd(snapshot);
  };
  const look = async (options: Look): Promise<ExecutionSnapshot> => {
    const how = { ...options, attempts: 1, sparing: true, onStatus };
    const snapshot = await backend.describe(executionId, how);
    // A list may have been wrong.
    if (!isSettled(snapshot.status)) end = undefined;
    return snapshot;
  };
  const endedAs = (value: ExecutionSnapshot, tally: PollTally): PollOutcome<ExecutionSnapshot> => {
    reporter.status(describeProgress(value));
    return { kind: "settled", value, tally };
  };
  const limit = limitTime(clock, wait.deadlineMs - clock.now() + requestMs, signal);
  try {
    const result = await waitUntilSettled({
      ...wait,
      watch: watchOf(definition, backend, session),
      executionId,
      look,
      onEnd,
      clock,
      random,
      signal: limit.signal,
      reporter,
    });
    if (result.kind !== "settled" && end) return endedAs(end, result.tally);
    // Cut off by the limit, and by nobody else.
    return result.kind === "aborted" && !signal.aborted ? { ...result, kind: "timedOut" } : result;
  } catch (error) {
    if (!end) throw error;
    return endedAs(end, { probes: 0, transientFailures: 0, failuresInARow: 0, lastError: undefined });
  } finally {
    limit.lift();
  }
}

// The same for all resources of a workflow.
function watchOf(definition: BackendDefinition, backend: Backend, session: Session): WorkflowWatch {
  const { longPollSeconds, pageSize, listTells } = definition.capabilities;
  const limit = pageLimit(pageSize);
  return session.shared(
    `watch:${backend.key}`,
    () =>
      new WorkflowWatch({
        clock: session.clock,
        random: session.random,
        longPollSeconds,
        lookBudget: backend.budgets.describe,
        listBudget: backend.budgets.list,
        pageSize,
        listTellsOutcome: listTells !== "status",
        list: ({ token, ...window }, signal) =>
          backend.listPage(window, { limit, token, attempts: 1 }, signal),
        pastDurations: async (signal) => {
          const page = await backend.listPage({ status: "succeeded" }, { limit }, signal);
          return page.executions.flatMap(({ durationMs }) => durationMs ?? []);
        },
        ...session.waiting,
      }),
  );
}

/** The lookup of settled executions of a workflow, the same for all resources of it. */
export function settledLookupOf(
  definition: BackendDefinition,
  backend: Backend,
  session: Session,
): SettledLookup {
  const limit = pageLimit(definition.capabilities.pageSize);
  return session.shared(
    `settled:${backend.key}`,
    () =>
      new SettledLookup({
        clock: steadyClock(session.clock),
        list: ({ token, ...window }, signal) => backend.listPage(window, { limit, token }, signal),
      }),
  );
}
