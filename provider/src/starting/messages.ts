/**
 * What the user reads when a start is not as wanted: what happened, what still runs, what the next deployment does, where
 * to look. Pure; at most 15 lines each.
 */
import { formatDuration } from "../execution/progress";
import type { ExecutionSummary } from "../execution/snapshot";
import type { MessageContext } from "../execution/words";
import { lines, maxTextLength, nextCommand, oneLine, where } from "../execution/words";

const maxCandidates = 5;

/**
 * A start whose answer did not come, on a service where its name finds it.
 * @param isKnownEverywhere false where only this machine knows the name.
 */
export function describeNamedStartUncertain(
  cause: string,
  executionId: string,
  context: MessageContext,
  isKnownEverywhere: boolean,
): string {
  const next = isKnownEverywhere ? nextCommand(context) : `${nextCommand(context)} on this machine`;
  return lines(
    `it is not known whether execution ${oneLine(executionId)} was started: ${oneLine(cause, maxTextLength)}`,
    `  It may be running. ${next} sends the start again under the same name: it takes over`,
    `  what is there, and starts one only if nothing is.${
      isKnownEverywhere ? "" : " On another machine it takes over what runs."
    }`,
    ...where(context, "WFX-START-UNCERTAIN"),
  );
}

/** A start whose answer did not come, under a name that the program chose and that has been used since, or before. */
export function describeNameInDoubt(executionId: string, context: MessageContext): string {
  const name = oneLine(executionId);
  return lines(
    `it can't be told whether execution ${name} is this run: no answer came to its start, and the execution of that name,`,
    "  which the program chose, has ended since, or long before",
    ...(context.common.runOn === "destroy"
      ? [
          "  Nothing more was started. If it is this run: `pulumi state delete <its URN>`.",
          "  If it is not: give another executionName, run `pulumi up` and destroy again.",
        ]
      : [
          "  Nothing more was started. If it is this run, take it over:",
          `    set adoptExecutionId to "${name}" and run \`pulumi up\``,
          "  If it is not: give another executionName and run `pulumi up`.",
        ]),
    ...where(context, "WFX-START-UNCERTAIN"),
  );
}

/**
 * A start whose answer did not come, and of which nothing was found.
 * @param hasLooked false where the deployment was cut short before the service could show it.
 */
export function describeStartUncertain(cause: string, context: MessageContext, hasLooked = true): string {
  return lines(
    `it is not known whether an execution of ${context.subject} was started: ${oneLine(cause, maxTextLength)}`,
    `  ${hasLooked ? "The service shows none, and nothing" : "Nothing"} was sent a second time.`,
    `  ${nextCommand(context)} looks again: it takes over what has appeared by then, and starts one only if nothing has.`,
    ...where(context, "WFX-START-UNCERTAIN"),
  );
}

/** What came of looking for an execution on a service that need not show it. */
export type LostSight = "showsNone" | "failed" | "impossible";

/** A start whose answer did not come, on a service that need not show such executions. */
export function describeStartOpen(context: MessageContext, sight: LostSight): string {
  const seen = {
    showsNone: `The service shows no such execution, and nothing was started again. ${nextCommand(context)} looks again.`,
    failed: `The execution could not be looked up, and nothing was started again. ${nextCommand(context)} looks again.`,
    impossible: "Executions of this kind can't be looked up, so nothing was started again.",
  };
  return lines(
    `it is not known whether the last start of ${context.subject} was carried out: it was posted, and no answer came`,
    `  ${seen[sight]}`,
    "  See in the flow's own effects or logs whether it ran.",
    context.common.runOn === "destroy"
      ? `  If it did, \`pulumi state delete <its URN>\`; if not, change "triggers", run \`pulumi up\` and destroy again.`
      : `  To run it (again), change "triggers".`,
    ...where(context, "WFX-START-UNCERTAIN"),
  );
}

/**
 * Executions that may be the wanted one, and no way to tell.
 * @param isNoted true where this machine remembers a start of it: then the wish for another one has to be said.
 */
