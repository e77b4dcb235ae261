/**
 * What becomes of the settings of a vendor's own Pulumi provider: we read its namespace and its variables, so each of
 * them that decides who acts or where is honoured or refused by name. One table per vendor says which; the
 * documentation's table is compared with it.
 */
import type { Settings } from "./settings";
import { fromConfig, fromEnvironment } from "./settings";

/** What a setting decides: the identity, the place, the transport, or nothing of what this package does. */
export type SettingConcern = "who" | "where" | "how" | "nothing";

/** One setting of a vendor's provider. */
export interface VendorSetting {
  /** Key of the stack configuration in camel case, without its namespace; undefined where there are only variables. */
  readonly key: string | undefined;
  /** Environment variables, in the order in which the official provider reads them. */
  readonly variables: readonly string[];
  readonly concern: SettingConcern;
  /** `refused` stops a deployment that sets it; only settings that concern nothing, or speed alone, are `ignored`. */
  readonly treatment: "honoured" | "refused" | "ignored";
  /** What it does here, or why it is refused or ignored and what to set in its place. One sentence. */
  readonly note: string;
}

/**
 * The settings of a table that are set although they are refused: one sentence each, with the setting's name and the
 * remedy.
 * @param namespace of the stack configuration, e.g. `alicloud`.
 */
export function findRefusedSettings(
  settings: Settings,
  namespace: string,
  table: readonly VendorSetting[],
): string[] {
  return table
    .filter(({ treatment }) => treatment === "refused")
    .flatMap(({ key, variables, note }) => {
      const found =
        (key === undefined ? undefined : fromConfig(settings, `${namespace}:${key}`)) ??
        fromEnvironment(settings, ...variables);
      return found ? [`${found.source} is set, which this package does not support. ${note}`] : [];
    });
}
