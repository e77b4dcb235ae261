// Java packages in the cache, for the test in which the generated SDK for Java is compiled.
import { createHash } from "node:crypto";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureCached } from "./cache.mjs";
import { SetupError } from "./progress.mjs";
import { runCommand } from "./runCommand.mjs";

/**
 * Fetches the packages that a pom.xml names, and their dependencies, once for every content of that file.
 * @param {{ pom: string, progress: import("./progress.mjs").Progress, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<string | undefined>} the folder of the archives; undefined where no Java compiler or no Maven is
 * @throws {SetupError} when both are there, but Maven cannot fetch the packages
 */
export async function ensureJavaPackages({ pom, progress, env = process.env }) {
  /** @type {string | undefined} */
  let folder;
  await progress.step("java", async (say) => {
    const programs = await Promise.all([
      runCommand("javac", ["-version"], { env, timeoutMs: 20_000 }),
      runCommand("mvn", ["--version"], { env, timeoutMs: 20_000 }),
    ]);
    if (programs.some(({ ok }) => !ok)) {
      return "no Java compiler with Maven here: compiling the SDK for Java is skipped";
    }
    const text = (await readFile(pom, "utf8")).replaceAll("\r\n", "\n");
    const made = await ensureCached({
      name: `maven-${createHash("sha256").update(text).digest("hex").slice(0, 12)}`,
      make: async (unfinished) => {
        say("fetching the Java packages, usually about 20 s");
        await copyFile(pom, join(unfinished, "pom.xml"));
        const options = ["--quiet", "--batch-mode", `-DoutputDirectory=${join(unfinished, "packages")}`];
        const fetched = await runCommand("mvn", [...options, "dependency:copy-dependencies"], {
          cwd: unfinished,
          env,
        });
        if (!fetched.ok) {
          throw new SetupError(
            `Fetching the Java packages failed:\n${fetched.lastLines}`,
            "If Maven could not reach its repository, check the network and Maven's settings, then run it again.",
          );
        }
      },
      say,
      env,
    });
    folder = join(made, "packages");
    return "the packages of the SDK for Java";
  });
  return folder;
}
