// Runs a job of Huawei Cloud COC whenever the release changes, and uses what it gave.
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { coc } from "pulumi-runbook";

const config = new pulumi.Config();
const release = config.get("release") ?? "2026.11";

// New for each release, and kept in the stack's own state: a deployment that is interrupted finds its execution again, also on
// another machine.
const run = new random.RandomUuid7("patch-run", { keepers: { release } });

const patch = new coc.WorkflowExecution("patch-fleet", {
  documentId: config.get("documentId") ?? "demo-succeeds",
  executionKey: run.result,
  parameters: { release, hosts: ["ecs-1", "ecs-2"] },
  description: `release ${release}`,
  timeoutSeconds: 1800,
});

const rollout = new random.RandomPet("rollout", { keepers: { patched: patch.id } });

export const executionId = patch.executionId;
export const status = patch.status;
export const version = patch.output.apply(
  (output) => (output as { version?: string } | null)?.version ?? null,
);
export const steps = patch.steps.apply((all) => all.map(({ name, status: how }) => `${name ?? ""}: ${how}`));
export const rolloutName = rollout.id;
