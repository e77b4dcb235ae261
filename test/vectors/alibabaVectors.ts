/**
 * The captured signatures of Alibaba Cloud's two schemes, typed. Their provenance is in the JSON file.
 */
import captured from "./alibaba-signature-vectors.json";

interface VectorParts {
  readonly name: string;
  /** The SDK it was captured from. */
  readonly from: string;
  readonly ak: string;
  readonly sk: string;
  readonly method: string;
  readonly signature: string;
}

/** A request with the legacy signature. */
export interface RpcVector extends VectorParts {
  readonly scheme: "RPC-HMAC-SHA1";
  /** Of query and form body, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** A request with the newer signature. */
export interface Acs3Vector extends VectorParts {
  readonly scheme: "ACS3-HMAC-SHA256";
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const vectors = captured.vectors as unknown as readonly (RpcVector | Acs3Vector)[];

/** All vectors of RPC-HMAC-SHA1. */
export const rpcVectors = vectors.filter((vector) => vector.scheme === "RPC-HMAC-SHA1");

/** All vectors of ACS3-HMAC-SHA256. */
export const acs3Vectors = vectors.filter((vector) => vector.scheme === "ACS3-HMAC-SHA256");
