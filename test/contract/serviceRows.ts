/**
 * The services under contract: one row each.
 */
import type { Emulator } from "runbook-emulator";
import type { Arguments } from "../../provider/src/lifecycle";
import type { ServiceName } from "../../provider/src/services/registry";
import { control } from "../support/emulators";
import { emulatorSettings } from "../support/lifecycleHosts";
import { demoAccountId, demoProjectId } from "../support/sessions";
import { emulatedAccount, emulatedMachine, emulatedRegion } from "../support/stepFunctions/wire";
import type { ContractWorkflow, ServiceRow } from "./serviceRow";

const prepare = { id: "prepare", name: "Prepare", durationMs: 1_000 };
const work = { id: "work", name: "Work", durationMs: 1_000 };
const aomScripts: Readonly<Record<ContractWorkflow, object>> = {
  succeeds: { nodes: [prepare, { ...work, output: { version: "1.4.2" } }] },
  fails: { nodes: [prepare, { ...work, status: "fail", targets: { success: 1, fail: ["ecs-1"] } }] },
  runs: { nodes: [{ ...work, durationMs: 3_600_000 }] },
};

const flowScripts: Readonly<Record<ContractWorkflow, object>> = {
  ...aomScripts,
  fails: { nodes: [prepare, { ...work, status: "fail" }] },
};

// CloudFlow knows a step by one name only.
const named = { prepare: { ...prepare, id: "Prepare" }, work: { ...work, id: "Work" } };
const cloudFlowScripts: Readonly<Record<ContractWorkflow, object>> = {
  succeeds: { nodes: [named.prepare, { ...named.work, output: { version: "1.4.2" } }] },
  fails: { nodes: [named.prepare, { ...named.work, status: "fail" }] },
  runs: { nodes: [{ ...named.work, durationMs: 3_600_000 }] },
};

/** Scripts a workflow of a service; gives its id. */
async function script(
  emulator: Emulator,
  service: ServiceName,
  workflow: ContractWorkflow,
  scripts: Readonly<Record<ContractWorkflow, object>>,
): Promise<string> {
  const id = `contract-${workflow}`;
  await control(emulator, "PUT", `/workflows/${id}`, { service, ...scripts[workflow] });
  return id;
}

const huaweiWords = { running: "running", succeeded: "success", failed: "fail", stopped: "cancel" };

/** All services of the registry. */
export const serviceRows: readonly ServiceRow[] = [
  {
    service: "aom",
    settings: emulatorSettings,
    workflow: async (emulator, workflow): Promise<Arguments> => ({
      workflowId: await script(emulator, "aom", workflow, aomScripts),
    }),
    unknownWorkflow: { workflowId: "nowhere" },
    location: { region: "cn-north-4", projectId: demoProjectId },
    words: huaweiWords,
    refusals: [400, 403, 409],
    operations: {
      start: "ExecuteWorkflow",
      describe: "SearchWorkflowExecutionDetail",
      list: "ListWorkflowExecutions",
      stop: "StopExecution",
    },
  },
  {
    service: "functiongraph",
    settings: emulatorSettings,
    workflow: async (emulator, workflow): Promise<Arguments> => ({
      workflowId: await script(emulator, "functiongraph", workflow, flowScripts),
    }),
    unknownWorkflow: { workflowId: "nowhere" },
    location: { region: "cn-north-4", projectId: demoProjectId },
    words: huaweiWords,
    refusals: [400, 403, 409],
    operations: {
      start: "StartWorkflowExecution",
      describe: "ShowWorkflowExecution",
      list: "ShowWorkflowExecutionForPage",
      stop: "StopWorkFlow",
    },
  },
  {
    service: "coc",
    // With the account's id it need not be looked up.
    settings: (emulator) => emulatorSettings(emulator, { "huaweicloud:domainId": demoAccountId }),
    workflow: async (emulator, workflow): Promise<Arguments> => ({
      documentId: await script(emulator, "coc", workflow, flowScripts),
    }),
    unknownWorkflow: { documentId: "nowhere" },
    location: { site: "china", accountId: demoAccountId },
    words: { running: "Running", succeeded: "Succeed", failed: "Failed", stopped: "Canceled" },
    refusals: [400, 403, 409],
    operations: {
      start: "ExecuteDocument",
      describe: "ShowExecution",
      list: "ListExecutions",
      stop: "UpdateExecution",
    },
  },
  {
    service: "cloudflow",
    settings: emulatorSettings,
    workflow: async (emulator, workflow): Promise<Arguments> => ({
      flowName: await script(emulator, "cloudflow", workflow, cloudFlowScripts),
    }),
    unknownWorkflow: { flowName: "nowhere" },
    location: { region: "cn-hangzhou" },
    words: { running: "Running", succeeded: "Succeeded", failed: "Failed", stopped: "Stopped" },
    // 409 is a conflict of two changes, and may pass.
    refusals: [400, 403],
    operations: {
      start: "StartExecution",
      describe: "DescribeExecution",
      list: "ListExecutions",
      stop: "StopExecution",
    },
  },
  {
    service: "stepfunctions",
    settings: emulatorSettings,
    workflow: async (emulator, workflow): Promise<Arguments> => ({
      stateMachineArn: emulatedMachine(await script(emulator, "stepfunctions", workflow, flowScripts)),
    }),
    unknownWorkflow: { stateMachineArn: emulatedMachine("nowhere") },
    location: { region: emulatedRegion, accountId: emulatedAccount },
    words: { running: "RUNNING", succeeded: "SUCCEEDED", failed: "FAILED", stopped: "ABORTED" },
    refusals: [400, 403],
    operations: {
      start: "StartExecution",
      describe: "DescribeExecution",
      list: "ListExecutions",
      stop: "StopExecution",
    },
  },
];
