/**
 * Sends COC's requests for the account as a whole: the service has neither regions nor projects.
 */
import type { Arguments } from "../../../execution/argument";
import type { BackendContext } from "../../../execution/service";
import { accountOfSameKey } from "../../accountKey";
import type { HuaweiAccount } from "../account";
import { openAccount } from "../account";
import { locateAccount, storedAccount } from "../huaweiClient";
import type { TokenScope } from "../iam";
import type { HuaweiIdentity } from "../identity";
import { findIdentity, keyOf } from "../identity";
import type { HuaweiLocation } from "../location";
import { accountOf, findSite, resolveLocation } from "../location";
import { HuaweiSender } from "../sender";
import { cocService } from "./sites";
import type { Settings } from "../../../execution/settings";

/** Names of the outputs that say where an execution is. */
export const cocLocationKeys = ["site", "accountId", "accountName", "accountKey"] as const;

type Place = Readonly<Record<string, string>>;

/**
 * The place of executions as far as the settings alone tell: the account and the site.
 * @throws ConfigurationError when a setting is wrong.
 */
export function placeOf(settings: Settings): Place {
  const site = findSite(cocService, {}, settings);
  return { ...accountOf(findIdentity(settings)), ...(site === undefined ? {} : { site }) };
}

/**
 * The account to which the settings lead, for the comparison with a stored one; empty if the settings name the
 * account, no account is stored, or it can't be found out.
 * @throws ConfigurationError when a setting is wrong.
 */
export async function askPlace(
  stored: Arguments,
  context: BackendContext,
  signal: AbortSignal,
): Promise<Place> {
  const configured = accountOf(findIdentity(context.settings));
  const isCompared = Object.keys(configured).some((name) => stored[name] !== undefined);
  if (isCompared || stored["accountId"] === undefined) return {};
  const where = { site: stored["site"], endpoint: stored["endpoint"] };
  return locateAccount(cocService, { stored, where }, context, signal);
}

/** COC in one account. */
export class CocClient {
  readonly endpoint: string;
  /** Site and account, as outputs. */
  readonly location: Place;
  readonly sender: HuaweiSender;

  private constructor(endpoint: string, location: Place, sender: HuaweiSender) {
    this.endpoint = endpoint;
    this.location = location;
    this.sender = sender;
  }

  /**
   * Resolves site, credentials and account. Makes a request only where the account has to be looked up.
   * @throws ConfigurationError when a setting is missing.
   */
  static async open(args: Arguments, context: BackendContext, signal: AbortSignal): Promise<CocClient> {
    const identity = findIdentity(context.settings);
    const location = resolveLocation(cocService, args, context.settings, identity);
    const account = openAccount(identity, location, context);
    await account.prepare(signal);
    const own = await findAccount(account, identity, args, signal);
    const site = location.site && { site: location.site.name };
    // An account that cannot be found out is still the one in the state.
    const place = { ...site, ...(Object.keys(own).length > 0 ? own : storedAccount(args)) };
    const sender = new HuaweiSender(cocService.name, account, scopeOf(own, location), context);
    return new CocClient(location.endpoint, place, sender);
  }

  /** The site, or the address where no site is known. */
  get site(): string {
    return this.location["site"] ?? this.endpoint;
  }

  /** Account and site, for messages. */
  get where(): string {
    const account = this.location["accountId"] ?? this.location["accountName"];
    return account === undefined ? `(${this.site})` : `of account ${account} (${this.site})`;
  }
}

// Told by the settings, known from the same key, or asked of IAM; empty if none of them tells.
async function findAccount(
  account: HuaweiAccount,
  identity: HuaweiIdentity,
  stored: Arguments,
  signal: AbortSignal,
): Promise<Place> {
  const configured = accountOf(identity);
  if (Object.keys(configured).length > 0) return configured;
  const accountKey = keyOf(identity);
  const accountId = accountOfSameKey(stored, accountKey) ?? (await account.accountId(signal));
  if (accountId === undefined) return {};
  return { accountId, ...(accountKey === undefined ? {} : { accountKey }) };
}

// As the vendor's SDKs, which sign for the account first, and else for a project.
function scopeOf(own: Place, { projectId }: HuaweiLocation): TokenScope {
  const { accountId } = own;
  if (Object.keys(own).length > 0 || projectId === undefined) return { account: true, accountId };
  return { id: projectId };
}
