/**
 * The oddities of FunctionGraph's answers that can be switched on through the control API; all are off by default.
 * Those with a name of AOM's list (unknownStatus, upperCaseStatus, endTimeAbsent, listDelayMs, detailDelayMs,
 * unknownExecutionIs400, unknownWorkflowListIs404, oldestFirst) hold here too.
 */
import type { QuirkDefinition } from "../../cloud/quirks";

const flag = (name: string, description: string): QuirkDefinition => ({ name, kind: "flag", description });

/** The other ways in which FunctionGraph is said to behave, or may. */
export const functionGraphQuirks: readonly QuirkDefinition[] = [
  flag(
    "fssCodes",
    "errors of flows have codes `FSS.…` in place of `FGS.…`, also in place of the gateway's 429",
  ),
  flag("notFoundRequestId", "a flow's 404 has `request_id` too"),
  flag("noRequestId", "the 400 of the two start operations has no `request_id`, as in the documents"),
  flag("errorMessageText", "a flow node's `error_message` is a text, not an object"),
  flag(
    "errorMessageBrokenKey",
    'a flow node\'s `error_message` is `{"detail:\\"…\\"": null}`, as in the example',
  ),
  flag("nineStatuses", "a flow's detail and plain list have all nine statuses, as the paged list has"),
  flag("noStartHeaders", "a flow's detail does not have the `headers` of the start"),
  flag("startHeadersCapitalised", "a flow's detail has the names of the start's headers as `X-Some-Name`"),
  flag("statusFilterIgnored", "lists of executions ignore a filter by status"),
  flag("timeWindowIgnored", "lists of executions ignore times: a flow's are those of the last three days"),
  {
    name: "largestPage",
    kind: "number",
    description: "lists of executions give at most this many at once, however many are asked for",
  },
  flag("noEnableStreamResponse", "flows have no `enable_stream_response`, as in the example"),
  flag("shortUrns", "the deletion of flows answers URNs without `workflow:`, as in one example"),
  flag("expressHistory", "executions of EXPRESS flows are found, listed and stopped like others"),
  flag(
    "unknownWorkflowIs400",
    "ShowWorkFlow of an unknown flow answers 400, the only documented refusal, not 404",
  ),
  flag("endTimeNull", "`end_time` of a running flow execution is null, in place of empty or 0"),
];
