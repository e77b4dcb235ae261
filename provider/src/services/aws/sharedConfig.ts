/**
 * The places in a profile of the vendor's configuration file: addresses, regions and authorities. The vendor's own
 * chain reads the profile's credentials.
 */
import { ConfigurationError } from "../../ground/errors";
import { isJsonObject } from "../../http/answer";
import type { Found, Settings } from "../../execution/settings";
import { firstFound, fromConfig, fromEnvironment } from "../../execution/settings";

const defaultConfigFile = "~/.aws/config";

/** The files of profiles. Undefined: the vendor's own place. */
export interface SharedFiles {
  readonly config: Found | undefined;
  readonly credentials: Found | undefined;
}

/**
 * The files that settings name.
 * @throws ConfigurationError when a list of more than one is given.
 */
export function sharedFiles(settings: Settings): SharedFiles {
  return {
    config: firstFound(
      onePath(settings, "aws:sharedConfigFiles"),
      fromEnvironment(settings, "AWS_CONFIG_FILE"),
    ),
    credentials: firstFound(
      onePath(settings, "aws:sharedCredentialsFiles"),
      fromEnvironment(settings, "AWS_SHARED_CREDENTIALS_FILE"),
    ),
  };
}

// A list in the official provider. The vendor's chain for Node reads one file of each kind.
function onePath(settings: Settings, key: string): Found | undefined {
  const found = fromConfig(settings, key);
  if (!found) return undefined;
  let value: unknown = found.value;
  try {
    value = JSON.parse(found.value);
  } catch {
    // A path as it stands.
  }
  const paths: readonly unknown[] = Array.isArray(value) ? value : [value];
  const [path] = paths;
  if (paths.length === 1 && typeof path === "string" && path !== "") return { ...found, value: path };
  if (paths.length === 0) return undefined;
  throw new ConfigurationError(
    `${found.source} must be one path, not ${String(paths.length)}: name one file.`,
  );
}

/** The profile that a setting names; undefined if none does: then it is `default`. */
export function namedProfile(settings: Settings): Found | undefined {
  return firstFound(
    fromConfig(settings, "aws:profile"),
    fromEnvironment(settings, "AWS_PROFILE", "AWS_DEFAULT_PROFILE"),
  );
}

/** A field of the profile, from the configuration file; undefined if the file or the field is not there. */
export function profileField(settings: Settings, field: string): Found | undefined {
  const path = sharedFiles(settings).config?.value ?? defaultConfigFile;
  const name = namedProfile(settings)?.value ?? "default";
  const content = settings.readFile(path);
  if (content === undefined) return undefined;
  // Loaded only here: most machines have no such file.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parse } = require("ini") as typeof import("ini");
  const sections = parse(content);
  const section: unknown =
    sections[`profile ${name}`] ?? (name === "default" ? sections["default"] : undefined);
  const value = isJsonObject(section) ? section[field] : undefined;
  // The parser makes true and false of the words, and lists of names that end with [].
  const text = typeof value === "boolean" ? String(value) : value;
  if (typeof text !== "string" || text === "") return undefined;
  return { value: text, source: `${field} of the profile "${name}" of ${path}` };
}
