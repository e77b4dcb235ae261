/**
 * One role in a program, played by an execution of each service; every role has workflows of its own, so that its
 * executions can be counted.
 */
import type { Emulator } from "runbook-emulator";
import type { ArgumentSpec } from "../../provider/src/execution/argument";
import type { BackendDefinition } from "../../provider/src/execution/service";
import type { ServiceName } from "../../provider/src/services/registry";
import { services } from "../../provider/src/services/registry";
import { control, executionsOf } from "./emulators";
import type { ProgramResource } from "./stack";
import { emulatedMachine } from "./stepFunctions/wire";

/** All services of the registry. Step Functions is served by the tests' own emulator: `stepFunctions/emulatedStates`. */
export const registeredServices = Object.keys(services) as ServiceName[];

/** A service that users find in the emulator. */
export type EmulatedService = Exclude<ServiceName, "stepfunctions">;

/** All services of the emulator. */
export const everyService = registeredServices.filter(
  (service): service is EmulatedService => service !== "stepfunctions",
);

/** Their number, which is that of the resources of a role. */
export const serviceCount = everyService.length;

const specsOf = (service: ServiceName): [string, ArgumentSpec][] =>
  Object.entries((services[service] as BackendDefinition).arguments);

/** The name of the argument that names the workflow. */
export function workflowArgumentOf(service: ServiceName): string {
  return specsOf(service).find(([, { required, replaces }]) => required && replaces)![0];
}

/** The name of the argument that the workflow gets as its input; where it takes none, the triggers differ from run to run. */
export function inputArgumentOf(service: ServiceName): string {
  return specsOf(service).find(([, { isInput }]) => isInput)?.[0] ?? "triggers";
}

/** The name of the argument that says first where the workflow is. */
export function placeArgumentOf(service: ServiceName): string {
  return specsOf(service).find(([, { located }]) => located)![0];
}

/** The argument that names a scripted workflow. */
export function workflowArgument(service: ServiceName, id: string): Record<string, string> {
  return { [workflowArgumentOf(service)]: service === "stepfunctions" ? emulatedMachine(id) : id };
}

/** The endpoints of Huawei Cloud's services, IAM included: all at one address. */
export function huaweiEndpoints(url: string): Record<string, string> {
  const own = registeredServices.filter((service) => services[service].title.startsWith("Huawei Cloud"));
  return Object.fromEntries([...own, "iam"].map((service) => [service, url]));
}

/** The same value for each service. */
export function onEvery<T>(value: T): Record<EmulatedService, T> {
  return forEvery(() => value);
}

function forEvery<T>(make: (service: EmulatedService) => T): Record<EmulatedService, T> {
  return Object.fromEntries(everyService.map((service) => [service, make(service)])) as Record<
    EmulatedService,
    T
  >;
}

/** Names of a role's resources. */
export function namesOf(role: string): string[] {
  return everyService.map((service) => `${service}-${role}`);
}

/** Scripts a role's workflows: one step, long enough to be seen running where `runsOn`. */
export async function script(
  emulator: Emulator,
  role: string,
  { runsOn = false, ...more }: { readonly runsOn?: boolean; readonly [field: string]: unknown } = {},
): Promise<void> {
  const nodes = [{ id: "Work", name: "Work", durationMs: runsOn ? 3_600_000 : 100 }];
  for (const service of everyService) {
    await control(emulator, "PUT", `/workflows/${service}-${role}`, { service, nodes, ...more });
  }
}

/** An execution of each service. */
export function play(
  role: string,
  {
    workflow = role,
    args = {},
    opts = {},
    after,
  }: {
    /** @default the role */
    readonly workflow?: string;
    readonly args?: Readonly<Record<string, unknown>>;
    readonly opts?: Readonly<Record<string, unknown>>;
    /** The role on which it depends. */
    readonly after?: string;
  } = {},
): ProgramResource[] {
  return everyService.map((service) => ({
    name: `${service}-${role}`,
    kind: service,
    args: {
      ...workflowArgument(service, `${service}-${workflow}`),
      ...args,
    },
    opts,
    ...(after === undefined ? {} : { dependsOn: [`${service}-${after}`] }),
  }));
}

/** A role under another name than its workflows, with an alias for the name it had. */
export function renamed(
  workflow: string,
  role: string,
  settings: Pick<NonNullable<Parameters<typeof play>[1]>, "args" | "opts">,
  before: string,
): ProgramResource[] {
  return everyService.flatMap((service) => {
    const aliases = before === role ? [] : [{ name: `${service}-${before}` }];
    const opts = { ...settings.opts, aliases };
    return play(role, { ...settings, workflow, opts }).filter(({ kind }) => kind === service);
  });
}

/** The executions of a role: on each service, by the order of their starts, whether each is still running. */
export async function runsOf(
  emulator: Emulator,
  role: string,
): Promise<Record<EmulatedService, ("runs" | "ended")[]>> {
  const executions = await executionsOf(emulator);
  const of = (service: EmulatedService): ("runs" | "ended")[] =>
    executions
      .filter(({ workflowId }) => workflowId === `${service}-${role}`)
      .map(({ status }) => (/^running$/i.test(status) ? "runs" : "ended"));
  return forEvery(of);
}

/** The row that the CLI showed last for a resource; empty where it showed none. */
export function rowOf(output: string, name: string): string {
  const rows = output.split("\n").filter((line) => new RegExp(`Execution ${name}( |$)`).test(line));
  return rows.at(-1) ?? "";
}
