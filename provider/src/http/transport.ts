/**
 * The transport of one vendor account's requests: the authorities that the client trusts, the client's certificate, and
 * permission to send without encryption.
 */
import { isIP } from "node:net";

/** The client's side of TLS, as PEM texts. Node's defaults replace absent values. */
export interface TlsIdentity {
  /** Authorities that are trusted in place of all others. */
  readonly ca?: string | undefined;
  /** The client's certificate; only with `key`. */
  readonly cert?: string | undefined;
  /** The key of `cert`. */
  readonly key?: string | undefined;
}

/** The permission to use `http://` to other machines. */
export interface PlainHttp {
  readonly isAllowed: boolean;
  /**
   * The setting that allows `http://`, for messages; absent if no setting does. E.g.
   * `huaweicloud:allowInsecureHttp to true`.
   */
  readonly setting?: string | undefined;
}

/** A vendor's settings for connections. */
export interface Transport {
  /** @default Node's authorities, and no certificate of the client's own */
  readonly tls?: TlsIdentity | undefined;
  readonly plainHttp: PlainHttp;
  /** The setting that names trusted authorities, for messages. */
  readonly authority: string;
  /** The settings of a client certificate, for messages; absent if there are none. */
  readonly clientCertificate?: string | undefined;
}

/** The transport where no vendor's settings apply. */
export const defaultTransport: Transport = {
  plainHttp: { isAllowed: false },
  authority: "NODE_EXTRA_CA_CERTS",
};

/**
 * The problem of an address that is not encrypted; undefined if there is none. Within the machine `http://` is always
 * allowed.
 * @returns a sentence that follows the address's name.
 */
export function plainHttpProblem(url: URL, { isAllowed, setting }: PlainHttp): string | undefined {
  if (url.protocol !== "http:" || isAllowed || isLoopback(url.hostname)) return undefined;
  const permission = setting === undefined ? "" : `, or set ${setting} to allow it`;
  return `begins with http://, which would send credentials to ${url.host} without encryption: use https://${permission}.`;
}

/** True for `localhost` and addresses of the loopback interface, as `URL.hostname` writes them. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) === 4) return host.startsWith("127.");
  return host === "localhost" || host === "::1" || /^::ffff:7f[\da-f]{2}:/.test(host);
}
