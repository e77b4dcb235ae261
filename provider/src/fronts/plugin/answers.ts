/**
 * The answer of a call: the outcome as outputs with their secrets marked, and the arguments as they came, marks and
 * all.
 */
import type { BackendDefinition, StoredState } from "../../lifecycle";
import { inputArguments, outputs } from "../../lifecycle";
import { engineOutputs } from "../shared/engineOutputs";
import type { Privacy } from "../shared/privacy";
import { markSecretOutputs, settleOutputs } from "../shared/secretOutputs";
import type { Properties } from "./properties";

/** The call that is answered. */
export interface AnsweredCall extends Properties, Privacy {}

/**
 * The outputs of an execution in this state. Never throws, and never is too large.
 * @param stored the state's properties of the same execution, if the call came with other properties.
 * @param isFailure true for an init failure, which has to be small.
 */
export function answerOutputs(
  definition: BackendDefinition,
  state: StoredState,
  call: AnsweredCall,
  { stored, isFailure }: { readonly stored?: Properties | undefined; readonly isFailure: boolean },
): Record<string, unknown> {
  const secrets = settleOutputs(state, call, stored, inputArguments(definition), call.holdsSecret);
  const { locationKeys } = definition;
  const { raw, hide, hideCredentials } = call;
  const { isHidden } = secrets;
  const outs = engineOutputs(state, { given: raw, locationKeys, isHidden, isFailure, hide, hideCredentials });
  const marked = markSecretOutputs(outs, call.args, secrets);
  const given = Object.entries(raw).filter(([name]) => !outputs.includes(name));
  return { ...marked, ...Object.fromEntries(given) };
}
