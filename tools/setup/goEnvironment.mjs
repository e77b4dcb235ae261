// A Go program in the cache, built once for every content of its sources, for the tests in which the vendor's Go client
// talks to the emulator.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureCached } from "./cache.mjs";
import { goEnvironment } from "./goBuild.mjs";
import { SetupError } from "./progress.mjs";
import { runCommand } from "./runCommand.mjs";

const OLDEST_GO = { major: 1, minor: 21 };
const SOURCES = /^go\.(mod|sum)$|\.go$/;
const BINARY = `conformance${process.platform === "win32" ? ".exe" : ""}`;

/**
 * Builds the program in a folder.
 * @param {{ folder: string, progress: import("./progress.mjs").Progress, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<string | undefined>} the executable; undefined where no Go of at least 1.21 is
 */
export async function ensureGoProgram({ folder, progress, env = process.env }) {
  /** @type {string | undefined} */
  let program;
  await progress.step("go client", async (say) => {
    const go = goEnvironment(env);
    const version = await goVersion(folder, go);
    if (version === undefined) {
      return "no Go of at least 1.21 here: what needs it is skipped";
    }
    const hash = createHash("sha256").update(`${version}\0`);
    for (const file of (await readdir(folder)).filter((name) => SOURCES.test(name)).sort()) {
      hash.update(`${file}\0`).update((await readFile(join(folder, file), "utf8")).replaceAll("\r\n", "\n"));
    }
    const made = await ensureCached({
      name: `go-client-${process.platform}-${process.arch}-${hash.digest("hex").slice(0, 12)}`,
      make: (unfinished) => build(folder, unfinished, say, go),
      say,
      env,
    });
    program = join(made, BINARY);
    return `the vendor's Go client, built with ${version}`;
  });
  return program;
}

/**
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>}
 */
async function goVersion(folder, env) {
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
 * @param {string} source
 * @param {string} folder
 * @param {(text: string) => void} say
 * @param {NodeJS.ProcessEnv} env
 */
async function build(source, folder, say, env) {
  say("building the vendor's Go client, usually about 30 s");
  const flags = ["-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags=-s -w"];
  const built = await runCommand("go", ["build", ...flags, "-o", join(folder, BINARY), "."], {
    cwd: source,
    env,
  });
  if (!built.ok) {
    throw new SetupError(
      `Building the vendor's Go client failed:\n${built.lastLines}`,
      "If Go could not reach its module proxy, check the network and GOPROXY, then run it again.",
    );
  }
}
