/**
 * The roles that settings name: `alicloud:assumeRole` and `alicloud:assumeRoleWithOidc`, checked field by field. Pure but
 * for the settings it reads.
 */
import { ConfigurationError } from "../../ground/errors";
import { isJsonObject } from "../../http/answer";
import type { Found, FoundObject, Settings } from "../../execution/settings";
import { configuredObject, fromEnvironment, incompleteCredentials } from "../../execution/settings";
import type { TokenFile } from "../tokenFile";

/** A role to assume. */
export interface RoleRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  /** Life of the session in seconds, 900–43200. */
  readonly seconds: number;
  /** JSON text. */
  readonly policy: string | undefined;
  readonly externalId: string | undefined;
  /** The place of the role's settings, for messages: `configuration alicloud:assumeRole`. */
  readonly source: string;
}

/** A role to assume with an id token. */
export interface OidcRequest {
  readonly role: RoleRequest;
  readonly providerArn: string;
  /** The token, or the file that has it at the moment of use. */
  readonly token: { readonly text: string } | TokenFile;
}

// That of the official provider: policies may rest on it.
const defaultSessionName = "terraform";
const defaultSeconds = 3600;
const shortestSeconds = 900;
const longestSeconds = 43_200;

/** A value of a role by its name in a file or a configuration object. */
export interface RoleValue {
  /** For messages, e.g. `configuration alicloud:assumeRole.roleArn`. */
  readonly source: string;
  readonly value: unknown;
}

/**
 * Checks the parts of a role.
 * @throws ConfigurationError when one is malformed; it names the setting.
 */
export function checkedRole(
  source: string,
  parts: {
    readonly roleArn: RoleValue;
    readonly sessionName?: RoleValue | undefined;
    readonly seconds?: RoleValue | undefined;
    readonly policy?: RoleValue | undefined;
    readonly externalId?: RoleValue | undefined;
  },
): RoleRequest {
  const [sessionName, externalId] = [given(parts.sessionName), given(parts.externalId)];
  return {
    roleArn: matching(
      parts.roleArn,
      /^acs:ram::\d+:role\/\S+$/i,
      'like "acs:ram::1234567890123456:role/name"',
    ),
    sessionName: sessionName
      ? matching(sessionName, /^[\w.@-]{2,64}$/, "2 to 64 letters, digits or any of . @ - _")
      : defaultSessionName,
    seconds: readSeconds(given(parts.seconds)),
    policy: readPolicy(given(parts.policy)),
    externalId: externalId && matching(externalId, /^[^]+$/, "text"),
    source,
  };
}

/** The account that a role belongs to, from its ARN. */
export function accountOfRole({ roleArn }: RoleRequest): string {
  return roleArn.split(":")[3] ?? "";
}

/**
 * The role of the configuration; undefined if there is none, or its ARN is empty.
 * @throws ConfigurationError when a field is unknown, malformed or missing.
 */
export function configuredRole(settings: Settings): RoleRequest | undefined {
  const object = configuredObject(settings, "alicloud:assumeRole", "alicloud:assumeRoles");
  if (!object) return undefined;
  const fields = fieldsOf(object, ["roleArn", "sessionName", "policy", "sessionExpiration", "externalId"]);
  const roleArn = valueOf(settings, fields("roleArn"), "ALICLOUD_ASSUME_ROLE_ARN", "ALIBABA_CLOUD_ROLE_ARN");
  // As in the official provider: a program without a role for this stack leaves it empty.
  if (roleArn.value === "") return undefined;
  if (!given(roleArn)) {
    throw new ConfigurationError(
      `${object.source} has no roleArn: set it, or remove ${object.source}. Empty text means no role.`,
    );
  }
  return checkedRole(object.source, {
    roleArn,
    sessionName: valueOf(
      settings,
      fields("sessionName"),
      "ALICLOUD_ASSUME_ROLE_SESSION_NAME",
      "ALIBABA_CLOUD_ROLE_SESSION_NAME",
    ),
    seconds: valueOf(settings, fields("sessionExpiration"), "ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION"),
    policy: fields("policy"),
    externalId: fields("externalId"),
  });
}

const oidcVariables = {
  oidcProviderArn: "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
  oidcTokenFile: "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
  oidcToken: "ALIBABA_CLOUD_OIDC_TOKEN",
  roleArn: "ALIBABA_CLOUD_ROLE_ARN",
  roleSessionName: "ALIBABA_CLOUD_ROLE_SESSION_NAME",
} as const;

/**
 * The role with an id token of the configuration, whose missing fields come from variables.
 * @throws ConfigurationError when a field is unknown, malformed or missing.
 */
