/**
 * The tokens of one user, or of an agency: obtained once for all requests that need them at the same time, renewed
 * before they expire, replaced when they are refused.
 */
import type { RequestSummary } from "../../ground/errors";
import { AuthenticationError } from "../../ground/errors";
import type { Clock } from "../../ground/clock";
import type { ObtainedCredentials } from "../temporaryCredentials";
import { TemporaryCredentials } from "../temporaryCredentials";
import type { IamToken, TokenScope } from "./iam";

/** The means to obtain tokens. */
export interface Login {
  /** For messages. */
  readonly summary: RequestSummary;
  /** Logs in. */
  obtain(scope: TokenScope, signal: AbortSignal): Promise<ObtainedCredentials<IamToken>>;
}

/** The tokens of one user, by project. */
export class Tokens {
  readonly #login: Login;
  readonly #clock: Clock;
  readonly #tokens = new Map<string, TemporaryCredentials<IamToken>>();

  constructor(login: Login, clock: Clock) {
    this.#login = login;
    this.#clock = clock;
  }

  /**
   * A token that is good for a project, obtained now where there is none.
   * @throws the error of the login, the same for all waiting requests; RequestInterruptedError when `signal` aborts.
   */
  async get(scope: TokenScope, signal: AbortSignal): Promise<IamToken> {
    if (!this.#find(scope)) await this.#waitForOthers(signal);
    return (this.#find(scope) ?? this.#begin(scope)).get(signal);
  }

  /** Forgets this very token, which was refused; one that has replaced it stays. */
  forget(token: string): void {
    for (const tokens of this.#tokens.values()) tokens.forget((known) => known.token === token);
  }

  // A login under way for this scope, or a token that is there. One obtained by the region's name is as good for its
  // project. All in one go, without a pause in which somebody else could change what was seen.
  #find(scope: TokenScope): TemporaryCredentials<IamToken> | undefined {
    for (const [key, tokens] of this.#tokens) {
      const token = tokens.present;
      if (!token && !tokens.isUnderWay) {
        this.#tokens.delete(key);
      } else if (key === scopeKey(scope) || ("id" in scope && token?.project?.id === scope.id)) {
        return tokens;
      }
    }
    return undefined;
  }

  #begin(scope: TokenScope): TemporaryCredentials<IamToken> {
    const { summary } = this.#login;
    const obtain = (signal: AbortSignal): Promise<ObtainedCredentials<IamToken>> =>
      this.#login.obtain(scope, signal);
    const tokens = new TemporaryCredentials<IamToken>({ summary, obtain }, this.#clock);
    this.#tokens.set(scopeKey(scope), tokens);
    return tokens;
  }

  // A login for another scope may give the wanted token too; and where it is refused because of the user, a second
  // one would be as well: a few wrong passwords lock the user out.
  async #waitForOthers(signal: AbortSignal): Promise<void> {
    const underWay = [...this.#tokens.values()].filter((tokens) => !tokens.present && tokens.isUnderWay);
    await Promise.all(
      underWay.map((tokens) =>
        tokens.get(signal).catch((error: unknown) => {
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
