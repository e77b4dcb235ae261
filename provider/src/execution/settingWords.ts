/**
 * The front's names for the settings of its configuration: an error names a setting as the reader writes it. Keys are
 * the project's own everywhere below the fronts, e.g. `huaweicloud:endpoints.aom`.
 */

/** The vocabulary of a front. */
export interface SettingWords {
  /** One setting, without an article: `configuration`, which the setting's name follows. */
  readonly one: string;
  /** Several settings, or all of them, without an article: `configuration`. */
  readonly several: string;
  /** A setting's name as its reader writes it: `huaweicloud:endpoints.aom`. */
  write(key: string): string;
  /**
   * The command or code that sets a setting: `pulumi config set --secret huaweicloud:secretKey …`.
   * @param isSecret false by default.
   */
  assign(key: string, value: string, isSecret?: boolean): string;
}

/** A setting as a part of a sentence: `configuration huaweicloud:region`. */
export function nameSetting(words: SettingWords, key: string): string {
  return `${words.one} ${words.write(key)}`;
}
