/**
 * Sends the requests of a service of AWS as the identity of the settings, which are checked before.
 */
import type { SendOptions } from "../../http/httpClient";
import type { HttpAnswer, HttpRequest } from "../../http/request";
import type { BackendContext } from "../../execution/service";
import { demandNoRefusedSettings } from "../vendorSettings";
import { sendSigned } from "./authorization";
import type { CredentialSource } from "./credential";
import { openCredentialSource } from "./credentials";
import { findIdentity } from "./identity";
import type { AwsRegion } from "./location";
import { awsSettings } from "./settingsTable";
import type { SigningScope } from "./signer";

/** An identity that sends requests. */
export class AwsClient {
  readonly #source: CredentialSource;
  readonly #context: BackendContext;

  private constructor(source: CredentialSource, context: BackendContext) {
    this.#source = source;
    this.#context = context;
  }

  /**
   * Finds the acting identity. Makes no request.
   * @param place the region whose STS is asked for roles.
   * @throws ConfigurationError when a setting is wrong, or refused.
   */
  static open(place: AwsRegion, context: BackendContext): AwsClient {
    demandNoRefusedSettings(context.settings, awsSettings);
    const identity = findIdentity(context.settings);
    return new AwsClient(openCredentialSource(identity, place, context), context);
  }

  /** Sends a request; errors as HttpClient.send. */
  send(
    request: HttpRequest,
    scope: SigningScope,
    options: Omit<SendOptions, "authorize">,
  ): Promise<HttpAnswer> {
    return sendSigned(request, options, { source: this.#source, scope, context: this.#context });
  }
}
