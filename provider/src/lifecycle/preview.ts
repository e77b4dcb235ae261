/**
 * preview: what is known of the outputs of an execution before it runs. Makes no request and starts nothing.
 */
import { RunArguments } from "../execution/runArguments";
import type { Arguments } from "../execution/argument";
import type { BackendDefinition } from "../execution/service";
import type { StoredState } from "./state";
import { isArmed, makeArmedState } from "./state";

/**
 * The outputs that are known before a run; what is left out is not known yet.
 * - A teardown runbook is only armed: everything is known.
 * - Where a failure fails the deployment, whatever depends on the execution sees it succeeded, or not at all.
 */
export function knownOutputs(definition: BackendDefinition, args: Arguments): StoredState {
  if (isArmed(args)) return makeArmedState(args);
  const { waitFor, onFailure } = RunArguments.read(definition, args).common;
  return waitFor === "settled" && onFailure === "fail" ? { ...args, status: "succeeded" } : { ...args };
}
