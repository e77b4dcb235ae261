/**
 * The options of a function: checked, and applied in the program's own process, in which the function runs.
 */
import * as pulumi from "@pulumi/pulumi";
import { ConfigurationError, InputError } from "../ground/errors";

/** The package of the provider resources whose settings functions use. */
const ownPackage = "pulumi-nodejs";

const namespaces = /^(huaweicloud|alicloud|aws):/;

/** Settings by their names in the stack's configuration. */
export type Configuration = Readonly<Record<string, string>>;

/**
 * Refuses options that can't be honoured.
 * @param name the function's, for messages.
 * @param isOutputForm true if `dependsOn` has a meaning.
 * @throws InputError
 */
export function checkOptions(
  name: string,
  opts: pulumi.InvokeOutputOptions | undefined,
  isOutputForm: boolean,
): void {
  const refuse = (option: string, reason: string): never => {
    throw new InputError(`${name}: the option "${option}" ${reason}`);
  };
  if (opts === undefined) return;
  // Programs in JavaScript give anything.
  const given: unknown = opts;
  if (typeof given !== "object" || given === null)
    throw new InputError(`${name}: the options must be an object`);
  for (const [option, value] of Object.entries(given)) {
    if (value === undefined) continue;
    switch (option) {
      case "parent":
        if (!pulumi.Resource.isInstance(value)) refuse(option, "must be a resource");
        break;
      case "provider":
        checkProvider(value, (reason) => refuse(option, reason));
        break;
      case "async":
        if (value !== true) refuse(option, "can only be true: functions are asynchronous");
        break;
      case "dependsOn":
        if (!isOutputForm) {
          refuse(option, `is only for the Output form: call ${name}Output, or await the resource first`);
        }
        if (![value].flat().every(mayBeResource)) refuse(option, "must be a resource or a list of resources");
        break;
      case "version":
      case "pluginDownloadURL":
        refuse(option, "chooses a plugin, but this function runs in the program's own process: remove it");
        break;
      default:
        refuse(
          option,
          `does not exist: the options are async, ${isOutputForm ? "dependsOn, " : ""}parent, provider`,
        );
    }
  }
}

// A value that is not known yet is checked later.
function mayBeResource(value: unknown): boolean {
  return value instanceof Promise || pulumi.Output.isInstance(value) || pulumi.Resource.isInstance(value);
}

function checkProvider(value: unknown, refuse: (reason: string) => never): void {
  // By its type: the SDK's `ProviderResource.isInstance` takes any custom resource.
  const { __pulumiType: type } = Object(value) as { readonly __pulumiType?: unknown };
  const [, other] = /^pulumi:providers:(.*)$/.exec(String(type)) ?? [];
  if (other === undefined) refuse("must be a Provider of pulumi-runbook");
  if (other !== ownPackage) {
    refuse(`is a provider of the package ${other}: give it a Provider of pulumi-runbook`);
  }
}

/**
 * The settings of the provider that the options name, or that their parent hands down; undefined if the stack's configuration
 * applies. Unknown where one of them is. No secret, although there can be secrets in it: nothing that a function
 * answers is made of them.
 */
export function settingsOfProvider(
  token: string,
  opts: pulumi.InvokeOptions | undefined,
): pulumi.Output<Configuration> | undefined {
  const provider = opts?.provider ?? opts?.parent?.getProvider(token);
  if (!provider) return undefined;
  // The outputs, not the program's own values: transformations count, and outputs work for any copy of this package.
  const settings = Object.entries(provider).filter(([key]) => namespaces.test(key));
  const all = pulumi.all(Object.fromEntries(settings) as Record<string, pulumi.Input<unknown>>);
  return pulumi.unsecret(all.apply(onlyText));
}

function onlyText(values: Readonly<Record<string, unknown>>): Configuration {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue;
    texts[key] = typeof value === "string" ? value : JSON.stringify(value);
  }
  return texts;
}

/**
 * The value of an output, now.
 * @throws ConfigurationError when it is not known yet, as in a preview.
 */
export async function knownSettings(
  name: string,
  settings: pulumi.Output<Configuration>,
): Promise<Configuration> {
  // As the SDK tells it itself: `apply` would never call back.
  const internals = settings as unknown as {
    readonly isKnown: Promise<boolean>;
    promise(): Promise<Configuration>;
  };
  if (await internals.isKnown) return internals.promise();
  throw new ConfigurationError(
    `${name}: the settings of the provider are not known yet: call ${name}Output, which waits for them, or give it values that a preview knows.`,
  );
}

/**
 * Waits for the resources of `dependsOn` and for those whose outputs are among the arguments, children of components
 * included. Unknown while one of them has no id yet, so that a preview asks nothing about resources that are still to
 * be created.
 */
export function whenReady(
  dependsOn: pulumi.InvokeOutputOptions["dependsOn"],
  args: pulumi.Input<unknown>,
): pulumi.Output<unknown> {
  return pulumi.all([dependsOn as pulumi.Input<unknown>]).apply(async ([given]) => {
    const resources = new Set<pulumi.Resource>();
    for (const resource of Array.isArray(given) ? (given as unknown[]) : [given]) {
      await collect(resource, resources);
    }
    for (const resource of await resourcesIn(args)) await collect(resource, resources);
    return pulumi.all([...resources].map(idOf));
  });
}

// As the SDK finds them for its own functions.
async function resourcesIn(args: pulumi.Input<unknown>): Promise<Iterable<pulumi.Resource>> {
  const output = pulumi.all([args]) as unknown as { allResources?(): Promise<ReadonlySet<pulumi.Resource>> };
  return (await output.allResources?.()) ?? [];
}

function idOf(resource: pulumi.Resource): pulumi.Output<unknown> {
  // A resource of another program, as the SDK makes it, has no id of its own.
  const { id } = resource as { readonly id?: pulumi.Output<unknown> };
  return pulumi.CustomResource.isInstance(resource) && id ? id : resource.urn;
}

/** The SDK's own view of a component, which its `dependsOn` uses too. */
interface Component {
  readonly __data?: Promise<unknown>;
  readonly __childResources?: ReadonlySet<pulumi.Resource>;
}

async function collect(resource: unknown, into: Set<pulumi.Resource>): Promise<void> {
  if (resource === undefined) return;
  if (!pulumi.Resource.isInstance(resource)) {
    throw new InputError(`the option "dependsOn" must be a resource or a list of resources`);
  }
  if (into.has(resource)) return;
  into.add(resource);
  if (!pulumi.ComponentResource.isInstance(resource)) return;
  const component = resource as Component;
  // Until it is constructed it may get more children.
  await component.__data;
  for (const child of component.__childResources ?? []) await collect(child, into);
}
