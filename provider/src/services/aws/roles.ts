/**
 * The roles that settings name: `aws:assumeRoles`, `aws:assumeRoleWithWebIdentity` and the variables of web identities, checked
 * field by field. Pure but for the settings it reads.
 */
import { ConfigurationError } from "../../ground/errors";
import { isJsonObject } from "../../http/answer";
import type { Settings } from "../../execution/settings";
import {
  configuredObject,
  fromConfig,
  fromEnvironment,
  incompleteCredentials,
} from "../../execution/settings";
import type { TokenFile } from "../tokenFile";

/** A role to assume. */
export interface RoleRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  /** Life of the session in seconds, 900–43200. */
  readonly seconds: number;
  /** JSON text that narrows the role's rights. */
  readonly policy: string | undefined;
  readonly policyArns: readonly string[];
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  /** The place of the role's settings, for messages: `configuration aws:assumeRoles`. */
  readonly source: string;
}

/** A role to assume with a web identity token. */
export interface WebIdentityRequest {
  readonly role: RoleRequest;
  /** The token, or the file that has it at the moment of use. */
  readonly token: { readonly text: string } | TokenFile;
}

// A session needs a name, and the official provider makes one up each time. This name tells that the provider opened
// the session.
const defaultSessionName = "pulumi-runbook";
const defaultSeconds = 3_600;
const shortestSeconds = 900;
const longestSeconds = 43_200;

type Fields = Readonly<Record<string, unknown>>;

const roleFields = [
  "roleArn",
  "sessionName",
  "duration",
  "policy",
  "policyArns",
  "externalId",
  "sourceIdentity",
  "tags",
  "transitiveTagKeys",
];

/**
 * The roles of the configuration, in the order in which they are assumed; empty if there are none.
 * @throws ConfigurationError when a field is unknown, malformed or missing.
 */
export function configuredRoles(settings: Settings): RoleRequest[] {
  const keys = ["aws:assumeRoles", "aws:assumeRole"].flatMap((key) => {
    const found = fromConfig(settings, key);
    return found ? [{ ...found, key }] : [];
  });
  const [first, second] = keys;
  if (!first) return [];
  if (second) {
    throw new ConfigurationError(`${first.source} and ${second.source} are both set: remove one of them.`);
  }
  const value = parseJson(first.value);
  const objects: readonly unknown[] = Array.isArray(value) ? value : [value];
  return objects.flatMap((object, index) => {
    const source = objects.length > 1 ? `${first.source}[${String(index)}]` : first.source;
    if (!isJsonObject(object)) {
      const example = settings.words.assign(
        `${first.key}${first.key.endsWith("s") ? "[0]" : ""}.roleArn`,
        "<ARN>",
      );
      throw new ConfigurationError(`${source} is no object. Set its values by: ${example}`);
    }
    const fields = camelFields(object, source, roleFields);
    // As in the official provider: a program without a role for this stack leaves it empty.
    return fields["roleArn"] === "" ? [] : [checkedRole(fields, source)];
  });
}

/**
 * The role with a web identity token of the configuration.
 * @throws ConfigurationError when a field is unknown, malformed or missing.
 */
export function configuredWebIdentity(settings: Settings): WebIdentityRequest | undefined {
  const object = configuredObject(settings, "aws:assumeRoleWithWebIdentity");
  if (!object) return undefined;
  const { source } = object;
  const names = [
    "roleArn",
    "sessionName",
    "duration",
    "policy",
    "policyArns",
    "webIdentityToken",
    "webIdentityTokenFile",
  ];
  const fields = camelFields(object.values, source, names);
  const role = checkedRole(fields, source);
  const text = textOf(fields, "webIdentityToken", source);
  const file = textOf(fields, "webIdentityTokenFile", source);
  if (text !== undefined) return { role, token: { text: text.trim() } };
  if (file !== undefined) return { role, token: { file, source: `${source}.webIdentityTokenFile` } };
  const variable = fromEnvironment(settings, "TF_AWS_WEB_IDENTITY_TOKEN");
  if (variable) return { role, token: { text: variable.value.trim() } };
  const fromVariable = fromEnvironment(settings, "AWS_WEB_IDENTITY_TOKEN_FILE");
  if (fromVariable) return { role, token: { file: fromVariable.value, source: fromVariable.source } };
  throw new ConfigurationError(
    `${source} has no token: set its webIdentityTokenFile or webIdentityToken, or the environment variable ` +
      "AWS_WEB_IDENTITY_TOKEN_FILE.",
  );
}

