/**
 * The resource behind every service's `WorkflowExecution`: declares its outputs, adds the facts that the dynamic
 * provider host is not told, and names the provider by a constant text instead of capturing code. No logic.
 */
import * as pulumi from "@pulumi/pulumi";
import type { ResourceMeta } from "../fronts/dynamic/properties";
import { metaProperty } from "../fronts/dynamic/properties";
import { providerText } from "../fronts/dynamic/providerText";
import type { ServiceName } from "../services/registry";
import { emptyOutputs, outputs } from "../lifecycle/state";
import { noteArguments } from "./argumentNotes";
import type { Refusal } from "./jsonValues";
import { toJsonValues } from "./jsonValues";
import { finishTransformations } from "./lastTransformation";
import { omitTracesBetween } from "./promiseTraces";
import type { ExecutionOutputs } from "./types";

/** Arguments that are outputs too. */
interface RepeatedArguments {
  /** The triggers of this execution. */
  triggers: Record<string, unknown> | undefined;
}

// An output without a value is null: of an undefined one, Pulumi warns when a program exports it.
type AsOutputs<T, Result> = {
  readonly [K in keyof T]: pulumi.Output<
    K extends "output" ? Result : undefined extends T[K] ? Exclude<T[K], undefined> | null : T[K]
  >;
};

/**
 * Base class; `repeated` are further arguments that are outputs too. Programs use the `WorkflowExecution` of a service's module.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-empty-object-type -- declares the outputs that the engine sets; the workflow's author decides the shape of one
export interface ExecutionResource<Result = any> extends AsOutputs<
  ExecutionOutputs & RepeatedArguments,
  Result
> {}
// eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-declaration-merging, @typescript-eslint/no-unused-vars -- see above
export abstract class ExecutionResource<Result = any> extends pulumi.CustomResource {
  protected constructor(
    service: ServiceName,
    name: string,
    args: Readonly<Record<string, unknown>>,
    repeated: readonly string[],
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    const type = resourceType(service);
    const refuse: Refusal = (problems, isLater) =>
      new pulumi.RunError(
        describeRefusal(service, name, problems, isLater ? undefined : callerOf(new.target)),
      );
    // A property that is not declared is no output: reading it in the program would give undefined instead of an
    // Output.
    const names = [...outputs, "region", "triggers", ...repeated];
    const declared: Record<string, undefined> = {};
    for (const output of names) declared[output] = undefined;
    const finish = (given: object, options: pulumi.CustomResourceOptions | undefined): pulumi.Inputs => ({
      ...declared,
      ...propertiesOf(service, name, given as Properties, options, refuse),
    });
    const outer = underConstruction;
    underConstruction = finish;
    try {
      super(type, name, finish(args, opts), opts);
    } finally {
      underConstruction = outer;
      resumeTraces();
    }
    for (const output of names) readNull(this, output);
  }
}

type Properties = Readonly<Record<string, unknown>>;

/** Makes all properties of a resource from its arguments and options. */
type FinishResource = (args: object, opts: pulumi.CustomResourceOptions | undefined) => pulumi.Inputs;

// A transformation can construct another resource meanwhile.
let underConstruction: FinishResource | undefined;

finishTransformations(ExecutionResource.prototype, () => {
  const finish = underConstruction;
  return ({ props, opts }) => (finish ? { props: finish(props, opts), opts } : undefined);
});

// The SDK begins with the URN and then makes an output of each property, in their order: the meta data are the last.
const resumeTraces = omitTracesBetween(ExecutionResource.prototype, "urn", metaProperty);

function propertiesOf(
  service: ServiceName,
  name: string,
  given: Properties,
  opts: pulumi.CustomResourceOptions | undefined,
  refuse: Refusal,
): pulumi.Inputs {
  const values = toJsonValues(given, refuse);
  const ignoreChanges = opts?.ignoreChanges ?? [];
  const meta: Record<keyof ResourceMeta, unknown> = {
    urn: urnOf(name, resourceType(service), opts?.parent),
    customTimeouts: opts?.customTimeouts,
    replaceOnChanges: opts?.replaceOnChanges,
    ignoreChanges: ignoreChanges.length > 0 ? ignoreChanges : undefined,
    notes: noteArguments(service, values),
  };
  const properties: Record<string, unknown> = {};
  for (const [argument, { value }] of Object.entries(values)) properties[argument] = value;
  properties["__provider"] = providerText(service);
  properties[metaProperty] = meta;
  return properties;
}

function describeRefusal(
  service: ServiceName,
  name: string,
  problems: readonly string[],
  caller: string | undefined,
): string {
  const what = problems.length === 1 ? "one value" : `${String(problems.length)} values`;
  return [
    `${service}.WorkflowExecution "${name}": ${what} cannot be represented in JSON`,
    ...problems.map((problem) => `  ${problem}`),
    ...(caller === undefined ? [] : [`  ${caller}`]),
  ].join("\n");
}

/** The line of the program that calls a constructor; undefined if that can't be told. */
function callerOf(constructor: object): string | undefined {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, constructor as () => void);
  return holder.stack?.split("\n")[1]?.trim();
}

const empty: Properties = emptyOutputs;

// The state has null for a value that an execution does not have; the answer of a mock may have undefined. The Output
// is made when it is read: an Output costs the SDK a dozen promises, and most programs read few of them.
function readNull(resource: pulumi.CustomResource, name: string): void {
  const stored = (resource as unknown as Record<string, pulumi.Output<unknown> | undefined>)[name];
  let said: pulumi.Output<unknown> | undefined;
  Object.defineProperty(resource, name, {
    configurable: true,
    enumerable: true,
    get: () => (said ??= stored?.apply((value) => value ?? empty[name] ?? null)),
    set: (value: pulumi.Output<unknown>) => {
      said = value;
    },
  });
}

// Without a parent, the result of `createUrn` is known at once, and the SDK need not wait for an Output.
function urnOf(name: string, type: string, parent: pulumi.Resource | undefined): pulumi.Input<string> {
  if (parent !== undefined) return pulumi.createUrn(name, type, parent);
  return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${type}::${name}`;
}

/** The type token of a service's executions, as it stands in URNs. */
export function resourceType(service: ServiceName): string {
  return `pulumi-nodejs:${service}:WorkflowExecution`;
}
