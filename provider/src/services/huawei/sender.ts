/**
 * Sends the requests of one service in the name of an account: authorised, within the rate limit, with typed errors.
 */
import type { BackendContext } from "../../execution/service";
import type { SendOptions } from "../../http/httpClient";
import type { HttpAnswer, HttpRequest } from "../../http/request";
import type { BucketView } from "../../http/tokenBucket";
import type { HuaweiAccount } from "./account";
import type { Acting } from "./actors";
import { sendAs } from "./actors";
import type { TokenScope } from "./iam";
import type { Remedies } from "./serviceErrors";
import { toHuaweiError } from "./serviceErrors";

/** Options for sending one request. */
export interface HuaweiSendOptions extends Pick<SendOptions, "signal" | "patience" | "attempts" | "onSent"> {
  readonly remedies?: Remedies;
}

/** The requests of one service, for one project or for the account as a whole. */
export class HuaweiSender {
  readonly #service: string;
  readonly #account: HuaweiAccount;
  readonly #acting: Acting;
  readonly #context: BackendContext;

  /**
   * @param service as {@link HuaweiService.name}.
   * @param scope the scope of the requests.
   */
  constructor(service: string, account: HuaweiAccount, scope: TokenScope, context: BackendContext) {
    this.#service = service;
    this.#account = account;
    this.#acting = account.acting(scope);
    this.#context = context;
  }

  /** The remaining requests that an operation may make. */
  budget(operation: string): BucketView {
    return this.#account.bucket(this.#service, operation);
  }

  /** Sends a request; errors as HttpClient.send. */
  async send(request: HttpRequest, options: HuaweiSendOptions): Promise<HttpAnswer> {
    const { remedies, ...others } = options;
    const { http, clock, settings } = this.#context;
    return sendAs(this.#acting, http, request, {
      ...others,
      toServiceError: toHuaweiError(clock, settings.words, remedies),
      bucket: this.#account.bucket(this.#service, request.operation),
    });
  }
}
