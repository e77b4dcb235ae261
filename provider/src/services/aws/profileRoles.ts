/**
 * The roles that a profile of the vendor's files names. The vendor's chain reads the profile, and the role is assumed by the
 * provider's own requests, so that the addresses, proxies and authorities of the settings hold for them too.
 */
import type { BackendContext } from "../../execution/service";
import { summarize } from "../../http/request";
import type { ObtainedCredentials } from "../temporaryCredentials";
import { sendSigned } from "./authorization";
import type { AwsCredential } from "./credential";
import type { RoleRequest } from "./roles";
import { toIdentityError } from "./serviceErrors";
import { buildAssumeRole, buildAssumeRoleWithWebIdentity, parseAssumedRole } from "./sts";

/** Keys as the vendor's chain has them. */
export interface ChainKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** A role as the vendor's chain asks for it. */
export interface ProfileRole {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly ExternalId?: string | undefined;
  /** @default 3600 */
  readonly DurationSeconds?: number | undefined;
}

/** The two options by which the vendor's chain lets others assume its roles. */
export interface RoleAssumers {
  readonly roleAssumer: (source: ChainKeys, role: ProfileRole) => Promise<ChainKeys>;
  readonly roleAssumerWithWebIdentity: (
    role: ProfileRole & { readonly WebIdentityToken: string },
  ) => Promise<ChainKeys>;
}

/** The STS that is asked. */
export interface StsPlace {
  readonly endpoint: string;
  readonly region: string;
}

/**
 * The functions that assume the roles of profiles, until a signal aborts.
 * @param context learns the secrets that pass through.
 */
export function roleAssumers(
  sts: StsPlace,
  context: Pick<BackendContext, "http" | "clock" | "credentials">,
  signal: AbortSignal,
): RoleAssumers {
  const { http, clock, credentials } = context;
  const refusedBy = (role: ProfileRole): ReturnType<typeof toIdentityError> =>
    toIdentityError(
      clock,
      `Check the role ${role.RoleArn} of the profile: the role has to exist and to trust whoever assumes it.`,
    );
  return {
    roleAssumer: async (source, asked) => {
      const { accessKeyId, secretAccessKey, sessionToken } = source;
      const key = { accessKeyId, secretAccessKey, sessionToken };
      credentials.add(secretAccessKey, sessionToken);
      const request = buildAssumeRole(sts.endpoint, roleOf(asked));
      const options = { signal, toServiceError: refusedBy(asked) };
      const scope = { region: sts.region, service: "sts" };
      const fixed = { get: () => Promise.resolve(key), forget: () => false };
      const answer = await sendSigned(request, options, { source: fixed, scope, context });
      return chainKeysOf(parseAssumedRole(answer, summarize(request)));
    },
    roleAssumerWithWebIdentity: async (asked) => {
      credentials.add(asked.WebIdentityToken);
      const request = buildAssumeRoleWithWebIdentity(sts.endpoint, roleOf(asked), asked.WebIdentityToken);
      const answer = await http.send(request, { signal, toServiceError: refusedBy(asked) });
      return chainKeysOf(parseAssumedRole(answer, summarize(request)));
    },
  };
}

function roleOf(asked: ProfileRole): RoleRequest {
  return {
    roleArn: asked.RoleArn,
    sessionName: asked.RoleSessionName,
    seconds: asked.DurationSeconds ?? 3_600,
    externalId: asked.ExternalId,
    policy: undefined,
    policyArns: [],
    sourceIdentity: undefined,
    tags: {},
    transitiveTagKeys: [],
    source: "the profile",
  };
}

function chainKeysOf({ value, expiresAtMs }: ObtainedCredentials<AwsCredential>): ChainKeys {
  const { accessKeyId, secretAccessKey, sessionToken } = value;
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(expiresAtMs === undefined ? {} : { expiration: new Date(expiresAtMs) }),
  };
}
