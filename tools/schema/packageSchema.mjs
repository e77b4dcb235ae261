// The schema of the plugin's package, which Pulumi makes SDKs, documentation and checks of: the types that a TypeScript
// program imports, joined with the argument tables. Both are read; where they disagree, there is no schema.
import { languageBlocks } from "./languages.mjs";
import { ProgramTypes } from "./programTypes.mjs";
import { TypeSpecs } from "./typeSpecs.mjs";

/** @typedef {import("typescript").Symbol} TypeScriptSymbol */
/** @typedef {import("./typeSpecs.mjs").ObjectSpec} ObjectSpec */
/** @typedef {{ required?: boolean, replaces?: boolean }} ArgumentRow */

/** The package's name in tokens, in SDKs and in the executable's name. */
export const PACKAGE = "runbook";

const REPOSITORY_URL = "https://github.com/pulumi-runbook/pulumi-runbook";

const DESCRIPTION =
  "A runbook execution as a Pulumi resource: started and awaited by `pulumi up`, run again for a reason that the preview names.";

/**
 * The sources of the schema, beside the types.
 * @typedef {object} SchemaSources
 * @property {string} repository its root
 * @property {string} version of the plugin, the SDKs and the schema: one number
 * @property {Readonly<Record<string, Readonly<Record<string, ArgumentRow>>>>} tables the arguments of each service
 */

/**
 * Makes the schema.
 * @param {SchemaSources} sources
 * @returns {object}
 * @throws {Error} where types and tables disagree, or a type has no counterpart
 */
export function makePackageSchema({ repository, version, tables }) {
  const services = Object.keys(tables).sort();
  const types = new ProgramTypes(repository, services);
  const specs = new TypeSpecs(types, { packageName: PACKAGE, services });
  /** @type {Record<string, object>} */
  const resources = {};
  /** @type {Record<string, object>} */
  const functions = {};
  for (const service of services) {
    const table = tables[service] ?? {};
    resources[`${PACKAGE}:${service}:WorkflowExecution`] = resourceOf(types, specs, service, table);
    for (const name of pluginFunctions(types, service)) {
      functions[`${PACKAGE}:${service}:${name}`] = functionOf(types, specs, types.exported(service, name));
    }
  }
  const settings = settingsOf(types, specs);
  return {
    name: PACKAGE,
    displayName: "Runbook",
    version,
    description: DESCRIPTION,
    keywords: ["pulumi", "runbook", "workflow", "huaweicloud", "alicloud", "kind/native", "category/cloud"],
    homepage: REPOSITORY_URL,
    license: "Apache-2.0",
    repository: REPOSITORY_URL,
    // Kept in the state of each stack from the first release on: `refresh` and `destroy` get the plugin from there.
    pluginDownloadURL: "github://api.github.com/pulumi-runbook/pulumi-runbook",
    publisher: "pulumi-runbook",
    meta: { moduleFormat: "(.*)", supportPack: true },
    language: languageBlocks(services),
    config: { variables: settings },
    types: sorted(specs.named),
    provider: {
      description: specs.describe(types.exported("explicitProvider", "Provider")),
      inputProperties: settings,
    },
    resources: sorted(resources),
    functions: sorted(functions),
  };
}

/**
 * @param {ProgramTypes} types
 * @param {TypeSpecs} specs
 * @param {string} service
 * @param {Readonly<Record<string, ArgumentRow>>} table
 * @returns {object}
 */
function resourceOf(types, specs, service, table) {
  const args = specs.members(types.declared(types.exported(service, "WorkflowExecutionArgs")));
  demandAgreement(service, args, table);
  const outcome = specs.members(types.declared(types.exported("types", "ExecutionOutputs")));
  const own = types.checker.getPropertiesOfType(types.declared(types.exported(service, "WorkflowExecution")));
  /** @type {ObjectSpec["properties"]} */
  const properties = { ...args.properties, ...outcome.properties };
  for (const [name, spec] of Object.entries(properties)) {
    // An output can have a description of its own, different from the argument's.
    const declared = own.find((member) => member.name === name);
    const description = declared === undefined ? "" : specs.describe(declared);
    if (description !== "" && outcome.properties[name] === undefined) {
      properties[name] = { ...spec, description };
    }
  }
  for (const [name, spec] of Object.entries(args.properties)) {
    if (table[name]?.replaces) args.properties[name] = { ...spec, willReplaceOnChanges: true };
  }
  return {
    description: specs.describe(types.exported(service, "WorkflowExecution")),
    properties: sorted(properties),
    required: [...args.required, ...outcome.required].sort(),
    inputProperties: sorted(args.properties),
    requiredInputs: args.required.sort(),
  };
}

/**
 * @param {string} service
 * @param {ObjectSpec} args
 * @param {Readonly<Record<string, ArgumentRow>>} table
 */
function demandAgreement(service, args, table) {
  const typed = Object.keys(args.properties).sort().join(", ");
  const listed = Object.keys(table).sort().join(", ");
  if (typed !== listed) {
    throw new Error(`${service}: its type has the arguments ${typed}; its table has ${listed}`);
  }
  for (const [name, { required = false }] of Object.entries(table)) {
    if (args.required.includes(name) !== required) {
      throw new Error(`${service}: "${name}" is required in its ${required ? "table" : "type"} only`);
    }
  }
}

/**
 * The functions of a service that the plugin serves: those that give one answer. A form for outputs is made by every SDK
 * itself, and a list that has no end can't be an answer.
 * @param {ProgramTypes} types
 * @param {string} service
 * @returns {string[]}
 */
function pluginFunctions(types, service) {
  const names = types.exportsOf(service).map(({ name }) => name);
  return names.filter((name) => /^[a-z]/.test(name) && !/^list|Output$/.test(name));
}

/**
 * @param {ProgramTypes} types
 * @param {TypeSpecs} specs
 * @param {TypeScriptSymbol} symbol
 * @returns {object}
 */
function functionOf(types, specs, symbol) {
  const [signature] = types.typeOf(symbol).getCallSignatures();
  const [args] = signature?.getParameters() ?? [];
  const result = signature && types.checker.getAwaitedType(signature.getReturnType());
  if (args === undefined || result === undefined) {
    throw new Error(`${symbol.name} is no function of arguments`);
  }
  const inputs = specs.members(types.typeOf(args));
  const outputs = specs.members(result);
  const isAnswered = Object.keys(outputs.properties).length > 0;
  return {
    description: specs.describe(symbol),
    inputs: objectOf(inputs),
    ...(isAnswered ? { outputs: objectOf(outputs) } : {}),
  };
}

/**
 * @param {ObjectSpec} spec
 * @returns {object}
 */
function objectOf({ properties, required }) {
  return { type: "object", properties: sorted(properties), required: required.sort() };
}

/**
 * A map for each vendor. The whole map is secret, because SDKs mark only whole settings.
 * @param {ProgramTypes} types
 * @param {TypeSpecs} specs
 * @returns {Record<string, object>}
 */
function settingsOf(types, specs) {
  const { properties } = specs.members(types.declared(types.exported("explicitProvider", "ProviderArgs")));
  return Object.fromEntries(
    Object.entries(properties).map(([name, spec]) => {
      const described = specs.named[(spec.$ref ?? "").replace("#/types/", "")]?.description;
      const description = spec.description ?? described;
      return [name, { ...spec, ...(description === undefined ? {} : { description }), secret: true }];
    }),
  );
}

/**
 * @template T
 * @param {Readonly<Record<string, T>>} record
 * @returns {Record<string, T>} in the order of its keys, so that moving a declaration changes nothing
 */
function sorted(record) {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
