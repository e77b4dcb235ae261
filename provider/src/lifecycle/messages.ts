/**
 * The messages about an execution that did not end as wanted. Each says what happened, what is still running, what the
 * next command will do, what to do now, and where to look. Pure; at most 15 lines each.
 */
import type { CommonArguments } from "../execution/commonArguments";
import { rerunReason } from "../execution/commonArguments";
import { nameStep, formatDuration } from "../execution/progress";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { durationBetweenMs, firstFailedStep } from "../execution/snapshot";
import type { MessageContext } from "../execution/words";
import {
  errorPage,
  lines,
  maxPartLength,
  maxTextLength,
  nextCommand,
  oneLine,
  describeOutcome,
  formatCode,
  urnArgument,
  where,
} from "../execution/words";
import type { ErrorCode } from "../ground/errors";
import { messageOf } from "../ground/errors";
import { describeStep } from "./stepMessages";

/** The execution itself ended badly. */
export function describeFailed(snapshot: ExecutionSnapshot, context: MessageContext): string {
  const rerun = rerunReason(context.common, snapshot.status);
  return describeBadEnd(snapshot, context, describeAfterFailure(rerun, context));
}

/** The execution itself ended badly, and the program goes on all the same (`onFailure` is "continue"). */
export function describeTolerated(snapshot: ExecutionSnapshot, context: MessageContext): string {
  const rerun = rerunReason(context.common, snapshot.status);
  const next =
    context.common.runOn === "destroy"
      ? `  The resource is removed (onFailure is "continue").`
      : `  The deployment continues (onFailure is "continue"). ${describeRerun(rerun)}`;
  return describeBadEnd(snapshot, context, [next]);
}

function describeBadEnd(snapshot: ExecutionSnapshot, context: MessageContext, next: string[]): string {
  const durationMs = durationBetweenMs(snapshot.startedAt, snapshot.settledAt);
  const after = durationMs === undefined ? "" : ` after ${formatDuration(durationMs)}`;
  const step = firstFailedStep(snapshot);
  return lines(
    `execution ${oneLine(snapshot.executionId)} ${describeOutcome(snapshot.status)}${after}`,
    ...(step ? describeStep(snapshot, step, context) : []),
    ...(snapshot.error !== undefined && snapshot.error !== step?.error
      ? [`  ${oneLine(snapshot.error)}`]
      : []),
    ...next,
    ...where(context, "WFX-EXECUTION-FAILED"),
  );
}

function describeAfterFailure(rerun: string | undefined, context: MessageContext): string[] {
  if (context.common.runOn === "destroy") {
    return [
      "  The execution is no longer running.",
      "  The resource stays in the state. The next `pulumi destroy` runs the workflow again.",
      `  To remove the resource despite the failure, set onFailure to "continue", run \`pulumi up\` and destroy again.`,
    ];
  }
  return [`  The execution is no longer running. ${describeRerun(rerun)}`];
}

/** Describes the next deployment after an outcome. `rerun` is the word of `rerunOn` that makes it run, if any. */
function describeRerun(rerun: string | undefined): string {
  return rerun === undefined
    ? `The next \`pulumi up\` does not run the workflow again (rerunOn). To run it, change "triggers".`
    : `The next \`pulumi up\` runs the workflow again (rerunOn includes "${rerun}").`;
}

/**
 * The fate of an execution for which we did not want to wait any longer. The fate is "left" or "stopping" only if the
 * last status request saw the execution run: in an outage nobody knows.
 */
type TimedOutEnd = "left" | "unseen" | "stopped" | "stopping" | "stopUnseen" | "stopFailed";

/** Our own deadline has passed; the execution may still be running. */
export function describeTimedOut(
  last: ExecutionSnapshot | undefined,
  context: MessageContext & {
    executionId: string;
    timeoutSeconds: number;
    /** The source of the time limit: an argument or a resource option. */
    timeoutSetting: string;
    end: TimedOutEnd;
    /** The reason why the last status request, or the stop, failed. */
    lastError?: unknown;
  },
): string {
  const { end, lastError } = context;
  const executionId = oneLine(context.executionId);
  const limit = `${formatDuration(context.timeoutSeconds * 1000)} (${context.timeoutSetting})`;
  const step = last?.steps.at(-1);
  const happened: Readonly<Record<TimedOutEnd, string>> = {
    left: `is still running after this deployment waited ${limit}`,
    unseen: `was not seen to finish within ${limit}; it may still be running`,
    stopped: `did not finish within ${limit} and was stopped (onTimeout is "stop")`,
    stopping: `is still running after this deployment waited ${limit} and is being stopped (onTimeout is "stop")`,
    stopUnseen: `was not seen to finish within ${limit} and was asked to stop (onTimeout is "stop"); it may still be running`,
    stopFailed: `was not seen to finish within ${limit} and could not be stopped (onTimeout is "stop"); it may still be running`,
  };
  return lines(
    `execution ${executionId} ${happened[end]}`,
    ...(last && step && end !== "stopped" ? [`  last seen in ${nameStep(last, step)}`] : []),
    ...(lastError === undefined
      ? []
      : [
          `  ${end === "stopFailed" ? "the stop" : "the last status request"} failed: ${oneLine(messageOf(lastError), maxTextLength)}`,
        ]),
    ...(end === "stopped"
      ? [describeNextAfterStop(context.common)]
      : [describeResume(context), ...(end === "left" || end === "unseen" ? describeStop(context) : [])]),
    ...where(context, "WFX-EXECUTION-TIMEOUT"),
  );
}

