/**
 * Chooses the proxy of a request by the rules of Go's net/http, so that this package and Pulumi's own plugins use the
 * same proxy for the same variables. Pure; `proxyAgents` makes the connections.
 */
import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";
import { ConfigurationError } from "../ground/errors";
import { isLoopback } from "./transport";

/** A proxy, as one of the variables names it. */
export interface Proxy {
  /** The variable, e.g. `HTTPS_PROXY`; for messages. */
  readonly variable: string;
  /** Scheme, host and port, e.g. `http://proxy.example:3128`. Never the user or the password. */
  readonly address: string;
  /** True if the proxy itself is reached by TLS. */
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  /** Value of the header Proxy-Authorization; absent if the address has no user. */
  readonly authorization?: string | undefined;
}

/** Gives the proxy for an address; undefined if the request goes directly. */
export type ProxyFor = (url: URL) => Proxy | undefined;

type Environment = (name: string) => string | undefined;

/**
 * Reads the rules from the environment: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, each also in lower case, upper case first. They
 * are read again for each address; ALL_PROXY is not read.
 * @param environment gives a variable; an empty one counts as absent.
 * @param onSecret is told the secrets that stand in a proxy's address, before the proxy is used.
 * @returns throws ConfigurationError where the variable names no proxy that can be used.
 */
export function proxiesOf(
  environment: Environment,
  onSecret: (...secrets: readonly string[]) => void,
): ProxyFor {
  const exceptions = remembering(readExceptions);
  const read = remembering((variable: string, value: string) => readProxy(variable, value, onSecret));
  return (url) => {
    const found = firstSet(environment, url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
    if (!found) return undefined;
    // The emulator, and everything else on this machine.
    if (isLoopback(url.hostname)) return undefined;
    const isException = exceptions(firstSet(environment, "NO_PROXY")?.value ?? "");
    return isException(url) ? undefined : read(found.variable, found.value);
  };
}

function firstSet(
  environment: Environment,
  name: string,
): { readonly variable: string; readonly value: string } | undefined {
  for (const variable of [name, name.toLowerCase()]) {
    const value = environment(variable);
    if (value !== undefined && value !== "") return { variable, value };
  }
  return undefined;
}

function readProxy(
  variable: string,
  value: string,
  onSecret: (...secrets: readonly string[]) => void,
): Proxy {
  const refuse = (problem: string): never => {
    // The value itself is not shown: there can be a password in it.
    throw new ConfigurationError(
      `the environment variable ${variable} ${problem}: set it to an address like http://proxy.example:3128, or unset it.`,
    );
  };
  const isUrl = /^[a-z][a-z\d+.-]*:\/\//i.test(value);
  let url: URL;
  try {
    url = new URL(isUrl ? value : `http://${value}`);
  } catch {
    return refuse("is not the address of a proxy");
  }
  const isSecure = url.protocol === "https:";
  if (!isSecure && url.protocol !== "http:") {
    return refuse(
      `names a proxy with the scheme ${url.protocol}//, but only http:// and https:// are supported`,
    );
  }
  let user: string;
  let password: string;
  try {
    [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  } catch {
    return refuse("has a user or password that is not percent-encoded");
  }
  const hasUser = user !== "" || password !== "";
  if (password !== "") onSecret(password, url.password, `${user}:${password}`);
  return {
    variable,
    address: `${url.protocol}//${url.host}`,
    isSecure,
    host: withoutBrackets(url.hostname),
    port: url.port === "" ? (isSecure ? 443 : 80) : Number(url.port),
    authorization: hasUser ? `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` : undefined,
  };
}

type Exception = (host: string, port: string) => boolean;

// Go also ignores entries that cannot be read.
function readExceptions(list: string): (url: URL) => boolean {
  const entries = list.split(",").map((entry) => entry.trim().toLowerCase());
  if (entries.includes("*")) return () => true;
  const exceptions = entries.flatMap((entry) => readException(entry) ?? []);
  return (url) => {
    const host = withoutBrackets(url.hostname);
    const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
    return exceptions.some((matches) => matches(host, port));
  };
}

function readException(entry: string): Exception | undefined {
  const [, range, prefix] = /^([^/%]+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (range !== undefined && isIP(range) !== 0 && Number(prefix) <= (isIP(range) === 4 ? 32 : 128)) {
    return inAddresses((addresses, family) => {
      addresses.addSubnet(range, Number(prefix), family);
    }, range);
  }
  const [, bracketed, plain, ownPort] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(entry) ?? [];
  const host = bracketed ?? plain ?? entry;
  if (host === "") return undefined;
  const isPort = (port: string): boolean => !ownPort || ownPort === port;
  if (isIP(host) !== 0 && !host.includes("%")) {
    const isAddress = inAddresses((addresses, family) => {
      addresses.addAddress(host, family);
    }, host);
    return (name, port) => isAddress(name, port) && isPort(port);
  }
  const domain = host.startsWith("*.") ? host.slice(1) : host;
  const name = domainToASCII(domain.replace(/^\./, "")) || domain.replace(/^\./, "");
  return (asked, port) =>
    isIP(asked) === 0 &&
    isPort(port) &&
    (asked.endsWith(`.${name}`) || (asked === name && !domain.startsWith(".")));
}

function inAddresses(
  add: (addresses: BlockList, family: "ipv4" | "ipv6") => void,
  example: string,
): Exception {
  const addresses = new BlockList();
  add(addresses, familyOf(example));
  return (host) =>
    isIP(host) !== 0 && isOfFour(host) === isOfFour(example) && addresses.check(host, familyOf(host));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}

// An IPv4 address, also in the form of an IPv6 one. A list of the other kind never has it, `::/0` not either.
function isOfFour(address: string): boolean {
  return isIP(address) === 4 || /^::ffff:/i.test(address);
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** The same function; its last result is kept for as long as it gets the same texts. */
function remembering<T>(make: (...texts: string[]) => T): (...texts: string[]) => T {
  let last: { readonly key: string; readonly made: T } | undefined;
  return (...texts) => {
    const key = JSON.stringify(texts);
    if (last?.key !== key) last = { key, made: make(...texts) };
    return last.made;
  };
}
