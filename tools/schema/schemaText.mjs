// The text of plugin/schema.json, from the compiled argument tables and the types in the sources.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { makePackageSchema } from "./packageSchema.mjs";

/**
 * Makes the text. The packages have to be compiled.
 * @param {string} repository its root
 * @returns {Promise<string>}
 */
export async function schemaText(repository) {
  const compiled = join(repository, "provider", "dist");
  const { services } = await import(pathToFileURL(join(compiled, "services", "registry.js")).href);
  const { argumentSpecs } = await import(
    pathToFileURL(join(compiled, "execution", "commonArguments.js")).href
  );
  const { version } = JSON.parse(await readFile(join(repository, "provider", "package.json"), "utf8"));
  const tables = Object.fromEntries(
    Object.entries(services).map(([name, definition]) => [name, argumentSpecs(definition)]),
  );
  return `${JSON.stringify(makePackageSchema({ repository, version, tables }), null, 2)}\n`;
}
