/**
 * Previews: the outputs that are known, and the results of requests about the workflow.
 */
import type { Arguments, BackendDefinition, StoredState } from "../../lifecycle";
import { preflight } from "../../lifecycle";
import type { EngineReporter } from "../shared/engineMessages";
import type { AnsweredCall } from "./answers";
import { answerOutputs } from "./answers";
import type { Deployment } from "./deployment";
import type { Properties } from "./properties";

/**
 * The answer of a preview. An output that is left out is unknown.
 * @param known the outputs, as far as they are known; without a status only the arguments are.
 */
export function previewed(
  definition: BackendDefinition,
  known: StoredState,
  call: AnsweredCall,
  stored?: Properties,
): Record<string, unknown> {
  if (known["status"] === undefined) return { ...call.raw };
  return answerOutputs(definition, known, call, { stored, isFailure: false });
}

/** Reports obstacles to a start, and the usual duration of the workflow. Never throws. */
export async function checkAhead(
  definition: BackendDefinition,
  args: Arguments,
  { session, host }: Deployment,
  reporter: EngineReporter,
): Promise<void> {
  const { usually, warning } = await preflight(args, { definition, session, signal: host.signal });
  if (warning !== undefined) reporter.warn(warning);
  if (usually !== undefined) await reporter.explain(usually, false);
}
