/**
 * Sends the requests of a service of Alibaba Cloud as the identity of the settings; checks the settings before, and replaces
 * temporary keys that were refused.
 */
import { ConfigurationError } from "../../errors";
import type { SendOptions } from "../../http/httpClient";
import type { Authorize, HttpAnswer, HttpRequest } from "../../http/request";
import type { ArgumentProblem, BackendContext } from "../backend";
import { problemsOf } from "../location";
import type { Settings } from "../settings";
import { findRefusedSettings } from "../vendorSettings";
import { demandedAccount, isExpiredKey, resolveAccount } from "./account";
import type { SignatureAlgorithm } from "./authorization";
import { authorizeBy, findSignatureAlgorithm } from "./authorization";
import type { CredentialSource } from "./credentials";
import { openCredentialSource } from "./credentials";
import { findIdentity } from "./identity";
import { alibabaSettings } from "./settingsTable";

/** What is wrong with the settings of Alibaba Cloud, but for the location; empty where nothing is. No request is made. */
export function checkSettings(settings: Settings): ArgumentProblem[] {
  const refused = findRefusedSettings(settings, "alicloud", alibabaSettings);
  return [
    ...refused.map((reason) => ({ argument: undefined, reason })),
    ...problemsOf(() => {
      findSignatureAlgorithm(settings);
      return demandedAccount(settings, findIdentity(settings).identity);
    }),
  ];
}

/** An identity that sends requests. */
export class AlibabaClient {
  /** The account in which it acts, where that is known. */
  readonly accountId: string | undefined;
  readonly #algorithm: SignatureAlgorithm;
  readonly #source: CredentialSource;
  readonly #context: BackendContext;

  private constructor(
    accountId: string | undefined,
    algorithm: SignatureAlgorithm,
    source: CredentialSource,
    context: BackendContext,
  ) {
    this.accountId = accountId;
    this.#algorithm = algorithm;
    this.#source = source;
    this.#context = context;
  }

  /**
   * Finds who acts. Makes a request only where an account is demanded that the settings do not tell.
   * @param stored the account of an execution that is there already.
   * @throws ConfigurationError where a setting is wrong, or refused.
   */
  static async open(stored: unknown, context: BackendContext, signal: AbortSignal): Promise<AlibabaClient> {
    const { settings } = context;
    const [refused] = findRefusedSettings(settings, "alicloud", alibabaSettings);
    if (refused !== undefined) throw new ConfigurationError(refused);
    const { identity } = findIdentity(settings);
    const source = openCredentialSource(identity, context);
    const accountId = await resolveAccount({ identity, source, stored }, context, signal);
    return new AlibabaClient(accountId, findSignatureAlgorithm(settings), source, context);
  }

  /** Sends a request; errors as HttpClient.send. */
  async send(request: HttpRequest, options: Omit<SendOptions, "authorize">): Promise<HttpAnswer> {
    let used: string | undefined;
    const source: Pick<CredentialSource, "get"> = {
      get: async (signal) => {
        const credential = await this.#source.get(signal);
        used = credential.accessKeyId;
        return credential;
      },
    };
    const authorize: Authorize = authorizeBy(this.#algorithm, source, this.#context);
    try {
      return await this.#context.http.send(request, { ...options, authorize });
    } catch (error) {
      // The request was refused, so even a start may be sent again; once, with new keys.
      if (!isExpiredKey(error) || used === undefined || !this.#source.forget(used)) throw error;
      return await this.#context.http.send(request, { ...options, authorize });
    }
  }
}
