// The stack of the demo: the root program, on a local file backend, with the emulator's account as its configuration.
// All of it lies in one folder.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../setup/lockFile.mjs";
import { SetupError } from "../setup/progress.mjs";
import { runCommand, runInTerminal } from "../setup/runCommand.mjs";

const STACK = "demo";

/** The account that is in the emulator from the start. */
const PLAIN_CONFIGURATION = {
  "huaweicloud:region": "cn-north-4",
  "huaweicloud:projectId": "0123456789abcdef0123456789abcdef",
  "huaweicloud:accessKey": "EMULATORACCESSKEY0001",
};
const SECRET_CONFIGURATION = { "huaweicloud:secretKey": "emulator-secret-key-0001" };

/**
 * The demo's stack.
 * @typedef {object} DemoStack
 * @property {string | undefined} emulatorPort the emulator's port at the last `up`: what is in the stack knows that one
 * @property {(emulatorUrl: string) => Promise<void>} prepare makes the stack if it isn't there, and configures it
 * @property {(command: string, flags: readonly string[], emulatorUrl: string) => Promise<number>} run resolves with
 *   Pulumi's exit code
 * @property {() => Promise<number>} cancel removes the lock of a killed run; resolves with Pulumi's exit code
 * @property {() => Promise<Record<string, unknown>>} outputs
 * @property {() => Promise<boolean>} remove false if there still are resources in it
 */

/**
 * @param {{ repository: string, stateFolder: string, env: Record<string, string> }} options
 * @returns {DemoStack}
 */
export function demoStack({ repository, stateFolder, env }) {
  const project = /^name:\s*["']?([\w.-]+)/m.exec(readFileSync(join(repository, "Pulumi.yaml"), "utf8"))?.[1];
  if (project === undefined) {
    throw new SetupError(`There is no project name in ${join(repository, "Pulumi.yaml")}.`);
  }
  // Pulumi writes a stack's configuration beside its Pulumi.yaml. This one of the same name keeps it out of the root.
  const configurationFolder = join(stateFolder, "configuration");
  const configurationFile = join(configurationFolder, `Pulumi.${STACK}.yaml`);
  const portFile = join(stateFolder, "emulator-port");
  const emulatorPort = existsSync(portFile) ? readFileSync(portFile, "utf8") : undefined;
  const isThere = () =>
    existsSync(configurationFile) &&
    existsSync(join(stateFolder, "stacks", ".pulumi", "stacks", project, `${STACK}.json`));

  /** @type {(args: readonly string[]) => Promise<string>} */
  const configure = async (args) => {
    const done = await runCommand("pulumi", [...args, "--non-interactive"], {
      cwd: configurationFolder,
      env,
    });
    if (!done.ok) {
      throw new SetupError(`pulumi ${args[0]} ${args[1]} failed:\n${done.lastLines}`);
    }
    return done.stdout;
  };

  return {
    emulatorPort,

    async prepare(emulatorUrl) {
      if (!isThere()) {
        mkdirSync(configurationFolder, { recursive: true });
        writeFileSync(join(configurationFolder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
        await configure(["stack", "select", STACK, "--create"]);
      }
      const endpoints = JSON.stringify({ aom: emulatorUrl, iam: emulatorUrl });
      await configure([
        "config",
        "set-all",
        ...["--stack", STACK],
        ...settings("--plaintext", { ...PLAIN_CONFIGURATION, "huaweicloud:endpoints": endpoints }),
        ...settings("--secret", SECRET_CONFIGURATION),
      ]);
    },

    async run(command, flags, emulatorUrl) {
      const { port } = new URL(emulatorUrl);
      const hasMoved = port !== emulatorPort;
      if (command === "up") {
        writeFileSync(portFile, port);
      }
      return runInTerminal(
        "pulumi",
        [
          command,
          ...(command === "preview" ? [] : ["--yes"]),
          ...["--stack", STACK, "--config-file", configurationFile],
          // These go by the configuration of the last `up`, unless they run the program too.
          ...(hasMoved && ["refresh", "destroy"].includes(command) ? ["--run-program"] : []),
          ...flags,
        ],
        { cwd: repository, env },
      );
    },

    async cancel() {
      return runInTerminal("pulumi", ["cancel", "--yes", "--stack", STACK], { cwd: repository, env });
    },

    async outputs() {
      return JSON.parse(await configure(["stack", "output", "--json", "--stack", STACK]));
    },

    async remove() {
      const removed = await runCommand("pulumi", ["stack", "rm", STACK, "--yes", "--non-interactive"], {
        cwd: configurationFolder,
        env,
      });
      return removed.ok;
    },
  };
}

/**
 * Says what keeps the stack from being used: an update that is running, or the lock of one that was killed.
 * @param {string} stateFolder
 * @returns {string | undefined}
 */
export function whatLocks(stateFolder) {
  const locks = join(stateFolder, "stacks", ".pulumi", "locks");
  const entries = existsSync(locks) ? readdirSync(locks, { recursive: true, withFileTypes: true }) : [];
  const lock = entries.find((entry) => entry.isFile() && entry.name.endsWith(".json"));
  if (lock === undefined) {
    return undefined;
  }
  /** @type {{ pid?: number }} */
  let owner = {};
  try {
    owner = JSON.parse(readFileSync(join(lock.parentPath, lock.name), "utf8"));
  } catch {
    // Half written or just gone: nothing is known of its owner.
  }
  if (owner.pid !== undefined && isAlive(owner.pid)) {
    return `Pulumi already works on this stack (process ${owner.pid}). Wait until it has ended, or stop it.`;
  }
  return (
    "An earlier run was killed and has left the stack locked. `npm start -- cancel` removes the lock; " +
    "then run this again: it goes on with what is still running."
  );
}

/**
 * @param {string} flag
 * @param {Record<string, string>} values
 * @returns {string[]}
 */
function settings(flag, values) {
  return Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`]);
}
