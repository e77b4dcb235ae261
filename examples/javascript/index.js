"use strict";
// Runs an AOM workflow once for each release, from a program in JavaScript.
const pulumi = require("@pulumi/pulumi");
const { aom } = require("pulumi-runbook");

const config = new pulumi.Config();

const patch = new aom.WorkflowExecution("patch-fleet", {
  workflowId: config.get("workflowId") ?? "demo-succeeds",
  triggers: { release: config.get("release") ?? "1" },
});

exports.status = patch.status;
exports.version = patch.output.apply((output) => output.version);
