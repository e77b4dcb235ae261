/** The CLI's output, taken apart: the rows of a resource, and its messages under "Diagnostics". */

/**
 * The lines of an execution while a command runs, in their order: the operation, then the messages about the execution.
 */
export function rowsOf(output: string, name: string): string[] {
  return output
    .split("\n")
    .filter((line) => line.includes(`:WorkflowExecution ${name} `))
    .map((line) => line.replace(/pulumi-nodejs:\S+:WorkflowExecution /, "").trim());
}

/** The row with which a preview ends: its operation on the execution and why; undefined where there is nothing to do. */
export function previewRowOf(output: string, name: string): string | undefined {
  return rowsOf(output, name).findLast((row) => /^(\+|~|-|\+-) /.test(row));
}

/** The lines that are kept of an execution when the command has ended; none where nothing is to be said. */
export function diagnosticsOf(output: string, name: string): string[] {
  const lines = output.split("\n");
  const start = lines.findIndex((line) => line.endsWith(`WorkflowExecution (${name}):`));
  if (start === -1) return [];
  const end = lines.findIndex((line, index) => index > start && line.trim() === "");
  return lines.slice(start + 1, end).map((line) => line.trim());
}

/** Those of them that are its error: the ends of steps may be told before. */
export function errorOf(output: string, name: string): string[] {
  const lines = diagnosticsOf(output, name);
  const start = lines.findIndex((line) => line.startsWith("error:"));
  return start === -1 ? [] : lines.slice(start);
}

/** The lines about an execution, without those about the ends of its steps. */
export function besidesSteps(lines: readonly string[]): string[] {
  return lines.filter((line) => !/^(\d+\/\d+ |.*\(step \d+\) ).*[a-z ]+ after \d+m?s$/.test(line));
}
