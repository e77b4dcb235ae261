// Compiles the two packages and rolls up their types, and does not even start the compiler when nothing has changed since
// it last ran.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ensurePackageChangelogs } from "./packageChangelog.mjs";
import { SetupError } from "./progress.mjs";
import { ensureRolledTypes, entriesOf } from "./rolledTypes.mjs";
import { runCommand } from "./runCommand.mjs";
import { removeStaleOutputs } from "./staleOutputs.mjs";

const PROJECTS = ["provider", "emulator"];
const CONFIGURATION = [
  "tsconfig.json",
  "tsconfig.base.json",
  "package-lock.json",
  "node_modules/.package-lock.json",
  "tools/setup/rolledTypes.mjs",
  "tools/setup/nestedNamespaces.mjs",
];

/**
 * Compiles the sources that have changed.
 * @param {string} root
 * @param {(text: string) => void} say
 * @returns {Promise<string>} a description of the work done
 */
export async function ensureBuilt(root, say) {
  await ensurePackageChangelogs(root, PROJECTS);
  // In node_modules, because a new install may bring another compiler and because it is in nobody's way there.
  const stampFile = join(root, "node_modules", ".cache", "runbook-build");
  const stamp = await stampOfSources(root);
  const entries = await Promise.all(PROJECTS.map((project) => entriesOf(join(root, project))));
  const isBuilt =
    PROJECTS.every((project) => existsSync(join(root, project, "dist", ".tsbuildinfo"))) &&
    entries.flat().every(({ rolled }) => existsSync(rolled));
  if (isBuilt && (await readFile(stampFile, "utf8").catch(() => "")) === stamp) {
    return "TypeScript is compiled";
  }

  say("compiling TypeScript, usually about 5 s");
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const compiled = await runCommand(process.execPath, [compiler, "--build"], { cwd: root });
  if (!compiled.ok) {
    throw new SetupError(`The sources do not compile:\n${compiled.stdout.trim() || compiled.lastLines}`);
  }
  for (const project of PROJECTS) {
    await removeStaleOutputs(join(root, project));
    await ensureRolledTypes(join(root, project), say);
  }
  await mkdir(dirname(stampFile), { recursive: true });
  await writeFile(stampFile, stamp);
  return "TypeScript compiled";
}

/**
 * Stands for the name, size and time of every file that the compiler reads of ours.
 * @param {string} root
 * @returns {Promise<string>}
 */
async function stampOfSources(root) {
  const files = CONFIGURATION.map((name) => join(root, name));
  for (const project of PROJECTS) {
    files.push(join(root, project, "tsconfig.json"), join(root, project, "package.json"));
    const entries = await readdir(join(root, project, "src"), { recursive: true, withFileTypes: true });
    files.push(
      ...entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)),
    );
  }
  const hash = createHash("sha256");
  for (const file of files.sort()) {
    const found = await stat(file).catch(() => undefined);
    hash.update(`${file} ${found?.size} ${found?.mtimeMs}\n`);
  }
  return hash.digest("hex");
}