export function configuredOidc(settings: Settings): OidcRequest | undefined {
  const object = configuredObject(settings, "alicloud:assumeRoleWithOidc");
  if (!object) return undefined;
  const names = [...Object.keys(oidcVariables), "policy", "sessionExpiration"];
  const fields = fieldsOf(object, names);
  const value = (name: keyof typeof oidcVariables): RoleValue =>
    valueOf(settings, fields(name), oidcVariables[name]);
  // A token of the object takes precedence over the environment's token.
  const hasOwnToken = given(fields("oidcToken")) ?? given(fields("oidcTokenFile"));
  const token = hasOwnToken ? fields : value;
  return checkedOidc(object.source, {
    providerArn: value("oidcProviderArn"),
    tokenFile: token("oidcTokenFile"),
    tokenText: token("oidcToken"),
    roleArn: value("roleArn"),
    sessionName: value("roleSessionName"),
    seconds: fields("sessionExpiration"),
    policy: fields("policy"),
  });
}

/** The variable by which the environment alone describes a role with an id token; its ARN may be for `assumeRole`. */
export function oidcVariableOf(settings: Settings): Found | undefined {
  const { oidcProviderArn, oidcTokenFile, oidcToken } = oidcVariables;
  return fromEnvironment(settings, oidcProviderArn, oidcTokenFile, oidcToken);
}

/**
 * The role with an id token that the environment alone describes, as it does in a container of ACK.
 * @throws ConfigurationError when there is a part of it only.
 */
export function oidcOfEnvironment(settings: Settings): OidcRequest | undefined {
  const found = oidcVariableOf(settings);
  if (!found) return undefined;
  const value = (name: keyof typeof oidcVariables): RoleValue => {
    const variable = oidcVariables[name];
    return { source: `environment variable ${variable}`, value: settings.environment(variable) };
  };
  return checkedOidc(found.source, {
    providerArn: value("oidcProviderArn"),
    tokenFile: value("oidcTokenFile"),
    tokenText: value("oidcToken"),
    roleArn: value("roleArn"),
    sessionName: value("roleSessionName"),
  });
}

/**
 * Checks the parts of a role with an id token.
 * @throws ConfigurationError when one is malformed or missing; it names the setting.
 */
export function checkedOidc(
  source: string,
  parts: {
    readonly providerArn: RoleValue;
    readonly tokenFile: RoleValue;
    readonly tokenText?: RoleValue | undefined;
    readonly roleArn: RoleValue;
    readonly sessionName?: RoleValue | undefined;
    readonly seconds?: RoleValue | undefined;
    readonly policy?: RoleValue | undefined;
  },
): OidcRequest {
  const { providerArn, tokenFile, roleArn } = parts;
  const text = given(parts.tokenText);
  const needed = [providerArn, roleArn, text ?? tokenFile];
  if (!needed.every(given)) {
    throw incompleteCredentials(
      "Alibaba Cloud",
      needed.map((part) => ({ name: part.source, value: given(part) && "set" })),
    );
  }
  return {
    role: checkedRole(source, parts),
    providerArn: matching(
      providerArn,
      /^acs:ram::\d+:oidc-provider\/\S+$/i,
      'like "acs:ram::1234567890123456:oidc-provider/name"',
    ),
    token: text
      ? { text: matching(text, /\S/, "text").trim() }
      : { file: matching(tokenFile, /\S/, "a path"), source: tokenFile.source },
  };
}

/** A value that is there and not empty. */
function given(part: RoleValue | undefined): RoleValue | undefined {
  return part?.value === undefined || part.value === null || part.value === "" ? undefined : part;
}

// The object's own value counts; a variable stands in for one that is not there.
function valueOf(settings: Settings, field: RoleValue, ...variables: readonly string[]): RoleValue {
  if (field.value !== undefined && field.value !== null) return field;
  const found: Found | undefined = fromEnvironment(settings, ...variables);
  return found ?? field;
}

function fieldsOf({ values, source }: FoundObject, names: readonly string[]): (name: string) => RoleValue {
  const unknown = Object.keys(values).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `${source} has the unknown field ${unknown} (known: ${[...names].sort().join(", ")}): correct or remove it.`,
    );
  }
  return (name) => ({ source: `${source}.${name}`, value: values[name] });
}

// The value itself is left out of the message: it may stand in the wrong field, and be a secret.
function matching(part: RoleValue, pattern: RegExp, form: string): string {
  if (typeof part.value === "string" && pattern.test(part.value)) return part.value;
  throw new ConfigurationError(`${part.source} must be ${form}: correct it.`);
}

function readSeconds(part: RoleValue | undefined): number {
  if (!part) return defaultSeconds;
  const seconds = typeof part.value === "string" ? Number(part.value) : part.value;
  if (typeof seconds === "number" && Number.isInteger(seconds)) {
    if (seconds >= shortestSeconds && seconds <= longestSeconds) return seconds;
  }
  throw new ConfigurationError(
    `${part.source} must be a whole number of seconds from ${String(shortestSeconds)} to ${String(longestSeconds)}: correct it.`,
  );
}

function readPolicy(part: RoleValue | undefined): string | undefined {
  if (!part) return undefined;
  // Configuration that is set by paths holds it as an object.
  const text = isJsonObject(part.value) ? JSON.stringify(part.value) : part.value;
  try {
    if (typeof text === "string" && isJsonObject(JSON.parse(text))) return text;
  } catch {
    // Said below.
  }
  throw new ConfigurationError(`${part.source} must be a policy as a JSON object: correct it.`);
}
