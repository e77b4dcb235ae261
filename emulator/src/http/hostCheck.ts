/**
 * The names that a request's `Host` may have. A web page can have its own name resolve to this machine, and then reads
 * and drives the emulator as its own site (DNS rebinding); the browser still sends that name.
 */
import { isIP } from "node:net";

/**
 * Makes the check of a `Host` header. Loopback names pass, and any address: only names can be made to resolve to another
 * machine.
 * @param names - names that pass too, without a port
 */
export function hostCheck(names: readonly string[]): (header: string | undefined) => boolean {
  const allowed = new Set(names.map(hostOf));
  return (header) => {
    const host = hostOf(header ?? "");
    if (host === undefined) return false;
    return isIP(host) !== 0 || host === "localhost" || host.endsWith(".localhost") || allowed.has(host);
  };
}

/** The host of an authority such as `localhost:8787` or `[::1]`, as a browser understands it; undefined where it is none. */
function hostOf(authority: string): string | undefined {
  if (!/^[^\s/@?#\\]+$/.test(authority) || !URL.canParse(`http://${authority}`)) return undefined;
  const { hostname } = new URL(`http://${authority}`);
  return hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}
