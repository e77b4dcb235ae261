/**
 * Picks the identity that acts at Huawei Cloud: the first source of settings that has a credential, and the agency that
 * is assumed with the credential. Read at the moment of use. The order within the vendor's own namespace is that of the
 * vendor's provider.
 */
import { ConfigurationError } from "../../ground/errors";
import { isLoopback } from "../../http/transport";
import { accountKeyOf } from "../accountKey";
import { address } from "../../execution/rules";
import type { SettingWords } from "../../execution/settingWords";
import { nameSetting } from "../../execution/settingWords";
import type { Found, Settings } from "../../execution/settings";
import { firstFound, fromConfig, fromEnvironment } from "../../execution/settings";
import type { CliProfile } from "./cliProfile";
import { credentialOfProfile, findCliProfile } from "./cliProfile";
import type {
  CredentialSettings,
  FoundCredential,
  HuaweiCredential,
  OidcCredential,
  Part,
} from "./credentials";
import { competingIdentities, credentialsIn, idTokenPlace } from "./credentials";
import type { Profile } from "./profile";
import { readProfile } from "./profile";
import type { AgencyToken, Role } from "./roles";
import { findAgency, idTokenOf, secondsOf } from "./roles";

/** The acting identity. */
export interface HuaweiIdentity {
  readonly credential: HuaweiCredential;
  /** The account of an access key, for requests to IAM; absent if it is not set. */
  readonly domainId: string | undefined;
  readonly agency: Role | AgencyToken | undefined;
  /** The profile that the identity comes from: its other fields belong to this identity and to no other. */
  readonly cliProfile: CliProfile | undefined;
  readonly sdkProfile: Profile | undefined;
}

/**
 * Finds the acting identity. The machine's own identity is the last source; only a request shows whether the machine
 * has one.
 * @throws ConfigurationError when a credential is incomplete, or two settings name an identity each.
 */
export function findIdentity(settings: Settings): HuaweiIdentity {
  const cliProfile = findCliProfile(settings);
  const { found, sdkProfile } = findCredential(settings, cliProfile);
  return {
    credential: found?.credential ?? { kind: "ecs", isAsked: false },
    domainId: found?.credential.kind === "accessKey" ? domainIdOf(settings, cliProfile, found) : undefined,
    agency: findAgency(settings, cliProfile)?.agency,
    cliProfile,
    sdkProfile,
  };
}

/** The access key for the state; undefined for all but permanent ones that act for themselves. */
export function keyOf({ credential, agency }: HuaweiIdentity): string | undefined {
  if (agency || credential.kind !== "accessKey" || credential.securityToken !== undefined) return undefined;
  return accountKeyOf("huaweicloud", credential.accessKey);
}

interface FirstCredential {
  readonly found: FoundCredential | undefined;
  /** The profile file, where the credential comes from it or nothing before it has one. */
  readonly sdkProfile: Profile | undefined;
}

function findCredential(settings: Settings, cliProfile: CliProfile | undefined): FirstCredential {
  for (const source of sources(settings, cliProfile)) {
    const [first, second] = source;
    if (first && second) throw competingIdentities(first.source, second.source);
    if (first) {
      // The vendor's provider prefers the profile, Pulumi's users expect their configuration to take precedence.
      if (cliProfile && isBeforeProfile(first, cliProfile)) {
        throw competingIdentities(first.source, cliProfile.source);
      }
      return { found: first, sdkProfile: undefined };
    }
  }
  const sdkProfile = readProfile(settings);
  const [fromFile] = sdkProfile ? credentialsIn(profileSettings(sdkProfile)) : [];
  if (fromFile) return { found: fromFile, sdkProfile };
  const pod = podOf(settings);
  return { found: pod, sdkProfile: pod ? undefined : sdkProfile };
}

function isBeforeProfile({ source }: FoundCredential, profile: CliProfile): boolean {
  return source !== profile.source;
}

