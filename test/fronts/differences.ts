/**
 * The allowed differences of the two fronts: the table "Differences between the two" in docs/reference/plugin.md, row by
 * row. Everything else has to be the same, and a scenario has to meet each of these.
 */

/** By subject: the plugin's column, and that of the npm package. */
export const differences = {
  type: ["`runbook:aom:WorkflowExecution`", "`pulumi-nodejs:aom:WorkflowExecution`"],
  settings: ["`runbook:huaweicloud.region`", "`huaweicloud:region`"],
  "`rerunOn`": ['a list: `["always"]`', 'a list, or `"always"` alone'],
  "`listWorkflowExecutions`": ["no", "yes"],
  import: ["yes", "no: `adoptExecutionId`"],
  "preview of a create": ["checks each workflow, shows the arguments", "makes no request, shows no outputs"],
  "refresh of a failed execution": ["keeps the failure", "keeps the failure in the outputs only"],
  "an execution that has not finished": ["read before each comparison", "read by `pulumi refresh`"],
  "property that a new run after a failure shows": ["`status`", "`rerunOn`"],
  "message of a change that runs nothing": [
    "`timeoutSeconds changed`",
    "`timeoutSeconds changed (no new run)`",
  ],
  "`customTimeouts`": ["given by Pulumi", "copied by the class"],
} as const satisfies Readonly<Record<string, readonly [plugin: string, npmPackage: string]>>;

/** A row of the table. */
export type Difference = keyof typeof differences;

/** The rows that scenarios have met so far. */
export const met = new Set<Difference>();
