/**
 * Lines of a message about a step that did not succeed: its targets, and the end of their logs.
 */
import type { ExecutionSnapshot, ExecutionStep, FailedTarget } from "../execution/snapshot";
import type { MessageContext } from "../execution/words";
import { describeOutcome, oneLine } from "../execution/words";
import { nameStep } from "../execution/progress";
import { cleanText, shorten } from "../ground/text";

const maxTargets = 2;
const maxLogLines = 3;
/** The next step of a teardown takes two more lines. */
const maxLogLinesOfTeardown = 2;
const maxLogLineLength = 160;

/** Describes a step, with at most a few of its failed targets. */
export function describeStep(
  snapshot: ExecutionSnapshot,
  step: ExecutionStep,
  { common }: MessageContext,
): string[] {
  const logLines = common.runOn === "destroy" ? maxLogLinesOfTeardown : maxLogLines;
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
    ...shown.flatMap((target) => describeTarget(target, logLines)),
    ...(more > 0 ? [`    and ${String(more)} more; all of them are in the output "steps"`] : []),
  ];
}

function describeTarget(target: FailedTarget, logLines: number): string[] {
  const who = target.name ?? target.id ?? "a target without a name";
  const address = target.address === undefined ? "" : ` (${target.address})`;
  const exit = target.exitCode === undefined ? "" : `, exit code ${target.exitCode}`;
  const message = target.message ? `: ${oneLine(target.message)}` : "";
  const log = cleanText(target.log ?? "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return [
    `    ${oneLine(`${who}${address}${exit}`)}${message}`,
    ...log.slice(-logLines).map((line) => `      | ${shorten(line.trimEnd(), maxLogLineLength)}`),
  ];
}
