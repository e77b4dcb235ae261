/**
 * Who asks: credentials for Huawei Cloud from stack configuration, environment or profile file, read at the moment
 * of use. The first source that has any of them must have all of them: halves of two sources are never mixed.
 */
import { ConfigurationError } from "../../errors";
import type { HuaweiAccessKey } from "../../http/signers/huaweiSigner";
import type { Settings } from "../settings";
import { incompleteCredentials } from "../settings";
import type { Profile } from "./profile";
import { readProfile } from "./profile";

/** A user of an account. */
export interface PasswordCredential {
  readonly kind: "password";
  readonly userName: string;
  readonly password: string;
  /** The account's name. */
  readonly domainName: string;
}

/** A way to authenticate. */
export type HuaweiCredential =
  /** A token that somebody else obtained; it can't be renewed. */
  | { readonly kind: "token"; readonly token: string }
  | PasswordCredential
  | (HuaweiAccessKey & {
      readonly kind: "accessKey";
      /** For temporary keys. */
      readonly securityToken: string | undefined;
    });

interface Source {
  /** For messages: how each of the values is named in this source. */
  readonly names: Readonly<Record<Part, string>>;
  readonly values: Readonly<Partial<Record<Part, string | undefined>>>;
}

type Part = "token" | "accessKey" | "secretKey" | "securityToken" | "userName" | "password" | "domainName";

/**
 * Finds the credentials.
 * @throws ConfigurationError where none is set, or half of a pair.
 */
export function findCredential(settings: Settings): HuaweiCredential {
  for (const source of sources(settings)) {
    const credential = credentialOf(source);
    if (credential) return credential;
  }
  throw new ConfigurationError(
    "no credentials for Huawei Cloud are set. Set one of: " +
      "an access key (pulumi config set huaweicloud:accessKey … and pulumi config set --secret huaweicloud:secretKey …, " +
      "or the environment variables HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or the profile file ~/.huaweicloud/credentials); " +
      "a token (huaweicloud:token, or HW_AUTH_TOKEN); " +
      "a user (huaweicloud:domainName, huaweicloud:userName and huaweicloud:password, or HW_DOMAIN_NAME, HW_USER_NAME and HW_USER_PASSWORD).",
  );
}

/**
 * The profile, where the credentials come from it: what else it says belongs to them and to no others.
 * @throws ConfigurationError where it is named but can't be read.
 */
export function findProfileInUse(settings: Settings): Profile | undefined {
  const isGivenBefore = [...sourcesBeforeProfile(settings)].some(({ values }) =>
    Object.values(values).some((value) => value !== undefined),
  );
  return isGivenBefore ? undefined : readProfile(settings);
}

// A generator: the profile file is read only where nothing before it had an answer.
function* sources(settings: Settings): Generator<Source> {
  yield* sourcesBeforeProfile(settings);
  const profile = readProfile(settings);
  if (profile) {
    const fromProfile = named(`profile ${profile.path}, [basic] `, {
      accessKey: "ak",
      secretKey: "sk",
      securityToken: "security_token",
    });
    yield fromProfile((key) => profile.values[key]);
  }
}

function* sourcesBeforeProfile(settings: Settings): Generator<Source> {
  const fromConfig = named("configuration ", {
    token: "huaweicloud:token",
    accessKey: "huaweicloud:accessKey",
    secretKey: "huaweicloud:secretKey",
    securityToken: "huaweicloud:securityToken",
    userName: "huaweicloud:userName",
    password: "huaweicloud:password",
    domainName: "huaweicloud:domainName",
  });
  yield fromConfig(settings.config);
  const fromVendor = named("environment variable ", {
    accessKey: "HUAWEICLOUD_SDK_AK",
    secretKey: "HUAWEICLOUD_SDK_SK",
    securityToken: "HUAWEICLOUD_SDK_SECURITY_TOKEN",
  });
  yield fromVendor(settings.environment);
  const fromTerraformNames = named("environment variable ", {
    token: "HW_AUTH_TOKEN",
    accessKey: "HW_ACCESS_KEY",
    secretKey: "HW_SECRET_KEY",
    securityToken: "HW_SECURITY_TOKEN",
    userName: "HW_USER_NAME",
    password: "HW_USER_PASSWORD",
    domainName: "HW_DOMAIN_NAME",
  });
  yield fromTerraformNames(settings.environment);
}

function named(
  prefix: string,
  keys: Partial<Record<Part, string>>,
): (look: (key: string) => string | undefined) => Source {
  return (look) => {
    const parts = Object.entries(keys) as [Part, string][];
    return {
      names: Object.fromEntries(parts.map(([part, key]) => [part, `${prefix}${key}`])) as Record<
        Part,
        string
      >,
      values: Object.fromEntries(parts.map(([part, key]) => [part, look(key)])),
    };
  };
}

function credentialOf(source: Source): HuaweiCredential | undefined {
  const { token, accessKey, secretKey, securityToken, userName, password, domainName } = source.values;
  if (token !== undefined) return { kind: "token", token };
  if (accessKey !== undefined || secretKey !== undefined) {
    const keys = requireAll(source, { accessKey, secretKey });
    return { kind: "accessKey", ...keys, securityToken };
  }
  if (userName !== undefined || password !== undefined) {
    return { kind: "password", ...requireAll(source, { userName, password, domainName }) };
  }
  // Alone they are of no use; another source's credentials must not answer in their place.
  if (securityToken !== undefined) requireAll(source, { accessKey, secretKey, securityToken });
  if (domainName !== undefined) requireAll(source, { userName, password, domainName });
  return undefined;
}

function requireAll<K extends Part>(source: Source, parts: Record<K, string | undefined>): Record<K, string> {
  const entries = Object.entries(parts) as [K, string | undefined][];
  if (entries.some(([, value]) => value === undefined)) {
    throw incompleteCredentials(
      "Huawei Cloud",
      entries.map(([part, value]) => ({ name: source.names[part], value })),
    );
  }
  return parts as Record<K, string>;
}
