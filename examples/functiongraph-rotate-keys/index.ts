// Rotates keys by a FunctionGraph flow: the input comes from other resources, and the output goes to the next one.
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { functiongraph } from "pulumi-runbook";

const config = new pulumi.Config();

// Stands for what other resources know: a new quarter gets a new key.
const key = new random.RandomId("key", {
  byteLength: 8,
  keepers: { quarter: config.get("quarter") ?? "2026-Q4" },
});

// A change of the input runs the flow again.
const rotate = new functiongraph.WorkflowExecution("rotate-keys", {
  workflowId: config.get("workflowId") ?? "demo-succeeds",
  input: { key: key.hex, services: ["orders", "billing"] },
  timeoutSeconds: 900,
});

const version = rotate.output.apply((output: { version: string }) => output.version);

// Created only after the flow has succeeded, from the flow's output.
const label = new random.RandomPet("label", { prefix: version, keepers: { version } });

export const status = rotate.status;
export const input = rotate.input;
export { version };
export const labelName = label.id;
