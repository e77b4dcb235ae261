/**
 * In which account requests act: known from a role's ARN, demanded by `alicloud:accountId`, or asked of the STS.
 */
import { ConfigurationError } from "../../ground/errors";
import { summarize } from "../../http/request";
import { unlessAborted } from "../../ground/onAbort";
import { accountKeyOf, accountOfSameKey } from "../accountKey";
import type { Arguments } from "../../execution/argument";
import type { BackendContext } from "../../execution/service";
import type { Settings } from "../../execution/settings";
import { firstFound, fromConfig, fromEnvironment } from "../../execution/settings";
import type { SharedLookup } from "../sharedLookup";
import { shareLookup } from "../sharedLookup";
import { sendSigned } from "./authorization";
import type { CredentialSource, AlibabaIdentity } from "./credential";
import { accountOf, findIdentity, sourceNameOf } from "./identity";
import { resolveStsEndpoint } from "./location";
import { toIdentityError } from "./serviceErrors";
import { buildGetCallerIdentity, parseCallerAccount } from "./sts";

/** An account that something demands. */
export interface DemandedAccount {
  readonly id: string;
  /** The reason for the demand, as the beginning of a sentence: `configuration alicloud:accountId is 42`. */
  readonly reason: string;
}

/**
 * The account that a setting demands, compared with the identity's where that is known without a request.
 * @throws ConfigurationError when it is malformed, or the identity acts in another account.
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

/** The account in which the settings act, where they tell. @throws ConfigurationError when they are wrong. */
export function accountOfSettings(settings: Settings): string | undefined {
  const { identity } = findIdentity(settings);
  return demandedAccount(settings, identity)?.id ?? accountOf(identity);
}

/** The access key for the state; undefined for all but permanent ones. */
export function keyOf(identity: AlibabaIdentity): string | undefined {
  if (identity.kind !== "keys" || identity.credential.securityToken !== undefined) return undefined;
  return accountKeyOf("alicloud", identity.credential.accessKeyId);
}

/** The acting identity, and the address of the STS that can tell the account. */
export interface ActingIdentity {
  readonly identity: AlibabaIdentity;
  readonly source: CredentialSource;
  /** The execution's arguments, with its account where they are stored. */
  readonly args: Arguments;
  /** False if requests go to an endpoint of the program's own, and no STS is named beside it. */
  readonly isStsAtHand: boolean;
}

/**
 * Sees that an identity acts in the account that a setting demands, and in that of an execution which is there already.
 * Without a setting, an STS that does not answer is no obstacle.
 * @returns the account, where it is known.
 * @throws ConfigurationError when it is another one; ServiceError or TransportError when a setting demands one and the
 *   STS does not say.
 */
export async function verifyAccount(
  acting: ActingIdentity,
  context: BackendContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { identity, source, args } = acting;
  const demanded = demandedAccount(context.settings, identity);
  const { accountId } = args;
  const there = typeof accountId === "string" && accountId !== "" ? accountId : undefined;
  const account =
    accountOf(identity) ??
    (demanded
      ? await lookUpAccount(demanded, source, context, signal)
      : there && (await askAccount(acting, context, signal)));
  if (account === undefined) return undefined;
  if (demanded) demandSame(demanded, account, identity);
  if (there) demandSame({ id: there, reason: `the execution is in account ${there}` }, account, identity);
  return account;
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
    const remedy = `Check the credentials. The account is needed because ${reason}.`;
    const options = { toServiceError: toIdentityError(context.clock, remedy), signal: own };
    const answer = await sendSigned(request, options, { algorithm: "HMAC-SHA1", source, context });
    return parseCallerAccount(answer, summarize(request));
  });
  return lookup.wait(signal);
}

/** The account that the STS was asked for by the way. */
export interface AskedAccount {
  /** Undefined until the answer is there, and where there is none. */
  readonly id: string | undefined;
}

/**
 * Asks for the account without waiting for the answer: nothing depends on it. Asked once in a process.
 */
export function beginAskingAccount(acting: ActingIdentity, context: BackendContext): AskedAccount {
  const asked = askedAccount(acting, context);
  return {
    get id() {
      return asked.id;
    },
  };
}

/**
 * The account, as far as the settings or the STS tell without being needed: undefined if neither does.
 * @throws ConfigurationError when the settings are wrong.
 */
export async function askAccount(
  acting: ActingIdentity,
  context: BackendContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  const asked = askedAccount(acting, context);
  const interrupted = (): Error => new Error("interrupted");
  await unlessAborted(asked.done, signal, interrupted).catch(() => undefined);
  return asked.id;
}

interface Asking {
  id: string | undefined;
  readonly done: Promise<void>;
}

function askedAccount(acting: ActingIdentity, context: BackendContext): Asking {
  const { identity, source, args, isStsAtHand } = acting;
  const known = accountOf(identity) ?? accountOfSameKey(args, keyOf(identity));
  if (known !== undefined || !isStsAtHand) return { id: known, done: Promise.resolve() };
  return context.shared(`alibabaAccount:${source.key}`, () => {
    const request = { ...buildGetCallerIdentity(resolveStsEndpoint(context.settings, {})), timeoutMs: askMs };
    const options = {
      toServiceError: toIdentityError(context.clock, ""),
      // Its time is limited by the request's own.
      signal: new AbortController().signal,
      attempts: 1,
    };
    const ask = async (): Promise<void> => {
      const answer = await sendSigned(request, options, { algorithm: "HMAC-SHA1", source, context });
      asking.id = parseCallerAccount(answer, summarize(request));
    };
    const asking: Asking = {
      id: undefined,
      done: Promise.resolve()
        .then(ask)
        .catch(() => undefined),
    };
    return asking;
  });
}

// The longest wait for an account that is good to know but not required, in milliseconds.
const askMs = 3_000;

function demandSame(demanded: DemandedAccount, account: string, identity: AlibabaIdentity): void {
  if (account === demanded.id) return;
  throw new ConfigurationError(
    `${demanded.reason}, but the credentials (${sourceNameOf(identity)}) belong to account ${account}: ` +
      "correct one of them.",
  );
}
