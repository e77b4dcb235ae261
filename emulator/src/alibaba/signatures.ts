/**
 * Checks Alibaba Cloud's two signatures, ACS3-HMAC-SHA256 and the legacy RPC HMAC-SHA1, written from the vendor's
 * description and from the requests of its SDKs. Pure: the caller looks up the secret and judges clock and nonce.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** The parts of an `Authorization` header of the ACS3 form. */
export interface Acs3Header {
  readonly accessKeyId: string;
  /** In lower case, in the order given. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** A request as it came over the wire. */
export interface Acs3Request {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A name and its value, decoded. */
export type Parameter = readonly [name: string, value: string];

/** Headers that an ACS3 signature has to cover. */
export const acs3RequiredHeaders = [
  "host",
  "x-acs-action",
  "x-acs-version",
  "x-acs-date",
  "x-acs-signature-nonce",
  "x-acs-content-sha256",
] as const;

/** Reads `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…`; `undefined` when it is anything else. */
export function parseAcs3Header(authorization: string): Acs3Header | undefined {
  const match =
    /^ACS3-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
      authorization.trim(),
    );
  if (!match) return undefined;
  const [, accessKeyId = "", signedHeaders = "", signature = ""] = match;
  return { accessKeyId, signedHeaders: signedHeaders.toLowerCase().split(";"), signature };
}

/** Reads `YYYY-MM-DDTHH:MM:SSZ` as epoch milliseconds; `undefined` when it is no such time. */
export function parseTimestamp(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** True if the secret makes this ACS3 signature of the request, and the content hash is the body's. */
export function verifyAcs3(request: Acs3Request, header: Acs3Header, secret: string): boolean {
  const { signedHeaders } = header;
  if (!acs3RequiredHeaders.every((name) => signedHeaders.includes(name))) return false;
  const names = [...signedHeaders].sort();
  if (names.some((name) => request.headers[name] === undefined)) return false;
  const payload = createHash("sha256").update(request.body).digest("hex");
  if (request.headers["x-acs-content-sha256"]?.toLowerCase() !== payload) return false;
  const query = queryParameters(request.rawQuery)
    .sort(byName)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join("&");
  const canonical = [
    request.method.toUpperCase(),
    request.path === "" ? "/" : request.path,
    query,
    names.map((name) => `${name}:${(request.headers[name] ?? "").trim()}\n`).join(""),
    names.join(";"),
    payload,
  ].join("\n");
  const hash = createHash("sha256").update(canonical).digest("hex");
  const expected = createHmac("sha256", secret).update(`ACS3-HMAC-SHA256\n${hash}`).digest("hex");
  return sameText(expected, header.signature);
}

/**
 * True if the secret makes this RPC signature of the parameters.
 * @param parameters - of query and form body; `Signature` among them is ignored.
 */
export function verifyRpc(
  method: string,
  parameters: readonly Parameter[],
  signature: string,
  secret: string,
): boolean {
  const canonical = parameters
    .filter(([name]) => name !== "Signature")
    .sort(byName)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join("&");
  const toSign = `${method.toUpperCase()}&${encode("/")}&${encode(canonical)}`;
  const expected = createHmac("sha1", `${secret}&`).update(toSign).digest("base64");
  return sameText(expected, signature);
}

/** The parameters of a query or of a form body, decoded, in the order given. */
export function queryParameters(text: string): Parameter[] {
  return [...new URLSearchParams(text)];
}

function byName([a, x]: Parameter, [b, y]: Parameter): number {
  return compareBytes(a, b) || compareBytes(x, y);
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** RFC 3986: only letters, digits and `-_.~` stay. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sameText(expected: string, actual: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(actual)];
  return a.length === b.length && timingSafeEqual(a, b);
}
