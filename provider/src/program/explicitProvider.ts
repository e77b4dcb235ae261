/**
 * An explicit provider: the settings of one account, for resources that name the provider in their options. Two explicit
 * providers in a stack are two accounts, each in a process of its own.
 */
import * as pulumi from "@pulumi/pulumi";
import { camelCase, secretSettings } from "../fronts/shared/settingNames";
import type { AwsSettings } from "./awsSettings";
import type { RequestLimit } from "./requestLimit";

/** An agency of Huawei Cloud, assumed with the credentials of the other settings. */
export interface HuaweicloudAssumeRole {
  /** Name of the agency. */
  agencyName: pulumi.Input<string>;
  /** Name of the account that has the agency; this or `domainId`. */
  domainName?: pulumi.Input<string>;
  /** Id of the account that has the agency: the security token service is used in place of IAM. */
  domainId?: pulumi.Input<string>;
  /**
   * Life of the keys in seconds, 900 to 43200. They are renewed.
   * @default 3600
   */
  duration?: pulumi.Input<number>;
}

/** An id token of an identity provider in place of a key, and optionally an agency to assume with it. */
export interface HuaweicloudAssumeRoleWithOidc {
  /** Id of the identity provider in IAM. */
  idpId: pulumi.Input<string>;
  /** File with the id token, read again at each renewal. */
  idTokenFile?: pulumi.Input<string>;
  /** The id token itself; keys are only renewed until it ends. */
  idToken?: pulumi.Input<string>;
  /** Name of the agency to assume; left out, the token's own rights count. */
  agencyName?: pulumi.Input<string>;
  /** Id of the account that has the agency. */
  domainId?: pulumi.Input<string>;
  /**
   * Life of the agency's keys in seconds, 900 to 43200.
   * @default 3600
   */
  duration?: pulumi.Input<number>;
}

/** Settings for Huawei Cloud; each stands for the stack configuration `huaweicloud:<name>`. */
export interface HuaweicloudSettings {
  /**
   * Region, e.g. `cn-north-4`.
   * @default the profile, or the environment
   */
  region?: pulumi.Input<string>;
  /** Exactly 32 characters for AOM. Another project is another place: executions run again there. */
  projectId?: pulumi.Input<string>;
  /** Name of the project, such as that of a sub-project, `cn-north-4_dev`. */
  projectName?: pulumi.Input<string>;
  /** Older name of `projectId`. */
  tenantId?: pulumi.Input<string>;
  /** Older name of `projectName`. */
  tenantName?: pulumi.Input<string>;
  /** Id of the access key, with `secretKey`. */
  accessKey?: pulumi.Input<string>;
  /** Secret of the access key. Kept as a secret. */
  secretKey?: pulumi.Input<string>;
  /** Of a temporary access key. Kept as a secret. */
  securityToken?: pulumi.Input<string>;
  /** A token obtained elsewhere; it can't be renewed. Kept as a secret. */
  token?: pulumi.Input<string>;
  /** Name of the account that the user belongs to. */
  domainName?: pulumi.Input<string>;
  /** Id of that account, in place of `domainName`. */
  domainId?: pulumi.Input<string>;
  /** Name of an IAM user, with `password` and the account. */
  userName?: pulumi.Input<string>;
  /** In place of `userName`; needs no domain. */
  userId?: pulumi.Input<string>;
  /** Password of the user. Kept as a secret. */
  password?: pulumi.Input<string>;
  /** Agency to assume with the credentials of the other settings. */
  assumeRole?: pulumi.Input<HuaweicloudAssumeRole>;
  /** Id token in place of a key. Kept as a secret. */
  assumeRoleWithOidc?: pulumi.Input<HuaweicloudAssumeRoleWithOidc>;
  /** Agency whose token is used, with `agencyDomainName`; prefer `assumeRole`. */
  agencyName?: pulumi.Input<string>;
  /** Name of the account that has that agency. */
  agencyDomainName?: pulumi.Input<string>;
  /** Name of the project to work in as that agency. */
  delegatedProject?: pulumi.Input<string>;
  /** Name of a KooCLI profile. */
  profile?: pulumi.Input<string>;
  /**
   * KooCLI's profile file.
   * @default `~/.hcloud/config.json`, where `profile` is set
   */
  sharedConfigFile?: pulumi.Input<string>;
  /** Address of IAM. */
  authUrl?: pulumi.Input<string>;
  /** Suffix of all host names. @default `myhuaweicloud.eu` for `eu-west-1…`, else `myhuaweicloud.com` */
  cloud?: pulumi.Input<string>;
  /** Authorities that are trusted in place of all others: PEM text, or the path of a PEM file. */
  cacertFile?: pulumi.Input<string>;
  /** Certificate of the client: PEM text, or the path of a PEM file. Only with `key`. */
  cert?: pulumi.Input<string>;
  /** Key of `cert`, not encrypted: PEM text, or the path of a PEM file. Kept as a secret. */
  key?: pulumi.Input<string>;
  /**
   * True to allow addresses of other machines that begin with `http://`.
   * @default false
   */
  allowInsecureHttp?: pulumi.Input<boolean>;
  /** Hosts or addresses by service: `aom`, `coc`, `fgs` (or `functiongraph`), `iam`, `sts`. */
  endpoints?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Default of AOM's argument `enterpriseProjectId`. */
  enterpriseProjectId?: pulumi.Input<string>;
  /** Rate limits: by operation, service (`aom`, `coc`, `functiongraph`, `iam`) or `*`. */
  requestLimits?: pulumi.Input<Record<string, pulumi.Input<RequestLimit>>>;
}

