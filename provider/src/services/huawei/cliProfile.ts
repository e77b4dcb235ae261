/**
 * The profiles of the vendor's command line tool (KooCLI, `~/.hcloud/config.json`). They are only read where the
 * configuration or a variable asks for one, as in the vendor's provider.
 */
import { ConfigurationError } from "../../ground/errors";
import { isJsonObject } from "../../http/answer";
import type { SettingWords } from "../../execution/settingWords";
import type { Found, Settings } from "../../execution/settings";
import { firstFound, fromConfig, fromEnvironment } from "../../execution/settings";
import type { HuaweiCredential } from "./credentials";

const defaultPath = "~/.hcloud/config.json";

/** A profile that is asked for. */
export interface CliProfile {
  readonly name: string;
  readonly path: string;
  /** The setting that asks for it, for messages. */
  readonly source: string;
  readonly isFromConfig: boolean;
  /** A field of the profile; empty ones are absent. */
  readonly field: (name: string) => Found | undefined;
  /** Fields of the login by the identity center. */
  readonly ssoField: (name: string) => Found | undefined;
}

/**
 * The profile that is asked for; undefined if none is.
 * @throws ConfigurationError when the file or the profile in it is not there.
 */
export function findCliProfile(settings: Settings): CliProfile | undefined {
  const inConfig = [
    fromConfig(settings, "huaweicloud:profile"),
    fromConfig(settings, "huaweicloud:sharedConfigFile"),
  ];
  const name = firstFound(inConfig[0], fromEnvironment(settings, "HW_PROFILE"));
  const file = firstFound(inConfig[1], fromEnvironment(settings, "HW_SHARED_CONFIG_FILE"));
  const asked = name ?? file;
  if (!asked) return undefined;
  const path = file?.value ?? defaultPath;
  const { profiles, current } = readProfiles(settings, path, asked);
  const wanted = name?.value ?? current;
  const profile = profiles.find((candidate) => candidate["name"] === wanted);
  if (!profile) throw noSuchProfile(settings.words, wanted, { path, asked, profiles });
  const place = `profile "${wanted ?? ""}" of ${path}`;
  const fieldOf =
    (fields: Readonly<Record<string, unknown>>, prefix = "") =>
    (field: string): Found | undefined => {
      const value = fields[field];
      if (typeof value !== "string" || value === "") return undefined;
      return { value, source: `${place}, ${prefix}${field}` };
    };
  const ssoAuth = isJsonObject(profile["ssoAuth"]) ? profile["ssoAuth"] : {};
  const stsToken = isJsonObject(ssoAuth["stsToken"]) ? ssoAuth["stsToken"] : {};
  return {
    name: wanted ?? "",
    path,
    source: asked.source,
    isFromConfig: inConfig.some((found) => found !== undefined),
    field: fieldOf(profile),
    ssoField: fieldOf(stsToken, "ssoAuth.stsToken."),
  };
}

interface Profiles {
  readonly profiles: readonly Record<string, unknown>[];
  readonly current: string | undefined;
}

function readProfiles(settings: Settings, path: string, asked: Found): Profiles {
  const text = settings.readFile(path);
  if (text === undefined) {
    throw new ConfigurationError(
      `${path} (from ${asked.source}) can't be read: correct the setting, or create the file with: hcloud configure set`,
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = undefined;
  }
  if (!isJsonObject(content) || !Array.isArray(content["profiles"])) {
    throw new ConfigurationError(
      `${path} (from ${asked.source}) is not a KooCLI configuration (JSON with a list "profiles"): correct the setting or the file.`,
    );
  }
  const { current } = content;
  return {
    profiles: content["profiles"].filter(isJsonObject),
    current: typeof current === "string" ? current : undefined,
  };
}

function noSuchProfile(
  words: SettingWords,
  wanted: string | undefined,
  {
    path,
    asked,
    profiles,
  }: { readonly path: string; readonly asked: Found; readonly profiles: Profiles["profiles"] },
): ConfigurationError {
  const setting = words.write("huaweicloud:profile");
  const names = profiles.map(({ name }) => name).filter((name) => typeof name === "string");
  const what = wanted === undefined ? "names no current profile" : `has no profile "${wanted}"`;
  return new ConfigurationError(
    `${path} ${what} (from ${asked.source}): set ${setting} to an existing profile (${names.join(", ") || "none"}).`,
  );
}

/**
 * The credential of a profile.
 * @throws ConfigurationError when its mode is another one, or its keys are incomplete or encrypted.
 */
export function credentialOfProfile(profile: CliProfile, words: SettingWords): HuaweiCredential {
  const mode = profile.field("mode")?.value ?? "AKSK";
  switch (mode.toLowerCase()) {
    case "aksk":
      return readKeys(profile, profile.field, "run: hcloud configure set");
    case "sso":
      return readKeys(profile, profile.ssoField, "log in with: hcloud configure sso");
    case "ecsagency":
      return { kind: "ecs", isAsked: true };
    case "assumerole":
      throw refusedMode(
        profile,
        mode,
        `source profiles are not supported. Set ${words.write("huaweicloud:profile")} to the source profile, and ` +
          `${words.write("huaweicloud:assumeRole")} ` +
          "to the agency (agencyName, and domainName or domainId)",
      );
    default:
      throw refusedMode(
        profile,
        mode,
        "only AKSK, SSO and ecsAgency are supported. Use a profile with one of these modes",
      );
  }
}

function refusedMode({ name, path, source }: CliProfile, mode: string, why: string): ConfigurationError {
  return new ConfigurationError(
    `profile "${name}" of ${path} (from ${source}) has the mode ${JSON.stringify(mode.slice(0, 40))}: ${why}.`,
  );
}

function readKeys(
  { name, path, source }: CliProfile,
  find: CliProfile["field"],
  remedy: string,
): HuaweiCredential {
  const [accessKey, secretKey] = [find("accessKeyId"), find("secretAccessKey")];
  if (!accessKey || !secretKey) {
    throw new ConfigurationError(
      `profile "${name}" of ${path} (from ${source}) has no complete key (accessKeyId and secretAccessKey): ${remedy} --cli-profile=${name}`,
    );
  }
  if (isEncrypted(accessKey.value, secretKey.value)) {
    throw new ConfigurationError(
      `profile "${name}" of ${path} (from ${source}) is encrypted (the default of KooCLI), and only KooCLI can read it. ` +
        `Turn encryption off with: hcloud configure set --cli-auth-encrypt=false, then set the profile's keys again.`,
    );
  }
  return {
    kind: "accessKey",
    accessKey: accessKey.value,
    secretKey: secretKey.value,
    securityToken: find("securityToken")?.value,
  };
}

// The encrypted form is published nowhere. Keys have 20 and 40 letters and digits (temporary ones a few more); a
// ciphertext with its padding is longer, or has other characters.
function isEncrypted(accessKey: string, secretKey: string): boolean {
  return !/^[\w-]{1,40}$/.test(accessKey) || !/^[\w+/=-]{1,64}$/.test(secretKey);
}
