// Declares the resources of plan.json: executions of scripted workflows, or as many trivial dynamic resources: with one
// property (the floor), with the properties of an execution (shaped), or waiting (idle). Executions come from the
// package that the plan names: that of the dynamic provider, or the plugin's SDK.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const pulumi = require("@pulumi/pulumi");

const {
  service,
  resources,
  idleMs,
  package: from,
} = JSON.parse(fs.readFileSync(path.join(__dirname, "plan.json"), "utf8"));

// A dynamic resource as Pulumi's documentation has it, with one property, and a provider that does nothing.
const trivial = { create: async (inputs) => ({ id: inputs.label, outs: inputs }) };

// The properties of an AOM execution of three steps, and a provider that does nothing.
const step = {
  name: "Step",
  status: "succeeded",
  rawStatus: "success",
  startedAt: "2026-11-21T06:00:00.000Z",
};
const outputsOfThree = {
  executionId: "574c876e-e021-4c07-9ac3-0ff336e9595b",
  status: "succeeded",
  rawStatus: "success",
  startedAt: "2026-11-21T06:00:00.000Z",
  settledAt: "2026-11-21T06:03:00.000Z",
  durationMs: 180000,
  output: { version: "1.4.2" },
  steps: ["prepare", "work", "verify"].map((id) => ({ id, ...step, durationMs: 60000 })),
  stepsTotal: 3,
  failure: null,
  consoleUrl: "https://console.huaweicloud.com/aom2/?region=cn-north-4",
  expired: null,
  truncated: null,
  altered: null,
  stateVersion: 1,
  region: "cn-north-4",
  projectId: "0123456789abcdef0123456789abcdef",
  input: null,
  triggers: null,
};
const shaped = `exports.handler = () => ({
  create: (inputs) => Promise.resolve({ id: "shaped", outs: { ...inputs, ...${JSON.stringify(outputsOfThree)} } }),
});`;

// Waits as long as ours would, to show the memory that the SDK itself holds for a create under way.
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
  for (const { name } of resources) new pulumi.dynamic.Resource(trivial, name, { label: name });
} else if (service === "shaped") {
  const declared = Object.fromEntries(Object.keys(outputsOfThree).map((output) => [output, undefined]));
  for (const { name, args } of resources) {
    const properties = { ...declared, ...args, __provider: shaped };
    new pulumi.CustomResource("pulumi-nodejs:dynamic/bench:Shaped", name, properties);
  }
} else {
  const { WorkflowExecution } = require(from)[service];
  for (const { name, args } of resources) new WorkflowExecution(name, args);
}
