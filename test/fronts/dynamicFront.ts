/**
 * The dynamic provider: the resource's class makes the properties, and Pulumi's own dynamic provider host loads the compiled
 * provider by the text in them.
 */
import * as pulumi from "@pulumi/pulumi";
import { unknown as unknownOutput } from "@pulumi/pulumi/output";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import * as runbook from "pulumi-runbook";
import type { Emulator } from "runbook-emulator";
import type { ServiceName } from "../../provider/src/services/registry";
import { huaweiEndpoints } from "../support/everyService";
import type { Bag } from "../support/plugin/wireValues";
import { startPlugin } from "../support/plugin/pluginProcess";
import { unknown } from "../support/plugin/wireValues";
import { demoProjectId } from "../support/sessions";
import type { Declared, Front, Timeouts } from "./front";
import { quietMachine } from "./front";
import { isSecret } from "./marks";

/** The registration of a resource, as the engine receives it. */
interface Registration {
  getName(): string;
  getObject(): { toJavaScript(): Bag };
}

const registered = new Map<string, Bag>();

let isReady: Promise<void> | undefined;

// The SDK's own stand-in for the engine, which here keeps a program's values as they were sent, marks and all.
async function openRuntime(): Promise<void> {
  await pulumi.runtime.setMocks(
    { newResource: ({ name, inputs }) => ({ id: name, state: inputs as Bag }), call: () => ({}) },
    "tests",
    "dev",
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as MockMonitor;
  const answer = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: Registration, callback) => {
    registered.set(request.getName(), request.getObject().toJavaScript());
    return answer(request, callback);
  };
}

type ResourceClass = new (
  name: string,
  args: never,
  options: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

const classOf = (service: ServiceName): ResourceClass => runbook[service].WorkflowExecution;

/** The compiled dynamic provider in Pulumi's host. */
export const dynamicFront: Front = {
  name: "dynamic",
  urnOf: ({ name, service }) => `urn:pulumi:dev::tests::pulumi-nodejs:${service}:WorkflowExecution::${name}`,
  register: async ({ service, name, args, timeouts = {} }: Declared) => {
    await (isReady ??= openRuntime());
    const execution = new (classOf(service))(name, programValue(args) as never, {
      customTimeouts: optionOf(timeouts),
    });
    await new Promise((done) => execution.id.apply(done));
    return registered.get(name)!;
  },
  start: (emulator, home, hasSettings = true) =>
    startPlugin(undefined, {
      main: require.resolve("@pulumi/pulumi/cmd/dynamic-provider"),
      home,
      env: quietMachine,
      settings: hasSettings ? stackConfiguration(emulator) : {},
    }),
};

function optionOf(timeouts: Timeouts): pulumi.CustomTimeouts {
  return Object.fromEntries(Object.entries(timeouts).map(([name, seconds]) => [name, `${String(seconds)}s`]));
}

// The value as a program would write it.
function programValue(value: unknown): unknown {
  if (value === unknown) return pulumi.output(unknownOutput);
  if (isSecret(value)) return pulumi.secret(programValue(value.value));
  if (Array.isArray(value)) return value.map(programValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, programValue(item)]));
}

function stackConfiguration({ url }: Emulator): Bag {
  const account = (vendor: string): Bag => ({
    [`${vendor}:accessKey`]: "EMULATORACCESSKEY0001",
    [`${vendor}:secretKey`]: "emulator-secret-key-0001",
  });
  return {
    ...account("huaweicloud"),
    "huaweicloud:region": "cn-north-4",
    "huaweicloud:projectId": demoProjectId,
    "huaweicloud:endpoints": JSON.stringify(huaweiEndpoints(url)),
    ...account("alicloud"),
    "alicloud:region": "cn-hangzhou",
    "alicloud:endpoints": JSON.stringify({ fnf: url }),
    ...account("aws"),
    "aws:region": "us-east-1",
    "aws:endpoints": JSON.stringify([{ sfn: url }]),
  };
}
