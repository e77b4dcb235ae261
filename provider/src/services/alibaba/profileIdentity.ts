/**
 * The acting identity of a profile of the vendor's files: its modes (JSON file) and types (INI file). Modes that ask a
 * person, or run a command, are refused by name.
 */
import { ConfigurationError } from "../../ground/errors";
import type { SettingWords } from "../../execution/settingWords";
import { incompleteCredentials } from "../../execution/settings";
import type { AlibabaCredential, Base, StsHints } from "./credential";
import type { AlibabaProfile } from "./profiles";
import type { RoleRequest, RoleValue } from "./roles";
import { checkedOidc, checkedRole } from "./roles";

/**
 * The identity of a profile.
 * @param words the names of settings, for an error about a profile that cannot be used.
 * @throws ConfigurationError when its mode is unknown or can't be used here, or a field is missing or malformed.
 */
export function profileIdentity(profile: AlibabaProfile, words: SettingWords): Base {
  return profile.format === "json" ? ofMode(profile, words) : ofType(profile, words);
}

function ofMode(profile: AlibabaProfile, words: SettingWords, chain: readonly string[] = []): Base {
  const mode = textOf(profile, "mode") ?? "AK";
  switch (mode) {
    case "AK":
      return { base: keysOf(profile) };
    case "StsToken":
      return { base: keysOf(profile, "sts_token") };
    case "EcsRamRole":
      return { base: machineOf(profile, "ram_role_name") };
    case "RamRoleArn":
      return { base: keysOf(profile), role: { role: roleOf(profile), sts: stsOf(profile) } };
    case "ChainableRamRoleArn":
      return { base: sourceOf(profile, words, chain), role: { role: roleOf(profile), sts: stsOf(profile) } };
    case "OIDC":
      return { base: oidcOf(profile) };
    default:
      throw refusedMode(profile, words, "mode", mode);
  }
}

function ofType(profile: AlibabaProfile, words: SettingWords): Base {
  const type = textOf(profile, "type");
  switch (type) {
    case "access_key":
      return { base: keysOf(profile) };
    case "ecs_ram_role":
      return { base: machineOf(profile, "role_name") };
    case "ram_role_arn": {
      const role = checkedRole(sourceName(profile), {
        roleArn: fieldOf(profile, "role_arn"),
        sessionName: fieldOf(profile, "role_session_name"),
        policy: fieldOf(profile, "policy"),
      });
      return { base: keysOf(profile), role: { role, sts: {} } };
    }
    default:
      throw refusedMode(profile, words, "type", type ?? "");
  }
}

const remedies: Readonly<Record<string, string>> = {
  CloudSSO: "it needs an interactive login",
  OAuth: "it needs an interactive login",
  External: "it runs a command",
};

function refusedMode(
  profile: AlibabaProfile,
  words: SettingWords,
  field: string,
  mode: string,
): ConfigurationError {
  const keys = ["accessKey", "secretKey", "securityToken"].map((name) => words.write(`alicloud:${name}`));
  const why = Object.hasOwn(remedies, mode) ? `: ${remedies[mode] ?? ""}` : "";
  const supported =
    profile.format === "json"
      ? "AK, StsToken, RamRoleArn, ChainableRamRoleArn, EcsRamRole, OIDC"
      : "access_key, ecs_ram_role, ram_role_arn";
  return new ConfigurationError(
    `the ${sourceName(profile)} has the ${field} "${mode}", which this package does not support${why}. ` +
      `Use a profile with one of ${supported}, or set temporary keys (${keys.join(", ")}).`,
  );
}

function keysOf(profile: AlibabaProfile, tokenField?: string): Base["base"] {
  const names = ["access_key_id", "access_key_secret", ...(tokenField === undefined ? [] : [tokenField])];
  const parts = names.map((name) => ({
    name: `${name} of the ${sourceName(profile)}`,
    value: textOf(profile, name),
  }));
  const [accessKeyId, accessKeySecret, securityToken] = parts.map(({ value }) => value);
  if (
    accessKeyId === undefined ||
    accessKeySecret === undefined ||
    parts.some(({ value }) => value === undefined)
  ) {
    throw incompleteCredentials("Alibaba Cloud", parts);
  }
  const credential: AlibabaCredential = { accessKeyId, accessKeySecret, securityToken };
  return { kind: "keys", credential, source: sourceName(profile) };
}

function machineOf(profile: AlibabaProfile, field: string): Base["base"] {
  return { kind: "machine", roleName: textOf(profile, field), source: sourceName(profile) };
}

function roleOf(profile: AlibabaProfile): RoleRequest {
  return checkedRole(sourceName(profile), {
    roleArn: fieldOf(profile, "ram_role_arn"),
    sessionName: fieldOf(profile, "ram_session_name"),
    seconds: secondsOf(profile, "expired_seconds"),
    externalId: fieldOf(profile, "external_id"),
  });
}

function oidcOf(profile: AlibabaProfile): Base["base"] {
  const oidc = checkedOidc(sourceName(profile), {
    providerArn: fieldOf(profile, "oidc_provider_arn"),
    tokenFile: fieldOf(profile, "oidc_token_file"),
    roleArn: fieldOf(profile, "ram_role_arn"),
    sessionName: fieldOf(profile, "ram_session_name"),
    seconds: secondsOf(profile, "duration_seconds") ?? secondsOf(profile, "expired_seconds"),
  });
  return { kind: "oidc", oidc, sts: stsOf(profile) };
}

function sourceOf(profile: AlibabaProfile, words: SettingWords, chain: readonly string[]): Base["base"] {
  const name = textOf(profile, "source_profile");
  const names = [...chain, profile.name];
  const source = name === undefined ? undefined : profile.sibling(name);
  if (!source || names.includes(source.name)) {
    const why = source ? `refers to itself (${[...names, source.name].join(" → ")})` : "is not in the file";
    throw new ConfigurationError(
      `the source_profile "${name ?? ""}" of the ${sourceName(profile)} ${why}: correct it.`,
    );
  }
  const { base, role } = ofMode(source, words, names);
  return role ? { kind: "role", base, ...role } : base;
}

function stsOf(profile: AlibabaProfile): StsHints {
  return {
    endpoint: textOf(profile, "sts_endpoint"),
    region: textOf(profile, "sts_region"),
    isInVpc: profile.fields["enable_vpc"] === true,
  };
}

// Zero stands for "not set" in the command's file.
function secondsOf(profile: AlibabaProfile, field: string): RoleValue | undefined {
  const value = profile.fields[field];
  return value === undefined || value === 0 ? undefined : fieldOf(profile, field);
}

function fieldOf(profile: AlibabaProfile, field: string): RoleValue {
  return { source: `${field} of the ${sourceName(profile)}`, value: profile.fields[field] };
}

function textOf(profile: AlibabaProfile, field: string): string | undefined {
  const value = profile.fields[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function sourceName({ name, path }: AlibabaProfile): string {
  return `profile "${name}" of ${path}`;
}
