/**
 * The settings of an explicit provider for AWS.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { RequestLimit } from "./requestLimit";

/** A role of AWS, assumed with the credentials of the other settings. */
export interface AwsAssumeRole {
  /** E.g. `arn:aws:iam::123456789012:role/deployer`. Empty text means no role. */
  roleArn: pulumi.Input<string>;
  /** @default "pulumi-runbook" */
  sessionName?: pulumi.Input<string>;
  /**
   * Life of a session as Go writes durations, from `15m` to `12h`. Sessions are renewed.
   * @default "1h"
   */
  duration?: pulumi.Input<string>;
  /** External id that the role's trust policy asks for. */
  externalId?: pulumi.Input<string>;
  /** JSON text that narrows the role's rights. */
  policy?: pulumi.Input<string>;
  /** ARNs of policies that narrow the role's rights. */
  policyArns?: pulumi.Input<pulumi.Input<string>[]>;
  /** Source identity of the session, as it stands in CloudTrail. */
  sourceIdentity?: pulumi.Input<string>;
  /** Tags of the session. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Keys of tags that are passed on to the next role. */
  transitiveTagKeys?: pulumi.Input<pulumi.Input<string>[]>;
}

/** A role of AWS, assumed with a web identity token in place of a key. */
export interface AwsAssumeRoleWithWebIdentity {
  /** E.g. `arn:aws:iam::123456789012:role/deployer`. */
  roleArn: pulumi.Input<string>;
  /** @default "pulumi-runbook" */
  sessionName?: pulumi.Input<string>;
  /**
   * Life of a session as Go writes durations, from `15m` to `12h`.
   * @default "1h"
   */
  duration?: pulumi.Input<string>;
  /** JSON text that narrows the role's rights. */
  policy?: pulumi.Input<string>;
  /** ARNs of policies that narrow the role's rights. */
  policyArns?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * File with the token, read again for each renewal.
   * @default the environment variable AWS_WEB_IDENTITY_TOKEN_FILE
   */
  webIdentityTokenFile?: pulumi.Input<string>;
  /** The token itself, which can't be renewed. */
  webIdentityToken?: pulumi.Input<string>;
}

/** Settings for AWS; each stands for the stack configuration `aws:<name>`. */
export interface AwsSettings {
  /** Region of the STS. The ARN of a state machine tells its own region. */
  region?: pulumi.Input<string>;
  /** Id of the access key. */
  accessKey?: pulumi.Input<string>;
  /** Kept as a secret. */
  secretKey?: pulumi.Input<string>;
  /** Of a temporary access key. Kept as a secret. */
  token?: pulumi.Input<string>;
  /** Name of a profile. Needs the package `@aws-sdk/credential-providers`. */
  profile?: pulumi.Input<string>;
  /** Configuration file of profiles: one path. @default `~/.aws/config` */
  sharedConfigFiles?: pulumi.Input<pulumi.Input<string>[]>;
  /** Credentials file of profiles: one path. @default `~/.aws/credentials` */
  sharedCredentialsFiles?: pulumi.Input<pulumi.Input<string>[]>;
  /** Roles to assume one after the other with the credentials of the other settings. */
  assumeRoles?: pulumi.Input<pulumi.Input<AwsAssumeRole>[]>;
  /** Older form of `assumeRoles`: one role. */
  assumeRole?: pulumi.Input<AwsAssumeRole>;
  /** Role to assume with a web identity token in place of a key. Kept as a secret. */
  assumeRoleWithWebIdentity?: pulumi.Input<AwsAssumeRoleWithWebIdentity>;
  /** Guard: in other accounts nothing is started, stopped or read. */
  allowedAccountIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** Guard: in these accounts nothing is started, stopped or read. */
  forbiddenAccountIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** Addresses by service, as in the official provider: `sfn` (or `stepfunctions`), `sts`. */
  endpoints?: pulumi.Input<pulumi.Input<Record<string, pulumi.Input<string>>>[]>;
  /** Region of the STS. @default `region` */
  stsRegion?: pulumi.Input<string>;
  /** True for FIPS hosts. @default false */
  useFipsEndpoint?: pulumi.Input<boolean>;
  /** True for hosts with IPv6. @default false */
  useDualstackEndpoint?: pulumi.Input<boolean>;
  /** Authorities that are trusted in place of all others: the path of a PEM file. */
  customCaBundle?: pulumi.Input<string>;
  /**
   * True to allow addresses of other machines that begin with `http://`.
   * @default false
   */
  allowInsecureHttp?: pulumi.Input<boolean>;
  /** Rate limits: by operation, service (`stepfunctions`) or `*`. */
  requestLimits?: pulumi.Input<Record<string, pulumi.Input<RequestLimit>>>;
}
