/**
 * Every setting of AWS's own Pulumi provider, and of the vendor's chain of credentials, with its treatment here.
 * Refused settings are refused from this table; docs/reference/settings.md has the same table.
 */
import type { VendorSetting, VendorSettings } from "../vendorSettings";
import { honoured, ignored, refused } from "../vendorSettings";

const noSuchCheck = "The provider makes no such check.";
const noResources = "The provider creates no AWS resources.";

// In the order of the documentation's table.
const table: readonly VendorSetting[] = [
  honoured("who", "accessKey", ["AWS_ACCESS_KEY_ID"], "Id of the access key."),
  honoured("who", "secretKey", ["AWS_SECRET_ACCESS_KEY"], "Secret of the access key."),
  honoured("who", "token", ["AWS_SESSION_TOKEN"], "Session token of a temporary access key."),
  honoured(
    "who",
    "profile",
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"],
    "Profile of the vendor's files; needs `@aws-sdk/credential-providers`.",
  ),
  honoured("who", "sharedConfigFiles", ["AWS_CONFIG_FILE"], "Configuration file: one path."),
  honoured("who", "sharedCredentialsFiles", ["AWS_SHARED_CREDENTIALS_FILE"], "Credentials file: one path."),
  honoured("who", "assumeRoles", [], "Roles that are assumed one after the other."),
  honoured("who", "assumeRole", [], "Older form of `aws:assumeRoles`: one role."),
  honoured(
    "who",
    "assumeRoleWithWebIdentity",
    ["TF_AWS_WEB_IDENTITY_TOKEN"],
    "Role that is assumed with a web identity token, before `aws:assumeRoles`.",
  ),
  honoured(
    "who",
    undefined,
    ["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_SESSION_NAME"],
    "Role that is assumed with a web identity token, as in a pod of EKS.",
  ),
  honoured(
    "who",
    undefined,
    [
      "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
      "AWS_CONTAINER_CREDENTIALS_FULL_URI",
      "AWS_CONTAINER_AUTHORIZATION_TOKEN",
      "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    ],
    "Credentials of a container, by `@aws-sdk/credential-providers`.",
  ),
  honoured(
    "who",
    "allowedAccountIds",
    [],
    "Guard: in other accounts nothing is started, stopped or read; compared with the ARN.",
  ),
  honoured(
    "who",
    "forbiddenAccountIds",
    [],
    "Guard: in these accounts nothing is started, stopped or read; compared with the ARN.",
  ),
  honoured(
    "where",
    "region",
    ["AWS_REGION", "AWS_DEFAULT_REGION"],
    "Region of the STS; the ARN of a state machine tells its own region.",
  ),
  honoured("where", "stsRegion", [], "Region of the STS, before `aws:region`."),
  honoured(
    "where",
    "endpoints",
    ["AWS_ENDPOINT_URL_SFN", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"],
    "Addresses of services: `sfn` (or `stepfunctions`) and `sts`.",
  ),
  honoured(
    "where",
    undefined,
    ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"],
    "True: addresses of variables and profiles are not used.",
  ),
  honoured("where", "useFipsEndpoint", ["AWS_USE_FIPS_ENDPOINT"], "FIPS hosts, where no address is set."),
  honoured(
    "where",
    "useDualstackEndpoint",
    ["AWS_USE_DUALSTACK_ENDPOINT"],
    "Hosts with IPv6, where no address is set.",
  ),
  refused(
    "who",
    "ec2MetadataServiceEndpoint",
    [],
    "Set the environment variable AWS_EC2_METADATA_SERVICE_ENDPOINT in its place.",
  ),
  refused(
    "who",
    "ec2MetadataServiceEndpointMode",
    [],
    "Set the environment variable AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE in its place.",
  ),
  refused(
    "who",
    "skipMetadataApiCheck",
    [],
    "Set the environment variable AWS_EC2_METADATA_DISABLED to true in its place.",
    ["false"],
  ),
  honoured(
    "who",
    undefined,
    [
      "AWS_EC2_METADATA_SERVICE_ENDPOINT",
      "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
      "AWS_EC2_METADATA_DISABLED",
    ],
    "Metadata service of a server, by `@aws-sdk/credential-providers`.",
  ),
  refused("how", "httpProxy", [], "Set the environment variable HTTP_PROXY in its place."),
  refused("how", "httpsProxy", [], "Set the environment variable HTTPS_PROXY in its place."),
  refused("how", "noProxy", [], "Set the environment variable NO_PROXY in its place."),
  honoured(
    "how",
    "customCaBundle",
    ["AWS_CA_BUNDLE"],
    "Authorities that are trusted in place of all others: the path of a PEM file.",
  ),
  refused("how", "insecure", [], "Set `aws:customCaBundle` to the authority of the server in its place.", [
    "false",
  ]),
  ignored("how", "maxRetries", ["AWS_MAX_ATTEMPTS"], "The provider has a schedule of its own."),
  ignored("how", "retryMode", ["AWS_RETRY_MODE"], "The provider has a schedule of its own."),
  ignored("how", "tokenBucketRateLimiterCapacity", [], "See `aws:requestLimits`."),
  ignored("nothing", "skipCredentialsValidation", [], noSuchCheck),
  ignored("nothing", "skipRequestingAccountId", [], noSuchCheck),
  ignored("nothing", "skipRegionValidation", [], noSuchCheck),
  ignored("nothing", "defaultTags", [], noResources),
  ignored("nothing", "ignoreTags", [], noResources),
  ignored("nothing", "tagPolicyCompliance", [], noResources),
  ignored("nothing", "userAgents", [], "Requests name this package."),
  ignored("nothing", "s3UsePathStyle", [], "The provider does not use S3."),
  ignored("nothing", "s3UsEast1RegionalEndpoint", [], "The provider does not use S3."),
];

/** The treatment of AWS's settings. */
export const awsSettings: VendorSettings = { namespace: "aws", table };
