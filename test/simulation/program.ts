/**
 * The program: what a resource of a script comes to as the inputs that its constructor sends.
 */
import type { ServiceName } from "../../provider/src/services/registry";
import type { ResourceSpec, World } from "./script";
import type { Bag } from "./values";

/** The resource's name among all of a stack. */
export function urnOf(service: ServiceName, stack: string, name: string): string {
  return `urn:pulumi:${stack}::sim::pulumi-nodejs:${service}:WorkflowExecution::${name}`;
}

/** The workflow's name at the service. */
export function workflowName(index: number): string {
  return `wf${String(index)}`;
}

/** By which an execution's input tells whose it is; AOM's have no input. */
export function tagOf(stack: string, name: string): string {
  return `${stack}/${name}`;
}

/**
 * The inputs of a resource.
 * @param key what `executionKey` is, where the program gives one.
 */
export function inputsOf(world: World, stack: string, spec: ResourceSpec, key: string | undefined): Bag {
  const { service } = world;
  const input = { sim: tagOf(stack, spec.name) };
  const place =
    service === "cloudflow"
      ? { region: "cn-hangzhou", flowName: workflowName(spec.workflow) }
      : {
          region: "cn-north-4",
          projectId: "0123456789abcdef0123456789abcdef",
          workflowId: workflowName(spec.workflow),
        };
  const mode =
    world.express !== true
      ? {}
      : service === "cloudflow"
        ? { executionMode: "Express" }
        : { mode: "EXPRESS" };
  return {
    ...place,
    ...(service === "aom" ? {} : { input, ...mode }),
    triggers: { version: spec.version },
    ...spec.args,
    ...(key === undefined ? {} : { executionKey: key }),
    ...(spec.executionName === undefined ? {} : { executionName: spec.executionName }),
    __provider: `exports.handler = () => require("pulumi-runbook/provider").${service};`,
    __meta: {
      urn: urnOf(service, stack, spec.name),
      ...(spec.secretInput === true && service !== "aom" ? { secretArguments: ["input"] } : {}),
    },
  };
}
