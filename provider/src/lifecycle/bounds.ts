/**
 * Bounds the size of an execution in the state: the engine rewrites the whole state at every step, and a log of
 * megabytes in one resource slows down the stack. A cut is marked in place and named in `truncated`.
 */
import type { ExecutionSnapshot, ExecutionStep, ExecutionSummary, FailedTarget } from "../execution/snapshot";
import { cleanText, headOf, shorten, tailOf } from "../ground/text";
import { plainOutput } from "./plainOutput";

/** The sizes that are kept; UTF-16 units unless stated otherwise. */
export const limits = {
  /** End of a target's log. */
  log: 2_000,
  /** Error texts. */
  message: 1_000,
  /** Failed targets of a step, in number. */
  failedTargets: 20,
  /** Steps, in number; the last ones are kept. */
  steps: 200,
  /** Names and ids. */
  name: 256,
  /** All steps as JSON; where they have more, logs are left out. */
  allSteps: 512 * 1024,
  /** The output as JSON. */
  output: 256 * 1024,
  /** Levels of lists and maps in the output. */
  outputDepth: 100,
  /** Paths that are named as altered, in number. */
  altered: 100,
} as const;

/** A snapshot within the limits. */
export interface BoundedSnapshot {
  readonly bounded: ExecutionSnapshot;
  /** Paths of the values that were cut. */
  readonly truncated: readonly string[];
  /** Paths of the output's values that differ from the runbook's. */
  readonly altered: readonly string[];
}

/**
 * A snapshot within the limits, its texts clean, and the paths that were changed. Never throws: a value that cannot be
 * read is left out, and the execution keeps its id.
 */
export function boundSnapshot(snapshot: ExecutionSnapshot): BoundedSnapshot {
  try {
    return boundAll(snapshot);
  } catch {
    const { executionId, status, rawStatus, startedAt, settledAt } = snapshot;
    return {
      bounded: {
        executionId: shortName(executionId),
        status,
        rawStatus: shortName(rawStatus),
        ...(startedAt === undefined ? {} : { startedAt }),
        ...(settledAt === undefined ? {} : { settledAt }),
        steps: [],
      },
      truncated: ["output", "steps", "failure"],
      altered: [],
    };
  }
}

function boundAll(snapshot: ExecutionSnapshot): BoundedSnapshot {
  const truncated: string[] = [];
  const first = Math.max(0, snapshot.steps.length - limits.steps);
  if (first > 0 || snapshot.stepsOmitted) truncated.push("steps");
  const kept = snapshot.steps
    .slice(first)
    .map((step, index) => boundStep(step, `steps[${String(index)}]`, truncated));
  const { output, outputOmitted, error, stepsOmitted: _stepsOmitted, ...rest } = snapshot;
  const bounded: ExecutionSnapshot = {
    ...rest,
    executionId: shortName(rest.executionId),
    rawStatus: shortName(rest.rawStatus),
    // The error of the whole execution becomes the failure's message if no step says more.
    ...(error === undefined ? {} : { error: head(error, "failure.message", truncated) }),
    steps: boundAllSteps(kept, truncated),
  };
  if (output === undefined && outputOmitted === undefined) return { bounded, truncated, altered: [] };
  const note = outputOmitted ?? whyTooLarge(output);
  if (note === undefined) {
    const altered: string[] = [];
    const plain = plainOutput(output, "output", altered);
    return { bounded: { ...bounded, output: plain }, truncated, altered: boundList(altered) };
  }
  truncated.push("output");
  return { bounded: { ...bounded, output: { truncated: note } }, truncated, altered: [] };
}

/** The first paths, each bounded; the rest is counted. */
export function boundList(paths: readonly string[]): readonly string[] {
  const named = paths.slice(0, limits.altered).map(shortName);
  const more = paths.length - named.length;
  return more > 0 ? [...named, `… ${String(more)} more`] : named;
}

