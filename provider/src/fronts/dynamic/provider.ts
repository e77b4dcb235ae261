/**
 * The module that `__provider` requires: one dynamic provider per service, served by this process.
 */
import type { dynamic } from "@pulumi/pulumi";
import { toMessage } from "../../ground/text";
import type { ServiceName } from "../../services/registry";
import type { Session } from "../../lifecycle";
import { RunRegister, openSession } from "../../lifecycle";
import { services } from "../../services/registry";
import { engineReporter, everythingSaid } from "./engineReporter";
import { DeploymentMemory } from "../shared/deploymentMemory";
import type { ProviderProcess } from "./executionProvider";
import { ExecutionProvider } from "./executionProvider";
import { HostProcess } from "./hostProcess";
import { stackSettingWords } from "../shared/settingWords";
import { journalFolder, processSettings } from "../shared/settings";

const deployment = new DeploymentMemory();

// The host is configured once, whichever service's provider asks first.
let session: Session | undefined;

const register = new RunRegister({
  journalFolder: journalFolder(),
  onTrouble: (message, urn) => {
    if (urn === undefined) process.stderr.write(`pulumi-runbook: ${toMessage(message)}\n`);
    else engineReporter(urn).warn(message);
  },
});

const host = new HostProcess(async () => {
  const isReady = !deployment.hasFailed;
  await Promise.all(
    deployment.answered.map(({ service, urn, id }) => register.answered(service, urn, id, { isReady })),
  );
});

const thisProcess: ProviderProcess = {
  host,
  register,
  deployment,
  openSession: (config) =>
    (session ??= openSession({ settings: processSettings(config, stackSettingWords) })),
  reporter: engineReporter,
  everythingSaid,
};

const providers = Object.fromEntries(
  Object.entries(services).map(([service, definition]) => [
    service,
    new ExecutionProvider(definition, thisProcess),
  ]),
) as unknown as Record<ServiceName, dynamic.ResourceProvider>;

export = providers;
