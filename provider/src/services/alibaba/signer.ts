/**
 * Alibaba Cloud's two request signatures, step by step: ACS3-HMAC-SHA256 (in a header) and the older RPC HMAC-SHA1
 * (in the query). Pure: dates and nonces come in the request. Checked against signatures captured from the vendor's
 * own SDKs (test/vectors).
 */
import { createHash, createHmac } from "node:crypto";
import type { SignableRequest } from "../../http/request";
import { encodeRfc3986 } from "../../http/request";

/** A key pair of an account; temporary ones have a security token, which travels beside the signature. */
export interface AlibabaAccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

const algorithm = "ACS3-HMAC-SHA256";

/**
 * The Authorization header of a request; `host`, `content-type` and all `x-acs-…` headers are signed.
 * `x-acs-content-sha256` must be among them: see {@link sha256Hex}.
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
export function signAcs3(request: SignableRequest, key: AlibabaAccessKey): string {
  const names = Object.keys(request.headers)
    .filter((name) => name === "host" || name === "content-type" || name.startsWith("x-acs-"))
    .sort(byCodeUnit);
  const signedNames = names.join(";");
  const canonical = [
    request.method.toUpperCase(),
    request.path.split("/").map(encodeRfc3986).join("/"),
    canonicalPairs(request.query),
    names.map((name) => `${name}:${(request.headers[name] ?? "").trim()}\n`).join(""),
    signedNames,
    request.headers["x-acs-content-sha256"] ?? "",
  ].join("\n");
  const signature = createHmac("sha256", key.accessKeySecret)
    .update(`${algorithm}\n${sha256Hex(canonical)}`, "utf8")
    .digest("hex");
  return `${algorithm} Credential=${key.accessKeyId},SignedHeaders=${signedNames},Signature=${signature}`;
}

/**
 * The `Signature` parameter of the older form, over all other parameters, wherever they travel.
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
 */
export function signRpc(
  method: string,
  parameters: readonly (readonly [string, string])[],
  accessKeySecret: string,
): string {
  const stringToSign = `${method.toUpperCase()}&%2F&${encodeRfc3986(canonicalPairs(parameters))}`;
  return createHmac("sha1", `${accessKeySecret}&`).update(stringToSign, "utf8").digest("base64");
}

/** Hex SHA-256 of a text as UTF-8. */
export function sha256Hex(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** Milliseconds since the epoch as the vendor's requests want them: `2026-11-21T06:21:13Z`. */
export function formatAcsDate(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
}

function canonicalPairs(pairs: readonly (readonly [string, string])[]): string {
  return [...pairs]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`)
    .join("&");
}

// By code unit: a locale's order would differ from the server's.
function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