/** A role of Alibaba Cloud, assumed with the credentials of the other settings. */
export interface AlicloudAssumeRole {
  /** E.g. `acs:ram::1234567890123456:role/deployer`. Empty text means no role. */
  roleArn: pulumi.Input<string>;
  /**
   * Name of the session.
   * @default "terraform", as in the official provider
   */
  sessionName?: pulumi.Input<string>;
  /**
   * Life of a session in seconds, 900 to 43200. Sessions are renewed.
   * @default 3600
   */
  sessionExpiration?: pulumi.Input<number>;
  /** JSON text that narrows the role's rights. */
  policy?: pulumi.Input<string>;
  /** External id that the role asks for. */
  externalId?: pulumi.Input<string>;
}

/** A role of Alibaba Cloud, assumed with an id token in place of a key. */
export interface AlicloudAssumeRoleWithOidc {
  /**
   * ARN of the identity provider.
   * @default the environment variable ALIBABA_CLOUD_OIDC_PROVIDER_ARN
   */
  oidcProviderArn?: pulumi.Input<string>;
  /** ARN of the role. @default the environment variable ALIBABA_CLOUD_ROLE_ARN */
  roleArn?: pulumi.Input<string>;
  /**
   * File with the id token, read again for each renewal.
   * @default the environment variable ALIBABA_CLOUD_OIDC_TOKEN_FILE
   */
  oidcTokenFile?: pulumi.Input<string>;
  /** The id token itself, which can't be renewed. */
  oidcToken?: pulumi.Input<string>;
  /**
   * Name of the session.
   * @default the environment variable ALIBABA_CLOUD_ROLE_SESSION_NAME, or "terraform"
   */
  roleSessionName?: pulumi.Input<string>;
  /**
   * Life of a session in seconds, 900 to 43200.
   * @default 3600
   */
  sessionExpiration?: pulumi.Input<number>;
  /** JSON text that narrows the role's rights. */
  policy?: pulumi.Input<string>;
}

