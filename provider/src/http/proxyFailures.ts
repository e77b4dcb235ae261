/**
 * The errors of requests that a proxy did not let through, told apart from the service's own. Each names the event,
 * says that nothing was sent, and has a remedy.
 */
import type { RequestSummary } from "../ground/errors";
import { ProxyError, isRetryableStatus } from "../ground/errors";
import type { Proxy } from "./proxies";
import type { TunnelFailure } from "./proxyAgents";
import { isCertificateProblem } from "./retry";
import type { Transport } from "./transport";

/** The circumstances in which a tunnel was to be opened. */
export interface Opening {
  readonly proxy: Proxy;
  /** For how many milliseconds. */
  readonly openingMs: number;
  /** The vendor's settings of TLS: a proxy that is reached by TLS is checked by them too. */
  readonly transport: Transport;
}

/** The error where no tunnel came about. */
export function proxyFailure(
  failure: TunnelFailure | undefined,
  { proxy, openingMs, transport }: Opening,
  request: RequestSummary,
): ProxyError {
  if (failure?.status !== undefined) return proxyRefusal(failure.status, proxy, request);
  const cause = failure?.cause as (Error & { readonly code?: string }) | undefined;
  // Without a failure, or with an abort, the opening was cut by its limit of time.
  if (cause === undefined || cause.name === "AbortError") {
    const what = `gave no answer within ${String(openingMs / 1000)} s`;
    return proxyError(proxy, request, what, reachable(proxy), { status: undefined, retryable: true });
  }
  const { code } = cause;
  if (isCertificateProblem(code)) {
    return proxyError(
      proxy,
      request,
      `has a certificate that is not trusted (${String(code)})`,
      authorityBy(transport),
      {
        status: undefined,
        retryable: false,
        cause,
      },
    );
  }
  const what =
    code === "ECONNRESET"
      ? "closed the connection without an answer (ECONNRESET)"
      : `can't be reached, or its answer can't be read (${code ?? cause.message})`;
  return proxyError(proxy, request, what, reachable(proxy), { status: undefined, retryable: true, cause });
}

/** The error where the proxy answered in the service's place. */
export function proxyRefusal(status: number, proxy: Proxy, request: RequestSummary): ProxyError {
  const what = `answered HTTP ${String(status)}`;
  return proxyError(proxy, request, what, remedyOf(status, proxy, new URL(request.url).hostname), {
    status,
    retryable: isRetryableStatus(status),
  });
}

function remedyOf(status: number, { variable, authorization }: Proxy, host: string): string {
  if (status === 407) {
    return authorization === undefined
      ? `The proxy requires a user: set ${variable} to http://user:password@host:port.`
      : `The proxy rejects the user or the password: correct them in ${variable}.`;
  }
  if (isRetryableStatus(status)) {
    return `The proxy can't reach ${host}: check the endpoint, run the command again later, or ask the proxy's administrator.`;
  }
  return `The proxy forbids ${host}: ask the proxy's administrator to allow it, or add ${host} to NO_PROXY if it can be reached directly.`;
}

// Authorities that are set replace all others, Node's additional ones too.
function authorityBy({ tls, authority }: Transport): string {
  if (tls?.ca === undefined) return "Add its certificate authority with NODE_EXTRA_CA_CERTS.";
  return `Add its certificate authority to ${authority}, which replaces all other authorities.`;
}

function reachable({ variable }: Proxy): string {
  return `Check the address in ${variable} and whether the proxy is running, or unset ${variable}.`;
}

function proxyError(
  { address, variable }: Proxy,
  request: RequestSummary,
  what: string,
  remedy: string,
  options: { status: number | undefined; retryable: boolean; cause?: unknown },
): ProxyError {
  return new ProxyError(
    `${request.operation}: the proxy ${address} (environment variable ${variable}) ${what}. ` +
      `Nothing was sent to ${request.url}. ${remedy}`,
    request,
    options,
  );
}
