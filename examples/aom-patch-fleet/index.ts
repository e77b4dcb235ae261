// Patches a fleet by an AOM workflow and hands the version it reports to what is deployed next.
// The root Pulumi.yaml runs this: `npm start` does it against the emulator, with the stack configuration it needs.
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { aom } from "pulumi-runbook";

const config = new pulumi.Config();

// Stands for the image that the fleet runs: a new one gets a new name.
const image = new random.RandomPet("image", {
  prefix: "base",
  keepers: { release: config.get("release") ?? "1" },
});

// Runs once, and again for each new image.
const patch = new aom.WorkflowExecution("patch-fleet", {
  workflowId: config.get("workflowId") ?? "demo-succeeds",
  triggers: { image: image.id },
  timeoutSeconds: 600,
});

// Needs the outcome: created only after the workflow has succeeded, named after what it reported.
const rollout = new random.RandomId("rollout", {
  byteLength: 4,
  prefix: pulumi.interpolate`${patch.output.apply((output: { version: string }) => output.version)}-`,
});

export const executionId = patch.executionId;
export const status = patch.status;
export const durationMs = patch.durationMs;
export const steps = patch.steps.apply((steps) =>
  steps.map((step) => `${step.name ?? step.id}: ${step.status}`),
);
export const version = patch.output.apply((output: { version: string }) => output.version);
export const rolloutName = rollout.hex.apply((hex) => hex);
