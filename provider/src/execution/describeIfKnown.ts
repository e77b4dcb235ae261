/**
 * A status request for an execution that the service may have forgotten.
 */
import type { Backend, DescribeOptions } from "./service";
import { NotFoundError } from "../ground/errors";
import type { ExecutionSnapshot } from "./snapshot";

/**
 * Asks once.
 * @returns undefined if the service knows no such execution.
 * @throws any other error of `describe`.
 */
export async function describeIfKnown(
  backend: Backend,
  executionId: string,
  options: DescribeOptions,
): Promise<ExecutionSnapshot | undefined> {
  try {
    return await backend.describe(executionId, options);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
