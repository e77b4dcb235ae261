/**
 * The parts of all messages: the workflow, the next command, and lines that stay lines. Pure.
 */
import type { ErrorCode } from "../ground/errors";
import { onOneLine } from "../ground/text";
import { version } from "../ground/version";
import type { CommonArguments } from "./commonArguments";
import type { RunArguments } from "./runArguments";
import type { Backend } from "./service";
import type { ExecutionStatus } from "./snapshot";

const maxLineLength = 160;

/** The longest text of an error in a line of ours, in characters. */
export const maxTextLength = 1_000;

/** The longest line of ours with the longest of these texts in it, in characters. */
export const maxPartLength = 2_000;

/** The facts that a message needs besides the snapshot. */
export interface MessageContext {
  /** The workflow, e.g. `workflow 3f2… of project … (cn-north-4)`. */
  readonly subject: string;
  readonly consoleUrl: string | undefined;
  readonly common: CommonArguments;
  /** Of the resource; undefined if it is not known. */
  readonly urn?: string | undefined;
}

/** The facts about a call for its messages. */
export interface MessageSource {
  readonly args: RunArguments;
  readonly urn: string | undefined;
}

/** The resource's URN as a shell takes it; `<URN>` where it is not known. */
export function urnArgument({ urn }: MessageContext): string {
  return urn === undefined ? "<URN>" : `'${urn.replaceAll("'", "'\\''")}'`;
}

/** A code and the version of this package, e.g. `WFX-INPUT (pulumi-runbook 1.0.0)`. */
export function formatCode(code: string): string {
  return `${code} (pulumi-runbook ${version})`;
}

/** The command that runs the workflow next: `destroy` runs a teardown runbook. */
export function nextCommand({ common }: MessageContext): string {
  return common.runOn === "destroy" ? "The next `pulumi destroy`" : "The next `pulumi up`";
}

const outcomes: Readonly<Record<ExecutionStatus, string>> = {
  succeeded: "succeeded",
  failed: "failed",
  timedOut: "timed out at the service",
  stopped: "was stopped",
  running: "is running",
  waiting: "is waiting",
  unknown: "is in an unknown state",
};

/** A status as the verb of a sentence, e.g. `was stopped`. */
export function describeOutcome(status: ExecutionStatus): string {
  return outcomes[status];
}

/** The last lines of a message: the workflow, the page for people, the error code and the version; then the code's documentation. */
export function where(context: MessageContext, code: ErrorCode): string[] {
  return [
    `  ${[context.subject, context.consoleUrl, `error ${formatCode(code)}`].filter(Boolean).join(", ")}`,
    `  ${errorPage(code)}`,
  ];
}

// The packages name the same repository; a test compares them.
const errorsPage = "https://github.com/pulumi-runbook/pulumi-runbook/blob/main/docs/reference/errors.md";

/** The address of the section about an error code. In messages it has a line of its own, so that a terminal can open it. */
export function errorPage(code: string): string {
  return `${errorsPage}#${code.toLowerCase()}`;
}

/** Joins parts of a message. A part is one line, whatever its names contain; its blanks in front are ours. */
export function lines(...parts: string[]): string {
  return parts
    .map((part) => {
      const [indent = ""] = /^ */.exec(part) ?? [];
      return `${indent}${onOneLine(part, maxPartLength)}`;
    })
    .join("\n");
}

/**
 * A text on one line. Texts of the service can be whole stack traces.
 * @param length the most characters to keep.
 */
export function oneLine(text: string, length = maxLineLength): string {
  return onOneLine(text, length);
}

/** The facts about the workflow in messages. */
export function messageContext(
  backend: Backend,
  executionId: string,
  { args, urn }: MessageSource,
): MessageContext {
  return {
    subject: backend.subject,
    consoleUrl: backend.consoleUrl(executionId),
    common: args.common,
    urn,
  };
}