// A generator: a later source is only read if no source before it has a credential.
function* sources(
  settings: Settings,
  cliProfile: CliProfile | undefined,
): Generator<readonly FoundCredential[]> {
  const profile =
    cliProfile &&
    (() => ({ credential: credentialOfProfile(cliProfile, settings.words), source: cliProfile.source }));
  const oidc = idTokenOf(settings);
  yield [
    ...credentialsIn(configuration(settings)),
    ...(oidc ? [oidc] : []),
    ...(profile && cliProfile.isFromConfig ? [profile()] : []),
  ];
  yield [
    ...credentialsIn(variables(settings, providerVariables)),
    ...(profile && !cliProfile.isFromConfig ? [profile()] : []),
  ];
  yield credentialsIn(variables(settings, openStackVariables));
  const sts = oidcOf(settings);
  yield [...(sts ? [sts] : []), ...credentialsIn(variables(settings, sdkVariables))];
  yield credentialsIn(variables(settings, sampleVariables));
}

type Variables = Readonly<Partial<Record<Part, readonly [string, ...string[]]>>>;

/** Variables that the vendor's provider reads first. */
const providerVariables: Variables = {
  token: ["HW_AUTH_TOKEN"],
  accessKey: ["HW_ACCESS_KEY"],
  secretKey: ["HW_SECRET_KEY"],
  securityToken: ["HW_SECURITY_TOKEN"],
  userName: ["HW_USER_NAME"],
  userId: ["HW_USER_ID"],
  password: ["HW_USER_PASSWORD"],
  domainName: ["HW_DOMAIN_NAME"],
  domainId: ["HW_DOMAIN_ID"],
  idpId: ["HW_ASSUME_ROLE_IDP_ID"],
  idToken: ["HW_ASSUME_ROLE_ID_TOKEN"],
  idTokenFile: ["HW_ASSUME_ROLE_ID_TOKEN_FILE"],
};

/** Variables of OpenStack, which it reads next. */
const openStackVariables: Variables = {
  token: ["OS_AUTH_TOKEN"],
  accessKey: ["OS_ACCESS_KEY"],
  secretKey: ["OS_SECRET_KEY"],
  userName: ["OS_USERNAME"],
  userId: ["OS_USER_ID"],
  password: ["OS_PASSWORD"],
  domainName: ["OS_DOMAIN_NAME", "OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"],
  domainId: ["OS_DOMAIN_ID", "OS_USER_DOMAIN_ID", "OS_PROJECT_DOMAIN_ID"],
};

/** Variables of the vendor's SDKs. */
const sdkVariables: Variables = {
  accessKey: ["HUAWEICLOUD_SDK_AK"],
  secretKey: ["HUAWEICLOUD_SDK_SK"],
  securityToken: ["HUAWEICLOUD_SDK_SECURITY_TOKEN"],
  domainId: ["HUAWEICLOUD_SDK_DOMAIN_ID"],
  idpId: ["HUAWEICLOUD_SDK_IDP_ID"],
  idTokenFile: ["HUAWEICLOUD_SDK_ID_TOKEN_FILE"],
};

/** Variables of the samples in the vendor's documents. */
const sampleVariables: Variables = { accessKey: ["CLOUD_SDK_AK"], secretKey: ["CLOUD_SDK_SK"] };

function configuration(settings: Settings): CredentialSettings {
  return {
    // Id tokens are in an object of their own.
    find: (part) => (part.startsWith("id") ? undefined : fromConfig(settings, `huaweicloud:${part}`)),
    nameOf: (part) => nameSetting(settings.words, `huaweicloud:${part}`),
  };
}

function variables(settings: Settings, names: Variables): CredentialSettings {
  return {
    find: (part) => fromEnvironment(settings, ...(names[part] ?? [])),
    nameOf: (part) => `environment variable ${names[part]?.[0] ?? part}`,
  };
}

function profileSettings({ path, values }: Profile): CredentialSettings {
  const keys: Readonly<Partial<Record<Part, string>>> = {
    accessKey: "ak",
    secretKey: "sk",
    securityToken: "security_token",
    idpId: "idp_id",
    idTokenFile: "id_token_file",
  };
  const nameOf = (part: Part): string => `profile ${path}, [basic] ${keys[part] ?? part}`;
  return {
    find: (part) => {
      const value = values[keys[part] ?? ""];
      return value === undefined ? undefined : { value, source: nameOf(part) };
    },
    nameOf,
  };
}

const defaultOidcSession = "oidc-sts-session";

