/**
 * Signature version 4 by the vendor's own signer, which is loaded at the first request. Hashes are those of `node:crypto`.
 */
import { createHash, createHmac } from "node:crypto";
import type { SignatureV4 } from "@smithy/signature-v4";
import type { SignableRequest } from "../../http/request";
import type { AwsCredential } from "./credential";
import { loadSigner } from "./vendorPackages";

/** The scope of a signature. */
export interface SigningScope {
  readonly region: string;
  /** The service's name in signatures, e.g. `states`. */
  readonly service: string;
}

type HashInput = string | ArrayBuffer | ArrayBufferView;

// The form in which the signer takes a hash; with a key it is an HMAC.
class NodeSha256 {
  readonly #hash: { update(data: Uint8Array): unknown; digest(): Buffer };

  constructor(key?: HashInput) {
    this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(key));
  }

  update(data: HashInput): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }

  // The signer makes a new one for each hash.
  reset(): void {
    throw new Error("a hash is used once");
  }
}

function bytesOf(data: HashInput): Uint8Array {
  if (typeof data === "string") return Buffer.from(data, "utf8");
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/**
 * The headers that sign a request: `authorization`, `x-amz-date`, `x-amz-content-sha256`, and the token of a temporary key.
 * @param nowMs milliseconds since the epoch.
 * @throws ConfigurationError when the vendor's signer is not installed.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export async function signedHeaders(
  request: SignableRequest,
  credential: AwsCredential,
  scope: SigningScope,
  nowMs: number,
): Promise<Record<string, string>> {
  const signer = await newSigner(credential, scope);
  const { headers } = await signer.sign(
    {
      method: request.method,
      protocol: "https:",
      hostname: request.headers["host"] ?? "",
      path: request.path,
      query: Object.fromEntries(request.query),
      headers: { ...request.headers },
      body: request.body,
    },
    { signingDate: new Date(nowMs) },
  );
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name === "authorization" || name.startsWith("x-amz-")),
  );
}

async function newSigner(credential: AwsCredential, scope: SigningScope): Promise<SignatureV4> {
  const { SignatureV4: Signer } = await loadSigner();
  const { accessKeyId, secretAccessKey, sessionToken } = credential;
  return new Signer({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    ...scope,
    sha256: NodeSha256,
  });
}
