/**
 * What only CloudFlow has: the events of an execution, for the function of its module.
 */
import { InputError } from "../../errors";
import type { Arguments } from "../backend";
import type { Session } from "../registry";
import { text } from "../rules";
import { CloudFlowBackend, alibabaCloudFlow } from "./backend";
import type { HistoryEvent } from "./history";

/**
 * All events of an execution, oldest first.
 * @throws InputError where an argument is wrong; errors of the service as they are.
 */
export async function readHistory(
  args: Arguments,
  executionId: unknown,
  session: Session,
): Promise<HistoryEvent[]> {
  const wrong =
    firstProblem("flowName", alibabaCloudFlow.arguments.flowName.rule(args["flowName"])) ??
    firstProblem("executionId", text({ min: 1, max: 256 })(executionId)) ??
    alibabaCloudFlow.check(args, session.settings, new Set())[0];
  if (wrong) throw new InputError(`cloudflow.getExecutionHistory: "${wrong.argument}" ${wrong.reason}`);
  const signal = new AbortController().signal;
  const backend = await session.connect(alibabaCloudFlow, args, signal);
  if (!(backend instanceof CloudFlowBackend))
    throw new TypeError("the session gave another service's backend");
  return backend.history(String(executionId), signal);
}

function firstProblem(
  argument: string,
  reason: string | undefined,
): { readonly argument: string; readonly reason: string } | undefined {
  return reason === undefined ? undefined : { argument, reason };
}
