/**
 * The common parts of the vendors' settings of transport: yes or no, and PEM texts that are given as text or as the
 * path of a file.
 */
import { ConfigurationError } from "../ground/errors";
import type { TlsIdentity } from "../http/transport";
import type { Found, Settings } from "../execution/settings";

/**
 * A setting that is yes or no, in the words that the official providers take.
 * @returns false if it is not set.
 * @throws ConfigurationError when it is another word.
 */
export function isSetTrue(found: Found | undefined): boolean {
  const word = found?.value.trim().toLowerCase();
  if (word === undefined || ["false", "f", "0"].includes(word)) return false;
  if (["true", "t", "1"].includes(word)) return true;
  throw new ConfigurationError(`${found?.source ?? ""} is neither true nor false: correct it, or remove it.`);
}

/**
 * The client's side of TLS; undefined if nothing is set.
 * @throws ConfigurationError when a file can't be read, a text is no certificate or key, or half of a pair is set.
 */
export function readTlsIdentity(
  settings: Settings,
  found: Readonly<Record<keyof TlsIdentity, Found | undefined>>,
): TlsIdentity | undefined {
  const { cert, key } = found;
  if ((cert === undefined) !== (key === undefined)) {
    const [set, missing] = cert ? [cert, "key"] : [key, "certificate"];
    throw new ConfigurationError(
      `${set?.source ?? ""} is set, but its ${missing} is not: set both, or neither.`,
    );
  }
  const identity = {
    ca: found.ca && readPem(settings, found.ca),
    cert: cert && readPem(settings, cert),
    key: key && readPem(settings, key),
  };
  if (!found.ca && !cert) return undefined;
  checkIdentity(identity, found);
  return identity;
}

function readPem(settings: Settings, { value, source }: Found): string {
  if (value.includes("-----BEGIN")) return value;
  const text = settings.readFile(value.trim());
  if (text?.includes("-----BEGIN")) return text;
  // Any other text may be a text that was pasted wrongly, of a key too: it is not shown.
  const problem =
    text === undefined ? "is neither PEM text nor a file that can be read" : "names a file without PEM text";
  throw new ConfigurationError(`${source} ${problem}: set it to the text or to the path of a PEM file.`);
}

function checkIdentity(
  { ca, cert, key }: TlsIdentity,
  found: Readonly<Record<keyof TlsIdentity, Found | undefined>>,
): void {
  // Loaded late: few settings have any of them.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { X509Certificate } = require("node:crypto") as typeof import("node:crypto");
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { createSecureContext } = require("node:tls") as typeof import("node:tls");
  const attempt = (sources: string, work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      const said = typeof code === "string" ? ` (${code})` : "";
      throw new ConfigurationError(
        `${sources} can't be used${said}: check that the PEM text is whole, unencrypted and the right one.`,
      );
    }
  };
  attempt(found.ca?.source ?? "", () => ca !== undefined && new X509Certificate(ca));
  attempt(
    [found.cert?.source, found.key?.source].filter((source) => source !== undefined).join(" with "),
    () => createSecureContext({ ca, cert, key }),
  );
}
