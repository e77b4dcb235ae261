/**
 * Sends the requests of a service of Alibaba Cloud as the identity of the settings, which are checked before.
 */
import { ConfigurationError } from "../../errors";
import type { SendOptions } from "../../http/httpClient";
import type { HttpAnswer, HttpRequest } from "../../http/request";
import type { ArgumentProblem, BackendContext } from "../backend";
import { problemsOf } from "../location";
import type { Settings } from "../settings";
import { findRefusedSettings } from "../vendorSettings";
import { demandedAccount, resolveAccount } from "./account";
import type { SignatureAlgorithm } from "./authorization";
import { findSignatureAlgorithm, sendSigned } from "./authorization";
import type { CredentialSource } from "./credentials";
import { checkStsEndpoints, openCredentialSource } from "./credentials";
import { findIdentity } from "./identity";
import { alibabaSettings } from "./settingsTable";

/** What is wrong with the settings of Alibaba Cloud, but for the location; empty where nothing is. No request is made. */
export function checkSettings(settings: Settings): ArgumentProblem[] {
  const refused = findRefusedSettings(settings, "alicloud", alibabaSettings);
  return [
    ...refused.map((reason) => ({ argument: undefined, reason })),
    ...problemsOf(() => {
      findSignatureAlgorithm(settings);
      const { identity } = findIdentity(settings);
      checkStsEndpoints(settings, identity);
      return demandedAccount(settings, identity);
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
  send(request: HttpRequest, options: Omit<SendOptions, "authorize">): Promise<HttpAnswer> {
    const sending = { algorithm: this.#algorithm, source: this.#source, context: this.#context };
    return sendSigned(request, options, sending);
  }
}
