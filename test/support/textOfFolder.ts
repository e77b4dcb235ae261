/** All files of a folder as one text: to search for texts that must not be in any of them. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Empty where it has no files. */
export function textOfFolder(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}
