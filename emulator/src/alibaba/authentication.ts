// Finds out who has sent a request to an Alibaba Cloud service: either signature, clock skew, nonces, STS tokens.
import type { Clock } from "../clock";
import type { Call } from "../http/exchange";
import type { AccessKey, Account, AccountDirectory } from "../huawei/accounts";
import {
  ACS3_REQUIRED_HEADERS,
  parseAcs3Header,
  parseTimestamp,
  verifyAcs3,
  verifyRpc,
  type Parameter,
} from "./signatures";

/** Why a request is not let in; each service words it in its own way. */
export type Refusal =
  | { readonly kind: "missingParameter" | "missingHeader"; readonly name: string }
  | { readonly kind: "wrongParameter"; readonly name: string; readonly value: string }
  | { readonly kind: "unknownKey"; readonly accessKeyId: string }
  | { readonly kind: "badSignature" | "incompleteSignature" }
  | { readonly kind: "badTimestamp"; readonly given: string }
  | { readonly kind: "skewed"; readonly given: string; readonly now: string }
  | { readonly kind: "nonceUsed" }
  | { readonly kind: "tokenMissing" | "tokenExpired" | "tokenMalformed" | "tokenMismatch" };

/** Who is calling. */
export interface AlibabaIdentity {
  readonly account: Account;
  readonly userName: string;
}

export type AlibabaAuthentication =
  | { readonly identity: AlibabaIdentity; readonly refusal?: undefined }
  | { readonly identity?: undefined; readonly refusal: Refusal };

const ALLOWED_SKEW_MS = 15 * 60 * 1000;
const NONCE_MEMORY_MS = 31 * 60 * 1000;
const LONGEST_MEMORY = 100_000;

interface Claim {
  readonly accessKeyId: string;
  readonly date: string;
  readonly nonce: string;
  readonly securityToken: string | undefined;
  readonly verify: (secret: string) => boolean;
}

/** Checks the requests to all services of Alibaba Cloud; the accounts and keys are those of the seed. */
export class AlibabaAuthenticator {
  private readonly nonces = new Map<string, number>();
  private readonly expiredTokens = new Set<string>();

  constructor(
    private readonly directory: AccountDirectory,
    private readonly clock: Clock,
    private readonly strict: boolean,
  ) {}

  /** @param parameters - of query and form body. */
  authenticate(call: Call, parameters: readonly Parameter[]): AlibabaAuthentication {
    const claim = call.headers["authorization"] === undefined ? rpcClaim(call, parameters) : acs3Claim(call);
    if ("kind" in claim) return { refusal: claim };
    const found = this.directory.byAccessKey(claim.accessKeyId);
    if (!found) return { refusal: { kind: "unknownKey", accessKeyId: claim.accessKeyId } };
    const refusal = this.refuse(claim, found.key);
    return refusal ? { refusal } : { identity: { account: found.account, userName: found.key.userName } };
  }

  /** Makes the request's STS token worthless; `false` when it carries none. */
  expireToken(call: Call, parameters: readonly Parameter[]): boolean {
    const token = call.headers["x-acs-security-token"] ?? value(parameters, "SecurityToken");
    if (token === undefined) return false;
    this.expiredTokens.add(token);
    return true;
  }

  /** Forgets nonces and expired tokens. */
  forget(): void {
    this.nonces.clear();
    this.expiredTokens.clear();
  }

  private refuse(claim: Claim, key: AccessKey): Refusal | undefined {
    const signedAt = parseTimestamp(claim.date);
    if (signedAt === undefined) return { kind: "badTimestamp", given: claim.date };
    if (this.isSkewed(signedAt)) {
      return { kind: "skewed", given: claim.date, now: new Date(this.clock.now()).toISOString() };
    }
    if (!claim.verify(key.secretKey)) return { kind: "badSignature" };
    const wrongToken = this.refuseToken(claim.securityToken, key);
    if (wrongToken) return wrongToken;
    return this.isNewNonce(`${claim.accessKeyId}\n${claim.nonce}`) ? undefined : { kind: "nonceUsed" };
  }

  private refuseToken(token: string | undefined, key: AccessKey): Refusal | undefined {
    if (token !== undefined && this.expiredTokens.has(token)) return { kind: "tokenExpired" };
    if (token === key.securityToken) return undefined;
    if (token === undefined) return { kind: "tokenMissing" };
    const belongsToOther = this.directory.accounts.some(({ accessKeys }) =>
      accessKeys.some(({ securityToken }) => securityToken === token),
    );
    return { kind: belongsToOther ? "tokenMismatch" : "tokenMalformed" };
  }

  // Clients sign with the machine's time and know nothing of a clock that a test has moved, so either time will do,
  // unless the check is to be strict.
  private isSkewed(signedAt: number): boolean {
    const times = this.strict ? [this.clock.now()] : [this.clock.now(), this.clock.machineNow()];
    return times.every((time) => Math.abs(time - signedAt) > ALLOWED_SKEW_MS);
  }

  private isNewNonce(nonce: string): boolean {
    const now = this.clock.machineNow();
    const usedAt = this.nonces.get(nonce);
    if (usedAt !== undefined && now - usedAt < NONCE_MEMORY_MS) return false;
    this.nonces.delete(nonce);
    this.nonces.set(nonce, now);
    for (const [old, at] of this.nonces) {
      if (now - at < NONCE_MEMORY_MS && this.nonces.size <= LONGEST_MEMORY) break;
      this.nonces.delete(old);
    }
    return true;
  }
}

function acs3Claim(call: Call): Claim | Refusal {
  const header = parseAcs3Header(call.headers["authorization"] ?? "");
  if (!header) return { kind: "incompleteSignature" };
  for (const name of ACS3_REQUIRED_HEADERS) {
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

const RPC_PARAMETERS = [
  "AccessKeyId",
  "SignatureMethod",
  "SignatureVersion",
  "SignatureNonce",
  "Timestamp",
  "Signature",
];

function rpcClaim(call: Call, parameters: readonly Parameter[]): Claim | Refusal {
  for (const name of RPC_PARAMETERS) {
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
