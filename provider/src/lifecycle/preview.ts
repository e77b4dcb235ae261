/**
 * preview: the outputs of an execution that are known before it runs. Makes no request and starts nothing.
 */
import { RunArguments } from "../execution/runArguments";
import type { Arguments } from "../execution/argument";
import type { BackendDefinition } from "../execution/service";
import { isSettled } from "../execution/snapshot";
import type { StoredState } from "./state";
import { isArmed, makeArmedState, storedStatus, withArguments } from "./state";

/**
 * The outputs that are known before a run; an output that is left out is not known yet.
 * - A teardown runbook is only armed: everything is known.
 * - Of any other run nothing is known, not even that it succeeds: a preview must not compute values from an outcome
 *   that never was.
 */
export function knownOutputs(args: Arguments): StoredState {
  return isArmed(args) ? makeArmedState(args) : { ...args };
}

/**
 * The outputs that are known before the same execution is stored with new arguments: all of them, unless the deployment
 * will wait for it.
 */
export function keptOutputs(definition: BackendDefinition, state: StoredState, args: Arguments): StoredState {
  if (isArmed(args)) return makeArmedState(args);
  const { waitFor } = RunArguments.read(definition, args).common;
  const isKept = isSettled(storedStatus(state)) || waitFor === "started";
  return isKept ? withArguments(definition, state, args) : { ...args };
}
