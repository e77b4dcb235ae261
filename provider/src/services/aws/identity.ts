/**
 * Picks the identity that acts on AWS from all settings, in the order of the official provider. Makes no request;
 * `credentials` turns an identity into keys.
 */
import { ConfigurationError } from "../../ground/errors";
import type { ArgumentProblem } from "../../execution/argument";
import { problemsOf } from "../../execution/problems";
import { nameSetting } from "../../execution/settingWords";
import type { Settings } from "../../execution/settings";
import { fromConfig, fromEnvironment, incompleteCredentials } from "../../execution/settings";
import type { AwsIdentity, ChainFiles } from "./credential";
import { configuredRoles, configuredWebIdentity, webIdentityOfEnvironment } from "./roles";
import { namedProfile, profileField, sharedFiles } from "./sharedConfig";
import { findRefusedSettings } from "../vendorSettings";
import { awsSettings } from "./settingsTable";

/** The problems of the settings of AWS, except for the place; empty if there are none. No request is made. */
export function checkSettings(settings: Settings): ArgumentProblem[] {
  return [...findRefusedSettings(settings, awsSettings), ...problemsOf(() => findIdentity(settings))];
}

/**
 * The identity of the settings: keys of the configuration, its web identity, its profile, keys of the environment, a
 * profile that the environment names, a web identity of the environment, then the identity that the vendor's own chain
 * finds. Roles of the configuration are assumed on top, one after the other.
 * @throws ConfigurationError when a source has a part of its credentials only, a value is malformed, or two identities
 *   of the configuration compete.
 */
export function findIdentity(settings: Settings): AwsIdentity {
  const services = profileField(settings, "services");
  if (services) {
    throw new ConfigurationError(
      `${services.source} is set, which this package does not support. ` +
        `Set the address by: ${settings.words.assign("aws:endpoints[0].sfn", "https://…")}`,
    );
  }
  return configuredRoles(settings).reduce<AwsIdentity>(
    (base, role) => ({ kind: "role", role, base }),
    findBase(settings),
  );
}

interface Candidate {
  /** The setting, for messages. */
  readonly source: string;
  readonly identity: AwsIdentity;
}

function findBase(settings: Settings): AwsIdentity {
  const files = filesOf(settings);
  const [first, second] = [
    configuredKeys(settings),
    webIdentity(settings),
    profile(settings, files, true),
  ].filter((candidate) => candidate !== undefined);
  if (first && second) {
    throw new ConfigurationError(
      `${first.source} and ${second.source} both say who acts on AWS: remove one of them.`,
    );
  }
  return (
    first?.identity ??
    environmentKeys(settings) ??
    profile(settings, files, false)?.identity ??
    webIdentityIdentity(settings) ?? { kind: "chain", files }
  );
}

function filesOf(settings: Settings): ChainFiles {
  const { config, credentials } = sharedFiles(settings);
  return { configFile: config?.value, credentialsFile: credentials?.value };
}

// Any of the three makes the official provider use exactly these.
function configuredKeys(settings: Settings): Candidate | undefined {
  const names = ["aws:accessKey", "aws:secretKey", "aws:token"];
  const [accessKeyId, secretAccessKey, sessionToken] = names.map((key) => fromConfig(settings, key)?.value);
  const sources = names.map((key) => nameSetting(settings.words, key));
  const identity = keys([accessKeyId, secretAccessKey, sessionToken], sources);
  return identity && { source: sources[0] ?? "", identity };
}

// The token alone is no credential: some tools leave it behind.
function environmentKeys(settings: Settings): AwsIdentity | undefined {
  const names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
  const [accessKeyId, secretAccessKey, sessionToken] = names.map(
    (name) => fromEnvironment(settings, name)?.value,
  );
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  return keys(
    [accessKeyId, secretAccessKey, sessionToken],
    names.map((name) => `environment variable ${name}`),
  );
}

function keys(
  [accessKeyId, secretAccessKey, sessionToken]: readonly (string | undefined)[],
  [idSource = "", secretSource = "", tokenSource = ""]: readonly string[],
): AwsIdentity | undefined {
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { kind: "keys", credential: { accessKeyId, secretAccessKey, sessionToken }, source: idSource };
  }
  if (accessKeyId === undefined && secretAccessKey === undefined && sessionToken === undefined)
    return undefined;
  const pair = [
    { name: idSource, value: accessKeyId },
    { name: secretSource, value: secretAccessKey },
  ];
  const token = { name: tokenSource, value: sessionToken };
  throw incompleteCredentials("AWS", pair.some(({ value }) => value !== undefined) ? pair : [...pair, token]);
}

function webIdentity(settings: Settings): Candidate | undefined {
  const request = configuredWebIdentity(settings);
  return request && { source: request.role.source, identity: { kind: "webIdentity", request } };
}

function webIdentityIdentity(settings: Settings): AwsIdentity | undefined {
  const request = webIdentityOfEnvironment(settings);
  return request && { kind: "webIdentity", request };
}

function profile(settings: Settings, files: ChainFiles, isConfigured: boolean): Candidate | undefined {
  const found = isConfigured ? fromConfig(settings, "aws:profile") : namedProfile(settings);
  if (!found) return undefined;
  const { value: name, source } = found;
  return { source, identity: { kind: "profile", name, files, source } };
}
