/**
 * The planner of a workflow's waits: one per workflow and session, made of what the backend can do.
 */
import type { Backend, BackendDefinition } from "../backends/backend";
import type { Session } from "../backends/registry";
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