function describeResume(context: MessageContext): string {
  return `  ${nextCommand(context)} resumes waiting for this execution. Nothing is started twice.`;
}

/** The command that stops an execution that is still running: none where a deletion leaves the execution running, or runs it. */
function describeStop(context: MessageContext): string[] {
  const { onDelete, runOn } = context.common;
  return onDelete === "stop" && runOn === "create"
    ? [`  To stop the execution instead, run \`pulumi destroy --target ${urnArgument(context)}\`.`]
    : [];
}

/**
 * We were told to end before the execution did.
 * @param isSeenRunning true if this deployment started the execution or saw it run, and no status request has failed
 *   since.
 */
export function describeInterrupted(
  executionId: string,
  isSeenRunning: boolean,
  context: MessageContext,
): string {
  return lines(
    `interrupted while waiting for execution ${executionId}, which ${isSeenRunning ? "is still" : "may still be"} running`,
    describeResume(context),
    ...describeStop(context),
    ...where(context, "WFX-INTERRUPTED"),
  );
}

/** We were told to end when the execution had been asked to stop, because the deployment had waited too long for it. */
export function describeStopCutShort(executionId: string, context: MessageContext): string {
  return lines(
    `interrupted while execution ${executionId} was being stopped (onTimeout is "stop"); it may still be running`,
    `  ${nextCommand(context)} reads its status, and resumes waiting unless the execution has finished.`,
    ...where(context, "WFX-INTERRUPTED"),
  );
}

/** It had not settled when it was seen last, and nobody waits for it now: a refresh only reads. */
export function describeUnsettled(executionId: string, context: MessageContext): string {
  return lines(
    `execution ${oneLine(executionId)} has not finished`,
    describeResume(context),
    ...describeStop(context),
    ...where(context, "WFX-EXECUTION-TIMEOUT"),
  );
}

/** The status can't be read, and waiting does not change that. */
export function describeLostSight(
  executionId: string,
  error: { message: string; code?: string | undefined },
  context: MessageContext,
): string {
  return lines(
    `execution ${oneLine(executionId)} has started, but its status can't be read: ${oneLine(error.message, maxTextLength)}`,
    "  The execution may still be running.",
    describeResume(context),
    "  Correct the cause first.",
    ...where(context, (error.code as ErrorCode | undefined) ?? "WFX-SERVICE"),
  );
}

/** The service no longer knows an execution whose end nobody saw. */
export function describeForgotten(executionId: string, context: MessageContext): string {
  return lines(
    `the service no longer knows execution ${executionId}, and its outcome was not seen`,
    ...(context.common.runOn === "destroy"
      ? [
          "  Nothing more was started. If the execution did its work, run `pulumi state delete <URN>`.",
          `  If not, change "triggers", run \`pulumi up\` and destroy again.`,
        ]
      : [
          "  The workflow is not run again without a change.",
          `  To run it again, change "triggers". If the execution did its work, set waitFor to "started" instead.`,
        ]),
    ...where(context, "WFX-NOT-FOUND"),
  );
}

/** Describes an error before there was an execution. */
export function describeNotStarted(error: { message: string; code?: string | undefined }): string {
  // Wrong settings are told in our own words: the longest text names every place where credentials can be set.
  const maxLength = error.code === "WFX-CONFIGURATION" ? maxPartLength : maxTextLength;
  return lines(
    oneLine(error.message, maxLength),
    ...(error.code === undefined
      ? ["  Nothing was started."]
      : [`  Nothing was started. Error ${formatCode(error.code)}`, `  ${errorPage(error.code)}`]),
  );
}

/** Describes an error in a call that starts nothing: with the code, unless the message has the code. */
export function describeError(error: { message: string; code?: string | undefined }): string {
  if (error.code === undefined || error.message.includes(error.code)) return error.message;
  return `${error.message}\n  Error ${formatCode(error.code)}\n  ${errorPage(error.code)}`;
}

const leaveRunning = `  To leave the execution running instead, set onDelete to "leave" and run \`pulumi up\` first.`;

/**
 * An execution was asked to stop, and has not.
 * @param isSeenRunning true if the last status request saw it run.
 */
export function describeNotStopped(
  executionId: string,
  waitedSeconds: number,
  isSeenRunning: boolean,
  context: MessageContext,
): string {
  return lines(
    `execution ${executionId} was asked to stop but ${isSeenRunning ? "is still" : "may still be"} running after ${formatDuration(waitedSeconds * 1000)}`,
    "  The resource stays in the state. Run the command again to resume waiting.",
    leaveRunning,
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
    "  The execution may still be running. The resource stays in the state. Run the command again to stop it.",
    leaveRunning,
    ...where(context, "WFX-EXECUTION-NOT-STOPPED"),
  );
}

/** We were told to end while a stop was being confirmed. */
export function describeStopInterrupted(executionId: string, context: MessageContext): string {
  return lines(
    `interrupted while execution ${executionId} was being stopped`,
    "  The execution may still be running. The resource stays in the state.",
    "  Run the command again to confirm the stop.",
    ...where(context, "WFX-INTERRUPTED"),
  );
}

function describeNextAfterStop(common: CommonArguments): string {
  if (common.runOn === "destroy") {
    return "  The resource stays in the state. The next `pulumi destroy` runs the workflow again.";
  }
  return `  ${describeRerun(rerunReason(common, "stopped"))}`;
}
