/**
 * Picks the identity that acts on Alibaba Cloud from all settings, in the order of the official provider and then of
 * the vendor's chain of credentials. Makes no request; `credentials` turns an identity into keys.
 */
import { ConfigurationError } from "../../ground/errors";
import { plainHttpProblem } from "../../http/transport";
import { address } from "../../execution/rules";
import { nameSetting } from "../../execution/settingWords";
import type { Found, Settings } from "../../execution/settings";
import { firstFound, fromConfig, fromEnvironment, incompleteCredentials } from "../../execution/settings";
import { readCredentialsUri } from "./metadata";
import { profileIdentity } from "./profileIdentity";
import type { AlibabaProfile } from "./profiles";
import { findNamedProfile, findUnnamedProfile, isTrue, namedProfile } from "./profiles";
import { accountOfRole, configuredOidc, configuredRole, oidcOfEnvironment, oidcVariableOf } from "./roles";
import { alibabaPlainHttp } from "./transport";
import type { AlibabaIdentity, Base } from "./credential";

/** An acting identity, and the profile that named the identity. */
export interface FoundIdentity {
  readonly identity: AlibabaIdentity;
  readonly profile: AlibabaProfile | undefined;
}

/**
 * The identity of the settings. A role of the configuration is put on top of any other identity; in place of the role
 * of a profile, as in the official provider.
 * @throws ConfigurationError when a source has a part of its credentials only, a value is malformed, or two identities
 *   compete.
 */
export function findIdentity(settings: Settings): FoundIdentity {
  const { base, role: profileRole, profile } = findBase(settings);
  const role = configuredRole(settings);
  if (role) return { identity: { kind: "role", role, base, sts: {} }, profile };
  return { identity: profileRole ? { kind: "role", base, ...profileRole } : base, profile };
}

/** The account in which an identity acts, where the settings tell. */
export function accountOf(identity: AlibabaIdentity): string | undefined {
  if (identity.kind === "role") return accountOfRole(identity.role);
  return identity.kind === "oidc" ? accountOfRole(identity.oidc.role) : undefined;
}

/** The place where an identity is set, for messages. */
export function sourceNameOf(identity: AlibabaIdentity): string {
  switch (identity.kind) {
    case "role":
      return identity.role.source;
    case "oidc":
      return identity.oidc.role.source;
    case "none":
      return "the role of this server";
    default:
      return identity.source;
  }
}

interface Candidate {
  /** The setting, for messages. */
  readonly source: string;
  readonly isConfigured: boolean;
  readonly open: () => Base;
}

function findBase(settings: Settings): Base {
  const candidates = candidatesOf(settings);
  const [first, ...others] = candidates;
  if (!first) return lastResort(settings);
  const configured = candidates.filter(({ isConfigured }) => isConfigured);
  const rival = first.isConfigured ? others.find(({ isConfigured }) => isConfigured) : configured[0];
  if (rival) {
    throw new ConfigurationError(
      `${first.source} and ${rival.source} both set the identity for Alibaba Cloud: remove one of them.`,
    );
  }
  return first.open();
}

/**
 * The identities that are set, in the official provider's order. It takes the first; so do we, unless that would pass over
 * one that the stack's own configuration names.
 */
function candidatesOf(settings: Settings): Candidate[] {
  return [
    keys(settings),
    setting(settings, "profile", ["ALICLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE"], () => {
      const name = namedProfile(settings);
      return name ? profileBase(settings, findNamedProfile(settings, name)) : lastResort(settings);
    }),
    setting(
      settings,
      "credentialsUri",
      ["ALICLOUD_CREDENTIALS_URI", "ALIBABA_CLOUD_CREDENTIALS_URI"],
      (found) => ({ base: { kind: "uri", uri: checkedUri(settings, found), source: found.source } }),
    ),
    setting(settings, "ecsRoleName", ["ALICLOUD_ECS_ROLE_NAME", "ALIBABA_CLOUD_ECS_METADATA"], (found) => ({
      base: { kind: "machine", roleName: found.value, source: found.source },
    })),
    oidc(settings),
  ].filter((candidate) => candidate !== undefined);
}

