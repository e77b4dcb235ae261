// A database migration by AWS Step Functions: each release runs it once, whatever interrupts the deployment, and what follows
// needs its outcome.
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { stepfunctions } from "pulumi-runbook";

const config = new pulumi.Config();
const schema = config.get("schema") ?? "v7";

// New for each schema, and kept in the stack's own state: a deployment that is interrupted finds its execution again, also on
// another machine.
const run = new random.RandomUuid7("migration-run", { keepers: { schema } });

const migrate = new stepfunctions.WorkflowExecution("migrate-db", {
  // Usually the output `arn` of an aws.sfn.StateMachine.
  stateMachineArn: config.require("stateMachineArn"),
  executionKey: run.result,
  input: { schema },
  timeoutSeconds: 1800,
});

const rollout = new random.RandomPet("rollout", { keepers: { migrated: migrate.id } });

export const executionId = migrate.executionId;
export const status = migrate.status;
export const migrated = migrate.output;
export const steps = migrate.steps.apply((all) =>
  all.map(({ name, status: how }) => `${name ?? ""}: ${how}`),
);
export const rolloutName = rollout.id;
