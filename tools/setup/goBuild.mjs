// Builds the Pulumi CLI from its Go modules, where no prebuilt one can be had. The sources in go/ pin every module
// by version and hash.
import { createHash } from "node:crypto";
import { chmod, copyFile, cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./cache.mjs";
import { SetupError } from "./progress.mjs";
import { runCommand } from "./runCommand.mjs";
import { PULUMI_VERSION, RANDOM_PROVIDER_VERSION } from "./versions.mjs";

const GO_SOURCES = fileURLToPath(new URL("go/", import.meta.url));
const OLDEST_GO = "1.25";
const EXECUTABLE_SUFFIX = process.platform === "win32" ? ".exe" : "";

const GO_REMEDY =
  `Install Pulumi ${PULUMI_VERSION} (https://www.pulumi.com/docs/iac/download-install/), ` +
  `or Go ${OLDEST_GO} or newer, and run it again.`;

/** The programs to build, in this order, with the time that each takes on two cores when nothing is cached. */
const BINARIES = [
  {
    name: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    folder: "bin",
    linkerFlags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI_VERSION}`,
    usual: "4 min",
  },
  {
    name: "pulumi-language-nodejs",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    folder: "bin",
    linkerFlags: "",
    usual: "20 s",
  },
  {
    name: "pulumi-resource-random",
    package: ".",
    // As Pulumi would install it: found on PATH instead, every command would print a warning about it.
    folder: join("plugins", `resource-random-v${RANDOM_PROVIDER_VERSION}`),
    linkerFlags: `-X main.version=${RANDOM_PROVIDER_VERSION}`,
    usual: "1 min",
  },
];

/**
 * Names a build: another version, platform, source or set of flags is another cache entry.
 * @returns {Promise<string>}
 */
export async function goBuildName() {
  const hash = createHash("sha256").update(JSON.stringify(BINARIES));
  const entries = await readdir(GO_SOURCES, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    hash.update(file.slice(GO_SOURCES.length).replaceAll("\\", "/")).update(await readFile(file));
  }
  const digest = hash.digest("hex").slice(0, 12);
  return `pulumi-${PULUMI_VERSION}-${process.platform}-${process.arch}-built-${digest}`;
}

/**
 * Builds the CLI with the Node.js language host and the dynamic provider's launcher into `bin`, and the random provider
 * into `plugins`, which is laid out as the folder of that name in PULUMI_HOME.
 * @param {string} folder
 * @param {(text: string) => void} say
 * @returns {Promise<void>}
 */
export async function buildPulumi(folder, say) {
  const sources = await mkdtemp(join(tmpdir(), "pulumi-build-"));
  try {
    await cp(GO_SOURCES, sources, { recursive: true });
    const env = goEnvironment();
    await requireGo(join(sources, "pulumi"), env);

    for (const [index, binary] of BINARIES.entries()) {
      const where = `building ${binary.name}, ${index + 1} of ${BINARIES.length}, usually about ${binary.usual}`;
      say(index === 0 ? `${where} (Pulumi from its Go modules, once for this machine)` : where);
      let compiled = 0;
      const flags = ["-trimpath", "-mod=readonly", "-buildvcs=false", "-v"];
      const linkerFlags = `-s -w ${binary.linkerFlags}`.trim();
      const output = join(folder, binary.folder, binary.name + EXECUTABLE_SUFFIX);
      const built = await runCommand(
        "go",
        ["build", ...flags, `-ldflags=${linkerFlags}`, "-o", output, binary.package],
        {
          cwd: join(sources, binary.name),
          env,
          onLine: () => say(`${where}: ${++compiled} packages`),
        },
      );
      if (!built.ok) {
        throw new SetupError(`Building ${binary.name} failed:\n${built.lastLines}`, GO_REMEDY);
      }
    }
    await copyDynamicProviderLauncher(join(sources, "pulumi-language-nodejs"), join(folder, "bin"), env);

    const answer = await runCommand(join(folder, "bin", `pulumi${EXECUTABLE_SUFFIX}`), ["version"]);
    if (answer.stdout.trim() !== `v${PULUMI_VERSION}`) {
      throw new SetupError(`The Pulumi CLI was built, but does not run:\n${answer.lastLines}`, GO_REMEDY);
    }
  } finally {
    await rm(sources, { recursive: true, force: true });
  }
}

/**
 * The engine starts a dynamic provider through a script that ships inside the SDK's Go module.
 * @param {string} moduleFolder
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
async function copyDynamicProviderLauncher(moduleFolder, folder, env) {
  const name = `pulumi-resource-pulumi-nodejs${process.platform === "win32" ? ".cmd" : ""}`;
  await copyFromPulumiModule({ moduleFolder, file: join("nodejs", "dist", name), folder, env });
}

/**
 * Copies a script out of the Go module of Pulumi's SDK, which has more in it than Go.
 * @param {{ moduleFolder: string, file: string, folder: string, env: NodeJS.ProcessEnv }} options `moduleFolder`: where
 *   the go.mod is that names the SDK's version; `file`: its path in the SDK's module; `folder`: where it goes
 * @returns {Promise<void>}
 * @throws {SetupError} when Go cannot tell where the module is
 */
export async function copyFromPulumiModule({ moduleFolder, file, folder, env }) {
  const module = "github.com/pulumi/pulumi/sdk/v3";
  const listed = await runCommand("go", ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module], {
    cwd: moduleFolder,
    env,
  });
  if (!listed.ok) {
    throw new SetupError(`Finding ${module} failed:\n${listed.lastLines}`, GO_REMEDY);
  }
  const copy = join(folder, basename(file));
  await copyFile(join(listed.stdout.trim(), file), copy);
  // Files in the module cache are read-only.
  await chmod(copy, 0o755);
}

/**
 * @param {string} moduleFolder the effective Go version depends on the module: newer Gos fetch the one it asks for
 * @param {NodeJS.ProcessEnv} env
 */
async function requireGo(moduleFolder, env) {
  const version = await runCommand("go", ["env", "GOVERSION"], { cwd: moduleFolder, env });
  if (!version.found) {
    throw new SetupError(
      "There is no Pulumi CLI on this machine, its download can't be reached, and there is no Go to build it with.",
      GO_REMEDY,
    );
  }
  const [major, minor] = /go(\d+)\.(\d+)/.exec(version.stdout)?.slice(1).map(Number) ?? [0, 0];
  const [oldestMajor, oldestMinor] = OLDEST_GO.split(".").map(Number);
  if (!version.ok || major !== oldestMajor || (minor ?? 0) < (oldestMinor ?? 0)) {
    throw new SetupError(
      `The Pulumi CLI is built with Go ${OLDEST_GO} or newer; here is: ${version.lastLines}`,
      GO_REMEDY,
    );
  }
}

/**
 * The caller's own Go set-up (its module proxy, its caches), less the variables that could change the build; with
 * folders of ours where Go has no home to put its own.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function goEnvironment(env = process.env) {
  const homeless = env["HOME"] === undefined || env["HOME"] === "";
  const go = join(cacheFolder(env), "go");
  return {
    ...env,
    ...(homeless && process.platform !== "win32"
      ? { GOPATH: env["GOPATH"] ?? join(go, "path"), GOCACHE: env["GOCACHE"] ?? join(go, "build") }
      : {}),
    CGO_ENABLED: "0",
    GOWORK: "off",
    GO111MODULE: "on",
  };
}
