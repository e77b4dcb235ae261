/**
 * Hides the secrets of a call: the values of its secret arguments, and the credentials in use.
 */
import { cleanText } from "../../ground/text";
import type { Arguments, Session } from "../../lifecycle";
import type { EngineReporter } from "./engineMessages";
import type { PropertyPath } from "./propertyPaths";
import { redactTexts } from "./redaction/redact";
import { holdsSecret, redactSent, secretTexts } from "./secrets";

/** Hides the secrets of a call. */
export interface Privacy {
  /** Takes the values of secret arguments, and the credentials in use, out of a text that people will see. Never throws. */
  readonly hide: (text: string) => string;
  /** Takes only the credentials in use out of a text: for values that programs get as a secret. */
  readonly hideCredentials: (text: string) => string;
  /** Tells whether a secret argument can be found in a value. Never throws. */
  readonly holdsSecret: (value: unknown) => boolean;
}

/**
 * The functions that hide the secrets of a call.
 * @param args its arguments, in the clear.
 * @param secretPaths the paths of the secrets in the arguments.
 */
export function privacyOf(
  args: Arguments,
  secretPaths: readonly PropertyPath[],
  { credentials }: Pick<Session, "credentials">,
): Privacy {
  // Most calls say nothing.
  let known: readonly string[] | undefined;
  const secrets = (): readonly string[] => (known ??= secretTexts(args, secretPaths));
  return {
    // A message is not worth an execution.
    hide: (text) => {
      try {
        return cleanText(redactSent(text, credentials.texts, secrets()));
      } catch {
        return "(text not shown: it can't be searched for secrets)";
      }
    },
    hideCredentials: (text) => redactSent(text, credentials.texts),
    holdsSecret: (value) => holdsSecret(value, secrets()),
  };
}

/** A reporter that applies `hide` to every text. */
export function hidingReporter(reporter: EngineReporter, { hide }: Pick<Privacy, "hide">): EngineReporter {
  return {
    explain: (text, isKept) => reporter.explain(hide(text), isKept),
    status: (text) => {
      reporter.status(hide(text));
    },
    info: (text) => {
      reporter.info(hide(text));
    },
    warn: (text) => {
      reporter.warn(hide(text));
    },
  };
}

/** A value without the credentials in use, wherever a service has echoed them in its texts. */
export function withoutCredentials<T>(value: T, { credentials }: Pick<Session, "credentials">): T {
  return redactTexts(value, (text) => redactSent(text, credentials.texts)) as T;
}
