/**
 * The keys of an identity: static ones as they are, all others obtained once for all requests of the process, kept for their
 * life and renewed before they end.
 */
import { createHash } from "node:crypto";
import type { RequestSummary } from "../../ground/errors";
import { ConfigurationError, messageOf } from "../../ground/errors";
import type { HttpAnswer, HttpRequest } from "../../http/request";
import { summarize } from "../../http/request";
import type { BackendContext } from "../../execution/service";
import type { SettingWords } from "../../execution/settingWords";
import type { Settings } from "../../execution/settings";
import { renewedKeys } from "../accessKeys";
import type { ObtainedCredentials } from "../temporaryCredentials";
import { readTokenFile } from "../tokenFile";
import { sendSigned } from "./authorization";
import type { AlibabaCredential, AlibabaIdentity, CredentialSource } from "./credential";
import { resolveStsEndpoint } from "./location";
import { askMachine, askUri } from "./machine";
import { buildGetCredentialsByUri, metadataEndpoint, readCredentialsUri } from "./metadata";
import { isTrue } from "./profiles";
import type { OidcRequest } from "./roles";
import { toIdentityError } from "./serviceErrors";
import { buildAssumeRole, buildAssumeRoleWithOidc, parseAssumedRole } from "./sts";

type SourceContext = Pick<BackendContext, "http" | "clock" | "uuid" | "credentials" | "settings">;
type Obtain = (signal: AbortSignal) => Promise<ObtainedCredentials<AlibabaCredential>>;

/**
 * The source of an identity's keys, the same one for the same identity.
 * @throws ConfigurationError when the STS of its role can't be found.
 */
export function openCredentialSource(identity: AlibabaIdentity, context: BackendContext): CredentialSource {
  // A digest: the key must tell identities apart without keeping secrets a second time.
  const key = createHash("sha256").update(JSON.stringify(identity)).digest("hex");
  return context.shared(`alibabaCredentials:${key}`, () => ({ key, ...sourceOf(identity, context) }));
}

/**
 * Sees that the STS of an identity's roles can be found. No request is made.
 * @throws ConfigurationError when its endpoint is malformed.
 */
export function checkStsEndpoints(settings: Settings, identity: AlibabaIdentity): void {
  if (identity.kind !== "role" && identity.kind !== "oidc") return;
  resolveStsEndpoint(settings, identity.sts);
  if (identity.kind === "role") checkStsEndpoints(settings, identity.base);
}

type Source = Omit<CredentialSource, "key">;

function sourceOf(identity: AlibabaIdentity, context: SourceContext): Source {
  switch (identity.kind) {
    case "keys": {
      const { credential } = identity;
      context.credentials.add(credential.accessKeySecret, credential.securityToken);
      return { get: () => Promise.resolve(credential), forget: () => false };
    }
    case "role": {
      const request = buildAssumeRole(resolveStsEndpoint(context.settings, identity.sts), identity.role);
      const sending = { algorithm: "HMAC-SHA1", source: sourceOf(identity.base, context), context } as const;
      const remedy = `Check ${identity.role.source}: the role must exist and must trust the identity that assumes it.`;
      const toServiceError = toIdentityError(context.clock, remedy);
      return renewed(context, summarize(request), async (signal) =>
        parseAssumedRole(await sendSigned(request, { signal, toServiceError }, sending), summarize(request)),
      );
    }
    case "oidc":
      return oidcSource(identity.oidc, resolveStsEndpoint(context.settings, identity.sts), context);
    case "uri":
      return renewed(
        context,
        summarize(buildGetCredentialsByUri(readCredentialsUri(identity.uri))),
        (signal) => askUri(identity.uri, context, signal),
      );
    case "machine": {
      const options = { roleName: identity.roleName, mayUseVersion1: mayUseVersion1(context.settings) };
      return renewed(context, machineSummary, (signal) =>
        askMachine({ ...options, attempts: 3 }, context, signal),
      );
    }
    case "none":
      return lastResort(identity, context);
  }
}

const machineSummary: RequestSummary = {
  operation: "GetRamRoleCredentials",
  method: "GET",
  url: metadataEndpoint,
};

function renewed(context: SourceContext, summary: RequestSummary, obtain: Obtain): Source {
  const secretsOf = ({
    accessKeySecret,
    securityToken,
  }: AlibabaCredential): readonly (string | undefined)[] => [accessKeySecret, securityToken];
  return renewedKeys({ summary, obtain, secretsOf }, context);
}

function oidcSource(oidc: OidcRequest, endpoint: string, context: SourceContext): Source {
  const { http, clock, credentials } = context;
  const build = (idToken: string): HttpRequest =>
    buildAssumeRoleWithOidc(endpoint, oidc, { idToken, nowMs: clock.now() });
  const summary = summarize(build(""));
  const toServiceError = toIdentityError(
    clock,
    `Check ${oidc.role.source}: the identity provider, the id token and the role's trust policy.`,
  );
  return renewed(context, summary, async (signal) => {
    const { token } = oidc;
    const idToken = "text" in token ? token.text : readTokenFile(token, context.settings.readFile);
    credentials.add(idToken);
    const answer: HttpAnswer = await http.send(build(idToken), { signal, toServiceError });
    return parseAssumedRole(answer, summary);
  });
}

function mayUseVersion1(settings: Settings): boolean {
  return !isTrue(settings.environment("ALIBABA_CLOUD_IMDSV1_DISABLED"));
}

function lastResort(
  { tried, mayAskMachine }: Extract<AlibabaIdentity, { kind: "none" }>,
  context: SourceContext,
): Source {
  const options = { roleName: undefined, mayUseVersion1: mayUseVersion1(context.settings), attempts: 1 };
  const { words } = context.settings;
  let wasThere = false;
  return renewed(context, machineSummary, async (signal) => {
    if (!mayAskMachine) throw noCredentials(words, [...tried, `${metadataEndpoint} (switched off)`]);
    try {
      const obtained = await askMachine(options, context, signal);
      wasThere = true;
      return obtained;
    } catch (error) {
      // On a server that has a role, a fault of the metadata service is a fault like any other.
      if (wasThere || signal.aborted) throw error;
      throw noCredentials(words, [...tried, `${metadataEndpoint} (${messageOf(error)})`], error);
    }
  });
}

function noCredentials(words: SettingWords, tried: readonly string[], cause?: unknown): ConfigurationError {
  return new ConfigurationError(
    "no credentials for Alibaba Cloud are set. Set an access key " +
      `(${words.assign("alicloud:accessKey", "…")} and ${words.assign("alicloud:secretKey", "…", true)}), ` +
      `or one of ${words.write("alicloud:profile")}, credentialsUri, ecsRoleName and assumeRoleWithOidc. ` +
      `The provider found none in the ${words.several}; ` +
      "in the environment variables ALICLOUD_ACCESS_KEY, " +
      "ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABACLOUD_ACCESS_KEY_ID, ALICLOUD_PROFILE, ALIBABA_CLOUD_PROFILE, " +
      "ALICLOUD_CREDENTIALS_URI, ALIBABA_CLOUD_CREDENTIALS_URI, ALICLOUD_ECS_ROLE_NAME, ALIBABA_CLOUD_ECS_METADATA and " +
      `ALIBABA_CLOUD_OIDC_PROVIDER_ARN; or in ${tried.join("; ")}.`,
    cause === undefined ? {} : { cause },
  );
}
