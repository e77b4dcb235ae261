/**
 * Signs requests to AWS and sends them.
 */
import type { SendOptions } from "../../http/httpClient";
import type { Authorization, HttpAnswer, HttpRequest, SignableRequest } from "../../http/request";
import type { BackendContext } from "../../execution/service";
import { sendByKey } from "../accessKeys";
import type { AwsCredential, CredentialSource } from "./credential";
import { expiredKeyCodes } from "./serviceErrors";
import type { SigningScope } from "./signer";
import { signedHeaders } from "./signer";

/** The signing and sending of a request. */
export interface SignedSending {
  readonly source: CredentialSource;
  readonly scope: SigningScope;
  readonly context: Pick<BackendContext, "http" | "clock">;
}

/** Signs a request and sends it; errors as HttpClient.send. Expired keys are replaced once. */
export function sendSigned(
  request: HttpRequest,
  options: Omit<SendOptions, "authorize">,
  { source, scope, context }: SignedSending,
): Promise<HttpAnswer> {
  const { http, clock } = context;
  const sign = async (signable: SignableRequest, key: AwsCredential): Promise<Authorization> => ({
    headers: await signedHeaders(signable, key, scope, clock.now()),
  });
  return sendByKey(request, options, { source, http, sign, expiredKeyCodes });
}
