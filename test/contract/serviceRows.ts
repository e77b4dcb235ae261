/**
 * The services under contract: one row each.
 */
import type { Emulator } from "workflow-emulator";
import type { Arguments } from "../../provider/src/lifecycle";
import { control } from "../support/emulators";
import { emulatorSettings } from "../support/lifecycleHosts";
import { demoProjectId } from "../support/sessions";
import type { ContractWorkflow, ServiceRow } from "./serviceRow";

const prepare = { id: "prepare", name: "Prepare", durationMs: 1_000 };
const work = { id: "work", name: "Work", durationMs: 1_000 };
const aomScripts: Readonly<Record<ContractWorkflow, object>> = {
  succeeds: { nodes: [prepare, { ...work, output: { version: "1.4.2" } }] },
  fails: { nodes: [prepare, { ...work, status: "fail", targets: { success: 1, fail: ["ecs-1"] } }] },
  runs: { nodes: [{ ...work, durationMs: 3_600_000 }] },
};

/** All services of the registry. */
export const serviceRows: readonly ServiceRow[] = [
  {
    service: "aom",
    settings: emulatorSettings,
    workflow: async (emulator: Emulator, workflow: ContractWorkflow): Promise<Arguments> => {
      await control(emulator, "PUT", `/workflows/contract-${workflow}`, aomScripts[workflow]);
      return { workflowId: `contract-${workflow}` };
    },
    unknownWorkflow: { workflowId: "nowhere" },
    location: { region: "cn-north-4", projectId: demoProjectId },
    words: { running: "running", succeeded: "success", failed: "fail", stopped: "cancel" },
    operations: {
      start: "ExecuteWorkflow",
      describe: "SearchWorkflowExecutionDetail",
      list: "ListWorkflowExecutions",
      stop: "StopExecution",
    },
  },
];
