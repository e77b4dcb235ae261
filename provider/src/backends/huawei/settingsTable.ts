/**
 * Every setting of the vendor's own Pulumi provider, and of its SDKs, and what becomes of it here. What is refused is
 * refused from this table; the documentation's table is compared with it.
 */
import { ConfigurationError } from "../../errors";
import type { ArgumentProblem } from "../backend";
import type { Settings } from "../settings";
import { firstFound, fromConfig, fromEnvironment } from "../settings";
import type { VendorSetting } from "../vendorSettings";

/** A row, and the values that a refused setting may have all the same. */
export interface HuaweiSetting extends VendorSetting {
  /** Values of a refused setting that say what is done anyway, in lower case. */
  readonly allowed?: readonly string[];
}

/** Namespace of the configuration. */
export const namespace = "huaweicloud";

const setting = (
  key: string | undefined,
  variables: readonly string[],
  concern: VendorSetting["concern"],
  treatment: VendorSetting["treatment"],
  note: string,
): HuaweiSetting => ({ key, variables, concern, treatment, note });

/** The settings of the vendor's provider, in its own order of precedence. */
export const huaweiSettings: readonly HuaweiSetting[] = [
  setting(
    "token",
    ["HW_AUTH_TOKEN", "OS_AUTH_TOKEN"],
    "who",
    "honoured",
    "A token obtained elsewhere; it can't be renewed.",
  ),
  setting(
    "accessKey",
    ["HW_ACCESS_KEY", "OS_ACCESS_KEY"],
    "who",
    "honoured",
    "With `secretKey`; every request is signed.",
  ),
  setting(
    "secretKey",
    ["HW_SECRET_KEY", "OS_SECRET_KEY"],
    "who",
    "honoured",
    "From the same source as `accessKey`.",
  ),
  setting(
    "securityToken",
    ["HW_SECURITY_TOKEN"],
    "who",
    "honoured",
    "Of a temporary access key, from the same source.",
  ),
  setting(
    "userName",
    ["HW_USER_NAME", "OS_USERNAME"],
    "who",
    "honoured",
    "With `password` and a domain; tokens are renewed.",
  ),
  setting(
    "userId",
    ["HW_USER_ID", "OS_USER_ID"],
    "who",
    "honoured",
    "In place of `userName`; needs no domain.",
  ),
  setting("password", ["HW_USER_PASSWORD", "OS_PASSWORD"], "who", "honoured", "Of the user."),
  setting(
    "domainName",
    ["HW_DOMAIN_NAME", "OS_DOMAIN_NAME", "OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"],
    "who",
    "honoured",
    "The user's account; beside an access key it changes nothing.",
  ),
  setting(
    "domainId",
    ["HW_DOMAIN_ID", "OS_DOMAIN_ID", "OS_USER_DOMAIN_ID", "OS_PROJECT_DOMAIN_ID"],
    "who",
    "honoured",
    "The same by id; beside an access key it is sent to IAM as `X-Domain-Id`.",
  ),
  setting(
    "assumeRole",
    [
      "HW_ASSUME_ROLE_AGENCY_NAME",
      "HW_ASSUME_ROLE_DOMAIN_NAME",
      "HW_ASSUME_ROLE_DOMAIN_ID",
      "HW_ASSUME_ROLE_DURATION",
    ],
    "who",
    "honoured",
    "An agency to assume: `agencyName`, `domainName` or `domainId`, `duration` (3600 s); object, or list of one.",
  ),
  setting(
    "assumeRoleWithOidc",
    ["HW_ASSUME_ROLE_IDP_ID", "HW_ASSUME_ROLE_ID_TOKEN", "HW_ASSUME_ROLE_ID_TOKEN_FILE"],
    "who",
    "honoured",
    "An id token in place of a key: `idpId`, `idToken` or `idTokenFile`, and optionally an agency to assume.",
  ),
  setting(
    "agencyName",
    ["OS_AGENCY_NAME"],
    "who",
    "honoured",
    "With `agencyDomainName`: the agency's token is used.",
  ),
  setting(
    "agencyDomainName",
    ["OS_AGENCY_DOMAIN_NAME"],
    "who",
    "honoured",
    "The account that has that agency.",
  ),
  setting(
    "delegatedProject",
    ["OS_DELEGATED_PROJECT"],
    "where",
    "honoured",
    "Name of the project to work in as that agency.",
  ),
  setting(
    "sharedConfigFile",
    ["HW_SHARED_CONFIG_FILE"],
    "who",
    "honoured",
    "KooCLI's file, by default `~/.hcloud/config.json`.",
  ),
  setting(
    "profile",
    ["HW_PROFILE"],
    "who",
    "honoured",
    "A profile of KooCLI, whose region and project take precedence.",
  ),
  setting(
    "region",
    ["HW_REGION_NAME", "OS_REGION_NAME"],
    "where",
    "honoured",
    "After the argument and the profile.",
  ),
  setting(
    "projectId",
    ["HW_PROJECT_ID", "OS_PROJECT_ID"],
    "where",
    "honoured",
    "After the argument; before every name.",
  ),
  setting(
    "projectName",
    ["HW_PROJECT_NAME", "OS_PROJECT_NAME"],
    "where",
    "honoured",
    "Looked up; also a sub-project, `cn-north-4_dev`.",
  ),
  setting("tenantId", ["OS_TENANT_ID"], "where", "honoured", "Older name of `projectId`, after it."),
  setting("tenantName", ["OS_TENANT_NAME"], "where", "honoured", "Older name of `projectName`, after it."),
  setting(
    "authUrl",
    ["HW_AUTH_URL", "OS_AUTH_URL"],
    "where",
    "honoured",
    "Address of IAM, before `endpoints.iam`.",
  ),
  setting("cloud", ["HW_CLOUD"], "where", "honoured", "End of all host names, such as `myhuaweicloud.eu`."),
  setting("endpoints", [], "where", "honoured", "By service: `aom`, `fgs` or `functiongraph`, `iam`, `sts`."),
  setting(
    "enterpriseProjectId",
    ["HW_ENTERPRISE_PROJECT_ID"],
    "where",
    "honoured",
    "Default of the argument of AOM.",
  ),
  {
    ...setting(
      "insecure",
      ["HW_INSECURE", "OS_INSECURE"],
      "how",
      "refused",
      "Certificates are always checked; remove it and set `cacertFile` to the server's authority.",
    ),
    allowed: ["false", "f", "0"],
  },
  setting(
    "cacertFile",
    ["OS_CACERT"],
    "how",
    "honoured",
    "Path or PEM text of the authorities to trust in place of the system's.",
  ),
  setting("cert", ["OS_CERT"], "how", "honoured", "Path or PEM text of a client certificate, with `key`."),
  setting("key", ["OS_KEY"], "how", "honoured", "Its private key."),
  {
    ...setting(
      "signingAlgorithm",
      ["HW_SIGNING_ALGORITHM"],
      "how",
      "refused",
      "Requests are signed by `HmacSHA256`, the default; unset it or set it to that.",
    ),
    allowed: ["hmacsha256"],
  },
  setting("regional", [], "nothing", "ignored", "Concerns global services only."),
  setting(
    "maxRetries",
    ["HW_MAX_RETRIES"],
    "how",
    "ignored",
    "Requests are repeated by rules of our own; see Waiting.",
  ),
  setting("enableForceNew", ["HW_ENABLE_FORCE_NEW"], "nothing", "ignored", "Concerns other resources."),
  setting(
    "skipCheckWebsiteType",
    ["SKIP_CHECK_WEBSITE_TYPE"],
    "nothing",
    "ignored",
    "The site is never asked for.",
  ),
  setting("skipCheckUpgrade", ["SKIP_CHECK_UPGRADE"], "nothing", "ignored", "Nothing is checked."),
  setting("defaultTags", [], "nothing", "ignored", "Executions have no tags."),
  setting("ignoreTags", [], "nothing", "ignored", "Executions have no tags."),
  setting(
    undefined,
    [
      "HUAWEICLOUD_SDK_AK",
      "HUAWEICLOUD_SDK_SK",
      "HUAWEICLOUD_SDK_SECURITY_TOKEN",
      "HUAWEICLOUD_SDK_DOMAIN_ID",
    ],
    "who",
    "honoured",
    "Access key of the vendor's SDKs.",
  ),
  setting(
    undefined,
    ["HUAWEICLOUD_SDK_IDP_ID", "HUAWEICLOUD_SDK_ID_TOKEN_FILE"],
    "who",
    "honoured",
    "An id token in place of a key, by IAM.",
  ),
  setting(
    undefined,
    [
      "HUAWEICLOUD_OIDC_PROVIDER_URN",
      "HUAWEICLOUD_OIDC_AGENCY_URN",
      "HUAWEICLOUD_OIDC_ID_TOKEN",
      "HUAWEICLOUD_OIDC_TOKEN_FILE",
      "HUAWEICLOUD_OIDC_SESSION_NAME",
      "HUAWEICLOUD_OIDC_DURATION_SECONDS",
      "HUAWEICLOUD_OIDC_POLICY",
      "HUAWEICLOUD_OIDC_POLICY_IDS",
    ],
    "who",
    "honoured",
    "An id token for an agency, by the security token service; the file is read at each renewal.",
  ),
  setting(
    undefined,
    ["CLOUD_SDK_AK", "CLOUD_SDK_SK"],
    "who",
    "honoured",
    "Access key of the vendor's samples.",
  ),
  setting(
    undefined,
    ["HUAWEICLOUD_SDK_CREDENTIALS_FILE"],
    "who",
    "honoured",
    "Profile file, by default `~/.huaweicloud/credentials`, section `[basic]`.",
  ),
  setting(
    undefined,
    ["HC_CONTAINER_CREDENTIALS_FULL_URI", "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE"],
    "who",
    "honoured",
    "The agency of a pod of CCE.",
  ),
  setting(
    undefined,
    ["HUAWEICLOUD_SDK_PROJECT_ID"],
    "where",
    "honoured",
    "After all settings of the provider; not with an agency.",
  ),
  setting(
    undefined,
    ["HUAWEICLOUD_SDK_IAM_ENDPOINT"],
    "where",
    "honoured",
    "After `authUrl` and `endpoints.iam`.",
  ),
  setting(undefined, ["HUAWEICLOUD_SDK_STS_ENDPOINT"], "where", "honoured", "After `endpoints.sts`."),
  setting(
    undefined,
    ["HUAWEICLOUD_SDK_REGION_<SERVICE>_<REGION>"],
    "where",
    "honoured",
    "Address of a service, after `endpoints`: `…_AOM_CN_NORTH_4`, `…_FUNCTIONGRAPH_CN_NORTH_4`.",
  ),
  setting(
    undefined,
    ["HUAWEICLOUD_SDK_REGIONS_FILE"],
    "where",
    "refused",
    "The SDKs' file of regions is not read; set `huaweicloud:endpoints` in its place.",
  ),
];

function refusals(settings: Settings): readonly string[] {
  return huaweiSettings.flatMap(({ key, variables, treatment, note, allowed = [] }) => {
    if (treatment !== "refused") return [];
    const found = firstFound(
      key === undefined ? undefined : fromConfig(settings, `${namespace}:${key}`),
      fromEnvironment(settings, ...variables),
    );
    if (!found || allowed.includes(found.value.trim().toLowerCase())) return [];
    return [`${found.source} is set, which is not supported. ${note.replaceAll("`", "")}`];
  });
}

/** The settings that are set and refused; for check. */
export function checkSettings(settings: Settings): ArgumentProblem[] {
  return refusals(settings).map((reason) => ({ argument: undefined, reason }));
}

/**
 * Refuses settings for every other use.
 * @throws ConfigurationError where one is set that is refused.
 */
export function refuseSettings(settings: Settings): void {
  const [refused] = refusals(settings);
  if (refused !== undefined) throw new ConfigurationError(refused);
}
