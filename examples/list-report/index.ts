// Reports the last executions of a workflow, whoever started them. Starts nothing.
import * as pulumi from "@pulumi/pulumi";
import { aom } from "pulumi-runbook";

const config = new pulumi.Config();
const workflowId = config.get("workflowId") ?? "demo-succeeds";

const executions = pulumi.output(
  aom.getWorkflowExecutions({ workflowId, limit: config.getNumber("limit") ?? 20 }),
).executions;

export const total = executions.apply((all) => all.length);

export const failed = executions.apply((all) =>
  all.filter(({ status }) => status === "failed").map(({ executionId }) => executionId),
);

/** A table in Markdown: `pulumi stack output report > report.md`. */
export const report = executions.apply((all) =>
  [
    "| execution | status | started | seconds |",
    "| --------- | ------ | ------- | ------- |",
    ...all.map(({ executionId, status, startedAt, durationMs }) => {
      const seconds = durationMs === undefined ? "" : String(durationMs / 1000);
      return `| ${executionId} | ${status} | ${startedAt ?? ""} | ${seconds} |`;
    }),
  ].join("\n"),
);
