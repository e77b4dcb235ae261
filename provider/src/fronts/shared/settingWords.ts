/**
 * The vocabularies of settings: those of a stack's own configuration, and those of the provider of a package, which has
 * its settings in one map per cloud.
 */
import type { SettingWords } from "../../lifecycle";

/** Of a front whose settings are the stack configuration as it stands: `configuration huaweicloud:region`. */
export const stackSettingWords: SettingWords = configurationWords((key) => key);

/**
 * Of a package's default provider, which reads the stack configuration of its own namespace:
 * `configuration runbook:huaweicloud.region`.
 * @param packageName the namespace, e.g. `runbook`.
 */
export function defaultProviderWords(packageName: string): SettingWords {
  return configurationWords((key) => `${packageName}:${dotted(key)}`);
}

/** Of an explicit provider of a package, whose settings a program gives: `provider argument huaweicloud.region`. */
export const explicitProviderWords: SettingWords = {
  one: "provider argument",
  several: "provider arguments",
  write: dotted,
  assign: (key, value) => `provider argument ${dotted(key)} = ${value}`,
};

function configurationWords(write: (key: string) => string): SettingWords {
  return {
    one: "configuration",
    several: "configuration",
    write,
    assign: (key, value, isSecret = false) => {
      const written = write(key);
      // Without the option, the dot would be a part of the name.
      const options = [written.includes(".") ? "--path " : "", isSecret ? "--secret " : ""];
      return `pulumi config set ${options.join("")}${written} ${value}`;
    },
  };
}

function dotted(key: string): string {
  return key.replace(":", ".");
}