function oidcOf(settings: Settings): { credential: OidcCredential; source: string } | undefined {
  const find = (name: string): Found | undefined => fromEnvironment(settings, `HUAWEICLOUD_OIDC_${name}`);
  const [provider, agency] = [find("PROVIDER_URN"), find("AGENCY_URN")];
  const idToken = idTokenPlace(find("ID_TOKEN"), find("TOKEN_FILE"));
  if (!provider && !agency && !idToken) return undefined;
  if (!provider || !agency || !idToken) {
    throw new ConfigurationError(
      "the environment variables HUAWEICLOUD_OIDC_PROVIDER_URN, HUAWEICLOUD_OIDC_AGENCY_URN and one of " +
        "HUAWEICLOUD_OIDC_TOKEN_FILE and HUAWEICLOUD_OIDC_ID_TOKEN belong together: set all three, or unset all.",
    );
  }
  const credential: OidcCredential = {
    kind: "oidc",
    providerUrn: provider.value,
    agencyUrn: agency.value,
    sessionName: find("SESSION_NAME")?.value ?? defaultOidcSession,
    durationSeconds: secondsOf(find("DURATION_SECONDS")),
    policy: find("POLICY")?.value,
    policyIds: listOf(find("POLICY_IDS")),
    idToken,
  };
  return { credential, source: provider.source };
}

function listOf(found: Found | undefined): readonly string[] {
  return (found?.value ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function podOf(settings: Settings): FoundCredential | undefined {
  const uri = fromEnvironment(settings, "HC_CONTAINER_CREDENTIALS_FULL_URI");
  const tokenFile = fromEnvironment(settings, "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (!uri && !tokenFile) return undefined;
  if (!uri || !tokenFile) {
    throw new ConfigurationError(
      "HC_CONTAINER_CREDENTIALS_FULL_URI and HC_CONTAINER_AUTHORIZATION_TOKEN_FILE belong together: set both, or unset both.",
    );
  }
  const wrong = address(uri.value) ?? podAddressProblem(new URL(uri.value));
  if (wrong !== undefined) throw new ConfigurationError(`the address (from ${uri.source}) ${wrong}`);
  const place = { file: tokenFile.value, source: tokenFile.source };
  return { credential: { kind: "pod", uri: uri.value, tokenFile: place }, source: uri.source };
}

// The agent is on the machine itself: elsewhere, the pod's token would go out in the clear.
function podAddressProblem(url: URL): string | undefined {
  const isOnMachine = isLoopback(url.hostname) || url.hostname.startsWith("169.254.");
  if (url.protocol === "https:" || isOnMachine) return undefined;
  return `begins with http://, which would send the pod's token to ${url.host} without encryption: use https://.`;
}

// The SDKs' variable belongs to their own keys only.
function domainIdOf(
  settings: Settings,
  cliProfile: CliProfile | undefined,
  { source }: FoundCredential,
): string | undefined {
  const isSdkKey = source === `environment variable ${sdkVariables.accessKey?.[0] ?? ""}`;
  const names = (isSdkKey ? [sdkVariables] : [providerVariables, openStackVariables]).flatMap(
    ({ domainId }) => domainId ?? [],
  );
  return firstFound(
    cliProfile?.field("domainId"),
    fromConfig(settings, "huaweicloud:domainId"),
    fromEnvironment(settings, ...names),
  )?.value;
}

/** Every source that is tried, in order, for the error when none has a credential. */
export const triedSources = (words: SettingWords): readonly string[] => [
  `the ${words.several} ${words.write("huaweicloud:*")} (accessKey and secretKey; token; userName or userId, and password; assumeRoleWithOidc; profile)`,
  "the environment variables HW_* (HW_ACCESS_KEY and HW_SECRET_KEY; HW_AUTH_TOKEN; HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME; HW_ASSUME_ROLE_IDP_ID; HW_PROFILE)",
  "OS_* (OS_ACCESS_KEY and OS_SECRET_KEY; OS_AUTH_TOKEN; OS_USERNAME, OS_PASSWORD and OS_DOMAIN_NAME)",
  "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, HUAWEICLOUD_SDK_IDP_ID, HUAWEICLOUD_OIDC_*",
  "CLOUD_SDK_AK and CLOUD_SDK_SK",
  "the profile file ~/.huaweicloud/credentials, section [basic] (or the file that HUAWEICLOUD_SDK_CREDENTIALS_FILE names)",
  "HC_CONTAINER_CREDENTIALS_FULL_URI (pod identity)",
];
