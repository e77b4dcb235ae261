// The conditions under which an execution's resource is complete and a deployment fails: the same on all services,
// except for a start whose answer is lost. Pure.

/**
 * A service's word for the thing that runs, and the consequence of a lost answer to a start.
 * @typedef {{ readonly noun: string, readonly lostStart: string }} ServiceWords
 */

const BY_NAME =
  "The provider sends the start again under the same execution name, and the service starts nothing twice.";

/** @type {Readonly<Record<string, ServiceWords>>} */
export const serviceWords = {
  aom: {
    noun: "workflow",
    lostStart:
      "The provider sends nothing again, because AOM cannot tell a repetition from a second start. It takes over an execution that the list shows to have begun since.",
  },
  functiongraph: {
    noun: "flow",
    lostStart:
      "The provider sends nothing again. It searches for the execution by the header that every start carries.",
  },
  coc: {
    noun: "job",
    lostStart:
      "The provider sends nothing again. It searches for the execution by the mark in the description that every start carries.",
  },
  cloudflow: { noun: "flow", lostStart: BY_NAME },
  stepfunctions: { noun: "state machine", lostStart: BY_NAME },
};

/**
 * @param {ServiceWords} words
 * @returns {string} Markdown
 */
export function conditionsText({ noun, lostStart }) {
  return `The resource is complete:

1. when the execution has finished with the status \`succeeded\`
2. with \`waitFor: "started"\`: when the service has accepted the start
3. with \`onFailure: "continue"\`: when the execution has finished with any status. The outputs contain the failure
4. with \`runOn: "destroy"\`: at once. The ${noun} runs when the resource is destroyed

\`pulumi up\` fails:

1. when the execution finishes with \`failed\`, \`timedOut\` or \`stopped\`: [WFX-EXECUTION-FAILED](errors.md#wfx-execution-failed). The resource stays in the
   state with its outcome, and dependent resources are not created. The next \`pulumi up\` runs the ${noun} again if \`rerunOn\` includes the outcome.
2. when the wait takes longer than \`timeoutSeconds\`: [WFX-EXECUTION-TIMEOUT](errors.md#wfx-execution-timeout). The execution keeps running, and the next
   \`pulumi up\` resumes waiting. With \`onTimeout: "stop"\` the execution is stopped.
3. when the deployment is interrupted: [WFX-INTERRUPTED](errors.md#wfx-interrupted). The execution keeps running, and the next \`pulumi up\` resumes waiting.
4. when a start gets no answer, and the provider does not find the execution: [WFX-START-UNCERTAIN](errors.md#wfx-start-uncertain). ${lostStart}
5. when anything else goes wrong before the start. Nothing was started.

Afterwards:

- A refresh requests the status of each execution once. For many finished executions it reads lists. A failure is data, not an error.
- If the service removes the record of an execution, the last known outcome stays, \`expired\` is true, and nothing runs because of it.
- If the program changes while an execution is running, \`onDelete\` decides about that execution before another one starts.
- \`pulumi destroy\` stops a running execution, and waits until it has stopped: 5 minutes, or \`customTimeouts.delete\`. With \`onDelete: "leave"\` it leaves
  the execution running.

[When a workflow starts](../explanation/one-run-once.md) describes what holds after an interruption, and its exceptions.`;
}