/**
 * The role with a web identity token that the environment alone describes, as it does in a pod of EKS.
 * @throws ConfigurationError when there is a part of it only.
 */
export function webIdentityOfEnvironment(settings: Settings): WebIdentityRequest | undefined {
  const file = fromEnvironment(settings, "AWS_WEB_IDENTITY_TOKEN_FILE");
  if (!file) return undefined;
  const roleArn = fromEnvironment(settings, "AWS_ROLE_ARN");
  if (!roleArn) {
    throw incompleteCredentials("AWS", [
      { name: file.source, value: file.value },
      { name: "environment variable AWS_ROLE_ARN", value: undefined },
    ]);
  }
  const sessionName = fromEnvironment(settings, "AWS_ROLE_SESSION_NAME")?.value;
  const role = checkedRole({ roleArn: roleArn.value, sessionName }, file.source);
  return { role, token: { file: file.value, source: file.source } };
}

function checkedRole(fields: Fields, source: string): RoleRequest {
  return {
    roleArn: matching(
      fields,
      "roleArn",
      /^arn:[^:\s]+:iam::\d{12}:role\/\S+$/,
      source,
      'like "arn:aws:iam::123456789012:role/name"',
    ),
    sessionName:
      fields["sessionName"] === undefined || fields["sessionName"] === ""
        ? defaultSessionName
        : matching(
            fields,
            "sessionName",
            /^[\w+=,.@-]{2,64}$/,
            source,
            "2 to 64 letters, digits or any of + = , . @ - _",
          ),
    seconds: secondsOf(fields["duration"], `${source}.duration`),
    policy: policyOf(fields["policy"], `${source}.policy`),
    policyArns: textsOf(fields, "policyArns", source),
    externalId: textOf(fields, "externalId", source),
    sourceIdentity: textOf(fields, "sourceIdentity", source),
    tags: tagsOf(fields["tags"], `${source}.tags`),
    transitiveTagKeys: textsOf(fields, "transitiveTagKeys", source),
    source,
  };
}

function camelFields(object: Fields, source: string, names: readonly string[]): Fields {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    const camel = name.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
    if (!names.includes(camel)) {
      const list = [...names].sort().join(", ");
      throw new ConfigurationError(
        `${source} has the unknown field ${camel}: correct or remove the field. The fields are ${list}.`,
      );
    }
    fields[camel] = value ?? undefined;
  }
  return fields;
}

// Values are left out of the messages: one may stand in the wrong field, and be a secret.
function matching(fields: Fields, name: string, pattern: RegExp, source: string, wanted: string): string {
  const value = fields[name];
  if (typeof value === "string" && pattern.test(value)) return value;
  throw new ConfigurationError(
    `${source}.${name} must be ${wanted}: ${value === undefined ? "set" : "correct"} it.`,
  );
}

function textOf(fields: Fields, name: string, source: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string") return value;
  throw new ConfigurationError(`${source}.${name} must be text: correct it.`);
}

function textsOf(fields: Fields, name: string, source: string): readonly string[] {
  const value = fields[name];
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  throw new ConfigurationError(`${source}.${name} must be a list of texts: correct it.`);
}

function tagsOf(value: unknown, source: string): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (isJsonObject(value) && Object.values(value).every((tag) => typeof tag === "string")) {
    return value as Record<string, string>;
  }
  throw new ConfigurationError(`${source} must be a map of texts: correct it.`);
}

const unitSeconds: Readonly<Record<string, number>> = { h: 3_600, m: 60, s: 1, ms: 0.001 };

// As Go writes durations, e.g. "1h30m".
function secondsOf(value: unknown, source: string): number {
  if (value === undefined || value === "") return defaultSeconds;
  const text = typeof value === "string" ? value : "";
  const parts = /^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text) ? [...text.matchAll(/([\d.]+)(h|ms|m|s)/g)] : [];
  const seconds = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (unitSeconds[unit ?? ""] ?? NaN),
    0,
  );
  if (seconds >= shortestSeconds && seconds <= longestSeconds) return Math.floor(seconds);
  throw new ConfigurationError(`${source} must be a duration like "1h30m", from 15m to 12h: correct it.`);
}

function policyOf(value: unknown, source: string): string | undefined {
  if (value === undefined || value === "") return undefined;
  // Configuration that is set by paths holds it as an object.
  const text = isJsonObject(value) ? JSON.stringify(value) : value;
  if (typeof text === "string" && isJsonObject(parseJson(text))) return text;
  throw new ConfigurationError(`${source} must be a policy as a JSON object: correct it.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
