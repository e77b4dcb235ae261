// The purpose of each request that reached the emulator, by its log.
import { sum } from "./arithmetic.mjs";

/**
 * Operations that read the state of executions. Every request for such an operation that reaches the service is a
 * status request, also if it is refused or sent again. Exception: requests that `kindOf` recognises by the request
 * alone as having another purpose.
 */
const STATUS_OPERATIONS = new Set([
  "aom:SearchWorkflowExecutionDetail",
  "aom:ListWorkflowExecutions",
  "functiongraph:ShowWorkflowExecution",
  "functiongraph:ShowWorkflowExecutionForPage",
  "functiongraph:ListWorkflowExecutions",
  "coc:ShowExecution",
  "coc:ListExecutions",
  "cloudflow:DescribeExecution",
  "cloudflow:ListExecutions",
  "stepfunctions:DescribeExecution",
  "stepfunctions:ListExecutions",
]);

const START_OPERATIONS = new Set([
  "aom:ExecuteWorkflow",
  "functiongraph:StartWorkflowExecution",
  "coc:ExecuteDocument",
  "cloudflow:StartExecution",
  "stepfunctions:StartExecution",
]);
const STEP_OPERATIONS = new Set([
  "coc:ListExecutionSteps",
  "cloudflow:GetExecutionHistory",
  "stepfunctions:GetExecutionHistory",
]);

/** The emulator keeps at most this many requests whole; of more, only their number is known. */
const KEPT_REQUESTS = 10_000;

/** The log's purpose of a request: "start", "startLook", "past", "steps", "status" or "other". */
function kindOf({ service, operation, path, subject = "" }, hasStarted) {
  const name = `${service}:${operation}`;
  if (START_OPERATIONS.has(name)) return "start";
  if (STEP_OPERATIONS.has(name)) return "steps";
  if (!STATUS_OPERATIONS.has(name)) return "other";
  // A request before the first start is for others' executions.
  if (!hasStarted) return "startLook";
  // Only a start asks FunctionGraph for running executions, and only the request for the history asks for successes. AOM
  // filters nothing: there both count as status requests.
  if (name === "functiongraph:ListWorkflowExecutions")
    return /[?&]status=running(&|$)/i.test(path) ? "startLook" : "past";
  if (name === "cloudflow:ListExecutions" && /[?&]Status=Succeeded(&|$)/.test(path)) return "past";
  if (name === "stepfunctions:ListExecutions" && subject.endsWith("/SUCCEEDED")) return "past";
  return "status";
}

/** Number of requests of each kind; where the log is no longer whole, all that may be status requests are. */
export function countKinds(requests, counts) {
  const kinds = { start: 0, startLook: 0, past: 0, steps: 0, status: 0, other: 0 };
  let hasStarted = false;
  if (requests.length < KEPT_REQUESTS) {
    for (const request of requests) {
      const kind = kindOf(request, hasStarted);
      hasStarted ||= kind === "start";
      kinds[kind] += 1;
    }
    return kinds;
  }
  for (const [key, count] of Object.entries(counts)) {
    const [service, operation] = key.split(":");
    const kind = kindOf({ service, operation, path: "" }, true);
    kinds[kind === "past" ? "status" : kind] += count;
  }
  return kinds;
}

/** Refusals for being asked too often. AWS has 400 for them, as for every refusal: nothing else here is refused. */
export function throttledOf(counts) {
  const isRefusal = (key) => key.endsWith(":429") || /^stepfunctions:.*:400$/.test(key);
  return sum(Object.entries(counts).map(([key, count]) => (isRefusal(key) ? count : 0)));
}
