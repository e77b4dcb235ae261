/**
 * The source of the histories of one state machine's executions on Step Functions.
 */
import { summarize } from "../../../http/request";
import type { HistorySource } from "../../historyReader";
import { parseGetExecutionHistory } from "./answers";
import { buildGetExecutionHistory } from "./api";
import type { StateMachineEvent } from "./events";
import { StepReader } from "./history";
import type { StatesRequests } from "./statesRequests";

/** The histories of a state machine. The service ends an execution with 25,000 events of 256 KiB. */
export function historySource(requests: StatesRequests): HistorySource<StateMachineEvent> {
  return {
    pageSize: 1_000,
    isErrorInEvents: false,
    budget: () => requests.budget("GetExecutionHistory"),
    page: async (executionId, { signal, ...page }) => {
      const request = buildGetExecutionHistory(requests.place, executionId, page);
      return parseGetExecutionHistory(await requests.send(request, { signal }), summarize(request));
    },
    numberOf: ({ id }) => id,
    steps: () => new StepReader(),
  };
}
