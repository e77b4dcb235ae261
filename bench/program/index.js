// Declares what plan.json says: executions of scripted workflows, or as many trivial dynamic resources (the floor).
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const pulumi = require("@pulumi/pulumi");

const { service, resources, idleMs } = JSON.parse(fs.readFileSync(path.join(__dirname, "plan.json"), "utf8"));

// As small as ours, and does nothing: what is left is the engine, the checkpoint and the two processes.
const trivial = "exports.handler = () => ({ create: () => Promise.resolve({ id: 'trivial', outs: {} }) });";

// As above, but waits as long as ours would: what the SDK itself holds for a create under way.
const idle = `exports.handler = () => ({
  create: () => new Promise((done) => {
    globalThis.benchBegin();
    setTimeout(() => done({ id: "idle", outs: {} }), ${Number(idleMs)});
  }),
});`;

if (service === "idle") {
  for (const { name } of resources) {
    new pulumi.CustomResource("pulumi-nodejs:dynamic/bench:Idle", name, { __provider: idle });
  }
} else if (service === "floor") {
  for (const { name } of resources) {
    new pulumi.CustomResource("pulumi-nodejs:dynamic/bench:Trivial", name, { __provider: trivial });
  }
} else {
  const { WorkflowExecution } = require("pulumi-workflow-execution")[service];
  for (const { name, args } of resources) new WorkflowExecution(name, args);
}
