/**
 * What the user reads when an execution is not as wanted: what happened, what still runs, what the next deployment
 * does, where to look. Pure; at most 15 lines each.
 */
import type { CommonArguments } from "../execution/commonArguments";
import { rerunReason } from "../execution/commonArguments";
import { nameStep, formatDuration } from "../execution/progress";
import type { ExecutionSnapshot, ExecutionStep, FailedTarget } from "../execution/snapshot";
import { durationBetweenMs, firstFailedStep } from "../execution/snapshot";
import type { MessageContext } from "../execution/words";
import {
  lines,
  maxPartLength,
  maxTextLength,
  nextCommand,
  oneLine,
  describeOutcome,
  where,
} from "../execution/words";
import type { ErrorCode } from "../ground/errors";
import { messageOf } from "../ground/errors";
import { cleanText, shorten } from "../ground/text";

const maxTargets = 2;
const maxLogLines = 3;
const maxLogLineLength = 160;

/** The execution itself ended badly. */
export function describeFailed(snapshot: ExecutionSnapshot, context: MessageContext): string {
  const durationMs = durationBetweenMs(snapshot.startedAt, snapshot.settledAt);
  const after = durationMs === undefined ? "" : ` after ${formatDuration(durationMs)}`;
  const step = firstFailedStep(snapshot);
  const rerun = rerunReason(context.common, snapshot.status);
  return lines(
    `execution ${oneLine(snapshot.executionId)} ${describeOutcome(snapshot.status)}${after}`,
    ...(step ? describeStep(snapshot, step) : []),
    ...(snapshot.error !== undefined && snapshot.error !== step?.error
      ? [`  ${oneLine(snapshot.error)}`]
      : []),
    ...describeAfterFailure(rerun, context),
    ...where(context, "WFX-EXECUTION-FAILED"),
  );
}

