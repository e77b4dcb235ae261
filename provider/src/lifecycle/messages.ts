/**
 * What the user reads when an execution is not as wanted: what happened, what still runs, what the next deployment
 * does, where to look. Pure; at most 15 lines each.
 */
import type { ErrorCode } from "../errors";
import { messageOf } from "../errors";
import { nameStep, sayDuration } from "../execution/progress";
import type {
  ExecutionSnapshot,
  ExecutionStatus,
  ExecutionStep,
  ExecutionSummary,
  FailedTarget,
} from "../execution/snapshot";
import { durationBetweenMs, firstFailedStep } from "../execution/snapshot";
import { cleanText, onOneLine, shorten } from "../ground/text";
import type { CommonArguments } from "./arguments";
import { rerunReason } from "./arguments";

const maxTargets = 2;
const maxCandidates = 5;
const maxLogLines = 3;
const maxLineLength = 160;
const maxTextLength = 1_000;
// A line of ours with the longest of these texts in it.
const maxPartLength = 2_000;

/** What a message needs to know besides the snapshot. */
export interface MessageContext {
  /** The workflow, e.g. `workflow 3f2… of project … (cn-north-4)`. */
  readonly subject: string;
  readonly consoleUrl: string | undefined;
  readonly common: CommonArguments;
}

// A teardown runbook is run by the command that removes its resource.
function nextCommand({ common }: MessageContext): string {
  return common.runOn === "destroy" ? "The next `pulumi destroy`" : "The next `pulumi up`";
}

const outcomes: Readonly<Record<ExecutionStatus, string>> = {
  succeeded: "succeeded",
  failed: "failed",
  timedOut: "timed out at the service",
  stopped: "was stopped",
  running: "runs",
  waiting: "waits",
  unknown: "is in an unknown state",
};

/** A status as the verb of a sentence, e.g. `was stopped`. */
export function sayOutcome(status: ExecutionStatus): string {
  return outcomes[status];
}

/** The execution itself ended badly. */
export function sayFailed(snapshot: ExecutionSnapshot, context: MessageContext): string {
  const durationMs = durationBetweenMs(snapshot.startedAt, snapshot.settledAt);
  const after = durationMs === undefined ? "" : ` after ${sayDuration(durationMs)}`;
  const step = firstFailedStep(snapshot);
  const rerun = rerunReason(context.common, snapshot.status);
  return lines(
    `execution ${oneLine(snapshot.executionId)} ${sayOutcome(snapshot.status)}${after}`,
    ...(step ? sayStep(snapshot, step) : []),
    ...(snapshot.error !== undefined && snapshot.error !== step?.error
      ? [`  ${oneLine(snapshot.error)}`]
      : []),
    ...sayAfterFailure(rerun, context),
    ...where(context, "WFX-EXECUTION-FAILED"),
  );
}

function sayAfterFailure(rerun: string | undefined, context: MessageContext): string[] {
  if (context.common.runOn === "destroy") {
    return [
      "  Nothing of it runs any more. The resource stays in the state; the next `pulumi destroy` runs it again.",
      `  To let the resource go in spite of it: set onFailure to "continue" and run \`pulumi up\` before.`,
    ];
  }
  return [
    rerun === undefined
      ? `  Nothing of it runs any more. It is not run again by itself (rerunOn): change "triggers" to run it again.`
      : `  Nothing of it runs any more. The next \`pulumi up\` runs it again (rerunOn has "${rerun}").`,
  ];
}

/** What became of an execution for which we did not want to wait any longer. */
type TimedOutEnd = "left" | "unseen" | "stopped" | "stopping" | "stopUnseen" | "stopFailed";

