// Deploys a stack from a program of its own by Pulumi's Automation API, and shows the progress of the workflow line by line.
// An emulator in this process stands for the cloud: remove it, and set region and credentials, to use an account.
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { aom } from "pulumi-runbook";
import { ControlClient, startEmulator } from "runbook-emulator";

/** The program of the stack. */
async function program() {
  const patch = new aom.WorkflowExecution("patch-fleet", {
    workflowId: "demo-succeeds",
    triggers: { release: process.argv[2] ?? "1" },
  });
  return { status: patch.status, version: patch.output.apply((output) => output.version) };
}

/** Prints what the provider says of a resource; the engine repeats a row several times. */
function showProgress() {
  let last = "";
  return ({ diagnosticEvent }) => {
    if (!diagnosticEvent?.urn?.includes("WorkflowExecution")) return;
    const line = `${diagnosticEvent.urn.split("::").at(-1)}: ${diagnosticEvent.message.trim()}`;
    if (line !== last) console.log(line);
    last = line;
  };
}

const emulator = await startEmulator();
try {
  // The provider is found from this folder, wherever the script is started.
  const workDir = import.meta.dirname;
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "dev", projectName: "automation-api", program },
    { workDir },
  );
  await stack.setAllConfig(new ControlClient(emulator).pulumiConfig(), true);
  const { outputs, summary } = await stack.up({ color: "never", onEvent: showProgress() });
  console.log(`${summary.result}: version ${outputs.version.value}`);
  await stack.destroy();
} finally {
  await emulator.close();
}
