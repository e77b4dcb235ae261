/**
 * Huawei Cloud's request signature SDK-HMAC-SHA256, step by step. Pure: the date comes in the request's headers.
 * Checked against signatures captured from the vendor's own SDKs (test/vectors).
 */
import { createHash, createHmac } from "node:crypto";
import type { SignableRequest } from "../../http/request";
import { encodeRfc3986 } from "../../http/request";

const algorithm = "SDK-HMAC-SHA256";

/** A key pair of an account. */
export interface HuaweiAccessKey {
  readonly accessKey: string;
  readonly secretKey: string;
}

/**
 * The Authorization header of a request. All of its headers are signed; `x-sdk-date` must be among them.
 * @throws TypeError when `x-sdk-date` is missing: that is a mistake in the caller.
 * @see https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm.html
 */
export function signHuaweiRequest(request: SignableRequest, key: HuaweiAccessKey): string {
  const date = request.headers["x-sdk-date"];
  if (date === undefined) throw new TypeError("the request has no x-sdk-date header");
  const canonical = canonicalRequest(request);
  const stringToSign = `${algorithm}\n${date}\n${sha256Hex(canonical)}`;
  const signature = createHmac("sha256", key.secretKey).update(stringToSign, "utf8").digest("hex");
  return `${algorithm} Access=${key.accessKey}, SignedHeaders=${signedHeaderNames(request)}, Signature=${signature}`;
}

/** Milliseconds since the epoch as X-Sdk-Date wants them: `20261121T061948Z`. */
export function formatSdkDate(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

function canonicalRequest(request: SignableRequest): string {
  return [
    request.method.toUpperCase(),
    canonicalPath(request.path),
    canonicalQuery(request.query),
    canonicalHeaders(request),
    signedHeaderNames(request),
    sha256Hex(request.body),
  ].join("\n");
}

// A slash ends the path for signing only; the path on the wire has none.
function canonicalPath(path: string): string {
  const encoded = path.split("/").map(encodeRfc3986).join("/");
  return encoded.endsWith("/") ? encoded : `${encoded}/`;
}

function canonicalQuery(query: SignableRequest["query"]): string {
  return query
    .map(([key, value]) => [encodeRfc3986(key), encodeRfc3986(value)] as const)
    .sort(([keyA, valueA], [keyB, valueB]) => compare(keyA, keyB) || compare(valueA, valueB))
    .map(([key, value]) => `${key}=${value}`)
    .join("&");
}

function canonicalHeaders(request: SignableRequest): string {
  return sortedHeaderNames(request)
    .map((name) => `${name}:${(request.headers[name] ?? "").trim()}\n`)
    .join("");
}

function signedHeaderNames(request: SignableRequest): string {
  return sortedHeaderNames(request).join(";");
}

function sortedHeaderNames(request: SignableRequest): string[] {
  return Object.keys(request.headers).sort(compare);
}

// By code unit: a locale's order would differ from the server's.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sha256Hex(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
