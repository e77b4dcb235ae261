// Three runbooks of three services in one stack: the fleet is patched, then the keys are rotated and the database is
// migrated side by side; what follows needs the outcome of both.
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { aom, cloudflow, functiongraph } from "pulumi-runbook";

const config = new pulumi.Config();
const schema = config.get("schema") ?? "v7";

// Huawei Cloud AOM: a workflow takes no input; triggers say when it runs again.
const patch = new aom.WorkflowExecution("patch-fleet", {
  workflowId: config.get("patchWorkflowId") ?? "demo-succeeds",
  triggers: { schema },
});

// Huawei Cloud FunctionGraph: a change of the input runs it again.
const rotate = new functiongraph.WorkflowExecution(
  "rotate-keys",
  { workflowId: config.get("rotateWorkflowId") ?? "demo-succeeds", input: { schema } },
  { dependsOn: [patch] },
);

// Alibaba Cloud CloudFlow: a failure is told in the outputs and does not end the deployment.
const migrate = new cloudflow.WorkflowExecution(
  "migrate-db",
  { flowName: config.get("migrateFlowName") ?? "demo-succeeds", input: { schema }, onFailure: "continue" },
  { dependsOn: [patch] },
);

const rollout = new random.RandomPet("rollout", {
  keepers: { rotated: rotate.id, migrated: migrate.id },
});

export const migrated = migrate.status;
export const problem = migrate.failure.apply((failure) => failure?.message ?? "none");
export const versions = pulumi
  .all([patch.output, rotate.output, migrate.output])
  .apply((outputs) => outputs.map((output: { version?: string } | null) => output?.version ?? "unknown"));
export const rolloutName = rollout.id;
