/**
 * The vendor's files of profiles: the JSON file of the `aliyun` command, and the INI file of the SDKs. Finds a profile;
 * `profileIdentity` gives the profile's acting identity.
 */
import { ConfigurationError } from "../../ground/errors";
import { isJsonObject } from "../../http/answer";
import type { Found, Settings } from "../../execution/settings";
import { firstFound, fromConfig, fromEnvironment } from "../../execution/settings";

const commandFile = "~/.aliyun/config.json";
const sdkFile = "~/.alibabacloud/credentials";

/** A profile of a file. */
export interface AlibabaProfile {
  readonly name: string;
  readonly path: string;
  readonly format: "json" | "ini";
  /** Fields as in the file. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Another profile of the same file. */
  readonly sibling: (name: string) => AlibabaProfile | undefined;
}

/** The places that were searched for a profile without finding it. */
export interface MissingProfile {
  readonly places: readonly string[];
}

/** The name of the profile that is asked for, and where it is set; undefined if none is. */
export function namedProfile(settings: Settings): Found | undefined {
  return firstFound(
    fromConfig(settings, "alicloud:profile"),
    fromEnvironment(settings, "ALICLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE"),
  );
}

/**
 * Finds the profile of a name.
 * @throws ConfigurationError when no file has it, or a file can't be read.
 */
export function findNamedProfile(settings: Settings, name: Found): AlibabaProfile {
  const files = filesOf(settings, false);
  for (const file of files) {
    const profile = readProfiles(settings, file)?.find(name.value);
    if (profile) return profile;
  }
  throw new ConfigurationError(
    `the profile "${name.value}" (from ${name.source}) is not in ${files.map(({ path }) => path).join(" or ")}: ` +
      "correct the name, or add the profile.",
  );
}

/**
 * The profile to use where none is named: the current one of the JSON file, or `default` of the INI file.
 * @throws ConfigurationError when a file that is there, or named by a setting, can't be read.
 */
export function findUnnamedProfile(settings: Settings): AlibabaProfile | MissingProfile {
  const places: string[] = [];
  for (const file of filesOf(settings, true)) {
    const profiles = readProfiles(settings, file);
    const profile = profiles?.find(profiles.current);
    if (profile && !isEmpty(profile)) return profile;
    places.push(profiles ? `${file.path} (no profile "${profiles.current}")` : `${file.path} (not found)`);
  }
  return { places };
}

interface ProfileFile {
  readonly path: string;
  /** Set where a setting names the file: then it has to be there. */
  readonly source: string | undefined;
}

function filesOf(settings: Settings, isUnnamed: boolean): ProfileFile[] {
  const named = firstFound(
    fromConfig(settings, "alicloud:sharedCredentialsFile"),
    fromEnvironment(settings, "ALICLOUD_SHARED_CREDENTIALS_FILE", "ALIBABA_CLOUD_CREDENTIALS_FILE"),
  );
  if (named) return [{ path: named.value, source: named.source }];
  const isDisabled = isUnnamed && isTrue(settings.environment("ALIBABA_CLOUD_CLI_PROFILE_DISABLED"));
  return [...(isDisabled ? [] : [commandFile]), sdkFile].map((path) => ({ path, source: undefined }));
}

/** True for the text that switches a variable of the vendor on. */
export function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === "true";
}

interface Profiles {
  /** Name of the profile that counts where none is named. */
  readonly current: string;
  readonly find: (name: string) => AlibabaProfile | undefined;
}

function readProfiles(settings: Settings, { path, source }: ProfileFile): Profiles | undefined {
  const text = settings.readFile(path);
  if (text === undefined) {
    if (source === undefined) return undefined;
    throw new ConfigurationError(
      `the profile file ${path} (from ${source}) can't be read: correct the setting, or remove it.`,
    );
  }
  // One variable names the JSON file for the provider and the INI file for the SDKs: the content of the file decides.
  const content = text.trim();
  return content.startsWith("{") ? readJsonProfiles(path, content) : readIniProfiles(path, content);
}

function readJsonProfiles(path: string, text: string): Profiles {
  const file = parseFile(path, text);
  const listed = Array.isArray(file["profiles"]) ? file["profiles"].filter(isJsonObject) : [];
  const find = (name: string): AlibabaProfile | undefined => {
    const fields = listed.find((profile) => profile["name"] === name);
    return fields && { name, path, format: "json", fields, sibling: find };
  };
  const current = file["current"];
  return { current: typeof current === "string" && current !== "" ? current : "default", find };
}

function parseFile(path: string, text: string): Record<string, unknown> {
  try {
    const file: unknown = JSON.parse(text);
    if (isJsonObject(file)) return file;
  } catch {
    // The parser's own message can quote a secret.
  }
  throw new ConfigurationError(
    `the profile file ${path} is not valid JSON: correct it, or create it again with \`aliyun configure\`.`,
  );
}

function readIniProfiles(path: string, text: string): Profiles {
  // Loaded only here: most machines have no such file.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parse } = require("ini") as typeof import("ini");
  const sections: Record<string, unknown> = parse(text);
  const find = (name: string): AlibabaProfile | undefined => {
    const fields = Object.hasOwn(sections, name) ? sections[name] : undefined;
    return isJsonObject(fields) ? { name, path, format: "ini", fields, sibling: find } : undefined;
  };
  return { current: "default", find };
}

// The `aliyun` command creates its first profile with empty fields; the SDKs skip a section without a type.
function isEmpty({ format, fields }: AlibabaProfile): boolean {
  if (format === "ini") return !isText(fields["type"]);
  return (
    [undefined, "", "AK"].includes(fields["mode"] as string | undefined) &&
    !isText(fields["access_key_id"]) &&
    !isText(fields["access_key_secret"])
  );
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
