/**
 * The answer of a call: the state of an execution as outputs that the engine takes and that hold no credential. Never
 * throws, and never is too large: if the whole state cannot be given, the id and the status still are.
 */
import type { StoredState } from "../../lifecycle";
import { emptyOutputs, outputs, repeatedArguments, stateVersion } from "../../lifecycle";
import { failureLimits, toFailureOutputs, toPlainOutputs, wireSizeOf } from "./plainOutputs";
import { redactTexts } from "./redaction/redact";

type Bag = Readonly<Record<string, unknown>>;

/** The call that is answered. */
export interface AnsweredCall {
  /** Its properties as they came. */
  readonly given: Bag;
  /** Names of the outputs that say where the execution is. */
  readonly locationKeys: readonly string[];
  /** True if all that the workflow made is marked as a secret. */
  readonly isHidden: boolean;
  /** True if the answer is an init failure, which has to be small. */
  readonly isFailure: boolean;
  /** Takes secret arguments and credentials out of a text. */
  readonly hide: (text: string) => string;
  /** Takes only the credentials out of a text. */
  readonly hideCredentials: (text: string) => string;
}

// An output that is not in the state is unknown in every preview, and with it all that depends on it.
const noOutputs = {
  ...Object.fromEntries([...outputs, ...repeatedArguments].map((name) => [name, null])),
  ...emptyOutputs,
};

// The service's own outputs: those that can come from a secret are marked as secret, the rest are not.
const derived: ReadonlySet<string> = new Set(["output", "steps", "failure"]);
const said: ReadonlySet<string> = new Set(["rawStatus", "consoleUrl", "truncated"]);

/** The outputs of an execution in this state, with all internal properties of the call. */
export function engineOutputs(state: StoredState, call: AnsweredCall): Record<string, unknown> {
  try {
    const all = { ...noOutputs, ...state, ...internalOf(call.given) };
    const plain = withoutSecretPaths(toPlainOutputs(withoutSecrets(all, call), call.given), call);
    if (!call.isFailure) return plain;
    const small = toFailureOutputs(plain);
    if (wireSizeOf(small) <= failureLimits.all) return small;
  } catch {
    // A value that cannot be shown costs its own display, not the execution.
  }
  return bareOutputs(state, call);
}

function withoutSecrets(all: Bag, { hide, hideCredentials }: AnsweredCall): Bag {
  const redacted = Object.entries(all).map(([name, value]) => {
    if (derived.has(name)) return [name, redactTexts(value, hideCredentials)];
    return [name, said.has(name) ? redactTexts(value, hide) : value];
  });
  return Object.fromEntries(redacted) as Bag;
}

// Paths have the keys of the output in them. If that is a secret, they say no more than its name.
function withoutSecretPaths(
  { altered, ...outs }: Record<string, unknown>,
  { hide, isHidden }: AnsweredCall,
): Record<string, unknown> {
  if (!Array.isArray(altered)) return { ...outs, altered: emptyOutputs.altered };
  const paths = altered.map((path) => {
    const text = String(path);
    return isHidden ? text.replace(/[.[].*$/s, "") : hide(text);
  });
  return { ...outs, altered: [...new Set(paths)] };
}

// The arguments are as they came, so the engine takes them back, and the next comparison finds no change.
function bareOutputs(
  state: StoredState,
  { given, locationKeys, hide }: AnsweredCall,
): Record<string, unknown> {
  const text = (name: string): string | null => {
    try {
      const value = state[name];
      return typeof value === "string" ? value.toWellFormed() : null;
    } catch {
      return null;
    }
  };
  const word = (name: string): string | null => {
    try {
      return hide(text(name) ?? "");
    } catch {
      return "";
    }
  };
  const args = Object.entries(given).filter(([name]) => !name.startsWith("__") && !outputs.includes(name));
  return {
    ...noOutputs,
    ...Object.fromEntries(locationKeys.map((name) => [name, text(name)])),
    ...Object.fromEntries(args),
    executionId: text("executionId"),
    status: text("status"),
    rawStatus: word("rawStatus"),
    startedAt: text("startedAt"),
    settledAt: text("settledAt"),
    steps: [],
    truncated: ["output", "steps", "failure"],
    stateVersion,
    ...internalOf(given),
  };
}

function internalOf(given: Bag): Bag {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith("__")));
}
