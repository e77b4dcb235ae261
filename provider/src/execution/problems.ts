/**
 * What is wrong with settings or with a location, told in check as well as where a service is opened.
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

/** What is wrong with settings, by trying to read them or to resolve a location; empty where nothing is. */
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
