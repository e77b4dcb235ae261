/**
 * Every setting of the vendor's own Pulumi provider, and of its SDKs, with its treatment here. Refused settings are
 * refused from this table; the documentation's table is compared with it.
 */
import type { VendorSetting, VendorSettings } from "../vendorSettings";
import { honoured, ignored, refused } from "../vendorSettings";

// In the order of precedence of the vendor's provider.
const table: readonly VendorSetting[] = [
  honoured(
    "who",
    "token",
    ["HW_AUTH_TOKEN", "OS_AUTH_TOKEN"],
    "A token obtained elsewhere; it can't be renewed.",
  ),
  honoured(
    "who",
    "accessKey",
    ["HW_ACCESS_KEY", "OS_ACCESS_KEY"],
    "With `secretKey`; every request is signed.",
  ),
  honoured("who", "secretKey", ["HW_SECRET_KEY", "OS_SECRET_KEY"], "From the same source as `accessKey`."),
  honoured("who", "securityToken", ["HW_SECURITY_TOKEN"], "Of a temporary access key, from the same source."),
  honoured(
    "who",
    "userName",
    ["HW_USER_NAME", "OS_USERNAME"],
    "With `password` and a domain; tokens are renewed.",
  ),
  honoured("who", "userId", ["HW_USER_ID", "OS_USER_ID"], "In place of `userName`; needs no domain."),
  honoured("who", "password", ["HW_USER_PASSWORD", "OS_PASSWORD"], "Of the user."),
  honoured(
    "who",
    "domainName",
    ["HW_DOMAIN_NAME", "OS_DOMAIN_NAME", "OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"],
    "The user's account; beside an access key it changes nothing.",
  ),
  honoured(
    "who",
    "domainId",
    ["HW_DOMAIN_ID", "OS_DOMAIN_ID", "OS_USER_DOMAIN_ID", "OS_PROJECT_DOMAIN_ID"],
    "The same by id; beside an access key it is sent to IAM as `X-Domain-Id`.",
  ),
  honoured(
    "who",
    "assumeRole",
    [
      "HW_ASSUME_ROLE_AGENCY_NAME",
      "HW_ASSUME_ROLE_DOMAIN_NAME",
      "HW_ASSUME_ROLE_DOMAIN_ID",
      "HW_ASSUME_ROLE_DURATION",
    ],
    "An agency to assume: `agencyName`, `domainName` or `domainId`, `duration` (3600 s); object, or list of one.",
  ),
  honoured(
    "who",
    "assumeRoleWithOidc",
    ["HW_ASSUME_ROLE_IDP_ID", "HW_ASSUME_ROLE_ID_TOKEN", "HW_ASSUME_ROLE_ID_TOKEN_FILE"],
    "An id token in place of a key: `idpId`, `idToken` or `idTokenFile`, and optionally an agency to assume.",
  ),
  honoured("who", "agencyName", ["OS_AGENCY_NAME"], "With `agencyDomainName`: the agency's token is used."),
  honoured("who", "agencyDomainName", ["OS_AGENCY_DOMAIN_NAME"], "The account that has that agency."),
  honoured(
    "where",
    "delegatedProject",
    ["OS_DELEGATED_PROJECT"],
    "Name of the project to work in as that agency.",
  ),
  honoured(
    "who",
    "sharedConfigFile",
    ["HW_SHARED_CONFIG_FILE"],
    "KooCLI's file, by default `~/.hcloud/config.json`.",
  ),
  honoured(
    "who",
    "profile",
    ["HW_PROFILE"],
    "A profile of KooCLI, whose region and project take precedence.",
  ),
  honoured("where", "region", ["HW_REGION_NAME", "OS_REGION_NAME"], "After the argument and the profile."),
  honoured(
    "where",
    "projectId",
    ["HW_PROJECT_ID", "OS_PROJECT_ID"],
    "After the argument; before every name.",
  ),
  honoured(
    "where",
    "projectName",
    ["HW_PROJECT_NAME", "OS_PROJECT_NAME"],
    "Looked up; also a sub-project, `cn-north-4_dev`.",
  ),
  honoured("where", "tenantId", ["OS_TENANT_ID"], "Older name of `projectId`, after it."),
  honoured("where", "tenantName", ["OS_TENANT_NAME"], "Older name of `projectName`, after it."),
  honoured("where", "authUrl", ["HW_AUTH_URL", "OS_AUTH_URL"], "Address of IAM, before `endpoints.iam`."),
  honoured("where", "cloud", ["HW_CLOUD"], "End of all host names, such as `myhuaweicloud.eu`."),
  honoured("where", "endpoints", [], "By service: `aom`, `coc`, `fgs` or `functiongraph`, `iam`, `sts`."),
  honoured("where", "enterpriseProjectId", ["HW_ENTERPRISE_PROJECT_ID"], "Default of the argument of AOM."),
  {
    ...refused(
      "how",
      "insecure",
      ["HW_INSECURE", "OS_INSECURE"],
      "Certificates are always checked, or credentials would go to whoever answers; remove it and set `huaweicloud:cacertFile` to the server's authority.",
    ),
    allowed: ["false", "f", "0"],
  },
  honoured(
    "how",
    "cacertFile",
    ["OS_CACERT"],
    "Path or PEM text of the authorities to trust in place of the system's.",
  ),
  honoured("how", "cert", ["OS_CERT"], "Path or PEM text of a client certificate, with `key`."),
  honoured("how", "key", ["OS_KEY"], "Its private key."),
  {
    ...refused(
      "how",
      "signingAlgorithm",
      ["HW_SIGNING_ALGORITHM"],
      "Requests are signed by `HmacSHA256`, the default; unset it or set it to that.",
    ),
    allowed: ["hmacsha256"],
  },
  ignored("nothing", "regional", [], "Chooses addresses of global services; those of COC are known."),
  ignored("how", "maxRetries", ["HW_MAX_RETRIES"], "Requests are repeated by rules of our own; see Waiting."),
  ignored("nothing", "enableForceNew", ["HW_ENABLE_FORCE_NEW"], "Concerns other resources."),
  ignored("nothing", "skipCheckWebsiteType", ["SKIP_CHECK_WEBSITE_TYPE"], "The site is never asked for."),
  ignored("nothing", "skipCheckUpgrade", ["SKIP_CHECK_UPGRADE"], "Nothing is checked."),
  ignored("nothing", "defaultTags", [], "Executions have no tags."),
  ignored("nothing", "ignoreTags", [], "Executions have no tags."),
  honoured(
    "who",
    undefined,
    [
      "HUAWEICLOUD_SDK_AK",
      "HUAWEICLOUD_SDK_SK",
      "HUAWEICLOUD_SDK_SECURITY_TOKEN",
      "HUAWEICLOUD_SDK_DOMAIN_ID",
    ],
    "Access key of the vendor's SDKs.",
  ),
  honoured(
    "who",
    undefined,
    ["HUAWEICLOUD_SDK_IDP_ID", "HUAWEICLOUD_SDK_ID_TOKEN_FILE"],
    "An id token in place of a key, by IAM.",
  ),
  honoured(
    "who",
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
    "An id token for an agency, by the security token service; the file is read at each renewal.",
  ),
  honoured("who", undefined, ["CLOUD_SDK_AK", "CLOUD_SDK_SK"], "Access key of the vendor's samples."),
  honoured(
    "who",
    undefined,
    ["HUAWEICLOUD_SDK_CREDENTIALS_FILE"],
    "Profile file, by default `~/.huaweicloud/credentials`, section `[basic]`.",
  ),
  honoured(
    "who",
    undefined,
    ["HC_CONTAINER_CREDENTIALS_FULL_URI", "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE"],
    "The agency of a pod of CCE.",
  ),
  honoured(
    "where",
    undefined,
    ["HUAWEICLOUD_SDK_PROJECT_ID"],
    "After all settings of the provider; not with an agency.",
  ),
  honoured("where", undefined, ["HUAWEICLOUD_SDK_IAM_ENDPOINT"], "After `authUrl` and `endpoints.iam`."),
  honoured("where", undefined, ["HUAWEICLOUD_SDK_STS_ENDPOINT"], "After `endpoints.sts`."),
  honoured(
    "where",
    undefined,
    ["HUAWEICLOUD_SDK_REGION_<SERVICE>_<REGION>"],
    "Address of a service, after `endpoints`: `…_AOM_CN_NORTH_4`, `…_FUNCTIONGRAPH_CN_NORTH_4`.",
  ),
  refused(
    "where",
    undefined,
    ["HUAWEICLOUD_SDK_REGIONS_FILE"],
    "The SDKs' file of regions is not read; set `huaweicloud:endpoints` in its place.",
  ),
];

/** The settings of the vendor's provider and of its SDKs. */
export const huaweiSettings: VendorSettings = { namespace: "huaweicloud", table };
