/**
 * Problems of settings or of a location, reported by check and when a service is opened.
 */
import { ConfigurationError } from "../ground/errors";
import type { ArgumentProblem } from "./argument";

/** A location that can't be resolved because of one argument, or of the setting that stands in for it. */
export class LocationError extends ConfigurationError {
  /** The same for check, where the argument's name stands before the reason. */
  readonly problem: ArgumentProblem;

  constructor(message: string, problem: ArgumentProblem) {
    super(message);
    this.problem = problem;
  }
}

/** The problems of settings, found by trying to read the settings or to resolve a location; empty if there are none. */
export function problemsOf(read: () => unknown): ArgumentProblem[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof LocationError) return [error.problem];
    if (!(error instanceof ConfigurationError)) throw error;
    // A setting that belongs to no argument.
    return [{ argument: undefined, reason: error.message }];
  }
}
