/** Id tokens of identity providers (OIDC): makes them for providers whose keys are the emulator's, and checks all of them. */
import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import type { JsonWebKey, KeyObject } from "node:crypto";
import type { Clock } from "../ground/clock";
import { isJsonObject } from "../ground/jsonShape";
import type { JsonObject } from "../ground/jsonShape";
import type { IdentityProvider } from "./account";

/** The claims of an id token that the clouds read. Times in epoch seconds. */
export interface IdTokenClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** The reason for which an id token is rejected. */
export type IdTokenProblem =
  "malformed" | "algorithm" | "signature" | "issuer" | "audience" | "notYetValid" | "expired";

/** The result of a check: the claims, or the problem. */
export type CheckedIdToken =
  | { readonly claims: IdTokenClaims; readonly problem?: undefined }
  | { readonly claims?: undefined; readonly problem: IdTokenProblem };

/** The content of a new id token. */
export interface NewIdToken {
  readonly subject: string;
  /** @default the provider's first */
  readonly audience?: string | undefined;
  /** Of emulated time; negative for one that has expired. @default 3600 */
  readonly seconds?: number | undefined;
  /** More claims; they win over the standard ones. */
  readonly claims?: JsonObject | undefined;
}

const rsaBits = 2048;
/** Allowed difference between the clocks of a provider and the cloud. */
const leewaySeconds = 60;
/** Named in the header of each token that the emulator has signed. */
const ownKeyId = "runbook-emulator";

/** Signs and checks id tokens, by emulated time. */
export class IdTokens {
  readonly #clock: Clock;
  #own: { readonly privateKey: KeyObject; readonly publicKey: KeyObject } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new token of a provider that has no keys of its own (RS256). */
  issue(provider: IdentityProvider, wanted: NewIdToken): string {
    const now = this.#seconds();
    const header = { alg: "RS256", typ: "JWT", kid: ownKeyId };
    const payload = {
      iss: provider.issuer,
      sub: wanted.subject,
      aud: wanted.audience ?? provider.audiences[0],
      iat: now,
      exp: now + (wanted.seconds ?? 3600),
      ...wanted.claims,
    };
    const signed = `${encode(header)}.${encode(payload)}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), this.#ownKeys().privateKey).toString("base64url")}`;
  }

  /** Checks form, signature, issuer, audience and times. */
  check(provider: IdentityProvider, token: string): CheckedIdToken {
    const parts = token.split(".");
    const [header, payload] = parts.map(decode);
    const claims = payload && readClaims(payload);
    if (parts.length !== 3 || !header || !claims) return { problem: "malformed" };
    if (header["alg"] !== "RS256") return { problem: "algorithm" };
    if (!this.#isSigned(provider, parts, header["kid"])) return { problem: "signature" };
    if (claims.issuer !== provider.issuer) return { problem: "issuer" };
    if (!claims.audiences.some((audience) => provider.audiences.includes(audience))) {
      return { problem: "audience" };
    }
    const now = this.#seconds();
    if (claims.expiresAt <= now) return { problem: "expired" };
    const notBefore = typeof payload["nbf"] === "number" ? payload["nbf"] : claims.issuedAt;
    return notBefore > now + leewaySeconds ? { problem: "notYetValid" } : { claims };
  }

  #isSigned(
    { keys }: IdentityProvider,
    [header, payload, signature]: readonly string[],
    id: unknown,
  ): boolean {
    const data = Buffer.from(`${header ?? ""}.${payload ?? ""}`);
    const fits = (key: KeyObject): boolean =>
      verify("sha256", data, key, Buffer.from(signature ?? "", "base64url"));
    if (!keys) return this.#own !== undefined && fits(this.#own.publicKey);
    return keys
      .filter(({ kid }) => id === undefined || kid === undefined || kid === id)
      .some((jwk) => fits(createPublicKey({ key: jwk as JsonWebKey, format: "jwk" })));
  }

  // Made when first needed: it takes a moment.
  #ownKeys(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
    this.#own ??= generateKeyPairSync("rsa", { modulusLength: rsaBits });
    return this.#own;
  }

  #seconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}

/** True if a JWK is an RSA key that can check a provider's tokens. */
export function isRsaPublicKey(jwk: Readonly<Record<string, unknown>>): boolean {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: "jwk" }).asymmetricKeyType === "rsa";
  } catch {
    return false;
  }
}

function readClaims(payload: JsonObject): IdTokenClaims | undefined {
  const { iss, sub, aud, iat, exp } = payload;
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (typeof iss !== "string" || typeof sub !== "string" || typeof exp !== "number") return undefined;
  if (!audiences.every((audience) => typeof audience === "string")) return undefined;
  return {
    issuer: iss,
    subject: sub,
    audiences,
    issuedAt: typeof iat === "number" ? iat : 0,
    expiresAt: exp,
  };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function decode(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
