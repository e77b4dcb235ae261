/**
 * How the requests of one vendor's account travel: whom the client trusts, how it shows itself, and whether anything may
 * be sent without encryption.
 */
import { isIP } from "node:net";

/** The client's side of TLS, as PEM texts. What is left out is Node's own. */
export interface TlsIdentity {
  /** Authorities that are trusted in place of all others. */
  readonly ca?: string | undefined;
  /** The client's certificate; only with `key`. */
  readonly cert?: string | undefined;
  /** The key of `cert`. */
  readonly key?: string | undefined;
}

/** Whether `http://` to other machines is allowed. */
export interface PlainHttp {
  readonly isAllowed: boolean;
  /** What allows it, for messages; absent where no setting does. E.g. `huaweicloud:allowInsecureHttp to true`. */
  readonly setting?: string | undefined;
}

/** What a vendor's settings say about connections. */
export interface Transport {
  /** @default Node's authorities, and no certificate of the client's own */
  readonly tls?: TlsIdentity | undefined;
  readonly plainHttp: PlainHttp;
  /** The setting that names trusted authorities, for messages. */
  readonly authority: string;
  /** The settings of a client certificate, for messages; absent where there are none. */
  readonly clientCertificate?: string | undefined;
}

/** The transport where no vendor's settings apply. */
export const defaultTransport: Transport = {
  plainHttp: { isAllowed: false },
  authority: "NODE_EXTRA_CA_CERTS",
};

/**
 * What is wrong with an address that is not encrypted; undefined where nothing is. Within the machine `http://` is always
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
