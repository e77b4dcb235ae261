/**
 * In which account requests act: known from a role's ARN, or asked where `alicloud:accountId`, or an execution that is there
 * already, demands one.
 */
import { ConfigurationError } from "../../errors";
import { summarize } from "../../http/request";
import type { BackendContext } from "../backend";
import type { Settings } from "../settings";
import { firstFound, fromConfig, fromEnvironment } from "../settings";
import type { SharedLookup } from "../sharedLookup";
import { shareLookup } from "../sharedLookup";
import { sendSigned } from "./authorization";
import type { CredentialSource } from "./credentials";
import type { AlibabaIdentity } from "./identity";
import { accountOf, findIdentity, sourceNameOf } from "./identity";
import { resolveStsEndpoint } from "./location";
import { toIdentityError } from "./serviceErrors";
import { buildGetCallerIdentity, parseCallerAccount } from "./sts";

/** An account that something demands. */
export interface DemandedAccount {
  readonly id: string;
  /** What demands it, as the beginning of a sentence: `configuration alicloud:accountId is 42`. */
  readonly reason: string;
}

/**
 * The account that a setting demands, compared with the identity's where that is known without a request.
 * @throws ConfigurationError where it is malformed, or the identity acts in another account.
 */
export function demandedAccount(settings: Settings, identity: AlibabaIdentity): DemandedAccount | undefined {
  const found = firstFound(
    fromConfig(settings, "alicloud:accountId"),
    fromEnvironment(settings, "ALICLOUD_ACCOUNT_ID", "ALIBABA_CLOUD_ACCOUNT_ID"),
  );
  if (!found) return undefined;
  if (!/^\d+$/.test(found.value)) {
    throw new ConfigurationError(`${found.source} must be the account's id, of digits only: correct it.`);
  }
  const demanded = { id: found.value, reason: `${found.source} is ${found.value}` };
  const known = accountOf(identity);
  if (known !== undefined) demandSame(demanded, known, identity);
  return demanded;
}

/** The account in which the settings act, where they tell. @throws ConfigurationError where they are wrong. */
export function accountOfSettings(settings: Settings): string | undefined {
  const { identity } = findIdentity(settings);
  return demandedAccount(settings, identity)?.id ?? accountOf(identity);
}

/**
 * The account in which an identity acts; undefined where it is not known and nothing demands one.
 * @param stored the account of an execution that is there already.
 * @throws ConfigurationError where it is not the demanded one; ServiceError or TransportError where the STS does not say.
 */
export async function resolveAccount(
  { identity, source, stored }: ActingIdentity,
  context: BackendContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  const demands = [demandedAccount(context.settings, identity), storedDemand(stored)].filter(
    (demand) => demand !== undefined,
  );
  const [first] = demands;
  const account = accountOf(identity) ?? (first && (await lookUpAccount(first, source, context, signal)));
  if (account === undefined) return undefined;
  for (const demand of demands) demandSame(demand, account, identity);
  return account;
}

/** Who acts on what. */
export interface ActingIdentity {
  readonly identity: AlibabaIdentity;
  readonly source: CredentialSource;
  readonly stored: unknown;
}

function storedDemand(stored: unknown): DemandedAccount | undefined {
  if (typeof stored !== "string" || stored === "") return undefined;
  return { id: stored, reason: `the execution is in account ${stored}` };
}

function lookUpAccount(
  { reason }: DemandedAccount,
  source: CredentialSource,
  context: BackendContext,
  signal: AbortSignal,
): Promise<string> {
  const request = buildGetCallerIdentity(resolveStsEndpoint(context.settings, {}));
  const lookups = context.shared("alibabaAccounts", () => new Map<string, SharedLookup<string>>());
  const lookup = shareLookup(lookups, source.key, summarize(request), async (own) => {
    const remedy = `Check the credentials; the account is asked for because ${reason}.`;
    const options = { toServiceError: toIdentityError(context.clock, remedy), signal: own };
    const answer = await sendSigned(request, options, { algorithm: "HMAC-SHA1", source, context });
    return parseCallerAccount(answer, summarize(request));
  });
  return lookup.wait(signal);
}

function demandSame(demanded: DemandedAccount, account: string, identity: AlibabaIdentity): void {
  if (account === demanded.id) return;
  throw new ConfigurationError(
    `${demanded.reason}, but the credentials (${sourceNameOf(identity)}) act in account ${account}: ` +
      "correct one of them.",
  );
}
