/**
 * Sends the requests of a service of Alibaba Cloud as the identity of the settings, which are checked before.
 */
import type { SendOptions } from "../../http/httpClient";
import type { HttpAnswer, HttpRequest } from "../../http/request";
import type { ArgumentProblem, Arguments } from "../../execution/argument";
import type { BackendContext } from "../../execution/service";
import { problemsOf } from "../../execution/problems";
import type { Settings } from "../../execution/settings";
import { demandNoRefusedSettings, findRefusedSettings } from "../vendorSettings";
import type { ActingIdentity, AskedAccount } from "./account";
import { askAccount, beginAskingAccount, demandedAccount, keyOf, verifyAccount } from "./account";
import type { SignatureAlgorithm } from "./authorization";
import { findSignatureAlgorithm, sendSigned } from "./authorization";
import { checkStsEndpoints, openCredentialSource } from "./credentials";
import { findIdentity } from "./identity";
import { isStsAtHand } from "./location";
import { alibabaSettings } from "./settingsTable";

/**
 * The problems of the settings of Alibaba Cloud, except for the location; empty if there are none. No request is made.
 */
export function checkSettings(settings: Settings): ArgumentProblem[] {
  return [
    ...findRefusedSettings(settings, alibabaSettings),
    ...problemsOf(() => {
      findSignatureAlgorithm(settings);
      const { identity } = findIdentity(settings);
      checkStsEndpoints(settings, identity);
      return demandedAccount(settings, identity);
    }),
  ];
}

/**
 * The account in which the settings act, as far as they or the STS tell.
 * @param args of an execution, as they are stored.
 * @throws ConfigurationError when a setting is wrong.
 */
export function findAccount(
  args: Arguments,
  context: BackendContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  return askAccount(actingOf(args, context), context, signal);
}

function actingOf(args: Arguments, context: BackendContext): ActingIdentity {
  const { identity } = findIdentity(context.settings);
  const source = openCredentialSource(identity, context);
  return { identity, source, args, isStsAtHand: isStsAtHand(args, context.settings) };
}

/** An identity that sends requests. */
export class AlibabaClient {
  readonly #account: AskedAccount;
  readonly #algorithm: SignatureAlgorithm;
  readonly #acting: ActingIdentity;
  readonly #context: BackendContext;

  private constructor(
    account: AskedAccount,
    algorithm: SignatureAlgorithm,
    acting: ActingIdentity,
    context: BackendContext,
  ) {
    this.#account = account;
    this.#algorithm = algorithm;
    this.#acting = acting;
    this.#context = context;
  }

  /**
   * Finds the acting identity. Waits for an answer only if an account is demanded that the settings do not tell.
   * @param args with the account of an execution that is there already, as it is stored.
   * @throws ConfigurationError when a setting is wrong, or refused.
   */
  static async open(args: Arguments, context: BackendContext, signal: AbortSignal): Promise<AlibabaClient> {
    const { settings } = context;
    demandNoRefusedSettings(settings, alibabaSettings);
    const algorithm = findSignatureAlgorithm(settings);
    const acting = actingOf(args, context);
    const id = await verifyAccount(acting, context, signal);
    const account = id === undefined ? beginAskingAccount(acting, context) : { id };
    return new AlibabaClient(account, algorithm, acting, context);
  }

  /**
   * The account in which the client acts, if known by now, and the mark by which the account's key is recognised; for
   * the outputs.
   */
  get account(): { readonly accountId?: string; readonly accountKey?: string } {
    const accountId = this.#account.id;
    if (accountId === undefined) return {};
    const accountKey = keyOf(this.#acting.identity);
    return { accountId, ...(accountKey === undefined ? {} : { accountKey }) };
  }

  /** Sends a request; errors as HttpClient.send. */
  send(request: HttpRequest, options: Omit<SendOptions, "authorize">): Promise<HttpAnswer> {
    const sending = { algorithm: this.#algorithm, source: this.#acting.source, context: this.#context };
    return sendSigned(request, options, sending);
  }
}
