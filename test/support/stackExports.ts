/**
 * Exports of stacks as `pulumi stack export` writes them, with executions of a test's choice.
 */
import { secretSignature, signatureKey } from "../../provider/src/fronts/shared/wireMarkers";

/** The time from which the times of an export are counted. */
export const exportStart = Date.UTC(2026, 10, 28, 14, 5, 7);

/** An RFC 3339 time, in milliseconds after {@link exportStart}. */
export function at(ms: number): string {
  return new Date(exportStart + ms).toISOString();
}

/** A secret of the state: encrypted. */
export const ciphertext = { [signatureKey]: secretSignature, ciphertext: "v1:cipher:text" };

/** A resource of an export. */
export interface ExportedResource {
  readonly name: string;
  /** @default "pulumi-nodejs:aom:WorkflowExecution" */
  readonly type?: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** More members of the resource, e.g. `delete`. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** The text of an export of the stack `dev` of the project `shop`, written one hour after {@link exportStart}. */
export function exportOf(resources: readonly ExportedResource[]): string {
  const type = "pulumi:pulumi:Stack";
  const own = { urn: `urn:pulumi:dev::shop::${type}::shop-dev`, type };
  return JSON.stringify({
    version: 3,
    deployment: {
      manifest: { time: at(3_600_000), version: "v3.259.0" },
      resources: [own, ...resources.map(resourceOf)],
    },
  });
}

function resourceOf({ name, type = "pulumi-nodejs:aom:WorkflowExecution", outputs, more }: ExportedResource) {
  const id = `id-of-${name}`;
  const urn = `urn:pulumi:dev::shop::${type}::${name}`;
  return { urn, custom: true, id, type, outputs: { executionId: id, ...succeeded(0), ...outputs }, ...more };
}

/** Outputs of an execution of two steps and 40 seconds. */
export function succeeded(startMs: number): Record<string, unknown> {
  return {
    workflowId: "patch-fleet",
    status: "succeeded",
    rawStatus: "success",
    startedAt: at(startMs),
    settledAt: at(startMs + 40_000),
    durationMs: 40_000,
    steps: [
      {
        id: "1",
        name: "Prepare",
        status: "succeeded",
        rawStatus: "success",
        startedAt: at(startMs),
        durationMs: 10_000,
      },
      {
        id: "2",
        name: "Patch",
        status: "succeeded",
        rawStatus: "success",
        startedAt: at(startMs + 10_000),
        durationMs: 30_000,
      },
    ],
  };
}

/** Outputs of an execution that failed on a machine in its second step, after 25 seconds. */
export function failed(startMs: number, log: string, message?: string): Record<string, unknown> {
  const target = { id: "m1", name: "ecs-prod-17", address: "10.0.3.17", exitCode: "126", log, message };
  return {
    ...succeeded(startMs),
    status: "failed",
    rawStatus: "fail",
    settledAt: at(startMs + 25_000),
    durationMs: 25_000,
    steps: [
      {
        id: "1",
        name: "Prepare",
        status: "succeeded",
        rawStatus: "success",
        startedAt: at(startMs),
        durationMs: 10_000,
      },
      {
        ...{ id: "2", name: "Patch", status: "failed", rawStatus: "fail", startedAt: at(startMs + 10_000) },
        ...{ durationMs: 15_000, error: "the script ended with 126", failedTargets: [target] },
      },
    ],
    failure: { stepId: "2", stepName: "Patch", message: "the script ended with 126", log },
  };
}

/** Outputs of an execution that was running when the state was written. */
export function running(startMs: number): Record<string, unknown> {
  return {
    ...succeeded(startMs),
    status: "running",
    rawStatus: "executing",
    settledAt: null,
    durationMs: null,
    steps: [{ id: "1", name: "Prepare", status: "running", rawStatus: "executing", startedAt: at(startMs) }],
  };
}

/** Outputs of a teardown runbook that waits for its resource to be destroyed. */
export const armed: Readonly<Record<string, unknown>> = {
  ...{ executionId: null, runOn: "destroy", status: "waiting", rawStatus: "", steps: [] },
  ...{ startedAt: null, settledAt: null, durationMs: null },
};

/** A log as machines write them. */
export const machineLog =
  "+ cd /opt/patch\n+ ./patch.sh --release 2026.11\nbash: ./patch.sh: Permission denied\nended with exit code 126";

/** The stack of the documentation: every status, four services, both fronts, and two deployments that are days apart. */
export function everyKind(): string {
  const day = 24 * 3_600_000;
  return exportOf([
    { name: "patch-fleet", outputs: succeeded(0) },
    { name: "patch-canary", outputs: failed(12_000, machineLog) },
    {
      name: "rotate-keys",
      type: "pulumi-nodejs:functiongraph:WorkflowExecution",
      outputs: succeeded(40_000),
    },
    {
      name: "migrate-orders",
      type: "runbook:cloudflow:WorkflowExecution",
      outputs: {
        ...succeeded(44_000),
        workflowId: null,
        flowName: "migrate",
        status: "timedOut",
        rawStatus: "TimedOut",
      },
    },
    {
      name: "reindex",
      type: "runbook:stepfunctions:WorkflowExecution",
      outputs: {
        ...running(61_000),
        workflowId: null,
        stateMachineArn: "arn:aws:states:eu-central-1:123456789012:stateMachine:reindex",
        consoleUrl:
          "https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions",
      },
      more: { modified: at(115_000) },
    },
    {
      name: "approve",
      outputs: { ...running(70_000), status: "waiting", rawStatus: "pause" },
      more: { modified: at(115_000) },
    },
    {
      name: "report",
      outputs: { ...succeeded(-3 * day), steps: ciphertext, status: "stopped", rawStatus: "terminated" },
    },
    { name: "inventory", outputs: succeeded(-3 * day + 20_000), more: { delete: true } },
    { name: "drain", outputs: armed },
    {
      name: "odd",
      outputs: {
        ...succeeded(0),
        status: "unknown",
        rawStatus: "PAUSED_BY_QUOTA",
        startedAt: ciphertext,
        steps: [],
      },
    },
  ]);
}
