/**
 * What all resources of a workflow share: the planner of their waits, and the lookup of their reads. One of each per
 * workflow and session, made of what the backend can do.
 */
import type { Backend, BackendDefinition } from "../backends/backend";
import type { Session } from "../backends/registry";
import { SettledLookup } from "../execution/settledLookup";
import type { WaitOptions } from "../execution/waitUntilSettled";
import { waitUntilSettled } from "../execution/waitUntilSettled";
import { WorkflowWatch } from "../execution/watch";
import { steadyClock } from "../polling/clock";
import type { LifecycleHost } from "./outcome";
import { pageLimit } from "./pages";

/** How one wait differs from others. */
export type Wait = Pick<
  WaitOptions,
  "deadlineMs" | "mayBeInvisibleUntilMs" | "beganMs" | "isStopping" | "peek" | "told"
>;

/**
 * Waits for an execution with the planner of its workflow.
 * @throws an error that will not pass by itself (credentials refused, unreadable answer).
 */
export function waitForEnd(
  backend: Backend,
  executionId: string,
  wait: Wait,
  { definition, session, signal, reporter }: LifecycleHost,
): ReturnType<typeof waitUntilSettled> {
  const { clock, random } = session;
  return waitUntilSettled({
    ...wait,
    watch: watchOf(definition, backend, session),
    executionId,
    look: (look) => backend.describe(executionId, { ...look, attempts: 1, sparing: true }),
    clock,
    random,
    signal,
    reporter,
  });
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
