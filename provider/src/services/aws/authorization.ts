/**
 * Signs requests to AWS and sends them.
 */
import { AuthenticationError } from "../../ground/errors";
import type { SendOptions } from "../../http/httpClient";
import type { Authorize, HttpAnswer, HttpRequest } from "../../http/request";
import type { BackendContext } from "../../execution/service";
import type { AwsCredential, CredentialSource } from "./credential";
import { expiredKeyCodes } from "./serviceErrors";
import type { SigningScope } from "./signer";
import { signedHeaders } from "./signer";

/** How a request is signed and sent. */
export interface SignedSending {
  readonly source: CredentialSource;
  readonly scope: SigningScope;
  readonly context: Pick<BackendContext, "http" | "clock">;
}

/**
 * Signs a request and sends it; errors as HttpClient.send. Keys that are refused as expired, whatever they said of their
 * life, are replaced once: a refused request was not handled, so even a start may be sent again.
 */
export async function sendSigned(
  request: HttpRequest,
  options: Omit<SendOptions, "authorize">,
  { source, scope, context }: SignedSending,
): Promise<HttpAnswer> {
  let used: AwsCredential | undefined;
  const authorize: Authorize = async (signable, signal) => {
    used = await source.get(signal);
    return { headers: await signedHeaders(signable, used, scope, context.clock.now()) };
  };
  try {
    return await context.http.send(request, { ...options, authorize });
  } catch (error) {
    if (!isExpiredKey(error, request) || used === undefined || !source.forget(used.accessKeyId)) throw error;
    return await context.http.send(request, { ...options, authorize });
  }
}

function isExpiredKey(error: unknown, { operation }: HttpRequest): boolean {
  return (
    error instanceof AuthenticationError &&
    error.request.operation === operation &&
    expiredKeyCodes.has(error.serviceCode ?? "")
  );
}
