// Huawei Cloud accounts: domains with their users, access keys and projects, and the tokens they have been given.
import { randomBytes } from "node:crypto";
import type { Clock } from "../clock";
import { derivedHex } from "../identifiers";

export interface User {
  readonly id: string;
  readonly name: string;
  readonly password: string;
}

/** A permanent access key, or with a security token a temporary one. */
export interface AccessKey {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string | undefined;
  readonly userName: string;
}

export interface Project {
  /** 32 characters. */
  readonly id: string;
  /** A region such as `cn-north-4`. */
  readonly name: string;
}

/** An account; IAM calls it a domain. */
export interface Account {
  readonly domainId: string;
  readonly domainName: string;
  readonly users: readonly User[];
  readonly accessKeys: readonly AccessKey[];
  readonly projects: readonly Project[];
}

/** A token as IAM has issued it. Times in epoch milliseconds. */
export interface IssuedToken {
  readonly account: Account;
  readonly user: User;
  /** `undefined` for a token scoped to the domain. */
  readonly project: Project | undefined;
  readonly issuedAt: number;
  expiresAt: number;
}

export const TOKEN_LIFETIME_MS = 24 * 3600 * 1000;

/** Who may do what. */
export class AccountDirectory {
  private readonly tokens = new Map<string, IssuedToken>();

  constructor(
    readonly accounts: readonly Account[],
    private readonly clock: Clock,
  ) {}

  byDomain(wanted: { id?: string | undefined; name?: string | undefined }): Account | undefined {
    return this.accounts.find((account) =>
      wanted.id === undefined ? account.domainName === wanted.name : account.domainId === wanted.id,
    );
  }

  byAccessKey(accessKey: string): { account: Account; key: AccessKey } | undefined {
    for (const account of this.accounts) {
      const key = account.accessKeys.find((candidate) => candidate.accessKey === accessKey);
      if (key) return { account, key };
    }
    return undefined;
  }

  /** Issues a token that lives for 24 hours of emulated time. */
  issueToken(
    account: Account,
    user: User,
    project: Project | undefined,
  ): { token: string; issued: IssuedToken } {
    const issuedAt = this.clock.now();
    const issued: IssuedToken = { account, user, project, issuedAt, expiresAt: issuedAt + TOKEN_LIFETIME_MS };
    // As long as real ones are, so that a client that cuts headers is found out.
    const token = `MII${randomBytes(900).toString("base64").replaceAll("/", "-")}`;
    this.tokens.set(token, issued);
    return { token, issued };
  }

  token(token: string): IssuedToken | undefined {
    return this.tokens.get(token);
  }

  /** Makes a token expire now; `undefined` for an unknown one. */
  expireToken(token: string): IssuedToken | undefined {
    const issued = this.tokens.get(token);
    if (issued) issued.expiresAt = Math.min(issued.expiresAt, this.clock.now());
    return issued;
  }

  forgetTokens(): void {
    this.tokens.clear();
  }
}

/** The user id of an account's user when the seed gives none. */
export function derivedUserId(domainName: string, user: Pick<User, "name">): string {
  return derivedHex("user", domainName, user.name).slice(0, 32);
}
