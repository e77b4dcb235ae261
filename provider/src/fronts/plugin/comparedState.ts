/**
 * The state as a comparison needs it. After an update that failed, the engine keeps the inputs of before and the outputs of
 * after: so arguments are compared with the inputs, and the outcome is in the outputs.
 */
import type { BackendDefinition, StoredState } from "../../lifecycle";
import { argumentSpecs } from "../../lifecycle";
import type { Properties } from "./properties";
import { isEmpty } from "./properties";

/**
 * The stored arguments and outcome.
 * @param inputs those of the state; empty if an engine does not give them.
 * @param stored the outputs of the state.
 */
export function comparedState(
  definition: BackendDefinition,
  inputs: Properties,
  stored: Properties,
): StoredState {
  if (isEmpty(inputs)) return stored.args;
  const state: Record<string, unknown> = { ...stored.args };
  for (const [name, { located }] of Object.entries(argumentSpecs(definition))) {
    // The place of the execution is in the outputs, also if the settings name the place.
    if (located && state[name] !== undefined) continue;
    if (inputs.args[name] === undefined) Reflect.deleteProperty(state, name);
    else state[name] = inputs.args[name];
  }
  return state;
}