/** A line of a list within the limits. The id stays as it is: programs ask for the execution by it. */
export function boundSummary(summary: ExecutionSummary): ExecutionSummary {
  const { createdBy } = summary;
  return {
    ...summary,
    rawStatus: shortName(summary.rawStatus),
    ...(createdBy === undefined ? {} : { createdBy: shortName(createdBy) }),
  };
}

function whyTooLarge(output: unknown): string | undefined {
  // Before JSON.stringify, which recurses: a service that nests without end must not cost us the execution's id. An
  // output with more values than characters that are kept is too large without being written.
  const excess = excessOf(output);
  if (excess === "levels") return `the output has more than ${String(limits.outputDepth)} levels`;
  if (excess === "values") {
    return `the output has more than ${String(limits.output)} values`;
  }
  const { length } = JSON.stringify(output);
  if (length <= limits.output) return undefined;
  return `the output has ${String(length)} characters as JSON; the limit is ${String(limits.output)}`;
}

// Goes down level by level, and no further than it takes to know.
function excessOf(output: unknown): "levels" | "values" | undefined {
  let level: object[] = isContainer(output) ? [output] : [];
  let values = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: object[] = [];
    for (const container of level) {
      // Counted by the keys: to list the values of a map of a million takes three times as long.
      const count = Array.isArray(container) ? container.length : Object.keys(container).length;
      if (depth >= limits.outputDepth && count > 0) return "levels";
      values += count;
      if (values > limits.output) return "values";
      for (const item of Object.values(container)) if (isContainer(item)) next.push(item);
    }
    level = next;
  }
  return undefined;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

// Many steps with many failed targets add up: logs go first, then the targets themselves.
function boundAllSteps(steps: readonly ExecutionStep[], truncated: string[]): readonly ExecutionStep[] {
  const fits = (candidate: readonly ExecutionStep[]): boolean =>
    JSON.stringify(candidate).length <= limits.allSteps;
  if (fits(steps)) return steps;
  truncated.push("steps[].failedTargets[].log");
  const withoutLogs = steps.map((step) => {
    if (!step.failedTargets) return step;
    const failedTargets = step.failedTargets.map(({ log: _log, message: _message, ...target }) => target);
    return { ...step, failedTargets };
  });
  if (fits(withoutLogs)) return withoutLogs;
  truncated.push("steps[].failedTargets");
  return withoutLogs.map(({ failedTargets: _failedTargets, ...step }) => step);
}

function boundStep(step: ExecutionStep, path: string, truncated: string[]): ExecutionStep {
  const { error, failedTargets, ...rest } = step;
  if ((failedTargets?.length ?? 0) > limits.failedTargets) truncated.push(`${path}.failedTargets`);
  return {
    ...rest,
    id: shortName(rest.id),
    rawStatus: shortName(rest.rawStatus),
    ...(rest.name === undefined ? {} : { name: shortName(rest.name) }),
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
  const names = Object.entries(rest).map(([key, value]) => [key, shortName(value)]);
  return {
    ...(Object.fromEntries(names) as FailedTarget),
    ...(message === undefined ? {} : { message: head(message, `${path}.message`, truncated) }),
    ...(log === undefined ? {} : { log: tail(log, `${path}.log`, truncated) }),
  };
}

function head(text: string, path: string, truncated: string[]): string {
  const clean = cleanText(text);
  const kept = headOf(clean, limits.message);
  if (kept.length === clean.length) return clean;
  truncated.push(path);
  return `${kept}… [${String(clean.length - kept.length)} more characters cut]`;
}

// The end of a log says why it ended.
function tail(text: string, path: string, truncated: string[]): string {
  const clean = cleanText(text);
  const kept = tailOf(clean, limits.log);
  if (kept.length === clean.length) return clean;
  truncated.push(path);
  return `[${String(clean.length - kept.length)} characters cut] …${kept}`;
}

function shortName(name: string): string {
  return shorten(cleanText(name), limits.name);
}
