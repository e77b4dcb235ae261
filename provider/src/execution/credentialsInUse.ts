/**
 * The credentials that a session knows: every secret key, token and password that the session reads or obtains, so that
 * none of them is shown or stored when a service echoes it. Ids of access keys are no secrets: errors need them.
 */
import type { Settings } from "./settings";

// Tokens are renewed: a deployment of days has more than anybody echoes.
const maxTexts = 200;

/** The secrets of a session's credentials. */
export class CredentialsInUse {
  #texts: readonly string[] = [];

  /** All of them; another list where there is a new one. */
  get texts(): readonly string[] {
    return this.#texts;
  }

  /** Adds secrets; absent ones and known ones change nothing. */
  add(...secrets: readonly (string | undefined)[]): void {
    for (const secret of secrets) {
      if (secret === undefined || secret === "" || this.#texts.includes(secret)) continue;
      this.#texts = [...this.#texts, secret].slice(-maxTexts);
    }
  }
}

// Secrets are recognised by their names: `secretKey`, `HUAWEICLOUD_SDK_SK`, `securityToken`, `HW_USER_PASSWORD`. The
// place of a token is not secret.
const isSecret = /secret|password|token|(^|[_:])sk$/i;
const isPlace = /(file|uri|url|path|endpoint|duration|expiration)$/i;

/** The same settings; a value that is read under the name of a secret is known as a secret from then on. */
export function rememberingSecrets(settings: Settings, credentials: CredentialsInUse): Settings {
  const remember = (name: string, value: string | undefined): string | undefined => {
    if (isSecret.test(name) && !isPlace.test(name)) credentials.add(value);
    return value;
  };
  return {
    config: (key) => remember(key, settings.config(key)),
    environment: (name) => remember(name, settings.environment(name)),
    readFile: (path) => settings.readFile(path),
    words: settings.words,
  };
}
