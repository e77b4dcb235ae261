/**
 * Where settings come from: stack configuration, environment, profile files. Handed in by the front
 * (`dynamic/` or the query functions), read by the backends at the moment of use and never stored.
 */
import { ConfigurationError } from "../errors";
import { isJsonObject } from "../http/answer";

/** Sources of settings, in the order in which they count: configuration before environment before files. */
export interface Settings {
  /** Value of a stack configuration key with its namespace, e.g. `huaweicloud:region`; objects are JSON text. */
  readonly config: (key: string) => string | undefined;
  /** Value of an environment variable; an empty one counts as absent. */
  readonly environment: (name: string) => string | undefined;
  /** Text of a file, or undefined where there is none. `~/` is the home folder. */
  readonly readFile: (path: string) => string | undefined;
}

/** A value and where it was found, so that an error can name the setting to correct. */
export interface Found {
  readonly value: string;
  /** E.g. `argument "region"`, `configuration huaweicloud:region`, `environment variable HW_REGION_NAME`. */
  readonly source: string;
}

/** The first of several places that has a value. */
export function firstFound(...places: (Found | undefined)[]): Found | undefined {
  return places.find((place) => place !== undefined);
}

/** Looks into an argument of the resource. */
export function fromArgument(name: string, value: unknown): Found | undefined {
  return typeof value === "string" && value !== "" ? { value, source: `argument "${name}"` } : undefined;
}

/** Looks into the stack configuration. */
export function fromConfig(settings: Settings, key: string): Found | undefined {
  const value = settings.config(key);
  return value === undefined || value === "" ? undefined : { value, source: `configuration ${key}` };
}

/** Looks into the environment; the first variable that is set counts. */
export function fromEnvironment(settings: Settings, ...names: string[]): Found | undefined {
  for (const name of names) {
    const value = settings.environment(name);
    if (value !== undefined && value !== "") return { value, source: `environment variable ${name}` };
  }
  return undefined;
}

/**
 * Looks for a service's address in a configuration key that holds a map from service to address.
 * @throws ConfigurationError where the key holds something else.
 */
export function configuredEndpoint(settings: Settings, key: string, service: string): Found | undefined {
  const found = fromConfig(settings, key);
  if (!found) return undefined;
  let endpoints: unknown;
  try {
    endpoints = JSON.parse(found.value);
  } catch {
    endpoints = undefined;
  }
  if (!isJsonObject(endpoints)) {
    throw new ConfigurationError(
      `configuration ${key} is not a map from service to address. ` +
        `Set it by: pulumi config set --path ${key}.${service} https://…`,
    );
  }
  const value = endpoints[service];
  return typeof value === "string" && value !== "" ? { value, source: found.source } : undefined;
}

/**
 * The error for credentials of which a source has some parts and lacks others.
 * @param parts all that belong together, as they are named in that source.
 */
export function incompleteCredentials(
  vendor: string,
  parts: readonly { readonly name: string; readonly value: string | undefined }[],
): ConfigurationError {
  const [set, missing] = [true, false].map((isSet) =>
    parts.filter(({ value }) => (value !== undefined) === isSet).map(({ name }) => name),
  ) as [string[], string[]];
  const are = (names: string[]): string => (names.length > 1 ? "are" : "is");
  return new ConfigurationError(
    `credentials for ${vendor} are incomplete: ${set.join(" and ")} ${are(set)} set, ` +
      `${missing.join(" and ")} ${are(missing)} not. ` +
      (parts.length > 2 ? "Set all of them, or unset all." : "Set both, or unset both."),
  );
}
