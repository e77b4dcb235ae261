/**
 * Keeps what goes into the state small: the engine rewrites the whole state at every step, and a log of megabytes
 * in one resource slows down the stack. What is cut is marked where it stands and named in `truncated`.
 */
import type { ExecutionSnapshot, ExecutionStep, FailedTarget } from "../execution/snapshot";

/** How much is kept; characters unless said otherwise. */
export const limits = {
  /** End of a target's log. */
  log: 2_000,
  /** Error texts. */
  message: 1_000,
  /** Failed targets of a step, in number. */
  failedTargets: 20,
  /** Steps, in number; the last ones are kept. */
  steps: 200,
  /** The output as JSON. */
  output: 256 * 1024,
} as const;

/** A snapshot within the limits, and the paths of what was cut. */
export function boundSnapshot(snapshot: ExecutionSnapshot): {
  readonly bounded: ExecutionSnapshot;
  readonly truncated: readonly string[];
} {
  const truncated: string[] = [];
  const first = Math.max(0, snapshot.steps.length - limits.steps);
  if (first > 0) truncated.push("steps");
  const steps = snapshot.steps
    .slice(first)
    .map((step, index) => boundStep(step, `steps[${String(index)}]`, truncated));
  const bounded: ExecutionSnapshot = { ...snapshot, steps };
  const json = snapshot.output === undefined ? undefined : JSON.stringify(snapshot.output);
  if (json === undefined || json.length <= limits.output) return { bounded, truncated };
  truncated.push("output");
  const note = `the output has ${String(json.length)} characters as JSON, more than the ${String(limits.output)} that are kept`;
  return { bounded: { ...bounded, output: { truncated: note } }, truncated };
}

function boundStep(step: ExecutionStep, path: string, truncated: string[]): ExecutionStep {
  const { error, failedTargets, ...rest } = step;
  if ((failedTargets?.length ?? 0) > limits.failedTargets) truncated.push(`${path}.failedTargets`);
  return {
    ...rest,
    ...(error === undefined ? {} : { error: head(error, `${path}.error`, truncated) }),
    ...(failedTargets === undefined
      ? {}
      : {
          failedTargets: failedTargets
            .slice(0, limits.failedTargets)
            .map((target, index) =>
              boundTarget(target, `${path}.failedTargets[${String(index)}]`, truncated),
            ),
        }),
  };
}

function boundTarget(target: FailedTarget, path: string, truncated: string[]): FailedTarget {
  const { log, message, ...rest } = target;
  return {
    ...rest,
    ...(message === undefined ? {} : { message: head(message, `${path}.message`, truncated) }),
    ...(log === undefined ? {} : { log: tail(log, `${path}.log`, truncated) }),
  };
}

function head(text: string, path: string, truncated: string[]): string {
  if (text.length <= limits.message) return text;
  truncated.push(path);
  return `${text.slice(0, limits.message)}… [${String(text.length - limits.message)} more characters cut]`;
}

// The end of a log says why it ended.
function tail(text: string, path: string, truncated: string[]): string {
  if (text.length <= limits.log) return text;
  truncated.push(path);
  return `[${String(text.length - limits.log)} characters cut] …${text.slice(-limits.log)}`;
}
