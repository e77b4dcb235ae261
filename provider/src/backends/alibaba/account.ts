/**
 * In which account requests act: known from a role's ARN, or asked where `alicloud:accountId` guards against another one.
 */
import { AuthenticationError, ConfigurationError } from "../../errors";
import { summarize } from "../../http/request";
import type { BackendContext } from "../backend";
import type { Found, Settings } from "../settings";
import { firstFound, fromConfig, fromEnvironment } from "../settings";
import type { SharedLookup } from "../sharedLookup";
import { shareLookup } from "../sharedLookup";
import { authorizeBy } from "./authorization";
import type { CredentialSource } from "./credentials";
import type { AlibabaIdentity } from "./identity";
import { accountOf, sourceNameOf } from "./identity";
import { resolveStsEndpoint } from "./location";
import { toIdentityError } from "./serviceErrors";
import { buildGetCallerIdentity, parseCallerAccount } from "./sts";

/**
 * The account that a setting demands, compared with the identity's where that is known without a request.
 * @throws ConfigurationError where it is malformed, or the identity acts in another account.
 */
export function demandedAccount(settings: Settings, identity: AlibabaIdentity): Found | undefined {
  const demanded = firstFound(
    fromConfig(settings, "alicloud:accountId"),
    fromEnvironment(settings, "ALICLOUD_ACCOUNT_ID", "ALIBABA_CLOUD_ACCOUNT_ID"),
  );
  if (!demanded) return undefined;
  if (!/^\d+$/.test(demanded.value)) {
    throw new ConfigurationError(`${demanded.source} must be the account's id, of digits only: correct it.`);
  }
  const known = accountOf(identity);
  if (known !== undefined) demandSame(demanded, known, identity);
  return demanded;
}

/**
 * The account in which an identity acts; undefined where it is not known and no setting demands one.
 * @throws ConfigurationError where it is not the demanded one; ServiceError or TransportError where the STS does not say.
 */
export async function resolveAccount(
  identity: AlibabaIdentity,
  source: CredentialSource,
  context: BackendContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  const demanded = demandedAccount(context.settings, identity);
  const known = accountOf(identity);
  if (!demanded || known !== undefined) return known;
  const request = buildGetCallerIdentity(resolveStsEndpoint(context.settings, {}));
  const lookups = context.shared("alibabaAccounts", () => new Map<string, SharedLookup<string>>());
  const remedy = `Check the credentials; the account is asked for because ${demanded.source} is set.`;
  const lookup = shareLookup(lookups, source.key, summarize(request), async (own) => {
    const answer = await context.http.send(request, {
      authorize: authorizeBy("HMAC-SHA1", source, context),
      toServiceError: toIdentityError(context.clock, remedy),
      signal: own,
    });
    return parseCallerAccount(answer, summarize(request));
  });
  const account = await lookup.wait(signal);
  demandSame(demanded, account, identity);
  return account;
}

function demandSame(demanded: Found, account: string, identity: AlibabaIdentity): void {
  if (account === demanded.value) return;
  throw new ConfigurationError(
    `${demanded.source} is ${demanded.value}, but the credentials (${sourceNameOf(identity)}) act in account ${account}: ` +
      "correct one of them.",
  );
}

/** True for the refusal of keys that have ended, whatever they said of their life. */
export function isExpiredKey(error: unknown): boolean {
  return error instanceof AuthenticationError && error.serviceCode === "InvalidSecurityToken.Expired";
}
