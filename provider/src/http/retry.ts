/**
 * May this request be sent again? The one place that decides it; starting a runbook twice is our worst mistake.
 */
import { ResponseFormatError, ServiceError, ThrottledError, TransportError } from "../ground/errors";

/** True if `error` may pass and sending the request again can't repeat an effect. */
export function maySendAgain(error: unknown, repeatable: boolean): boolean {
  if (error instanceof ThrottledError) return true; // refused before it was handled
  if (error instanceof TransportError) return error.retryable && (repeatable || !error.mayHaveArrived);
  if (error instanceof ServiceError) return error.retryable && repeatable;
  return false;
}

/**
 * True if the request of `operation` may have had its effect although `error` came back: the outcome is unknown.
 * Errors of requests made on the way to it (a token, a project) are no such error.
 */
export function mayHaveBeenHandled(error: unknown, operation: string): boolean {
  if (error instanceof TransportError) return error.request.operation === operation && error.mayHaveArrived;
  // A 5xx or 408 can hide a handled request; any other refusal says that nothing was done.
  if (error instanceof ServiceError) {
    const { status = 0 } = error;
    return error.request.operation === operation && (status >= 500 || status === 408);
  }
  // An answer that can't be read still is an answer.
  return error instanceof ResponseFormatError && error.request.operation === operation;
}

const neverConnected = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
]);

// Errors while the connection is made secure: answers of a server that has received nothing of the request.
const neverSecured =
  /wrong version number|unknown protocol|unsupported protocol|packet length too long|http request|handshake failure|protocol version|no protocols available/i;

/** True for the codes by which Node refuses a server's certificate. */
export function isCertificateProblem(code: string | undefined): boolean {
  return code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO/.test(code);
}

/** Judges a failed connection: could the server have received the request, and may the request succeed later? */
export function classifyConnectionError(error: unknown): {
  readonly code: string | undefined;
  readonly mayHaveArrived: boolean;
  readonly retryable: boolean;
} {
  const details = error as { code?: unknown; erroredSysCall?: unknown; message?: unknown } | undefined;
  const code = typeof details?.code === "string" ? details.code : undefined;
  const inConnect = details?.erroredSysCall === "connect" || details?.erroredSysCall === "getaddrinfo";
  if (isCertificateProblem(code)) return { code, mayHaveArrived: false, retryable: false };
  if (code !== undefined && /ERR_TLS|ERR_SSL|EPROTO/.test(code)) {
    // Encryption can also break when the request is long gone.
    const said = `${code.replaceAll("_", " ")} ${String(details?.message)}`;
    return { code, mayHaveArrived: !neverSecured.test(said), retryable: false };
  }
  return {
    code,
    mayHaveArrived: !(inConnect || (code !== undefined && neverConnected.has(code))),
    retryable: true,
  };
}
