// The program that is interrupted: an execution of each workflow in workflows.json, some with a key of the stack's own.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const random = require("@pulumi/random");
const services = require("pulumi-runbook");

// The adoptions that a person would write after an error that lists candidates: { "aom-keyed": "8f1c…" }.
const adopted = JSON.parse(fs.readFileSync(path.join(__dirname, "adopted.json"), "utf8"));

const workflows = JSON.parse(fs.readFileSync(path.join(__dirname, "workflows.json"), "utf8"));

for (const { service, args, hasKey, name } of workflows) {
  const key = hasKey ? { executionKey: new random.RandomUuid7(name, {}).result } : {};
  const adopt = name in adopted ? { adoptExecutionId: adopted[name] } : {};
  const endpoint = process.env.RUNBOOK_EMULATOR_URL;
  new services[service].WorkflowExecution(name, { ...args, endpoint, ...key, ...adopt });
}