/** Settings for Alibaba Cloud; each stands for the stack configuration `alicloud:<name>`. */
export interface AlicloudSettings {
  /**
   * Region, e.g. `cn-hangzhou`.
   * @default the environment, or the profile
   */
  region?: pulumi.Input<string>;
  /** Id of the access key, with `secretKey`. */
  accessKey?: pulumi.Input<string>;
  /** Secret of the access key. Kept as a secret. */
  secretKey?: pulumi.Input<string>;
  /** Of a temporary access key. Kept as a secret. */
  securityToken?: pulumi.Input<string>;
  /** Name of a profile. */
  profile?: pulumi.Input<string>;
  /**
   * Profile file: the JSON of the `aliyun` command, or the INI of the vendor's SDKs.
   * @default `~/.aliyun/config.json`, then `~/.alibabacloud/credentials`
   */
  sharedCredentialsFile?: pulumi.Input<string>;
  /** Address that hands out temporary keys. Kept as a secret: there may be a token in its query. */
  credentialsUri?: pulumi.Input<string>;
  /** RAM role of the server (ECS) on which the deployment runs. */
  ecsRoleName?: pulumi.Input<string>;
  /** Role to assume with the credentials of the other settings. */
  assumeRole?: pulumi.Input<AlicloudAssumeRole>;
  /** Role to assume with an id token in place of a key. Kept as a secret. */
  assumeRoleWithOidc?: pulumi.Input<AlicloudAssumeRoleWithOidc>;
  /** Guard: in another account nothing is started, stopped or read. */
  accountId?: pulumi.Input<string>;
  /**
   * The site of the account; `"International"`: executions have no `consoleUrl`.
   * @default "Domestic"
   */
  accountType?: pulumi.Input<"Domestic" | "International">;
  /** Accepted as in the official provider; no list of regions is checked. */
  skipRegionValidation?: pulumi.Input<boolean>;
  /**
   * `"HTTP"` allows addresses of other machines that begin with `http://`.
   * @default "HTTPS"
   */
  protocol?: pulumi.Input<"HTTP" | "HTTPS">;
  /**
   * The signature method of requests.
   * @default "ACS3-HMAC-SHA256"
   */
  signature?: pulumi.Input<"ACS3-HMAC-SHA256" | "HMAC-SHA1">;
  /** Hosts or addresses by service: `fnf`, `sts`. */
  endpoints?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Rate limits: by operation, service (`cloudflow`) or `*`. */
  requestLimits?: pulumi.Input<Record<string, pulumi.Input<RequestLimit>>>;
}

/** Arguments of {@link Provider}. Settings that are left out come from the environment, not from the stack's configuration. */
export interface ProviderArgs {
  /** The account at Huawei Cloud. */
  huaweicloud?: HuaweicloudSettings;
  /** The account at Alibaba Cloud. */
  alicloud?: AlicloudSettings;
  /** The account at AWS. */
  aws?: AwsSettings;
}

/**
 * An account, for the option `provider` of a resource.
 *
 * @example
 * ```ts
 * import * as pulumi from "@pulumi/pulumi";
 * import { Provider, aom } from "pulumi-runbook";
 *
 * const config = new pulumi.Config("staging");
 * const staging = new Provider("staging", {
 *   huaweicloud: {
 *     region: "cn-east-3",
 *     accessKey: config.require("accessKey"),
 *     secretKey: config.requireSecret("secretKey"),
 *   },
 * });
 *
 * const patch = new aom.WorkflowExecution("patch-staging", { workflowId: "demo-succeeds" }, { provider: staging });
 * ```
 */
export class Provider extends pulumi.ProviderResource {
  /** @param name unique name within the stack */
  constructor(name: string, args: ProviderArgs, opts?: pulumi.ResourceOptions) {
    super(
      "pulumi-nodejs",
      name,
      {
        ...flatten("huaweicloud", args.huaweicloud),
        ...flatten("alicloud", args.alicloud),
        ...flatten("aws", args.aws),
      },
      opts,
    );
  }
}

const asJson: ReadonlySet<string> = new Set([
  "endpoints",
  "requestLimits",
  "allowInsecureHttp",
  "assumeRole",
  "assumeRoleWithOidc",
  "skipRegionValidation",
  "sharedConfigFiles",
  "sharedCredentialsFiles",
  "assumeRoles",
  "assumeRoleWithWebIdentity",
  "allowedAccountIds",
  "forbiddenAccountIds",
  "useFipsEndpoint",
  "useDualstackEndpoint",
]);

// The engine passes text only, under the names that the stack's configuration has.
function flatten(namespace: string, settings: object = {}): pulumi.Inputs {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined) as [
    string,
    pulumi.Input<unknown>,
  ][];
  return Object.fromEntries(
    given.map(([name, value]) => {
      // Without types, a program may take the spelling of the vendors' documents: `secret_key` is honoured too.
      const key = camelCase(name);
      const text = asJson.has(key) ? pulumi.jsonStringify(value) : value;
      return [`${namespace}:${name}`, secretSettings.has(key) ? pulumi.secret(text) : text];
    }),
  );
}
