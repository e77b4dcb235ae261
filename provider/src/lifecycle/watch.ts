/**
 * What all resources of a workflow share: the planner of their waits, and the lookup of their reads. One of each per
 * workflow and session, made of what the backend can do.
 */
import type { Backend, BackendDefinition } from "../backends/backend";
import type { Session } from "../backends/registry";
import { SettledLookup } from "../execution/settledLookup";
import { WorkflowWatch } from "../execution/watch";

// A list that comes whole has no page size; this asks for all of it.
const wholePage = 1_000;

/** The watch over the executions of a workflow, the same for all resources of it. */
export function watchOf(definition: BackendDefinition, backend: Backend, session: Session): WorkflowWatch {
  const { longPollSeconds, pageSize, listTells } = definition.capabilities;
  const limit = pageSize ?? wholePage;
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
        list: ({ token, ...window }, signal) => backend.listPage(window, { limit, token }, signal),
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
  const limit = definition.capabilities.pageSize ?? wholePage;
  return session.shared(
    `settled:${backend.key}`,
    () =>
      new SettledLookup({
        clock: session.clock,
        list: ({ token, ...window }, signal) => backend.listPage(window, { limit, token }, signal),
      }),
  );
}
