/** All accounts, and the tokens and temporary keys that have been issued to the principals that act in them. */
import type { Clock } from "../ground/clock";
import type { Account, Cloud, IdentityProvider } from "./account";
import { newKey, newToken } from "./keyForms";
import type { KeyForm, KeyParts } from "./keyForms";
import { lookUp } from "./principal";
import type { Principal, PrincipalRef } from "./principal";

/** The scope in which a token of Huawei IAM is valid. */
export type TokenScope =
  | { readonly kind: "project"; readonly projectId: string }
  | { readonly kind: "domain" }
  /** A federated user's first token: only good for getting another one, or keys. */
  | { readonly kind: "unscoped" };

/** A token as IAM has issued it. Times in epoch milliseconds. */
export interface IssuedToken {
  readonly holder: PrincipalRef;
  readonly scope: TokenScope;
  /** The methods by which its bearer has authenticated, in IAM's words. */
  readonly methods: readonly string[];
  readonly issuedAt: number;
  expiresAt: number;
}

/** Temporary keys as an STS has issued them. Times in epoch milliseconds. */
export interface TemporaryKey extends KeyParts {
  readonly cloud: Cloud;
  readonly holder: PrincipalRef;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** A key that a request may be signed with. */
export interface SigningKey {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken: string | undefined;
  /** `undefined`: never. */
  readonly expiresAt: number | undefined;
  readonly holder: PrincipalRef;
}

/** The lifetime of a token of Huawei IAM. */
export const tokenLifetimeMs = 24 * 3600 * 1000;

/** More than any test needs; the oldest are forgotten first, so that a long-lived emulator stays small. */
const mostCredentials = 20_000;

/** The accounts, with the tokens and keys that their users have. */
export class AccountDirectory {
  #accounts: readonly Account[];
  readonly #seeded: readonly Account[];
  readonly #clock: Clock;
  readonly #tokens = new Map<string, IssuedToken>();
  readonly #keys = new Map<string, TemporaryKey>();
  /** The times at which keys were expired early, by security token. */
  readonly #expired = new Map<string, number>();

  constructor(accounts: readonly Account[], clock: Clock) {
    this.#accounts = accounts;
    this.#seeded = accounts;
    this.#clock = clock;
  }

  /** The first one is where things belong that name none. */
  get accounts(): readonly Account[] {
    return this.#accounts;
  }

  /** Adds an account, or replaces the one of the same domain name. */
  put(account: Account): void {
    const { domainName } = account;
    const known = this.#accounts.some((other) => other.domainName === domainName);
    this.#accounts = known
      ? this.#accounts.map((other) => (other.domainName === domainName ? account : other))
      : [...this.#accounts, account];
  }

  /** Takes an account out; its tokens and keys stop working. */
  remove(account: Account): void {
    this.#accounts = this.#accounts.filter((other) => other !== account);
  }

  /** An account by Huawei Cloud's id or name; the id counts when both are given. */
  byDomain(wanted: { id?: string | undefined; name?: string | undefined }): Account | undefined {
    return this.#accounts.find((account) =>
      wanted.id === undefined ? account.domainName === wanted.name : account.domainId === wanted.id,
    );
  }

  /** An account by Alibaba Cloud's id. */
  byAccountId(accountId: string): Account | undefined {
    return this.#accounts.find((account) => account.accountId === accountId);
  }

  /** An identity provider by its name, which is unique, with its account. */
  identityProvider(
    name: string,
  ): { readonly account: Account; readonly provider: IdentityProvider } | undefined {
    for (const account of this.#accounts) {
      const provider = account.identityProviders.find((candidate) => candidate.name === name);
      if (provider) return { account, provider };
    }
    return undefined;
  }

  /** The principal that a credential stands for now; `undefined` when the account, the user or the role is gone. */
  principal(ref: PrincipalRef): Principal | undefined {
    const account = this.byDomain({ name: ref.domain });
    return account && lookUp(account, ref);
  }

  /** A permanent key, or a temporary one of that cloud. */
  signingKey(accessKey: string, cloud: Cloud): SigningKey | undefined {
    const temporary = this.#keys.get(accessKey);
    if (temporary) {
      const expiresAt = this.#expired.get(temporary.securityToken) ?? temporary.expiresAt;
      return temporary.cloud === cloud ? { ...temporary, expiresAt } : undefined;
    }
    for (const { domainName: domain, accessKeys } of this.#accounts) {
      const key = accessKeys.find((candidate) => candidate.accessKey === accessKey);
      if (!key) continue;
      const { secretKey, securityToken, userName: user } = key;
      const holder: PrincipalRef = user === "" ? { kind: "root", domain } : { kind: "user", domain, user };
      const expiresAt = this.#expired.get(securityToken ?? "");
      return { accessKey, secretKey, securityToken, expiresAt, holder };
    }
    return undefined;
  }

  /** True if the security token belongs to any key. */
  knowsSecurityToken(securityToken: string): boolean {
    const isIt = (key: { readonly securityToken?: string | undefined }): boolean =>
      key.securityToken === securityToken;
    return (
      [...this.#keys.values()].some(isIt) || this.#accounts.some(({ accessKeys }) => accessKeys.some(isIt))
    );
  }

  /**
   * Issues a token of Huawei IAM.
   * @param expiresAt - epoch milliseconds; by default after 24 hours of emulated time
   */
  issueToken(
    holder: PrincipalRef,
    scope: TokenScope,
    methods: readonly string[],
    expiresAt?: number,
  ): { token: string; issued: IssuedToken } {
    const issuedAt = this.#clock.now();
    const until = expiresAt ?? issuedAt + tokenLifetimeMs;
    const issued: IssuedToken = { holder, scope, methods, issuedAt, expiresAt: until };
    const token = newToken();
    remember(this.#tokens, token, issued);
    return { token, issued };
  }

  /** Issues temporary keys with a life in seconds of emulated time. */
  issueKey(holder: PrincipalRef, form: KeyForm, seconds: number): TemporaryKey {
    const issuedAt = this.#clock.now();
    const cloud = form === "alibabaSts" ? "alibaba" : "huawei";
    const expiresAt = issuedAt + seconds * 1000;
    const key: TemporaryKey = { ...newKey(form), cloud, holder, issuedAt, expiresAt };
    remember(this.#keys, key.accessKey, key);
    return key;
  }

  /** A token that was issued, also after it expired; `undefined` for an unknown token. */
  token(token: string): IssuedToken | undefined {
    return this.#tokens.get(token);
  }

  /** Makes a token expire now; `undefined` for an unknown one. */
  expireToken(token: string): IssuedToken | undefined {
    const issued = this.#tokens.get(token);
    if (issued) issued.expiresAt = Math.min(issued.expiresAt, this.#clock.now());
    return issued;
  }

  /** Makes the key with this security token expire now; answers when it has expired, `undefined` for an unknown one. */
  expireKey(securityToken: string): number | undefined {
    if (!this.knowsSecurityToken(securityToken)) return undefined;
    const expiredAt = this.#expired.get(securityToken) ?? this.#clock.now();
    this.#expired.set(securityToken, expiredAt);
    return expiredAt;
  }

  /** Back to the accounts of the seed; tokens and temporary keys are worthless. */
  reset(): void {
    this.#accounts = this.#seeded;
    this.#tokens.clear();
    this.#keys.clear();
    this.#expired.clear();
  }
}

function remember<T>(map: Map<string, T>, name: string, value: T): void {
  map.set(name, value);
  if (map.size <= mostCredentials) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
