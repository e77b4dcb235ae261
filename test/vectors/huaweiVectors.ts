/**
 * The captured signatures of Huawei Cloud's scheme, typed. Their provenance is in the JSON file.
 */
import vectors from "./signature-vectors.json";

/** A captured request and its signature. */
export interface HuaweiVector {
  readonly name: string;
  /** The SDK it was captured from. */
  readonly from: string;
  readonly ak: string;
  readonly sk: string;
  readonly method: string;
  /** The path that was signed. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signature: string;
}

/** All vectors of SDK-HMAC-SHA256. */
export const huaweiVectors = (
  vectors as unknown as { vectors: (HuaweiVector & { scheme: string })[] }
).vectors.filter((vector) => vector.scheme === "SDK-HMAC-SHA256");
