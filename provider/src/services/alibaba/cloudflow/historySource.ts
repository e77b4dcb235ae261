/**
 * The source of the histories of one flow's executions on CloudFlow.
 */
import { summarize } from "../../../http/request";
import type { HistorySource } from "../../historyReader";
import { buildGetExecutionHistory } from "./api";
import { parseGetExecutionHistory } from "./answers";
import type { FlowRequests } from "./flowRequests";
import type { HistoryEvent } from "./history";
import { StepReader } from "./history";

/** The histories of a flow. An execution has 5,000 events of 64 KiB, unless the vendor has raised that quota. */
export function historySource(requests: FlowRequests): HistorySource<HistoryEvent> {
  return {
    // The documents disagree on one more.
    pageSize: 999,
    isErrorInEvents: true,
    budget: () => requests.budget("GetExecutionHistory"),
    page: async (executionId, { signal, ...page }) => {
      const request = buildGetExecutionHistory(requests.flow, executionId, page);
      return parseGetExecutionHistory(await requests.send(request, { signal }), summarize(request));
    },
    numberOf: ({ eventId }) => eventId,
    steps: () => new StepReader(),
  };
}
