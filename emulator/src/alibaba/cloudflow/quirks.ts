/** The oddities of CloudFlow's answers that can be switched on through the control API; all are off by default. */
import type { QuirkDefinition } from "../../cloud/quirks";

/** The other ways in which CloudFlow is said to behave, or may. */
export const cloudFlowQuirks: readonly QuirkDefinition[] = [
  {
    name: "gatewayErrors",
    kind: "flag",
    description: "CloudFlow: errors of authentication, limits and parameters in the shared gateway's words",
  },
  {
    name: "doubleSpaceInMessages",
    kind: "flag",
    description: "CloudFlow: two spaces after Flow and Execution in error messages, as in the metadata",
  },
  {
    name: "englishLimits",
    kind: "flag",
    description: "CloudFlow: a Limit is at most 99 (ListExecutions) and 999, as in the English documents",
  },
  {
    name: "formIs415",
    kind: "flag",
    description: "CloudFlow: a form body is answered with 415, as the text of that error says",
  },
  {
    name: "emptyWhileRunning",
    kind: "flag",
    description: 'CloudFlow: Output and StoppedTime are "" while running, not absent',
  },
  {
    name: "executionModeEmpty",
    kind: "flag",
    description: 'CloudFlow: ExecutionMode of a Standard flow is ""',
  },
  {
    name: "noEnvironment",
    kind: "flag",
    description: "CloudFlow: no Environment in executions, as in the document of ListExecutions",
  },
  {
    name: "descriptionOptional",
    kind: "flag",
    description: "CloudFlow: CreateFlow works without Description, as the SDKs allow",
  },
  {
    name: "syncOnStandardIs200",
    kind: "flag",
    description:
      "CloudFlow: StartSyncExecution of a Standard flow answers 200 with Status Failed and the ErrorCode",
  },
  {
    name: "syncErrorMessage",
    kind: "text",
    description:
      "CloudFlow: this ErrorMessage of every failed synchronous execution, such as `execution timed out`",
  },
  {
    name: "noLongPoll",
    kind: "flag",
    description: "CloudFlow: DescribeExecution answers at once, whatever WaitTimeSeconds says",
  },
  {
    name: "expressForgotten",
    kind: "text",
    words: ["always", "whenEnded"],
    description:
      "CloudFlow: executions of Express flows are not found and not listed, `always` or `whenEnded`",
  },
  {
    name: "oldDataLimit",
    kind: "flag",
    description:
      "CloudFlow: inputs and reported outputs of at most 32 KiB, as flows of the older Serverless Workflow take",
  },
  {
    name: "scheduleEventId",
    kind: "text",
    words: ["zero", "absent", "fork"],
    description:
      "CloudFlow: events refer to no other, by `zero` or `absent`; `fork`: what follows branches refers to their beginning",
  },
  {
    name: "stopDelayMs",
    kind: "number",
    description: "CloudFlow: a stop takes this many milliseconds; until then the Status is Running",
  },
];
