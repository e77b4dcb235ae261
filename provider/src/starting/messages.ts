/**
 * The messages about a start that did not go as wanted. Each says what happened, what is still running, what the next
 * command will do, what to do now, and where to look. Pure; at most 15 lines each.
 */
import { formatDuration } from "../execution/progress";
import type { ExecutionSummary } from "../execution/snapshot";
import type { MessageContext } from "../execution/words";
import { lines, maxTextLength, nextCommand, oneLine, urnArgument, where } from "../execution/words";

const maxCandidates = 5;

/**
 * A start whose answer did not come, on a service where its name finds it.
 * @param isKnownEverywhere false if only this machine knows the name.
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
    `  The execution may be running. ${next} sends the start again under the same name.`,
    `  If an execution of this name exists, it is taken over. Otherwise it is started.${
      isKnownEverywhere ? "" : " Another machine takes over a running execution only."
    }`,
    ...where(context, "WFX-START-UNCERTAIN"),
  );
}

/** A start whose answer did not come, under a name that the program chose and that has been used since, or before. */
export function describeNameInDoubt(executionId: string, context: MessageContext): string {
  const name = oneLine(executionId);
  return lines(
    `it is not known whether execution ${name} is this run: its start got no answer`,
    "  The execution of this name has finished. The program chose the name, so the execution may be older than the start.",
    ...(context.common.runOn === "destroy"
      ? [
          `  Nothing more was started. If the execution is this run, run \`pulumi state delete ${urnArgument(context)}\`.`,
          "  If not, set another executionName, run `pulumi up` and destroy again.",
        ]
      : [
          "  Nothing more was started. If the execution is this run, take it over:",
          `    set adoptExecutionId to "${name}" and run \`pulumi up\``,
          "  If not, set another executionName and run `pulumi up`.",
        ]),
    ...where(context, "WFX-START-UNCERTAIN"),
  );
}

/**
 * A start whose answer did not come, and of which nothing was found.
 * @param wasSearched false if the deployment was interrupted before the service could show it.
 */
export function describeStartUncertain(cause: string, context: MessageContext, wasSearched = true): string {
  return lines(
    `it is not known whether an execution of ${context.subject} was started: ${oneLine(cause, maxTextLength)}`,
    `  ${wasSearched ? "The service shows none, and nothing" : "Nothing"} was sent a second time.`,
    `  ${nextCommand(context)} searches again, and starts the workflow only if it finds no execution to take over.`,
    ...where(context, "WFX-START-UNCERTAIN"),
  );
}

/** The result of the search for an execution on a service that need not show it. */
export type LostSight = "showsNone" | "failed" | "impossible";

/** A start whose answer did not come, on a service that need not show such executions. */
export function describeStartOpen(context: MessageContext, sight: LostSight): string {
  const seen = {
    showsNone: `The service shows no such execution, and nothing was started again. ${nextCommand(context)} searches again.`,
    failed: `The search for the execution failed, and nothing was started again. ${nextCommand(context)} searches again.`,
    impossible: "Executions of this kind can't be looked up, so nothing was started again.",
  };
  return lines(
    `it is not known whether the last start of ${context.subject} was carried out: it was sent and got no answer`,
    `  ${seen[sight]}`,
    "  Check the logs or the effects of the flow to see whether it ran.",
    context.common.runOn === "destroy"
      ? `  If it ran, run \`pulumi state delete ${urnArgument(context)}\`. If not, change "triggers", run \`pulumi up\` and destroy again.`
      : `  To run the flow, or to run it again, change "triggers".`,
    ...where(context, "WFX-START-UNCERTAIN"),
  );
}

/**
 * Executions that may be the wanted one, and no way to tell.
 * @param isNoted true if this machine remembers a start of it: then the wish for another one has to be said.
 */
export function describeStartUndecided(
  candidates: readonly ExecutionSummary[],
  context: MessageContext,
  isNoted = false,
): string {
  const one = candidates.length === 1;
  return lines(
    `it is not known whether this run was started already: ${context.subject} has ` +
      `${one ? "an execution" : `${String(candidates.length)} executions`} that may belong to it, and the service does not ` +
      "show which run started an execution",
    ...candidates.slice(0, maxCandidates).map((execution) => `    ${formatCandidate(execution)}`),
    ...(candidates.length > maxCandidates
      ? [`    and ${String(candidates.length - maxCandidates)} more`]
      : []),
    ...describeWaysOut(candidates[0]?.executionId ?? "", context, isNoted),
    ...where(context, "WFX-START-UNCERTAIN"),
  );
}

function describeWaysOut(id: string, context: MessageContext, isNoted: boolean): string[] {
  const { common } = context;
  const beside = isNoted ? `change "triggers" and set concurrency to "allow"` : `set concurrency to "allow"`;
  const nothing = isNoted ? "Nothing more was started." : "Nothing was started.";
  if (common.runOn === "destroy") {
    return [
      `  ${nothing} If one of them is this teardown (a destroy was interrupted, here or elsewhere),`,
      `    wait until it finishes, then run \`pulumi state delete ${urnArgument(context)}\``,
      `  If none is, start another one: ${beside}, run \`pulumi up\` and destroy again.`,
    ];
  }
  return [
    `  ${nothing} If one of them is this run (a deployment was interrupted, here or elsewhere), take it over:`,
    `    set adoptExecutionId to its id (e.g. "${oneLine(id)}") and run \`pulumi up\``,
    `  If none is, start another one: ${beside} and run \`pulumi up\`.`,
  ];
}

/** `concurrency` is "reject", and the workflow is at it. */
export function describeBusy(running: readonly ExecutionSummary[], context: MessageContext): string {
  return lines(
    `${context.subject} has ${running.length === 1 ? "a running execution" : `${String(running.length)} running executions`} (concurrency is "reject")`,
    ...running.slice(0, maxCandidates).map((execution) => `    ${formatCandidate(execution)}`),
    `  Nothing was started. Run the command again when ${running.length === 1 ? "it has" : "they have"} finished, or set concurrency to "queue" to wait.`,
    ...where(context, "WFX-WORKFLOW-BUSY"),
  );
}

/** The live line of a start that waits in the queue. */
export function describeQueued(running: readonly ExecutionSummary[]): string {
  const [first] = running;
  const more = running.length > 1 ? ` and ${String(running.length - 1)} more` : "";
  return `queued behind execution ${oneLine(first?.executionId ?? "")}${more} (concurrency is "queue")`;
}

/** The queue was longer than the deployment waits. */
export function describeQueueTimedOut(
  why: string,
  { timeoutSeconds, timeoutSetting }: { readonly timeoutSeconds: number; readonly timeoutSetting: string },
  context: MessageContext,
): string {
  return lines(
    `nothing was started within ${formatDuration(timeoutSeconds * 1000)} (${timeoutSetting}): ${why}`,
    `  ${nextCommand(context)} waits again.`,
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
    `no execution${subject === undefined ? "" : ` of ${subject}`} was started within ` +
    `${formatDuration(timeoutSeconds * 1000)} (${timeoutSetting}): ${oneLine(why, maxTextLength)}`
  );
}

/** Told to end before anything was started. */
export function describeStartInterrupted(): string {
  return "interrupted before anything was started";
}

function formatCandidate({ executionId, rawStatus, startedAt, createdBy }: ExecutionSummary): string {
  const started = startedAt === undefined ? "" : `, started ${startedAt}`;
  const by = createdBy === undefined ? "" : `, by ${createdBy}`;
  return oneLine(`${executionId} (${rawStatus}${started}${by})`);
}
