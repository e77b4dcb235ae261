// Authenticates a request as Huawei's gateway does: an IAM token, or an AK/SK signature. Says who is calling.
import type { Clock } from "../clock";
import type { Call } from "../http/exchange";
import type { Account, AccountDirectory, Project, User } from "./accounts";
import { parseSdkDate, parseSignatureHeader, verifySignature } from "./signature";

/** Who is calling. */
export interface Identity {
  readonly account: Account;
  readonly userName: string;
  readonly user: User | undefined;
  /** Projects that the credentials open: the token's one, or all of the account for a key. */
  readonly projects: readonly Project[];
}

/** Why a request is refused. */
export interface Refusal {
  readonly code: "APIGW.0301" | "APIGW.0303";
  /** The gateway's words after "Incorrect IAM authentication information: ". */
  readonly reason: string;
}

export type Authentication =
  { readonly identity: Identity; readonly refusal?: undefined } | { readonly refusal: Refusal };

const ALLOWED_SKEW_MS = 15 * 60 * 1000;
const FAILURES_TO_LOCK = 5;
const LOCK_MS = 5 * 60 * 1000;

interface FailureCount {
  failures: number;
  lockedUntil: number;
}

/** The gateway's check. With `strict`, five failures in a row lock an access key for five minutes. */
export class Authenticator {
  private readonly failures = new Map<string, FailureCount>();

  constructor(
    private readonly directory: AccountDirectory,
    private readonly clock: Clock,
    private readonly strict: boolean,
  ) {}

  authenticate(call: Call): Authentication {
    const token = call.headers["x-auth-token"];
    if (token !== undefined) return this.byToken(token);
    const authorization = call.headers["authorization"];
    if (authorization !== undefined) return this.bySignature(call, authorization);
    return refused("x-auth-token not found");
  }

  /** Unlocks every access key. */
  forgetFailures(): void {
    this.failures.clear();
  }

  private byToken(token: string): Authentication {
    if (token.length > 40_960) return refused("decrypt token fail");
    const issued = this.directory.token(token);
    if (!issued) return refused("decrypt token fail");
    if (this.clock.now() >= issued.expiresAt) {
      return refused(tokenExpired(issued.expiresAt));
    }
    const { account, user, project } = issued;
    return { identity: { account, user, userName: user.name, projects: project ? [project] : [] } };
  }

  private bySignature(call: Call, authorization: string): Authentication {
    const header = parseSignatureHeader(authorization);
    if (!header) return refused("authorization header format incorrect");
    if (this.isLocked(header.accessKey))
      return refused("AK access failed to reach the limit, forbidden: true");
    const found = this.directory.byAccessKey(header.accessKey);
    if (!found) return refused(`Get secretKey failed,ak:${header.accessKey},err:ak not exist`);

    const signedAt = parseSdkDate(call.headers["x-sdk-date"] ?? "");
    if (signedAt === undefined || !header.signedHeaders.includes("x-sdk-date")) {
      return this.failed(
        header.accessKey,
        "verify aksk signature fail, x-sdk-date is missing, unsigned or malformed",
      );
    }
    if (this.isSkewed(signedAt)) {
      const server = new Date(this.clock.now()).toISOString();
      return {
        refusal: {
          code: "APIGW.0303",
          reason: `signature expired, signature time: ${new Date(signedAt).toISOString()}, server time: ${server}`,
        },
      };
    }
    const { account, key } = found;
    if (!verifySignature(call, header, key.secretKey)) {
      return this.failed(header.accessKey, "verify aksk signature fail, signature mismatch");
    }
    if (key.securityToken !== call.headers["x-security-token"]) {
      return this.failed(
        header.accessKey,
        "verify aksk signature fail, security token missing, wrong or unexpected",
      );
    }
    this.failures.delete(header.accessKey);
    const user = account.users.find(({ name }) => name === key.userName);
    return { identity: { account, user, userName: key.userName, projects: account.projects } };
  }

  // Clients sign with the machine's time and know nothing of a clock that a test has moved, so either time will do,
  // unless the check is to be strict.
  private isSkewed(signedAt: number): boolean {
    const times = this.strict ? [this.clock.now()] : [this.clock.now(), this.clock.machineNow()];
    return times.every((time) => Math.abs(time - signedAt) > ALLOWED_SKEW_MS);
  }

  private failed(accessKey: string, reason: string): Authentication {
    if (this.strict) {
      const count = this.failures.get(accessKey) ?? { failures: 0, lockedUntil: 0 };
      count.failures += 1;
      if (count.failures >= FAILURES_TO_LOCK) {
        count.lockedUntil = this.clock.now() + LOCK_MS;
        count.failures = 0;
      }
      this.failures.set(accessKey, count);
    }
    return refused(reason);
  }

  private isLocked(accessKey: string): boolean {
    return this.clock.now() < (this.failures.get(accessKey)?.lockedUntil ?? 0);
  }
}

/** The gateway's words for an expired token. */
export function tokenExpired(expiresAt: number): string {
  return `token expires, expires_at: ${new Date(expiresAt).toISOString().replace("Z", "000Z")}`;
}

function refused(reason: string): Authentication {
  return { refusal: { code: "APIGW.0301", reason } };
}