function describeAfterFailure(rerun: string | undefined, context: MessageContext): string[] {
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

/**
 * What became of an execution for which we did not want to wait any longer. It is "left" or "stopping" only where the last
 * look saw it run: in an outage nobody knows.
 */
type TimedOutEnd = "left" | "unseen" | "stopped" | "stopping" | "stopUnseen" | "stopFailed";

/** Our own deadline has passed; the execution may still run. */
export function describeTimedOut(
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
  const waited = `the ${formatDuration(context.timeoutSeconds * 1000)} this deployment waits (${context.timeoutSetting})`;
  const step = last?.steps.at(-1);
  const happened: Readonly<Record<TimedOutEnd, string>> = {
    left: `still runs after ${waited}`,
    unseen: `was not seen to end within ${waited}: whether it still runs is not known`,
    stopped: `did not end within ${waited} and was stopped (onTimeout is "stop")`,
    stopping: `still runs after ${waited} and is being stopped (onTimeout is "stop"), which takes its time`,
    stopUnseen: `was not seen to end within ${waited} and was asked to stop (onTimeout is "stop"): whether it still runs is not known`,
    stopFailed: `was not seen to end within ${waited}, and could not be stopped (onTimeout is "stop")`,
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
      ? [describeNextAfterStop(context.common)]
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
 * @param isSeenRunning true where this deployment started the execution or saw it run, and no look has failed since.
 */
export function describeInterrupted(
  executionId: string,
  isSeenRunning: boolean,
  context: MessageContext,
): string {
  return lines(
    isSeenRunning
      ? `interrupted while waiting for execution ${executionId}, which goes on running`
      : `interrupted while waiting for execution ${executionId}; it goes on, unless it has ended meanwhile`,
    `  ${nextCommand(context)} goes on waiting for it; nothing is started twice.`,
    ...where(context, "WFX-INTERRUPTED"),
  );
}

/** We were told to end when the execution had been asked to stop, because the deployment had waited too long for it. */
export function describeStopCutShort(executionId: string, context: MessageContext): string {
  return lines(
    `interrupted while execution ${executionId} was being stopped (onTimeout is "stop"); it may still run`,
    `  ${nextCommand(context)} sees what has come of it, and goes on waiting where it runs.`,
    ...where(context, "WFX-INTERRUPTED"),
  );
}

/** It had not settled when it was seen last, and nobody waits for it now: a refresh only looks. */
export function describeUnsettled(executionId: string, context: MessageContext): string {
  return lines(
    `execution ${oneLine(executionId)} has not settled`,
    `  ${nextCommand(context)} resumes waiting for it; nothing is started twice.`,
    ...where(context, "WFX-EXECUTION-TIMEOUT"),
  );
}

/** The status can't be read, and that will not pass by itself. */
export function describeLostSight(
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
export function describeForgotten(executionId: string, context: MessageContext): string {
  return lines(
    `the service no longer knows execution ${executionId}, and how it ended was not seen`,
    "  It is not run again by itself.",
    `  If it has to run again, change "triggers"; if it has done its work, set waitFor to "started".`,
    ...where(context, "WFX-NOT-FOUND"),
  );
}

/** Whatever went wrong before there was an execution. */
export function describeNotStarted(error: { message: string; code?: string | undefined }): string {
  // Wrong settings are told in our own words: the longest text names every place where credentials can be set.
  const maxLength = error.code === "WFX-CONFIGURATION" ? maxPartLength : maxTextLength;
  return lines(
    oneLine(error.message, maxLength),
    `  Nothing was started.${error.code ? ` Error ${error.code}` : ""}`,
  );
}

/** Whatever goes wrong in a call that starts nothing: with its code, where it does not say it itself. */
export function describeError(error: { message: string; code?: string | undefined }): string {
  if (error.code === undefined || error.message.includes(error.code)) return error.message;
  return `${error.message}\n  Error ${error.code}`;
}

/** An execution was asked to stop, and has not. */
export function describeNotStopped(
  executionId: string,
  waitedSeconds: number,
  context: MessageContext,
): string {
  return lines(
    `execution ${executionId} was asked to stop but still runs after ${formatDuration(waitedSeconds * 1000)}`,
    `  The resource stays in the state. Run the command again to go on waiting, or set onDelete to "leave" (and run`,
    "  `pulumi up`) to let it go on without the resource.",
    ...where(context, "WFX-EXECUTION-NOT-STOPPED"),
  );
}

/** There was no time left to ask an execution to stop. */
export function describeNotAskedToStop(
  executionId: string,
  why: string,
  waitedSeconds: number,
  context: MessageContext,
): string {
  return lines(
    `execution ${executionId} could not be asked to stop within ${formatDuration(waitedSeconds * 1000)}: ${oneLine(why, maxTextLength)}`,
    `  It may still run. The resource stays in the state. Run the command again, or set onDelete to "leave" (and run`,
    "  `pulumi up`) to let the execution go on without the resource.",
    ...where(context, "WFX-EXECUTION-NOT-STOPPED"),
  );
}

/** We were told to end while a stop was being confirmed. */
export function describeStopInterrupted(executionId: string, context: MessageContext): string {
  return lines(
    `interrupted while execution ${executionId} was being stopped`,
    "  The resource stays in the state. Run the command again to see it stopped.",
    ...where(context, "WFX-INTERRUPTED"),
  );
}

function describeNextAfterStop(common: CommonArguments): string {
  if (common.runOn === "destroy") {
    return "  The resource stays in the state; the next `pulumi destroy` runs it again.";
  }
  return rerunReason(common, "stopped") === undefined
    ? `  It is not run again by itself (rerunOn): change "triggers" to run it again.`
    : `  The next \`pulumi up\` runs it again (rerunOn has "stopped").`;
}

function describeStep(snapshot: ExecutionSnapshot, step: ExecutionStep): string[] {
  const failed = step.failedTargets ?? [];
  const targets = step.targets;
  const total = targets ? targets.succeeded + targets.failed + targets.running + targets.notPerformed : 0;
  const what = targets?.failed
    ? `${String(targets.failed)} of ${String(total)} ${total === 1 ? "target" : "targets"} failed`
    : describeOutcome(step.status);
  const shown = failed.slice(0, maxTargets);
  const more = (targets?.failed ?? failed.length) - shown.length;
  return [
    `  ${nameStep(snapshot, step)}: ${what}${step.error ? `: ${oneLine(step.error)}` : ""}`,
    ...shown.flatMap(describeTarget),
    ...(more > 0 ? [`    and ${String(more)} more; all of them are in the output "steps"`] : []),
  ];
}

function describeTarget(target: FailedTarget): string[] {
  const who = target.name ?? target.id ?? "a target without a name";
  const address = target.address === undefined ? "" : ` (${target.address})`;
  const exit = target.exitCode === undefined ? "" : `, exit code ${target.exitCode}`;
  const message = target.message ? `: ${oneLine(target.message)}` : "";
  const log = cleanText(target.log ?? "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return [
    `    ${oneLine(`${who}${address}${exit}`)}${message}`,
    ...log.slice(-maxLogLines).map((line) => `      | ${shorten(line.trimEnd(), maxLogLineLength)}`),
  ];
}
