/**
 * The error of a connection that failed or broke: Node's message, in words that lead to a remedy.
 */
import type { RequestSummary } from "../ground/errors";
import { TransportError, messageOf } from "../ground/errors";
import type { Proxy } from "./proxies";
import { classifyConnectionError, isCertificateProblem } from "./retry";
import type { Transport } from "./transport";

/** The error for an error of fetch; `proxy` is the proxy of the request. */
export function noAnswer(
  error: unknown,
  summary: RequestSummary,
  proxy: Proxy | undefined,
  transport: Transport,
): TransportError {
  const { code, mayHaveArrived, retryable } = classifyConnectionError(error);
  // The texts of node-fetch quote the address with its query, which can hold a signature or a security token.
  const text = messageOf(error).replace(/https?:\/\/\S+/g, summary.url);
  const through = proxy ? ` through the proxy ${proxy.address}` : "";
  return new TransportError(
    `${summary.operation}: no answer from ${summary.url}${through} (${code ?? text}). ${remedyOf(code, retryable, proxy, transport)}`,
    summary,
    { mayHaveArrived, retryable, cause: Object.assign(new Error(text), code === undefined ? {} : { code }) },
  );
}

function remedyOf(
  code: string | undefined,
  retryable: boolean,
  proxy: Proxy | undefined,
  { authority, clientCertificate }: Transport,
): string {
  if (code !== undefined && /ALERT\w*(CERT|UNKNOWN_CA)/.test(code)) {
    const remedy = clientCertificate === undefined ? "check the endpoint" : `set ${clientCertificate}`;
    return `The server asks for a client certificate, or rejects the certificate that it received: ${remedy}.`;
  }
  if (isCertificateProblem(code)) {
    const between = proxy ? " (or the proxy's, if it opens encrypted connections)" : "";
    return `The server's certificate is not trusted: check the endpoint, or set its certificate authority${between} with ${authority}.`;
  }
  if (!retryable) {
    return "No secure connection could be established: check whether the endpoint's port speaks https (if not, its address begins with http://), and whether a proxy is in between.";
  }
  return proxy
    ? `Check the network, the proxy (environment variable ${proxy.variable}, exceptions in NO_PROXY) and the endpoint.`
    : "Check the network, the proxy settings and the endpoint.";
}
