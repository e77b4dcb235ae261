/**
 * The surroundings of the code that starts executions.
 */
import type { RunArguments } from "../execution/runArguments";
import type { ServiceCall } from "../execution/serviceCall";
import type { RunRegister } from "./register";
import type { Superseded } from "./runKey";

/** The means that a front lends to a call that may start something. */
export interface StartHost extends ServiceCall {
  /** The resource, where the front knows it. */
  readonly urn: string | undefined;
  /** This process's knowledge of runs; one for all calls. */
  readonly register: RunRegister;
  /** Names of the arguments that are secret. */
  readonly secretArguments: readonly string[];
  /** For create: the execution that this one replaces, where the front knows it from the diff before. */
  readonly supersedes?: Superseded | undefined;
  /**
   * For create: true if the state is known to have a resource of this URN, though not which execution. So it is where
   * the engine replaces for reasons of its own, without comparing.
   */
  readonly isInState?: boolean | undefined;
  /**
   * Resolves to true while the deployment still goes on: nothing is started for an engine that has been killed.
   * @default true
   */
  readonly isWanted?: (() => Promise<boolean>) | undefined;
}

/** A call that may start something: the means that it was lent, and the arguments of the program. */
export interface StartCall extends StartHost {
  readonly args: RunArguments;
}
