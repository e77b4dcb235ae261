/**
 * The keys of an identity: static ones as they are, all others obtained once for all requests of the process, kept for their
 * life and renewed before they end.
 */
import { createHash } from "node:crypto";
import type { RequestSummary } from "../../ground/errors";
import type { BackendContext } from "../../execution/service";
import { summarize } from "../../http/request";
import { renewedKeys } from "../accessKeys";
import type { ObtainedCredentials } from "../temporaryCredentials";
import { readTokenFile } from "../tokenFile";
import { sendSigned } from "./authorization";
import { chainSummary, openChain } from "./chain";
import type { AwsCredential, AwsIdentity, CredentialSource } from "./credential";
import type { AwsRegion } from "./location";
import { resolveSts } from "./location";
import type { RoleAssumers } from "./profileRoles";
import { roleAssumers } from "./profileRoles";
import type { WebIdentityRequest } from "./roles";
import { toIdentityError } from "./serviceErrors";
import { buildAssumeRole, buildAssumeRoleWithWebIdentity, parseAssumedRole } from "./sts";

type SourceContext = Pick<BackendContext, "http" | "clock" | "credentials" | "settings">;
type Obtain = (signal: AbortSignal) => Promise<ObtainedCredentials<AwsCredential>>;

/**
 * The source of an identity's keys, the same one for the same identity and STS.
 * @param place the region whose STS is asked, unless the settings name another.
 * @throws ConfigurationError when the address of the STS is malformed.
 */
export function openCredentialSource(
  identity: AwsIdentity,
  place: AwsRegion,
  context: BackendContext,
): CredentialSource {
  const sts = resolveSts(place, context.settings);
  // A digest: the key must tell identities apart without keeping secrets a second time.
  const key = createHash("sha256")
    .update(JSON.stringify([identity, sts]))
    .digest("hex");
  return context.shared(`awsCredentials:${key}`, () => sourceOf(identity, sts, context));
}

function sourceOf(
  identity: AwsIdentity,
  sts: ReturnType<typeof resolveSts>,
  context: SourceContext,
): CredentialSource {
  switch (identity.kind) {
    case "keys": {
      const { credential } = identity;
      context.credentials.add(credential.secretAccessKey, credential.sessionToken);
      return { get: () => Promise.resolve(credential), forget: () => false };
    }
    case "role": {
      const request = buildAssumeRole(sts.endpoint, identity.role);
      const source = sourceOf(identity.base, sts, context);
      const scope = { region: sts.region, service: "sts" };
      const remedy = `Check ${identity.role.source}: the role has to exist and to trust whoever assumes it.`;
      const toServiceError = toIdentityError(context.clock, remedy);
      return renewed(context, summarize(request), async (signal) => {
        const answer = await sendSigned(request, { signal, toServiceError }, { source, scope, context });
        return parseAssumedRole(answer, summarize(request));
      });
    }
    case "webIdentity":
      return webIdentitySource(identity.request, sts.endpoint, context);
    case "profile":
    case "chain": {
      const { words } = context.settings;
      const assumers = (signal: AbortSignal): RoleAssumers => roleAssumers(sts, context, signal);
      return renewed(context, chainSummary, openChain(identity, { words, region: sts.region, assumers }));
    }
  }
}

function webIdentitySource(
  { role, token }: WebIdentityRequest,
  endpoint: string,
  context: SourceContext,
): CredentialSource {
  const { http, clock, credentials, settings } = context;
  const summary = summarize(buildAssumeRoleWithWebIdentity(endpoint, role, ""));
  const toServiceError = toIdentityError(
    clock,
    `Check ${role.source}: the identity provider, the web identity token and the role's trust policy.`,
  );
  return renewed(context, summary, async (signal) => {
    const text = "text" in token ? token.text : readTokenFile(token, settings.readFile);
    credentials.add(text);
    const request = buildAssumeRoleWithWebIdentity(endpoint, role, text);
    return parseAssumedRole(await http.send(request, { signal, toServiceError }), summary);
  });
}

function renewed(context: SourceContext, summary: RequestSummary, obtain: Obtain): CredentialSource {
  const secretsOf = ({ secretAccessKey, sessionToken }: AwsCredential): readonly (string | undefined)[] => [
    secretAccessKey,
    sessionToken,
  ];
  return renewedKeys({ summary, obtain, secretsOf }, context);
}
