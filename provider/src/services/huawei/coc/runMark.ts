/**
 * The name that a start carries, in the description of the execution beside the program's own text. The service shows the
 * description again.
 */

/** The longest name, in characters: a short mark is least likely to be cut. */
export const longestRunName = 64;

// In front: a service that cuts long texts cuts their ends.
const opening = "[pulumi-runbook ";
const mark = /^\[pulumi-runbook ([\w-]{1,128})\]/;

/**
 * The description to send.
 * @param own the program's.
 */
export function markedDescription(runName: string, own: string | undefined): string {
  const text = `${opening}${runName}]`;
  return own === undefined || own === "" ? text : `${text} ${own}`;
}

/**
 * The name in a description as the service shows it: null if there is none, undefined if the mark was cut. An execution
 * that was started without a description may have none: others have to tell whether the service shows descriptions at
 * all.
 */
export function runNameIn(description: unknown): string | null | undefined {
  if (typeof description !== "string") return null;
  const found = mark.exec(description)?.[1];
  if (found !== undefined) return found;
  return description !== "" && isBeginning(description) ? undefined : null;
}

// Also true for a description that was cut within the words of the mark.
function isBeginning(description: string): boolean {
  return description.startsWith(opening) || opening.startsWith(description);
}
