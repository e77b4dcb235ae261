/**
 * The tokens of one user, or of an agency: obtained once for all who need them at the same time, renewed before they expire, replaced
 * when they are refused.
 */
import type { RequestSummary } from "../../errors";
import { AuthenticationError } from "../../errors";
import type { Clock } from "../../polling/clock";
import type { IamToken, TokenScope } from "./iam";
import type { SharedLookup } from "../sharedLookup";
import { shareLookup } from "../sharedLookup";

// A request that begins just before the expiry must still be accepted.
const renewBeforeExpiryMs = 10 * 60_000;

/** How tokens are obtained. */
export interface Login {
  /** For messages. */
  readonly summary: RequestSummary;
  /** Logs in. */
  obtain(scope: TokenScope, signal: AbortSignal): Promise<IamToken>;
}

/** The tokens of one user, by project. */
export class Tokens {
  readonly #login: Login;
  readonly #clock: Clock;
  readonly #logins = new Map<string, SharedLookup<IamToken>>();

  constructor(login: Login, clock: Clock) {
    this.#login = login;
    this.#clock = clock;
  }

  /**
   * A token that is good for a project, obtained now where there is none.
   * @throws what the login throws, once for all who wait for it; RequestInterruptedError where `signal` aborts.
   */
  async get(scope: TokenScope, signal: AbortSignal): Promise<IamToken> {
    if (!this.#find(scope)) await this.#waitForOthers(signal);
    const login =
      this.#find(scope) ??
      shareLookup(this.#logins, scopeKey(scope), this.#login.summary, (own) =>
        this.#login.obtain(scope, own),
      );
    return login.wait(signal);
  }

  /** Forgets this very token, which was refused; one that has replaced it stays. */
  forget(token: string): void {
    for (const [key, login] of this.#logins) {
      if (login.value?.token === token) this.#logins.delete(key);
    }
  }

  // A login under way for this scope, or a token that is there. One obtained by the region's name is as good for its
  // project. All in one go, without a pause in which somebody else could change what was seen.
  #find(scope: TokenScope): SharedLookup<IamToken> | undefined {
    for (const [key, login] of this.#logins) {
      const token = login.value;
      if (token !== undefined && token.expiresAtMs - this.#clock.now() <= renewBeforeExpiryMs) {
        this.#logins.delete(key);
      } else if (key === scopeKey(scope) || ("id" in scope && token?.project?.id === scope.id)) {
        return login;
      }
    }
    return undefined;
  }

  // A login for another scope may give the wanted token too; and where it is refused because of the user, a second
  // one would be as well: a few wrong passwords lock the user out.
  async #waitForOthers(signal: AbortSignal): Promise<void> {
    const underWay = [...this.#logins.values()].filter(({ value }) => value === undefined);
    await Promise.all(
      underWay.map((login) =>
        login.wait(signal).catch((error: unknown) => {
          if (signal.aborted || isRefusedUser(error)) throw error;
        }),
      ),
    );
  }
}

// IAM answers 401 also where the project does not exist, which says nothing about other projects.
function isRefusedUser(error: unknown): boolean {
  return (
    error instanceof AuthenticationError &&
    error.status === 401 &&
    !/project/i.test(error.serviceMessage ?? "")
  );
}

function scopeKey(scope: TokenScope): string {
  if ("account" in scope) return "account";
  return "id" in scope ? `id:${scope.id}` : `name:${scope.name}`;
}