/** Our own deadline has passed; the execution may still run. */
export function sayTimedOut(
  last: ExecutionSnapshot | undefined,
  context: MessageContext & {
    executionId: string;
    timeoutSeconds: number;
    /** What set the time: an argument or a resource option. */
    timeoutSetting: string;
    end: TimedOutEnd;
    /** Why the last look, or the stop, failed. */
    lastError?: unknown;
  },
): string {
  const { end, lastError } = context;
  const executionId = oneLine(context.executionId);
  const waited = `the ${sayDuration(context.timeoutSeconds * 1000)} this deployment waits (${context.timeoutSetting})`;
  const step = last?.steps.at(-1);
  const happened: Readonly<Record<TimedOutEnd, string>> = {
    left: `still runs after ${waited}`,
    unseen: `was not seen within ${waited}: whether it still runs is not known`,
    stopped: `did not end within ${waited} and was stopped (onTimeout is "stop")`,
    stopping: `still runs after ${waited} and is being stopped (onTimeout is "stop"), which takes its time`,
    stopUnseen: `did not end within ${waited} and was asked to stop (onTimeout is "stop"): whether it still runs is not known`,
    stopFailed: `still runs after ${waited}, and could not be stopped (onTimeout is "stop")`,
  };
  return lines(
    `execution ${executionId} ${happened[end]}`,
    ...(last && step && end !== "stopped" ? [`  last seen in ${nameStep(last, step)}`] : []),
    ...(lastError === undefined
      ? []
      : [
          `  ${end === "stopFailed" ? "the stop" : "the last look"} failed: ${oneLine(messageOf(lastError), maxTextLength)}`,
        ]),
    ...(end === "stopped"
      ? [sayNextAfterStop(context.common)]
      : [
          `  ${nextCommand(context)} goes on waiting for it; nothing is started twice.`,
          ...((end === "left" || end === "unseen") && context.common.runOn === "create"
            ? ["  To stop it instead: `pulumi destroy --target <its URN>`."]
            : []),
        ]),
    ...where(context, "WFX-EXECUTION-TIMEOUT"),
  );
}

/**
 * We were told to end before the execution did.
 * @param isSeenRunning true where this deployment started the execution, or saw it run.
 */
export function sayInterrupted(executionId: string, isSeenRunning: boolean, context: MessageContext): string {
  return lines(
    isSeenRunning
      ? `interrupted while waiting for execution ${executionId}, which goes on running`
      : `interrupted before execution ${executionId} was looked at; it goes on, unless it has ended meanwhile`,
    `  ${nextCommand(context)} goes on waiting for it; nothing is started twice.`,
    ...where(context, "WFX-INTERRUPTED"),
  );
}

/** We were told to end when the execution had been asked to stop, because the deployment had waited too long for it. */
export function sayStopCutShort(executionId: string, context: MessageContext): string {
  return lines(
    `interrupted while execution ${executionId} was being stopped (onTimeout is "stop"); it may still run`,
    `  ${nextCommand(context)} sees what has come of it, and goes on waiting where it runs.`,
    ...where(context, "WFX-INTERRUPTED"),
  );
}

/** The status can't be read, and that will not pass by itself. */
export function sayLostSight(
  executionId: string,
  error: { message: string; code?: string | undefined },
  context: MessageContext,
): string {
  return lines(
    `execution ${oneLine(executionId)} has begun, but its status can't be read: ${oneLine(error.message, maxTextLength)}`,
    `  It may still run. Once the cause is mended, ${nextCommand(context).toLowerCase()} goes on waiting for it; nothing is`,
    "  started twice.",
    ...where(context, (error.code as ErrorCode | undefined) ?? "WFX-SERVICE"),
  );
}

/** The service no longer knows an execution whose end nobody saw. */
export function sayForgotten(executionId: string, context: MessageContext): string {
  return lines(
    `the service no longer knows execution ${executionId}, and how it ended was not seen`,
    "  It is not run again by itself.",
    `  If it has to run again, change "triggers"; if it has done its work, set waitFor to "started".`,
    ...where(context, "WFX-NOT-FOUND"),
  );
}

/** Whatever went wrong before there was an execution. */
export function sayNotStarted(error: { message: string; code?: string | undefined }): string {
  return lines(
    oneLine(error.message, maxTextLength),
    `  Nothing was started.${error.code ? ` Error ${error.code}` : ""}`,
  );
}

