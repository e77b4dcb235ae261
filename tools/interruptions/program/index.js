// The program that is interrupted: one execution per service with a key of the stack's own, and one without.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const random = require("@pulumi/random");
const services = require("pulumi-runbook");

// What a person would write after an error that names candidates: { "aom-keyed": "8f1c…" }.
const adopted = JSON.parse(fs.readFileSync(path.join(__dirname, "adopted.json"), "utf8"));

const workflowOf = {
  aom: (name) => ({ workflowId: name }),
  functiongraph: (name) => ({ workflowId: name }),
  cloudflow: (name) => ({ flowName: name }),
  stepfunctions: (name) => ({
    stateMachineArn: `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`,
  }),
};

for (const service of Object.keys(workflowOf)) {
  for (const hasKey of [true, false]) {
    const name = `${service}-${hasKey ? "keyed" : "derived"}`;
    const key = hasKey ? { executionKey: new random.RandomUuid7(name, {}).result } : {};
    const adopt = name in adopted ? { adoptExecutionId: adopted[name] } : {};
    const endpoint = process.env.RUNBOOK_EMULATOR_URL;
    new services[service].WorkflowExecution(name, {
      ...workflowOf[service](name),
      endpoint,
      ...key,
      ...adopt,
    });
  }
}
