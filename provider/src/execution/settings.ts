/**
 * The sources of settings: stack configuration, environment, profile files. Handed in by the front (`dynamic/` or the
 * query functions), read by the backends at the moment of use and never stored.
 */
import { ConfigurationError } from "../ground/errors";
import { isJsonObject } from "../http/answer";
import type { SettingWords } from "./settingWords";
import { nameSetting } from "./settingWords";

/** Sources of settings and how they are named, in the order in which they count: configuration before environment before files. */
export interface Settings {
  /** Value of a stack configuration key with its namespace, e.g. `huaweicloud:region`; objects are JSON text. */
  readonly config: (key: string) => string | undefined;
  /** Value of an environment variable; an empty one counts as absent. */
  readonly environment: (name: string) => string | undefined;
  /** Text of a file, or undefined if there is none. `~/` is the home folder. */
  readonly readFile: (path: string) => string | undefined;
  /** The names of configuration settings for the reader of an error. */
  readonly words: SettingWords;
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

/** Reads an argument of the resource. */
export function fromArgument(name: string, value: unknown): Found | undefined {
  return typeof value === "string" && value !== "" ? { value, source: `argument "${name}"` } : undefined;
}

/**
 * Reads the stack configuration, for both spellings of a key: the official providers take `accessKey` and
 * `access_key`.
 * @param key in camel case with its namespace, e.g. `huaweicloud:accessKey`.
 * @throws ConfigurationError when both spellings are set and differ: which of them counts is defined nowhere.
 */
export function fromConfig(settings: Settings, key: string): Found | undefined {
  const [first, second] = [key, snakeCase(key)]
    .filter((spelling, index, all) => all.indexOf(spelling) === index)
    .map((spelling): Found | undefined => {
      const value = settings.config(spelling);
      if (value === undefined || value === "") return undefined;
      return { value, source: nameSetting(settings.words, spelling) };
    });
  if (first && second && first.value !== second.value) {
    throw new ConfigurationError(
      `${first.source} and ${second.source} are both set, with different values: remove one of them.`,
    );
  }
  return first ?? second;
}

/** `huaweicloud:accessKey` as `huaweicloud:access_key`; the part before the colon stays. */
export function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** An object in the stack configuration, and where it was found. */
export interface FoundObject {
  /** By names in camel case, whichever spelling was used. */
  readonly values: Readonly<Record<string, unknown>>;
  /** E.g. `configuration huaweicloud:assumeRole`. */
  readonly source: string;
}

/**
 * Reads an object from the stack configuration. The official providers have it as an object or, where one may be
 * given several times, as a list: a list of one is taken for the one.
 * @param keys the key's forms in camel case, singular and plural: the first that is set counts.
 * @throws ConfigurationError when the value is something else, holds more than one, or two keys are set.
 */
export function configuredObject(settings: Settings, ...keys: readonly string[]): FoundObject | undefined {
  const found = keys.flatMap((key) => {
    const each = fromConfig(settings, key);
    return each ? [{ ...each, key }] : [];
  });
  const [first, second] = found;
  if (!first) return undefined;
  if (second)
    throw new ConfigurationError(`${first.source} and ${second.source} are both set: remove one of them.`);
  const value = parseJson(first.value);
  const objects: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (objects.length > 1) {
    throw new ConfigurationError(`${first.source} has ${String(objects.length)} entries: keep one.`);
  }
  const object = objects[0];
  if (objects.length === 0) return undefined;
  if (!isJsonObject(object)) {
    const example = settings.words.assign(`${first.key}.<name>`, "<value>");
    throw new ConfigurationError(`${first.source} is not an object. Set its values with: ${example}`);
  }
  return { values: inCamelCase(object, first.source), source: first.source };
}

function inCamelCase(object: Readonly<Record<string, unknown>>, source: string): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    const camel = name.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
    if (Object.hasOwn(values, camel) && values[camel] !== value) {
      throw new ConfigurationError(
        `${source} has ${camel} in two spellings, with different values: remove one of them.`,
      );
    }
    values[camel] = value;
  }
  return values;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads the environment; the first variable that is set counts. */
export function fromEnvironment(settings: Settings, ...names: string[]): Found | undefined {
  for (const name of names) {
    const value = settings.environment(name);
    if (value !== undefined && value !== "") return { value, source: `environment variable ${name}` };
  }
  return undefined;
}

/**
 * Reads a service's address from a configuration key that holds a map from service to address, or the list of one
 * such map that the official providers have.
 * @param services the service's names there; the first that is set counts.
 * @throws ConfigurationError when the key holds something else, or two of the names differ.
 */
export function configuredEndpoint(
  settings: Settings,
  key: string,
  ...services: readonly string[]
): Found | undefined {
  const [first, second] = fromEndpoints(settings, key, services);
  if (first && second && first.value !== second.value) {
    throw new ConfigurationError(
      `${first.source} and ${second.source} are both set, with different values: remove one of them.`,
    );
  }
  return first;
}

function fromEndpoints(settings: Settings, key: string, services: readonly string[]): Found[] {
  const found = fromConfig(settings, key);
  if (!found) return [];
  const value = parseJson(found.value);
  const maps: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!maps.every(isJsonObject)) {
    throw new ConfigurationError(
      `${nameSetting(settings.words, key)} is not a map from service to address. ` +
        `Set it with: ${settings.words.assign(`${key}.${services[0] ?? ""}`, "https://…")}`,
    );
  }
  return maps.flatMap((map) =>
    services.flatMap((service) => {
      const address = map[service];
      if (address === undefined || address === null || address === "") return [];
      if (typeof address === "string") return [{ value: address, source: `${found.source}.${service}` }];
      throw new ConfigurationError(
        `${found.source}.${service} is not text: set it to an address, or remove it.`,
      );
    }),
  );
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
