/** Identifies the sender of a request to an Alibaba Cloud service: either signature, clock skew, nonces, STS tokens. */
import type { Call } from "../http/exchange";
import type { Account } from "../accounts/account";
import type { SigningKey } from "../accounts/directory";
import type { Keyring } from "../accounts/keyring";
import type { Principal } from "../accounts/principal";
import { acs3RequiredHeaders, parseAcs3Header, parseTimestamp, verifyAcs3, verifyRpc } from "./signatures";
import type { Parameter } from "./signatures";

/** The reason for which a request is refused; each service words it in its own way. */
export type Refusal =
  | { readonly kind: "missingParameter" | "missingHeader"; readonly name: string }
  | { readonly kind: "wrongParameter"; readonly name: string; readonly value: string }
  | { readonly kind: "unknownKey"; readonly accessKeyId: string }
  | { readonly kind: "badSignature" | "incompleteSignature" }
  | { readonly kind: "badTimestamp"; readonly given: string }
  | { readonly kind: "skewed"; readonly given: string; readonly now: string }
  | { readonly kind: "nonceUsed" }
  | { readonly kind: "tokenMissing" | "tokenExpired" | "tokenMalformed" | "tokenMismatch" };

/** The authenticated caller. */
export interface AlibabaIdentity {
  readonly account: Account;
  readonly principal: Principal;
  readonly userName: string;
}

/** The caller, or the reason for which the request is refused. */
export type AlibabaAuthentication =
  | { readonly identity: AlibabaIdentity; readonly refusal?: undefined }
  | { readonly identity?: undefined; readonly refusal: Refusal };

const nonceMemoryMs = 31 * 60 * 1000;
const longestMemory = 100_000;

interface Claim {
  readonly accessKeyId: string;
  readonly date: string;
  readonly nonce: string;
  readonly securityToken: string | undefined;
  readonly verify: (secret: string) => boolean;
}

/** Checks the requests to all services of Alibaba Cloud. */
export class AlibabaAuthenticator {
  readonly #nonces = new Map<string, number>();
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  /** @param parameters - of query and form body. */
  authenticate(call: Call, parameters: readonly Parameter[]): AlibabaAuthentication {
    const claim = call.headers["authorization"] === undefined ? rpcClaim(call, parameters) : acs3Claim(call);
    if ("kind" in claim) return { refusal: claim };
    const { accessKeyId } = claim;
    call.caller.accessKeyId = accessKeyId;
    const found = this.#keyring.find(accessKeyId, "alibaba");
    if (!found) return { refusal: { kind: "unknownKey", accessKeyId } };
    const { key, principal } = found;
    const refusal = this.#refuse(claim, key);
    if (refusal) return { refusal };
    call.caller.actor = principal.actor;
    return { identity: { account: principal.account, principal, userName: principal.name } };
  }

  /** Makes the request's STS token worthless; `false` when it carries none that is known. */
  expireToken(call: Call, parameters: readonly Parameter[]): boolean {
    const token = call.headers["x-acs-security-token"] ?? value(parameters, "SecurityToken");
    return token !== undefined && this.#keyring.directory.expireKey(token) !== undefined;
  }

  /** Forgets all nonces. */
  forget(): void {
    this.#nonces.clear();
  }

  #refuse(claim: Claim, key: SigningKey): Refusal | undefined {
    const signedAt = parseTimestamp(claim.date);
    if (signedAt === undefined) return { kind: "badTimestamp", given: claim.date };
    if (this.#keyring.isSkewed(signedAt)) {
      return { kind: "skewed", given: claim.date, now: new Date(this.#keyring.clock.now()).toISOString() };
    }
    if (!claim.verify(key.secretKey)) return { kind: "badSignature" };
    const wrongToken = this.#refuseToken(claim.securityToken, key);
    if (wrongToken) return wrongToken;
    return this.#isNewNonce(`${claim.accessKeyId}\n${claim.nonce}`) ? undefined : { kind: "nonceUsed" };
  }

  #refuseToken(token: string | undefined, { securityToken, expiresAt }: SigningKey): Refusal | undefined {
    if (token === securityToken) {
      return this.#keyring.hasExpired(expiresAt) ? { kind: "tokenExpired" } : undefined;
    }
    if (token === undefined) return { kind: "tokenMissing" };
    return { kind: this.#keyring.directory.knowsSecurityToken(token) ? "tokenMismatch" : "tokenMalformed" };
  }

  #isNewNonce(nonce: string): boolean {
    const now = this.#keyring.clock.machineNow();
    const usedAt = this.#nonces.get(nonce);
    if (usedAt !== undefined && now - usedAt < nonceMemoryMs) return false;
    this.#nonces.delete(nonce);
    this.#nonces.set(nonce, now);
    for (const [old, at] of this.#nonces) {
      if (now - at < nonceMemoryMs && this.#nonces.size <= longestMemory) break;
      this.#nonces.delete(old);
    }
    return true;
  }
}

function acs3Claim(call: Call): Claim | Refusal {
  const header = parseAcs3Header(call.headers["authorization"] ?? "");
  if (!header) return { kind: "incompleteSignature" };
  for (const name of acs3RequiredHeaders) {
    if (call.headers[name] === undefined) return { kind: "missingHeader", name };
  }
  return {
    accessKeyId: header.accessKeyId,
    date: call.headers["x-acs-date"] ?? "",
    nonce: call.headers["x-acs-signature-nonce"] ?? "",
    securityToken: call.headers["x-acs-security-token"],
    verify: (secret) => verifyAcs3(call, header, secret),
  };
}

const rpcParameters = [
  "AccessKeyId",
  "SignatureMethod",
  "SignatureVersion",
  "SignatureNonce",
  "Timestamp",
  "Signature",
];

function rpcClaim(call: Call, parameters: readonly Parameter[]): Claim | Refusal {
  for (const name of rpcParameters) {
    if ((value(parameters, name) ?? "") === "") return { kind: "missingParameter", name };
  }
  const method = value(parameters, "SignatureMethod") ?? "";
  if (method.toUpperCase() !== "HMAC-SHA1") {
    return { kind: "wrongParameter", name: "SignatureMethod", value: method };
  }
  const version = value(parameters, "SignatureVersion") ?? "";
  if (version !== "1.0") return { kind: "wrongParameter", name: "SignatureVersion", value: version };
  const signature = value(parameters, "Signature") ?? "";
  return {
    accessKeyId: value(parameters, "AccessKeyId") ?? "",
    date: value(parameters, "Timestamp") ?? "",
    nonce: value(parameters, "SignatureNonce") ?? "",
    securityToken: value(parameters, "SecurityToken"),
    verify: (secret) => verifyRpc(call.method, parameters, signature, secret),
  };
}

function value(parameters: readonly Parameter[], wanted: string): string | undefined {
  return parameters.find(([name]) => name === wanted)?.[1];
}