/** Whatever goes wrong in a call that starts nothing: with its code, where it does not say it itself. */
export function sayError(error: { message: string; code?: string | undefined }): string {
  if (error.code === undefined || error.message.includes(error.code)) return error.message;
  return `${error.message}\n  Error ${error.code}`;
}

/**
 * A start whose answer did not come, on a service where its name finds it.
 * @param isKnownEverywhere false where only this machine knows the name.
 */
export function sayNamedStartUncertain(
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
export function sayNameInDoubt(executionId: string, context: MessageContext): string {
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
export function sayStartUncertain(cause: string, context: MessageContext, hasLooked = true): string {
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
export function sayStartOpen(context: MessageContext, sight: LostSight): string {
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
export function sayStartUndecided(
  candidates: readonly ExecutionSummary[],
  context: MessageContext,
  isNoted = false,
): string {
  const one = candidates.length === 1;
  return lines(
    `it can't be told whether this run has been started already: ${context.subject} has ` +
      `${one ? "an execution that nobody here knows" : `${String(candidates.length)} executions that nobody here knows`}, and ` +
      "they bear no mark of who started them",
    ...candidates.slice(0, maxCandidates).map((execution) => `    ${sayCandidate(execution)}`),
    ...(candidates.length > maxCandidates
      ? [`    and ${String(candidates.length - maxCandidates)} more`]
      : []),
    ...sayWaysOut(candidates[0]?.executionId ?? "", context, isNoted),
    ...where(context, "WFX-START-UNCERTAIN"),
  );
}

function sayWaysOut(id: string, { common }: MessageContext, isNoted: boolean): string[] {
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
export function sayBusy(running: readonly ExecutionSummary[], context: MessageContext): string {
  return lines(
    `${context.subject} has ${running.length === 1 ? "a running execution" : `${String(running.length)} running executions`} (concurrency is "reject")`,
    ...running.slice(0, maxCandidates).map((execution) => `    ${sayCandidate(execution)}`),
    `  Nothing was started. Run \`pulumi up\` again when it has ended, or set concurrency to "queue" to wait for that.`,
    ...where(context, "WFX-WORKFLOW-BUSY"),
  );
}

/** The live line of a start that waits for its turn. */
export function sayQueued(running: readonly ExecutionSummary[]): string {
  const [first] = running;
  const more = running.length > 1 ? ` and ${String(running.length - 1)} more` : "";
  return `waits for execution ${oneLine(first?.executionId ?? "")}${more} to end (concurrency is "queue")`;
}

/** The queue was longer than the deployment waits. */
export function sayQueueTimedOut(
  why: string,
  { timeoutSeconds, timeoutSetting }: { readonly timeoutSeconds: number; readonly timeoutSetting: string },
  context: MessageContext,
): string {
  return lines(
    `nothing was started within the ${sayDuration(timeoutSeconds * 1000)} this deployment waits (${timeoutSetting}): ${why}`,
    `  Nothing was started. ${nextCommand(context)} queues up again.`,
    ...where(context, "WFX-WORKFLOW-BUSY"),
  );
}

/** There was no time left for a start. */
export function sayStartTimedOut(
  why: string,
  subject: string | undefined,
  { timeoutSeconds, timeoutSetting }: { readonly timeoutSeconds: number; readonly timeoutSetting: string },
): string {
  return (
    `no execution${subject === undefined ? "" : ` of ${subject}`} was started within the ${sayDuration(timeoutSeconds * 1000)} ` +
    `this deployment waits (${timeoutSetting}): ${oneLine(why, maxTextLength)}`
  );
}

/** Told to end before anything was started. */
export function sayStartInterrupted(): string {
  return "interrupted before anything was started";
}

function sayCandidate({ executionId, rawStatus, startedAt, createdBy }: ExecutionSummary): string {
  const began = startedAt === undefined ? "" : `, began ${startedAt}`;
  const by = createdBy === undefined ? "" : `, by ${createdBy}`;
  return oneLine(`${executionId} (${rawStatus}${began}${by})`);
}

/** An execution was asked to stop, and has not. */
export function sayNotStopped(executionId: string, waitedSeconds: number, context: MessageContext): string {
  return lines(
    `execution ${executionId} was asked to stop but still runs after ${sayDuration(waitedSeconds * 1000)}`,
    `  The resource stays in the state. Run the command again to go on waiting, or set onDelete to "leave" (and run`,
    "  `pulumi up`) to let it go on without the resource.",
    ...where(context, "WFX-EXECUTION-NOT-STOPPED"),
  );
}

/** There was no time left to ask an execution to stop. */
export function sayNotAskedToStop(
  executionId: string,
  why: string,
  waitedSeconds: number,
  context: MessageContext,
): string {
  return lines(
    `execution ${executionId} could not be asked to stop within ${sayDuration(waitedSeconds * 1000)}: ${oneLine(why, maxTextLength)}`,
    `  It may still run. The resource stays in the state. Run the command again, or set onDelete to "leave" (and run`,
    "  `pulumi up`) to let the execution go on without the resource.",
    ...where(context, "WFX-EXECUTION-NOT-STOPPED"),
  );
}

/** We were told to end while a stop was being confirmed. */
export function sayStopInterrupted(executionId: string, context: MessageContext): string {
  return lines(
    `interrupted while execution ${executionId} was being stopped`,
    "  The resource stays in the state. Run the command again to see it stopped.",
    ...where(context, "WFX-INTERRUPTED"),
  );
}

function sayNextAfterStop(common: CommonArguments): string {
  if (common.runOn === "destroy") {
    return "  The resource stays in the state; the next `pulumi destroy` runs it again.";
  }
  return rerunReason(common, "stopped") === undefined
    ? `  It is not run again by itself (rerunOn): change "triggers" to run it again.`
    : `  The next \`pulumi up\` runs it again (rerunOn has "stopped").`;
}

function sayStep(snapshot: ExecutionSnapshot, step: ExecutionStep): string[] {
  const failed = step.failedTargets ?? [];
  const targets = step.targets;
  const total = targets ? targets.succeeded + targets.failed + targets.running + targets.notPerformed : 0;
  const what = targets?.failed
    ? `${String(targets.failed)} of ${String(total)} ${total === 1 ? "target" : "targets"} failed`
    : sayOutcome(step.status);
  const shown = failed.slice(0, maxTargets);
  const more = (targets?.failed ?? failed.length) - shown.length;
  return [
    `  ${nameStep(snapshot, step)}: ${what}${step.error ? `: ${oneLine(step.error)}` : ""}`,
    ...shown.flatMap(sayTarget),
    ...(more > 0 ? [`    and ${String(more)} more; all of them are in the output "steps"`] : []),
  ];
}

function sayTarget(target: FailedTarget): string[] {
  const who = target.name ?? target.id ?? "a target without a name";
  const address = target.address === undefined ? "" : ` (${target.address})`;
  const exit = target.exitCode === undefined ? "" : `, exit code ${target.exitCode}`;
  const message = target.message ? `: ${oneLine(target.message)}` : "";
  const log = cleanText(target.log ?? "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return [
    `    ${oneLine(`${who}${address}${exit}`)}${message}`,
    ...log.slice(-maxLogLines).map((line) => `      | ${shorten(line.trimEnd(), maxLineLength)}`),
  ];
}

function where(context: MessageContext, code: ErrorCode): string[] {
  return [`  ${[context.subject, context.consoleUrl, `error ${code}`].filter(Boolean).join(", ")}`];
}

// A part is one line, whatever the names in it hold; its blanks in front are ours.
function lines(...parts: string[]): string {
  return parts
    .map((part) => {
      const [indent = ""] = /^ */.exec(part) ?? [];
      return `${indent}${onOneLine(part, maxPartLength)}`;
    })
    .join("\n");
}

// Texts of the service can be whole stack traces.
function oneLine(text: string, length = maxLineLength): string {
  return onOneLine(text, length);
}
