/**
 * The guards of the official provider: accounts in which nothing may be done. The ARN of the requested resource tells
 * its account.
 */
import { ConfigurationError } from "../../ground/errors";
import type { Settings } from "../../execution/settings";
import { fromConfig } from "../../execution/settings";

/**
 * Sees that the settings allow an account.
 * @throws ConfigurationError when they do not, or both guards are set, or one of them is no list.
 */
export function checkAccount(settings: Settings, accountId: string): void {
  const allowed = accounts(settings, "aws:allowedAccountIds");
  const forbidden = accounts(settings, "aws:forbiddenAccountIds");
  if (allowed && forbidden) {
    throw new ConfigurationError(
      `${allowed.source} and ${forbidden.source} are both set: remove one of them.`,
    );
  }
  if (allowed && !allowed.ids.includes(accountId)) {
    throw new ConfigurationError(
      `the state machine is in account ${accountId}, which ${allowed.source} does not have: correct one of them.`,
    );
  }
  if (forbidden?.ids.includes(accountId) === true) {
    throw new ConfigurationError(
      `the state machine is in account ${accountId}, which ${forbidden.source} forbids: correct one of them.`,
    );
  }
}

function accounts(
  settings: Settings,
  key: string,
): { readonly ids: readonly string[]; readonly source: string } | undefined {
  const found = fromConfig(settings, key);
  if (!found) return undefined;
  let value: unknown;
  try {
    // Text, so that ids keep their zeros.
    value = JSON.parse(found.value.replace(/(?<=[[,\s])\d{12}(?=[\],\s])/g, '"$&"'));
  } catch {
    value = undefined;
  }
  if (Array.isArray(value) && value.length === 0) return undefined;
  if (!Array.isArray(value) || !value.every((id) => typeof id === "string" && /^\d{12}$/.test(id))) {
    const example = settings.words.assign(`${key}[0]`, "123456789012");
    throw new ConfigurationError(
      `${found.source} is no list of account ids of twelve digits. Set it by: ${example}`,
    );
  }
  return { ids: value as string[], source: found.source };
}
