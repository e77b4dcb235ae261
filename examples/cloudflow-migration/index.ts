// Migrates a database by an Alibaba Cloud CloudFlow flow, once for each schema. The roll-out waits for the migration.
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { cloudflow } from "pulumi-runbook";

const config = new pulumi.Config();
const schema = config.get("schema") ?? "v7";
const flowName = config.get("flowName") ?? "demo-succeeds";

const migrate = new cloudflow.WorkflowExecution("migrate-db", {
  flowName,
  input: { schema },
  timeoutSeconds: 1800,
  onTimeout: "leave", // the next `pulumi up` resumes waiting
});

// The events of the flow, for the log of the change.
const { events } = cloudflow.getExecutionHistoryOutput({ flowName, executionId: migrate.id });

// Created only after the migration has succeeded.
const rollout = new random.RandomPet("rollout", { keepers: { migrated: migrate.id } });

export const executionName = migrate.id;
export const status = migrate.status;
export const version = migrate.output.apply((output: { version: string }) => output.version);
export const steps = migrate.steps.apply((all) =>
  all.map((step) => `${step.name ?? step.id}: ${step.status}`),
);
export const eventCount = events.apply((all) => all.length);
export const rolloutName = rollout.id;
