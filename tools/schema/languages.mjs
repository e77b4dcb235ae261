// Settings for the generators of Pulumi's SDKs, a block for each language. The block for C# is used by `pulumi package
// add` only; the others by `npm run build:sdk` too.

/** The address that Go imports from; the generator writes go.mod there. */
const GO_MODULE = "github.com/pulumi-runbook/pulumi-runbook/sdk/go";

/** The package in the words of each module: `runbook`, then the services. */
const NAMES = {
  aom: "Aom",
  functiongraph: "FunctionGraph",
  coc: "Coc",
  cloudflow: "CloudFlow",
  stepfunctions: "StepFunctions",
};

/**
 * @param {readonly string[]} services names of the services' modules
 * @returns {Record<string, object>}
 */
export function languageBlocks(services) {
  // The version in the SDK is that of the plugin it asks for.
  const respectSchemaVersion = true;
  return {
    nodejs: { packageName: "@pulumi-runbook/runbook", respectSchemaVersion },
    python: { packageName: "pulumi_runbook", pyproject: { enabled: true }, respectSchemaVersion },
    go: {
      modulePath: GO_MODULE,
      importBasePath: `${GO_MODULE}/runbook`,
      rootPackageName: "runbook",
      generateResourceContainerTypes: true,
      respectSchemaVersion,
    },
    csharp: {
      rootNamespace: "PulumiRunbook",
      namespaces: { runbook: "Runbook", ...namesOf(services) },
      respectSchemaVersion,
    },
    java: {
      basePackage: "io.github.pulumirunbook",
      buildFiles: "gradle",
      packages: Object.fromEntries(services.map((service) => [service, service])),
    },
  };
}

/**
 * @param {readonly string[]} services
 * @returns {Record<string, string>}
 */
function namesOf(services) {
  /** @type {Readonly<Record<string, string>>} */
  const names = NAMES;
  return Object.fromEntries(
    services.map((service) => [
      service,
      names[service] ?? service.charAt(0).toUpperCase() + service.slice(1),
    ]),
  );
}