function setting(
  settings: Settings,
  key: string,
  variables: readonly string[],
  open: (found: Found) => Base,
): Candidate | undefined {
  const configured = fromConfig(settings, `alicloud:${key}`);
  const found = firstFound(configured, fromEnvironment(settings, ...variables));
  return found && { source: found.source, isConfigured: configured !== undefined, open: () => open(found) };
}

function oidc(settings: Settings): Candidate | undefined {
  const configured = configuredOidc(settings);
  const source = configured?.role.source ?? oidcVariableOf(settings)?.source;
  if (source === undefined) return undefined;
  // The environment's OIDC settings are read only if they count.
  const open = (): Base => {
    const found = configured ?? oidcOfEnvironment(settings);
    return found ? { base: { kind: "oidc", oidc: found, sts: {} } } : lastResort(settings);
  };
  return { source, isConfigured: configured !== undefined, open };
}

function profileBase(settings: Settings, profile: AlibabaProfile): Base {
  return { ...profileIdentity(profile, settings.words), profile };
}

function lastResort(settings: Settings): Base {
  const found = findUnnamedProfile(settings);
  if ("name" in found) return profileBase(settings, found);
  const mayAskMachine = !isTrue(settings.environment("ALIBABA_CLOUD_ECS_METADATA_DISABLED"));
  return { base: { kind: "none", tried: found.places, mayAskMachine } };
}

// The message leaves the query out: it may have a secret in it.
function checkedUri(settings: Settings, { value, source }: Found): string {
  const uri = value.trim();
  const [withoutQuery = ""] = uri.split("?", 1);
  if (address(withoutQuery) !== undefined || !isReadable(uri)) {
    throw new ConfigurationError(
      `${source} must be an address like "http://127.0.0.1:8080/credentials": correct it.`,
    );
  }
  const problem = plainHttpProblem(new URL(uri), alibabaPlainHttp(settings));
  if (problem === undefined) return uri;
  throw new ConfigurationError(`the address (from ${source}) ${problem}`);
}

function isReadable(uri: string): boolean {
  try {
    return readCredentialsUri(uri).path.length > 0;
  } catch {
    return false;
  }
}

interface KeyNames {
  readonly id: string;
  readonly secret: string;
  readonly token: string;
}

const configuredKeys: KeyNames = {
  id: "alicloud:accessKey",
  secret: "alicloud:secretKey",
  token: "alicloud:securityToken",
};

/** Variables for keys, in the official provider's order. Each line is a source of its own. */
const environmentKeys: readonly KeyNames[] = [
  ["ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"],
  ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"],
  ["ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"],
].map(([id = "", secret = "", token = ""]) => ({ id, secret, token }));

function keys(settings: Settings): Candidate | undefined {
  const configured = readKeys(configuredKeys, {
    find: (key) => fromConfig(settings, key)?.value,
    nameOf: (key) => nameSetting(settings.words, key),
  });
  const found =
    configured ??
    environmentKeys
      .map((names) =>
        readKeys(names, {
          find: (name) => settings.environment(name),
          nameOf: (name) => `environment variable ${name}`,
        }),
      )
      .find((each) => each !== undefined);
  return (
    found && {
      source: found.source,
      isConfigured: configured !== undefined,
      open: () => ({ base: found }),
    }
  );
}

function readKeys(
  { id, secret, token }: KeyNames,
  {
    find,
    nameOf,
  }: {
    readonly find: (name: string) => string | undefined;
    readonly nameOf: (name: string) => string;
  },
): Extract<AlibabaIdentity, { kind: "keys" }> | undefined {
  const [accessKeyId, accessKeySecret, securityToken] = [find(id), find(secret), find(token)];
  const source = nameOf(id);
  if (accessKeyId !== undefined && accessKeySecret !== undefined) {
    return { kind: "keys", credential: { accessKeyId, accessKeySecret, securityToken }, source };
  }
  const pair = [
    { name: source, value: accessKeyId },
    { name: nameOf(secret), value: accessKeySecret },
  ];
  if (pair.some(({ value }) => value !== undefined)) throw incompleteCredentials("Alibaba Cloud", pair);
  if (securityToken === undefined) return undefined;
  // Alone it is of no use; another source's credentials must not answer in its place.
  throw incompleteCredentials("Alibaba Cloud", [...pair, { name: nameOf(token), value: securityToken }]);
}
