// Backs up a database before the stack deletes it: a runbook that runs only on destroy.
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { aom } from "pulumi-runbook";

const config = new pulumi.Config();

// Stands for the database.
const database = new random.RandomPet("database", { prefix: "db" });

// Depends on the database, so Pulumi runs the backup first and deletes the database afterwards. If the backup fails, the
// database stays.
const backup = new aom.WorkflowExecution(
  "backup",
  {
    workflowId: config.get("workflowId") ?? "demo-succeeds",
    runOn: "destroy",
    triggers: { database: database.id },
    timeoutSeconds: 1800,
  },
  { dependsOn: [database] },
);

export const databaseName = database.id;
export const backupStatus = backup.status;
