/**
 * Settings of the present process: a configuration getter (the front's), the environment, and files.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { SettingWords, Settings } from "../../lifecycle";

/**
 * Settings with the given configuration. Nothing is read before it is asked for, and nothing is kept.
 * @param words the front's names for the settings of that configuration.
 */
export function processSettings(config: (key: string) => string | undefined, words: SettingWords): Settings {
  return {
    words,
    config: (key) => nonEmpty(config(key)),
    environment: (name) => nonEmpty(process.env[name]),
    readFile: (path) => {
      try {
        return readFileSync(path.startsWith("~/") ? join(homedir(), path.slice(2)) : path, "utf8");
      } catch {
        return undefined;
      }
    },
  };
}

/** The folder of the journal of starts: beside Pulumi's own files. */
export function journalFolder(): string {
  return join(nonEmpty(process.env["PULUMI_HOME"]) ?? join(homedir(), ".pulumi"), "runbook", "journal");
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
