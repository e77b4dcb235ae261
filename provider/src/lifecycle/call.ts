/**
 * A call of the lifecycle on its way down: the arguments are read where it begins, and nowhere below.
 */
import type { Arguments } from "../execution/argument";
import { RunArguments } from "../execution/runArguments";
import type { LifecycleHost } from "./outcome";

/** The means that the front lent, and the arguments of the program. */
export interface LifecycleCall extends LifecycleHost {
  readonly args: RunArguments;
}

/** Begins a call. @param args have passed `check`, now or when the state was made. */
export function beginCall(args: Arguments, host: LifecycleHost): LifecycleCall {
  return { ...host, args: RunArguments.read(host.definition, args) };
}
