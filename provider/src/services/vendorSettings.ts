/**
 * The treatment of the settings of a vendor's own Pulumi provider. We read its namespace and its variables, so each
 * setting that decides who acts or where is honoured or refused by name. One table per vendor has the treatments; the
 * documentation's table is compared with it.
 */
import { ConfigurationError } from "../ground/errors";
import type { ArgumentProblem } from "../execution/argument";
import type { Settings } from "../execution/settings";
import { fromConfig, fromEnvironment } from "../execution/settings";

/** The concern of a setting: the identity, the place, the transport, or nothing of this package's work. */
export type SettingConcern = "who" | "where" | "how" | "nothing";

/** One setting of a vendor's provider. */
export interface VendorSetting {
  /** Key of the stack configuration in camel case, without its namespace; undefined if there are only variables. */
  readonly key: string | undefined;
  /** Environment variables, in the order in which the official provider reads them. */
  readonly variables: readonly string[];
  readonly concern: SettingConcern;
  /** `refused` stops a deployment that sets it; only settings that concern nothing, or speed alone, are `ignored`. */
  readonly treatment: "honoured" | "refused" | "ignored";
  /**
   * Values of a refused setting that ask for this package's behaviour anyway, in lower case.
   * @default none
   */
  readonly allowed?: readonly string[];
  /**
   * The effect here, or the reason why the setting is refused or ignored and the setting to use in its place. One
   * sentence.
   */
  readonly note: string;
}

/** A setting with the official provider's effect. Parameters as in {@link VendorSetting}. */
export function honoured(
  concern: SettingConcern,
  key: string | undefined,
  variables: readonly string[],
  note: string,
): VendorSetting {
  return { key, variables, concern, treatment: "honoured", note };
}

/** A setting that stops a deployment. Parameters as in {@link VendorSetting}. */
export function refused(
  concern: SettingConcern,
  key: string | undefined,
  variables: readonly string[],
  note: string,
  allowed?: readonly string[],
): VendorSetting {
  return { key, variables, concern, treatment: "refused", note, ...(allowed ? { allowed } : {}) };
}

/** A setting without effect. Parameters as in {@link VendorSetting}. */
export function ignored(
  concern: "how" | "nothing",
  key: string | undefined,
  variables: readonly string[],
  note: string,
): VendorSetting {
  return { key, variables, concern, treatment: "ignored", note };
}

/** The settings of one vendor. */
export interface VendorSettings {
  /** Namespace of the stack configuration, e.g. `alicloud`. */
  readonly namespace: string;
  readonly table: readonly VendorSetting[];
}

/**
 * The settings that are set although they are refused, for check: a sentence each, with the setting's name and the remedy.
 * @throws ConfigurationError when both spellings of one are set and differ.
 */
export function findRefusedSettings(
  settings: Settings,
  { namespace, table }: VendorSettings,
): ArgumentProblem[] {
  return table.flatMap(({ key, variables, treatment, note, allowed = [] }) => {
    if (treatment !== "refused") return [];
    const found =
      (key === undefined ? undefined : fromConfig(settings, `${namespace}:${key}`)) ??
      fromEnvironment(settings, ...variables);
    if (!found || allowed.includes(found.value.trim().toLowerCase())) return [];
    // Code in the documentation's table is no code in a terminal, and may be another front's name of a setting.
    const remedy = note.replace(/`([^`]*)`/g, (_, code: string) =>
      code.startsWith(`${namespace}:`) ? settings.words.write(code) : code,
    );
    const reason = `${found.source} is set, which this package does not support. ${remedy}`;
    return [{ argument: undefined, reason }];
  });
}

/**
 * Refuses settings for every other use.
 * @throws ConfigurationError when one is set that is refused.
 */
export function demandNoRefusedSettings(settings: Settings, vendor: VendorSettings): void {
  const [first] = findRefusedSettings(settings, vendor);
  if (first) throw new ConfigurationError(first.reason);
}
