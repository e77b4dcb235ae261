/**
 * judge: is an execution in this state as the program wants it? Without a request: the state says it all.
 */
import type { RunArguments } from "../execution/runArguments";
import { isSettled } from "../execution/snapshot";
import type { MessageContext } from "../execution/words";
import { describeFailed, describeUnsettled } from "./messages";
import type { StoredState } from "./state";
import { storedSnapshot, storedStatus } from "./state";

/** The problem of an execution, for the person who deploys; undefined if the execution is as the program wants it. */
export type Verdict = ((context: MessageContext) => string) | undefined;

/**
 * Judges a state by the program's arguments. A runbook that is only armed, and an execution that nobody waits for, are
 * as wanted.
 * @param id the execution.
 */
export function judge(id: string, state: StoredState, args: RunArguments): Verdict {
  const { runOn, waitFor, onFailure } = args.common;
  const status = storedStatus(state);
  if (runOn === "destroy") return undefined;
  if (!isSettled(status)) {
    return waitFor === "started" ? undefined : (context) => describeUnsettled(id, context);
  }
  if (status === "succeeded" || onFailure === "continue") return undefined;
  return (context) => describeFailed(storedSnapshot(id, state), context);
}
