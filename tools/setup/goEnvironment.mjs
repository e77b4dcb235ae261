// Go programs in the cache, each built once for every content of its sources: the vendor's Go client for the tests in
// which it talks to the emulator, the generator of SDKs, and actionlint.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureCached } from "./cache.mjs";
import { goEnvironment } from "./goBuild.mjs";
import { SetupError } from "./progress.mjs";
import { runCommand } from "./runCommand.mjs";

/** The oldest Go that reads the `go.mod` of any folder, and fetches the Go that it asks for. */
const OLDEST_GO = { major: 1, minor: 21 };
const SOURCES = /^go\.(mod|sum)$|\.go$/;

/**
 * A Go program to build.
 * @typedef {object} GoProgram
 * @property {string} folder its sources, with go.mod and go.sum
 * @property {string} name of the executable
 * @property {string} description for the screen
 */

/** @type {(folder: string) => GoProgram} */
export const vendorsClient = (folder) => ({
  folder,
  name: "vendors-client",
  description: "the vendor's Go client",
});

/** @type {(folder: string) => GoProgram} */
export const sdkGenerator = (folder) => ({
  folder,
  name: "sdk-generator",
  description: "the generator of SDKs",
});

/**
 * Builds a program.
 * @param {GoProgram & { progress: import("./progress.mjs").Progress, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<string | undefined>} the executable; undefined where no Go of at least 1.21 is
 * @throws {SetupError} when Go is there but cannot build it
 */
export async function ensureGoProgram({ folder, name, description, progress, env = process.env }) {
  /** @type {string | undefined} */
  let program;
  await progress.step("go", async (say) => {
    const go = goEnvironment(env);
    const version = await goVersion(folder, go);
    if (version === undefined) {
      return `no Go of at least 1.21 here: ${description} is skipped`;
    }
    const binary = `${name}${process.platform === "win32" ? ".exe" : ""}`;
    const made = await ensureCached({
      name: await goBuildName(name, folder, version),
      make: async (unfinished) => {
        say(`building ${description}, usually about 30 s`);
        await buildGo(folder, join(unfinished, binary), { description, env: go });
      },
      say,
      env,
    });
    program = join(made, binary);
    return `${description}, built with ${version}`;
  });
  return program;
}

/**
 * Names the build of a folder in the cache: another version of Go or other sources are another entry.
 * @param {string} name
 * @param {string} folder
 * @param {string} version of Go
 * @returns {Promise<string>}
 */
export async function goBuildName(name, folder, version) {
  const hash = createHash("sha256").update(`${version}\0`);
  for (const file of (await readdir(folder)).filter((name) => SOURCES.test(name)).sort()) {
    hash.update(`${file}\0`).update((await readFile(join(folder, file), "utf8")).replaceAll("\r\n", "\n"));
  }
  return `go-${name}-${process.platform}-${process.arch}-${hash.digest("hex").slice(0, 12)}`;
}

/**
 * The Go of this machine.
 * @param {string} folder the effective version depends on its go.mod
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>} undefined where there is none, or an older one than 1.21
 */
export async function goVersion(folder, env) {
  const answer = await runCommand("go", ["env", "GOVERSION"], { cwd: folder, env, timeoutMs: 20_000 });
  const [, major, minor] = /^go(\d+)\.(\d+)/m.exec(answer.stdout)?.map(Number) ?? [];
  const isEnough =
    answer.ok &&
    major !== undefined &&
    minor !== undefined &&
    (major > OLDEST_GO.major || minor >= OLDEST_GO.minor);
  return isEnough ? answer.stdout.trim() : undefined;
}

/**
 * Compiles programs of a folder's module.
 * @param {string} source
 * @param {string} output the executable; with a slash at its end, the folder for several
 * @param {{ description: string, env: NodeJS.ProcessEnv, packages?: readonly string[] }} options `packages`: by default the
 *   folder's own
 * @returns {Promise<void>}
 * @throws {SetupError} when Go cannot compile them
 */
export async function buildGo(source, output, { description, env, packages = ["."] }) {
  const flags = ["-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags=-s -w"];
  const built = await runCommand("go", ["build", ...flags, "-o", output, ...packages], { cwd: source, env });
  if (!built.ok) {
    throw new SetupError(
      `Building ${description} failed:\n${built.lastLines}`,
      "If Go could not reach its module proxy, check the network and GOPROXY, then run it again.",
    );
  }
}
