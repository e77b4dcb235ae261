/** The program: turns a resource of a script into the inputs that its constructor sends. */
import type { BackendDefinition } from "../../provider/src/execution/service";
import type { ServiceName } from "../../provider/src/services/registry";
import { services } from "../../provider/src/services/registry";
import type { ResourceSpec, World } from "./script";
import type { Bag } from "./values";
import { secretOf } from "./values";

/** The resource's name among all of a stack. */
export function urnOf({ service, front }: World, stack: string, name: string): string {
  const type = front === "plugin" ? "runbook" : "pulumi-nodejs";
  return `urn:pulumi:${stack}::sim::${type}:${service}:WorkflowExecution::${name}`;
}

/** The workflow's name at the service. */
export function workflowName(index: number): string {
  return `wf${String(index)}`;
}

/** The mark by which an execution's input tells its owner; AOM's have no input, COC's are parameters. */
export function tagOf(stack: string, name: string): string {
  return `${stack}/${name}`;
}

/** True where an execution's name is its id, and makes a second start harmless. */
export function isNamed({ service }: Pick<World, "service">): boolean {
  return service === "cloudflow" || service === "stepfunctions";
}

/** The argument that names the first workflow, and the id by which an execution of it is imported. */
export function importOf(
  { service }: World,
  executionId: string,
): { readonly place: Record<string, string>; readonly id: string } {
  const [name = "", workflow = ""] = Object.entries(placeOf(service, workflowName(0))).at(-1) ?? [];
  return { place: { [name]: workflow }, id: `${workflow}/${executionId}` };
}

function placeOf(service: ServiceName, workflow: string): Record<string, string> {
  switch (service) {
    case "cloudflow":
      return { region: "cn-hangzhou", flowName: workflow };
    case "coc":
      return { site: "international", documentId: workflow };
    case "stepfunctions":
      return {
        region: "us-east-1",
        stateMachineArn: `arn:aws:states:us-east-1:123456789012:stateMachine:${workflow}`,
      };
    default:
      return {
        region: "cn-north-4",
        projectId: "0123456789abcdef0123456789abcdef",
        workflowId: workflow,
      };
  }
}

/** The workflow's name at the service, by the inputs of a resource. */
export function workflowOf(inputs: Bag): string {
  const texts = [inputs["flowName"], inputs["workflowId"], inputs["documentId"], inputs["stateMachineArn"]];
  const found = texts.find((text): text is string => typeof text === "string");
  return found?.split(":").at(-1) ?? workflowName(0);
}

const expressModes: Readonly<Record<ServiceName, Readonly<Record<string, string>>>> = {
  aom: {},
  functiongraph: { mode: "EXPRESS" },
  coc: {},
  cloudflow: { executionMode: "Express" },
  stepfunctions: { stateMachineType: "EXPRESS" },
};

/** True for a service that has executions without a history. */
export function hasExpress(service: ServiceName): boolean {
  return Object.keys(expressModes[service]).length > 0;
}

/** True for a service whose executions can show the mark of their start in their details. */
export function showsMarks({ service }: Pick<World, "service">): boolean {
  return services[service].capabilities.runMark === "detail";
}

/** The name of the argument that the workflow gets as its input; undefined where it takes none. */
export function inputNameOf(service: ServiceName): string | undefined {
  const { arguments: specs }: BackendDefinition = services[service];
  return Object.entries(specs).find(([, { isInput }]) => isInput)?.[0];
}

/** The names that {@link inputNameOf} gives. */
export const inputNames: ReadonlySet<string> = new Set(
  (Object.keys(services) as ServiceName[]).flatMap((service) => inputNameOf(service) ?? []),
);

// The properties that the npm package's class adds for the dynamic provider.
function ownProperties(world: World, stack: string, { name }: ResourceSpec, secretArguments: Bag): Bag {
  return {
    __provider: `exports.handler = () => require("pulumi-runbook/provider").${world.service};`,
    __meta: { urn: urnOf(world, stack, name), ...secretArguments },
  };
}

/**
 * The inputs of a resource.
 * @param key the value of `executionKey`, where the program gives one.
 */
export function inputsOf(world: World, stack: string, spec: ResourceSpec, key: string | undefined): Bag {
  const { service } = world;
  const isPlugin = world.front === "plugin";
  const inputName = inputNameOf(service);
  const isSecret = spec.secretInput === true && inputName !== undefined;
  const tag = { sim: tagOf(stack, spec.name) };
  const input = inputName === undefined ? {} : { [inputName]: isSecret && isPlugin ? secretOf(tag) : tag };
  const place = placeOf(service, workflowName(spec.workflow));
  const mode = world.express === true ? expressModes[service] : {};
  return {
    ...place,
    ...input,
    ...mode,
    triggers: { version: spec.version },
    ...spec.args,
    ...(key === undefined ? {} : { executionKey: key }),
    ...(spec.executionName === undefined ? {} : { executionName: spec.executionName }),
    ...(isPlugin ? {} : ownProperties(world, stack, spec, isSecret ? { secretArguments: [inputName] } : {})),
  };
}