export function describeStartUndecided(
  candidates: readonly ExecutionSummary[],
  context: MessageContext,
  isNoted = false,
): string {
  const one = candidates.length === 1;
  return lines(
    `it can't be told whether this run has been started already: ${context.subject} has ` +
      `${one ? "an execution that nobody here knows" : `${String(candidates.length)} executions that nobody here knows`}, and ` +
      "they bear no mark of who started them",
    ...candidates.slice(0, maxCandidates).map((execution) => `    ${formatCandidate(execution)}`),
    ...(candidates.length > maxCandidates
      ? [`    and ${String(candidates.length - maxCandidates)} more`]
      : []),
    ...describeWaysOut(candidates[0]?.executionId ?? "", context, isNoted),
    ...where(context, "WFX-START-UNCERTAIN"),
  );
}

function describeWaysOut(id: string, { common }: MessageContext, isNoted: boolean): string[] {
  const beside = isNoted ? `change "triggers" and set concurrency to "allow"` : `set concurrency to "allow"`;
  const nothing = isNoted ? "Nothing more was started." : "Nothing was started.";
  if (common.runOn === "destroy") {
    return [
      `  ${nothing} If one of them is this teardown (a destroy was cut short, here or elsewhere), see it end, then`,
      "    let the resource go: `pulumi state delete <its URN>`",
      `  If none is, start beside them: ${beside}, run \`pulumi up\` and destroy again.`,
    ];
  }
  return [
    `  ${nothing} If one of them is this run (a deployment was cut short, here or elsewhere), take it over:`,
    `    set adoptExecutionId to its id (e.g. "${oneLine(id)}") and run \`pulumi up\``,
    `  If none is, start beside them: ${beside} and run \`pulumi up\`.`,
  ];
}

/** `concurrency` is "reject", and the workflow is at it. */
export function describeBusy(running: readonly ExecutionSummary[], context: MessageContext): string {
  return lines(
    `${context.subject} has ${running.length === 1 ? "a running execution" : `${String(running.length)} running executions`} (concurrency is "reject")`,
    ...running.slice(0, maxCandidates).map((execution) => `    ${formatCandidate(execution)}`),
    `  Nothing was started. Run \`pulumi up\` again when it has ended, or set concurrency to "queue" to wait for that.`,
    ...where(context, "WFX-WORKFLOW-BUSY"),
  );
}

/** The live line of a start that waits for its turn. */
export function describeQueued(running: readonly ExecutionSummary[]): string {
  const [first] = running;
  const more = running.length > 1 ? ` and ${String(running.length - 1)} more` : "";
  return `waits for execution ${oneLine(first?.executionId ?? "")}${more} to end (concurrency is "queue")`;
}

/** The queue was longer than the deployment waits. */
export function describeQueueTimedOut(
  why: string,
  { timeoutSeconds, timeoutSetting }: { readonly timeoutSeconds: number; readonly timeoutSetting: string },
  context: MessageContext,
): string {
  return lines(
    `nothing was started within the ${formatDuration(timeoutSeconds * 1000)} this deployment waits (${timeoutSetting}): ${why}`,
    `  Nothing was started. ${nextCommand(context)} queues up again.`,
    ...where(context, "WFX-WORKFLOW-BUSY"),
  );
}

/** There was no time left for a start. */
export function describeStartTimedOut(
  why: string,
  subject: string | undefined,
  { timeoutSeconds, timeoutSetting }: { readonly timeoutSeconds: number; readonly timeoutSetting: string },
): string {
  return (
    `no execution${subject === undefined ? "" : ` of ${subject}`} was started within the ${formatDuration(timeoutSeconds * 1000)} ` +
    `this deployment waits (${timeoutSetting}): ${oneLine(why, maxTextLength)}`
  );
}

/** Told to end before anything was started. */
export function describeStartInterrupted(): string {
  return "interrupted before anything was started";
}

function formatCandidate({ executionId, rawStatus, startedAt, createdBy }: ExecutionSummary): string {
  const began = startedAt === undefined ? "" : `, began ${startedAt}`;
  const by = createdBy === undefined ? "" : `, by ${createdBy}`;
  return oneLine(`${executionId} (${rawStatus}${began}${by})`);
}
