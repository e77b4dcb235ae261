/** The version of this package, for `--version` and the control API. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Reads the version from the package's own package.json.
 * @throws {Error} when the package is not whole
 */
export function packageVersion(): string {
  const text = readFileSync(join(__dirname, "..", "..", "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
