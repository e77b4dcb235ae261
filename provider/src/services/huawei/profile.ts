/**
 * The vendor's profile file (INI, section [basic]), shared by credentials and location.
 */
import { ConfigurationError } from "../../ground/errors";
import { isJsonObject } from "../../http/answer";
import type { Settings } from "../../execution/settings";

const defaultPath = "~/.huaweicloud/credentials";

/** The [basic] section of the profile file. */
export interface Profile {
  readonly path: string;
  /** Keys as in the file: `ak`, `sk`, `security_token`, `project_id`, `iam_endpoint`; empty ones are absent. */
  readonly values: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the profile; undefined if there is none.
 * @throws ConfigurationError when HUAWEICLOUD_SDK_CREDENTIALS_FILE names a file that is not there.
 */
export function readProfile(settings: Settings): Profile | undefined {
  const named = settings.environment("HUAWEICLOUD_SDK_CREDENTIALS_FILE");
  const path = named ?? defaultPath;
  const text = settings.readFile(path);
  if (text === undefined) {
    if (named === undefined) return undefined;
    throw new ConfigurationError(
      `the file that HUAWEICLOUD_SDK_CREDENTIALS_FILE names (${named}) can't be read: correct the variable or unset it.`,
    );
  }
  // Loaded only here: most processes have no profile file.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parse } = require("ini") as typeof import("ini");
  const section: unknown = parse(text)["basic"];
  const entries = isJsonObject(section) ? Object.entries(section) : [];
  const values = entries.filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "",
  );
  return { path, values: Object.fromEntries(values) };
}
