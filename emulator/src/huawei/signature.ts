/**
 * Checks SDK-HMAC-SHA256 signatures, written from the vendor's description and from the requests of its SDKs. Pure: the
 * caller looks up the secret key and judges the clock.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** The name of the algorithm, as `Authorization` begins. */
export const algorithm = "SDK-HMAC-SHA256";

/** The three parts of an `Authorization` header. */
export interface SignatureHeader {
  readonly accessKey: string;
  /** In lower case, in the order given. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** A request as it came over the wire. */
export interface SignedRequest {
  readonly method: string;
  /** Still percent-encoded. */
  readonly path: string;
  readonly rawQuery: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Reads `SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…`; `undefined` when it is anything else. */
export function parseSignatureHeader(authorization: string): SignatureHeader | undefined {
  const match =
    /^SDK-HMAC-SHA256\s+Access=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
      authorization.trim(),
    );
  if (!match) return undefined;
  const [, accessKey = "", signedHeaders = "", signature = ""] = match;
  return { accessKey, signedHeaders: signedHeaders.toLowerCase().split(";"), signature };
}

/** Reads `YYYYMMDDTHHMMSSZ` as epoch milliseconds; `undefined` when it is no such time. */
export function parseSdkDate(text: string): number | undefined {
  if (!/^\d{8}T\d{6}Z$/.test(text)) return undefined;
  const time = Date.parse(text.replace(/^(....)(..)(..)T(..)(..)/, "$1-$2-$3T$4:$5:"));
  return Number.isNaN(time) ? undefined : time;
}

/**
 * True if the secret key makes this signature of the request.
 *
 * The SDKs differ in how they put an id with reserved characters into the path that they sign, so three forms are
 * accepted: each segment decoded and encoded again, the whole path decoded before it is split, and the encoded path
 * encoded once more.
 */
export function verifySignature(request: SignedRequest, header: SignatureHeader, secretKey: string): boolean {
  const date = request.headers["x-sdk-date"];
  if (date === undefined || !header.signedHeaders.includes("x-sdk-date")) return false;
  const query = canonicalQuery(request.rawQuery);
  const headers = canonicalHeaders(request.headers, header.signedHeaders);
  const payload = payloadHash(request);
  if (query === undefined || headers === undefined || payload === undefined) return false;

  let verified = false;
  for (const uri of canonicalUris(request.path)) {
    const canonical = [
      request.method.toUpperCase(),
      uri,
      query,
      headers,
      header.signedHeaders.join(";"),
      payload,
    ];
    const toSign = [algorithm, date, sha256(canonical.join("\n"))].join("\n");
    const expected = createHmac("sha256", secretKey).update(toSign).digest("hex");
    // No early return: the time taken must not tell which form came close.
    if (sameText(expected, header.signature)) verified = true;
  }
  return verified;
}

function canonicalUris(path: string): Set<string> {
  const raw = path.split("/");
  const forms = [raw.map(encode)];
  const bySegment = raw.map(decode);
  if (bySegment.every((segment) => segment !== undefined)) forms.push(bySegment.map(encode));
  const whole = decode(path);
  if (whole !== undefined) forms.push(whole.split("/").map(encode));
  return new Set(forms.map((segments) => withFinalSlash(segments.join("/"))));
}

const withFinalSlash = (uri: string): string => (uri.endsWith("/") ? uri : `${uri}/`);

function canonicalQuery(rawQuery: string): string | undefined {
  if (rawQuery === "") return "";
  const pairs: [string, string][] = [];
  for (const part of rawQuery.split("&")) {
    const equals = part.indexOf("=");
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    const value = decode(equals < 0 ? "" : part.slice(equals + 1));
    if (name === undefined || value === undefined) return undefined;
    pairs.push([name, value]);
  }
  pairs.sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB));
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
}

function canonicalHeaders(
  headers: Readonly<Record<string, string>>,
  signedHeaders: readonly string[],
): string | undefined {
  let block = "";
  for (const name of [...signedHeaders].sort(compare)) {
    const value = headers[name];
    if (value === undefined) return undefined;
    block += `${name}:${value.trim()}\n`;
  }
  return block;
}

// `undefined`: the header promises another body than the one that came.
function payloadHash({ headers, body }: SignedRequest): string | undefined {
  const actual = sha256(body);
  const declared = headers["x-sdk-content-sha256"];
  if (declared === undefined || declared === actual) return actual;
  return declared === "UNSIGNED-PAYLOAD" ? declared : undefined;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

// RFC 3986: encodeURIComponent leaves five more characters alone than it may.
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
