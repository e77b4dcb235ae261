/**
 * The parts that all resources of a workflow share: the watch of their waits, and the lookup of their reads. Each
 * workflow has one of each per session, made for the service's capabilities.
 */
import { steadyClock } from "../ground/clock";
import { pageLimit } from "../execution/pages";
import type { Backend, BackendDefinition } from "../execution/service";
import type { Session } from "../execution/session";
import { SettledLookup } from "./settledLookup";
import { WorkflowWatch } from "./workflowWatch";

/** The watch of a workflow. */
export function watchOf(definition: BackendDefinition, backend: Backend, session: Session): WorkflowWatch {
  const { clock, random } = session;
  const { longPollSeconds, pageSize, listTells } = definition.capabilities;
  const limit = pageLimit(pageSize);
  return session.shared(
    `watch:${backend.key}`,
    () =>
      new WorkflowWatch({
        clock,
        random,
        longPollSeconds,
        pageSize,
        listTells,
        budgets: backend.budgets,
        listPage: (filter, page, signal) => backend.listPage(filter, page, signal),
        pastDurations: async (signal) => {
          const page = await backend.listPage({ status: "succeeded" }, { limit }, signal);
          return page.executions.flatMap(({ durationMs }) => durationMs ?? []);
        },
      }),
  );
}

/** The lookup of a workflow's settled executions. */
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
        list: (token, signal) => backend.listPage({}, { limit, token }, signal),
      }),
  );
}
