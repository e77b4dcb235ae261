/** Authenticates a request as Huawei's gateway does: an IAM token, or an AK/SK signature. Identifies the caller. */
import type { Call } from "../http/exchange";
import type { Account, Project } from "../accounts/account";
import type { IssuedToken, SigningKey } from "../accounts/directory";
import type { Keyring } from "../accounts/keyring";
import type { Principal } from "../accounts/principal";
import { parseSdkDate, parseSignatureHeader, verifySignature } from "./signature";

/** The authenticated caller. */
export interface Identity {
  readonly account: Account;
  readonly principal: Principal;
  /** The name that executions and workflows give as their creator's. */
  readonly userName: string;
  /** Projects that the credentials open: the token's one, or all of the principal's for a key. */
  readonly projects: readonly Project[];
  /** The token that the request came with. */
  readonly token: IssuedToken | undefined;
  /** True if the request is signed with a key that comes with a security token. */
  readonly temporaryKey: boolean;
}

/** The reason for which a request is refused. */
export interface Refusal {
  readonly code: "APIGW.0301" | "APIGW.0303";
  /** The gateway's words after "Incorrect IAM authentication information: ". */
  readonly reason: string;
}

/** The caller, or the reason for which the request is refused. */
export type Authentication =
  | { readonly identity: Identity; readonly refusal?: undefined }
  | { readonly identity?: undefined; readonly refusal: Refusal };

const failuresToLock = 5;
const lockMs = 5 * 60 * 1000;
const longestToken = 40_960;

interface FailureCount {
  failures: number;
  lockedUntil: number;
}

/** The gateway's check. With a strict keyring, five failures in a row lock an access key for five minutes. */
export class Authenticator {
  readonly #failures = new Map<string, FailureCount>();
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  /** The caller, by the token of the usual header or by signature; the log then names the actor. */
  authenticate(call: Call): Authentication {
    const token = call.headers["x-auth-token"];
    const authorization = call.headers["authorization"];
    if (token === undefined && authorization === undefined) return refused("x-auth-token not found");
    const found = token === undefined ? this.#bySignature(call, authorization ?? "") : this.byToken(token);
    if (!found.refusal) call.caller.actor = found.identity.principal.actor;
    return found;
  }

  /** The caller that a token stands for, wherever in the request the token was. */
  byToken(token: string): Authentication {
    if (token.length > longestToken) return refused("decrypt token fail");
    const { directory } = this.#keyring;
    const issued = directory.token(token);
    if (!issued) return refused("decrypt token fail");
    if (this.#keyring.hasExpired(issued.expiresAt)) return refused(tokenExpired(issued.expiresAt));
    const principal = directory.principal(issued.holder);
    if (!principal) return refused("The token must be updated");
    const { scope } = issued;
    const projects =
      scope.kind === "project" ? principal.projects.filter(({ id }) => id === scope.projectId) : [];
    return { identity: identityOf(principal, projects, issued, false) };
  }

  /** Unlocks every access key. */
  forgetFailures(): void {
    this.#failures.clear();
  }

  #bySignature(call: Call, authorization: string): Authentication {
    const header = parseSignatureHeader(authorization);
    if (!header) return refused("authorization header format incorrect");
    const { accessKey } = header;
    call.caller.accessKeyId = accessKey;
    if (this.#isLocked(accessKey)) return refused("AK access failed to reach the limit, forbidden: true");
    const found = this.#keyring.find(accessKey, "huawei");
    if (!found) return refused(`Get secretKey failed,ak:${accessKey},err:ak not exist`);
    const { key, principal } = found;

    const signedAt = parseSdkDate(call.headers["x-sdk-date"] ?? "");
    if (signedAt === undefined || !header.signedHeaders.includes("x-sdk-date")) {
      return this.#failed(
        accessKey,
        "verify aksk signature fail, x-sdk-date is missing, unsigned or malformed",
      );
    }
    if (this.#keyring.isSkewed(signedAt)) {
      const server = new Date(this.#keyring.clock.now()).toISOString();
      return {
        refusal: {
          code: "APIGW.0303",
          reason: `signature expired, signature time: ${new Date(signedAt).toISOString()}, server time: ${server}`,
        },
      };
    }
    if (!verifySignature(call, header, key.secretKey)) {
      return this.#failed(accessKey, "verify aksk signature fail, signature mismatch");
    }
    const wrongToken = this.#refuseToken(key, call.headers["x-security-token"]);
    if (wrongToken) return wrongToken;
    this.#failures.delete(accessKey);
    const temporary = key.securityToken !== undefined;
    return { identity: identityOf(principal, principal.projects, undefined, temporary) };
  }

  #refuseToken(key: SigningKey, given: string | undefined): Authentication | undefined {
    if (key.securityToken !== given) {
      return this.#failed(
        key.accessKey,
        "verify aksk signature fail, security token missing, wrong or unexpected",
      );
    }
    const { expiresAt } = key;
    if (expiresAt === undefined || !this.#keyring.hasExpired(expiresAt)) return undefined;
    return refused(tokenExpired(expiresAt));
  }

  #failed(accessKey: string, reason: string): Authentication {
    if (this.#keyring.strict) {
      const count = this.#failures.get(accessKey) ?? { failures: 0, lockedUntil: 0 };
      count.failures += 1;
      if (count.failures >= failuresToLock) {
        count.lockedUntil = this.#keyring.clock.now() + lockMs;
        count.failures = 0;
      }
      this.#failures.set(accessKey, count);
    }
    return refused(reason);
  }

  #isLocked(accessKey: string): boolean {
    return this.#keyring.clock.now() < (this.#failures.get(accessKey)?.lockedUntil ?? 0);
  }
}

/** The gateway's words for an expired token, of either kind. */
export function tokenExpired(expiresAt: number): string {
  return `token expires, expires_at: ${new Date(expiresAt).toISOString().replace("Z", "000Z")}`;
}

/** True if the credentials open the project of the path; the log then names it. */
export function opensProject({ projects }: Identity, projectId: string, call: Call): boolean {
  const project = projects.find(({ id }) => id === projectId);
  if (project) call.caller.project = project.name;
  return project !== undefined;
}

function identityOf(
  principal: Principal,
  projects: readonly Project[],
  token: IssuedToken | undefined,
  temporaryKey: boolean,
): Identity {
  const { account, name: userName } = principal;
  return { account, principal, userName, projects, token, temporaryKey };
}

function refused(reason: string): Authentication {
  return { refusal: { code: "APIGW.0301", reason } };
}
