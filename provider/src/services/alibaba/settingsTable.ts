/**
 * Every setting of Alibaba Cloud's own Pulumi provider, and of the vendor's chain of credentials, with its treatment
 * here. Refused settings are refused from this table; docs/reference/settings.md has the same table.
 */
import type { VendorSetting, VendorSettings } from "../vendorSettings";
import { honoured, ignored, refused } from "../vendorSettings";

const policyContext = "Remove the setting: requests carry no context for policies.";

// In the order of the documentation's table.
const table: readonly VendorSetting[] = [
  honoured(
    "who",
    "accessKey",
    ["ALICLOUD_ACCESS_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_ID"],
    "Id of the access key.",
  ),
  honoured(
    "who",
    "secretKey",
    ["ALICLOUD_SECRET_KEY", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_ACCESS_KEY_SECRET"],
    "Secret of the access key, from the same source as its id.",
  ),
  honoured(
    "who",
    "securityToken",
    ["ALICLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_SECURITY_TOKEN", "ALIBABACLOUD_SECURITY_TOKEN"],
    "Token of a temporary access key, from the same source as its id.",
  ),
  honoured(
    "who",
    "profile",
    ["ALICLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE"],
    "Name of a profile; its `region_id` is the region where none is set.",
  ),
  honoured(
    "who",
    "sharedCredentialsFile",
    ["ALICLOUD_SHARED_CREDENTIALS_FILE", "ALIBABA_CLOUD_CREDENTIALS_FILE"],
    "File of profiles: the JSON of the `aliyun` command, or the INI of the SDKs.",
  ),
  honoured(
    "who",
    "credentialsUri",
    ["ALICLOUD_CREDENTIALS_URI", "ALIBABA_CLOUD_CREDENTIALS_URI"],
    'Address that hands out temporary keys; its answer has `Code: "Success"`.',
  ),
  honoured(
    "who",
    "ecsRoleName",
    ["ALICLOUD_ECS_ROLE_NAME", "ALIBABA_CLOUD_ECS_METADATA"],
    "RAM role of the server (ECS) on which the deployment runs.",
  ),
  honoured(
    "who",
    "assumeRole",
    [],
    "Role to assume with the credentials found; an object, or a list of one.",
  ),
  honoured(
    "who",
    "assumeRole.roleArn",
    ["ALICLOUD_ASSUME_ROLE_ARN", "ALIBABA_CLOUD_ROLE_ARN"],
    "ARN of the role; empty text means no role. The variables count inside the object only.",
  ),
  honoured(
    "who",
    "assumeRole.sessionName",
    ["ALICLOUD_ASSUME_ROLE_SESSION_NAME", "ALIBABA_CLOUD_ROLE_SESSION_NAME"],
    "Name of the session, `terraform` by default as in the official provider.",
  ),
  honoured(
    "who",
    "assumeRole.sessionExpiration",
    ["ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION"],
    "Life of the session, 900 to 43200 seconds, 3600 by default; sessions are renewed.",
  ),
  honoured("who", "assumeRole.policy", [], "JSON text that narrows the role's rights."),
  honoured("who", "assumeRole.externalId", [], "External id that the role asks for."),
  honoured(
    "who",
    "assumeRoleWithOidc",
    [],
    "Role to assume with an id token in place of a key; an object, or a list of one.",
  ),
  honoured(
    "who",
    "assumeRoleWithOidc.oidcProviderArn",
    ["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"],
    "ARN of the identity provider.",
  ),
  honoured("who", "assumeRoleWithOidc.roleArn", ["ALIBABA_CLOUD_ROLE_ARN"], "ARN of the role."),
  honoured(
    "who",
    "assumeRoleWithOidc.oidcTokenFile",
    ["ALIBABA_CLOUD_OIDC_TOKEN_FILE"],
    "File with the id token, read again for each renewal.",
  ),
  honoured(
    "who",
    "assumeRoleWithOidc.oidcToken",
    ["ALIBABA_CLOUD_OIDC_TOKEN"],
    "The id token itself; it can't be renewed.",
  ),
  honoured(
    "who",
    "assumeRoleWithOidc.roleSessionName",
    ["ALIBABA_CLOUD_ROLE_SESSION_NAME"],
    "Name of the session, `terraform` by default.",
  ),
  honoured(
    "who",
    "assumeRoleWithOidc.sessionExpiration",
    [],
    "Life of the session, 900 to 43200 seconds, 3600 by default.",
  ),
  honoured("who", "assumeRoleWithOidc.policy", [], "JSON text that narrows the role's rights."),
  honoured(
    "who",
    "accountId",
    ["ALICLOUD_ACCOUNT_ID", "ALIBABA_CLOUD_ACCOUNT_ID"],
    "Guard: in another account nothing is started, stopped or read.",
  ),
  honoured(
    "where",
    "region",
    ["ALICLOUD_REGION", "ALIBABA_CLOUD_REGION"],
    "Region; there is no default, none is an error.",
  ),
  honoured(
    "where",
    "skipRegionValidation",
    ["ALICLOUD_SKIP_REGION_VALIDATION"],
    "Accepted; there is nothing to skip, because no list of regions is checked.",
  ),
  honoured(
    "where",
    "endpoints",
    ["FNF_ENDPOINT", "ALIBABA_CLOUD_ENDPOINT_FNF", "STS_ENDPOINT", "ALIBABA_CLOUD_ENDPOINT_STS"],
    "Hosts or addresses of `fnf` and `sts`; a map, or a list of one.",
  ),
  honoured(
    "where",
    "protocol",
    ["ALICLOUD_PROTOCOL"],
    "`HTTPS` (default), or `HTTP`, which allows `http://` and is then the scheme of bare hosts.",
  ),
  honoured(
    "where",
    "accountType",
    ["ALIBABA_CLOUD_ACCOUNT_TYPE"],
    "`International`: there is no `consoleUrl`, since the known one is the Chinese site's.",
  ),
  honoured("where", undefined, ["ALIBABA_CLOUD_STS_REGION"], "Region of the STS, in place of the region."),
  honoured("where", undefined, ["ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED"], "`true` asks the STS inside the VPC."),
  honoured(
    "who",
    undefined,
    ["ALIBABA_CLOUD_CLI_PROFILE_DISABLED"],
    "`true`: `~/.aliyun/config.json` is not read unless a profile is named.",
  ),
  honoured(
    "who",
    undefined,
    ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"],
    "`true`: the metadata service is not asked unless a role is named.",
  ),
  honoured(
    "who",
    undefined,
    ["ALIBABA_CLOUD_IMDSV1_DISABLED"],
    "`true`: the first version of the metadata service is not asked.",
  ),
  refused("who", "sourceIp", ["ALICLOUD_SOURCE_IP", "ALIBABA_CLOUD_SOURCE_IP"], policyContext),
  refused(
    "who",
    "secureTransport",
    ["ALICLOUD_SECURE_TRANSPORT", "ALIBABA_CLOUD_SECURE_TRANSPORT"],
    policyContext,
  ),
  refused(
    "who",
    "securityTransport",
    ["ALICLOUD_SECURITY_TRANSPORT", "ALIBABA_CLOUD_SECURITY_TRANSPORT"],
    policyContext,
  ),
  refused(
    "where",
    undefined,
    ["TF_ENDPOINT_PATH"],
    "Remove the variable and set `alicloud:endpoints`: files of endpoints are not read.",
  ),
  ignored("nothing", "signVersion", [], "Concerns OSS and SLS only."),
  ignored("how", "clientReadTimeout", ["CLIENT_READ_TIMEOUT"], "Requests have limits of their own."),
  ignored("how", "clientConnectTimeout", ["CLIENT_CONNECT_TIMEOUT"], "Requests have limits of their own."),
  ignored("how", "maxRetryTimeout", ["MAX_RETRY_TIMEOUT"], "`timeoutSeconds` is the limit."),
  ignored("nothing", "configurationSource", ["TF_APPEND_USER_AGENT"], "Only names the caller."),
  ignored("nothing", "features", [], "Concerns other services only."),
  ignored("nothing", "fc", [], "Concerns Function Compute only."),
  ignored("nothing", "logEndpoint", [], "Concerns SLS only."),
  ignored("nothing", "mnsEndpoint", [], "Concerns MNS only."),
  ignored("nothing", "otsInstanceName", [], "Concerns Table Store only."),
];

/** The keys of `alicloud:` and the variables that belong to them. */
export const alibabaSettings: VendorSettings = { namespace: "alicloud", table };
