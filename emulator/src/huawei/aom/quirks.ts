/** The oddities of AOM's answers that can be switched on through the control API; all are off by default. */
import type { QuirkDefinition } from "../../cloud/quirks";

/** The other ways in which AOM is said to behave, or may. */
export const aomQuirks: readonly QuirkDefinition[] = [
  { name: "errorMessage", kind: "flag", description: "errors have `error_message` in place of `error_msg`" },
  { name: "httpCodeText", kind: "flag", description: "errors have `http_code` as text" },
  { name: "htpCode", kind: "flag", description: "the 400 of the execution detail has `htp_code`, as text" },
  {
    name: "createBy",
    kind: "flag",
    description: "the execution list has `create_by` in place of `created_by`",
  },
  {
    name: "workflowEditTimeCamelCase",
    kind: "flag",
    description: "the execution list has `workflowEditTime` in place of `workflow_edit_time`",
  },
  { name: "timesInSeconds", kind: "flag", description: "times of executions and nodes in seconds" },
  {
    name: "lastUpdateTimeText",
    kind: "flag",
    description: "`last_update_time` as text, yyyy-MM-ddTHH:mm:ssZ",
  },
  { name: "endTimeAbsent", kind: "flag", description: "no `end_time` while running, in place of 0" },
  { name: "stopAnswerText", kind: "flag", description: "a stop answers the text `success`, not an object" },
  {
    name: "triggerAnswerInvalid",
    kind: "flag",
    description: 'the trigger switch answers `{"success"}`, which is invalid JSON',
  },
  { name: "upperCaseStatus", kind: "flag", description: "all statuses in upper case" },
  {
    name: "noSnapshot",
    kind: "flag",
    description: "the detail has no `workflow_snapshot`, as in every schema",
  },
  {
    name: "maskedProjectId",
    kind: "flag",
    description: "`project_id` of executions is `xxxxxxx`, as in the examples",
  },
  {
    name: "unknownExecutionIs400",
    kind: "flag",
    description: "the detail of an unknown execution answers 400, not 404",
  },
  {
    name: "unknownWorkflowListIs404",
    kind: "flag",
    description: "the list of an unknown workflow answers 404, not []",
  },
  {
    name: "workflowListOfDefaultProject",
    kind: "flag",
    description: "ListWorkflow without enterprise_project_id has the workflows of project 0 only",
  },
  {
    name: "workflowsNameNoProject",
    kind: "flag",
    description: "workflows in lists have no enterprise_project_id",
  },
  { name: "oldestFirst", kind: "flag", description: "lists of executions begin with the oldest" },
  { name: "unknownStatus", kind: "text", description: "this text in place of `running`" },
  {
    name: "listDelayMs",
    kind: "number",
    description: "an execution is in the list only this long after its start",
  },
  {
    name: "detailDelayMs",
    kind: "number",
    description: "an execution is found only this long after its start",
  },
];
