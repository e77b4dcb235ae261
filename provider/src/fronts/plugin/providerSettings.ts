/**
 * The provider's own inputs: one map of settings per vendor. They come as maps or as JSON texts, as the language has
 * it, and with no secret marked. Secrets are marked here, because otherwise they would rest in the state in the clear.
 */
import { isMap, unknownValue } from "../../lifecycle";
import { vendors } from "../../services/registry";
import { camelCase, nearestName, secretSettings } from "../shared/settingNames";
import { secretOf, signatureKey, unknownTexts } from "../shared/wireMarkers";
import { openValue } from "./properties";

type Bag = Readonly<Record<string, unknown>>;

/** Something wrong with a setting. */
export interface SettingProblem {
  /** The provider's input. */
  readonly property: string;
  /** The problem and the remedy: a sentence that names the setting. */
  readonly reason: string;
}

// The inputs that SDKs and engines put beside the settings.
const foreignInputs: ReadonlySet<string> = new Set(["version", "pluginDownloadURL"]);

// Settings that the vendors' own providers do not have, or under another name.
const ownSettings: Readonly<Record<string, readonly string[]>> = {
  huaweicloud: ["allowInsecureHttp", "assumeRoles", "requestLimits"],
  alicloud: ["assumeRoles", "requestLimits", "signature"],
  aws: ["allowInsecureHttp", "requestLimits"],
};

const known: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  vendors.map(({ namespace, table }) => {
    // Fields of an object have the object's key before their own.
    const keys = table.flatMap(({ key }) => (key === undefined || key.includes(".") ? [] : [key]));
    return [namespace, new Set([...keys, ...(ownSettings[namespace] ?? [])])];
  }),
);

/** The inputs as the engine is to keep them: in the shape in which they came, with all secrets marked. */
export function markSecretSettings(inputs: Bag): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, known.has(name) ? markSecrets(value) : value]),
  );
}

/** The problems of the inputs; empty if there are none. A value that is not known yet passes. */
export function findSettingProblems(inputs: Bag): SettingProblem[] {
  return Object.entries(inputs).flatMap(([property, value]): SettingProblem[] => {
    if (foreignInputs.has(property) || value == null) return [];
    const names = known.get(property);
    if (!names) {
      return [
        {
          property,
          reason: `"${property}" is not a setting of this provider${suggest(property, known.keys())}`,
        },
      ];
    }
    const settings = openSettings(value);
    if (settings === "unknown") return [];
    if (settings === undefined) {
      const remedy = `set its members, for example by: pulumi config set --path runbook:${property}.region <region>`;
      return [
        { property, reason: `"${property}" must be a map of settings, or the JSON text of one: ${remedy}` },
      ];
    }
    return Object.entries(settings).flatMap(([name, setting]) => problemsOf(property, name, setting, names));
  });
}

/** The settings by the names of the stack's configuration, as the services read them: text, and JSON text for the rest. */
export function settingsByKey(inputs: Bag): (key: string) => string | undefined {
  const all = new Map<string, string>();
  for (const [namespace, value] of Object.entries(inputs)) {
    const settings = known.has(namespace) ? openSettings(value) : undefined;
    if (settings === undefined || settings === "unknown") continue;
    for (const [name, setting] of Object.entries(settings)) {
      if (setting == null || setting === unknownValue) continue;
      all.set(`${namespace}:${name}`, typeof setting === "string" ? setting : JSON.stringify(setting));
    }
  }
  return (key) => all.get(key);
}

/**
 * True if two sets of inputs mean the same: the order of keys says nothing, and neither do the keys that SDKs keep
 * for themselves.
 */
export function haveSameMeaning(a: Bag, b: Bag): boolean {
  return canonical(a) === canonical(b);
}

function problemsOf(
  property: string,
  name: string,
  value: unknown,
  names: ReadonlySet<string>,
): SettingProblem[] {
  if (!names.has(camelCase(name))) {
    return [
      { property, reason: `"${property}.${name}" is not a setting of this provider${suggest(name, names)}` },
    ];
  }
  const path = unsafeNumber(value, `${property}.${name}`);
  if (path === undefined) return [];
  return [
    {
      property,
      reason: `"${path}" is too large for a number, so some of its digits are lost: write it as text, in quotes`,
    },
  ];
}

function suggest(name: string, names: Iterable<string>): string {
  const all = [...names];
  const nearest = nearestName(name, all);
  return nearest === undefined ? `: it has ${all.sort().join(", ")}` : `: did you mean "${nearest}"?`;
}

function unsafeNumber(value: unknown, path: string): string | undefined {
  if (typeof value === "number")
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? path : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const found = unsafeNumber(item, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

// The map in the clear; undefined for another value. Its members are never parsed: a text is a text.
function openSettings(value: unknown): Bag | "unknown" | undefined {
  const opened = openValue(value);
  if (opened === unknownValue) return "unknown";
  const map = typeof opened === "string" ? openValue(parsed(opened)) : opened;
  if (map === unknownValue) return "unknown";
  return isMap(map) ? map : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function markSecrets(value: unknown): unknown {
  if (typeof value === "string") return hasSecret(parsed(value)) ? secretOf(value) : value;
  if (!isMap(value) || signatureKey in value) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, setting]) => [
      name,
      isSecretSetting(name, setting) && !isMarked(setting) ? secretOf(setting) : setting,
    ]),
  );
}

// In a text only all of it can be marked.
function hasSecret(value: unknown): boolean {
  return (
    isMap(value) &&
    Object.entries(value).some(([name, item]) => isSecretSetting(name, item) || isMarked(item))
  );
}

function isSecretSetting(name: string, value: unknown): boolean {
  return secretSettings.has(camelCase(name)) && value != null && !unknownTexts.has(value);
}

function isMarked(value: unknown): boolean {
  return isMap(value) && signatureKey in value;
}

function canonical(value: unknown, depth = 0): string {
  const opened = openValue(value);
  if (Array.isArray(opened)) return `[${opened.map((item) => canonical(item, depth + 1)).join()}]`;
  if (!isMap(opened)) return opened === unknownValue ? "unknown" : JSON.stringify(opened ?? null);
  const entries = Object.entries(opened).filter(([key]) => depth > 0 || !key.startsWith("__"));
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, depth + 1)}`)
    .join()}}`;
}
