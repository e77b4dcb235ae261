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
  const project = projectOf(repository);
  // Pulumi writes a stack's configuration beside its Pulumi.yaml. This one of the same name keeps it out of the root.
  const configuration = new StackConfiguration(join(stateFolder, "configuration"), project, env);
  const stackFile = join(stateFolder, "stacks", ".pulumi", "stacks", project, `${STACK}.json`);
  const portFile = join(stateFolder, "emulator-port");
  const emulatorPort = existsSync(portFile) ? readFileSync(portFile, "utf8") : undefined;

  return {
    emulatorPort,

    async prepare(emulatorUrl) {
      if (!configuration.isThere() || !existsSync(stackFile)) await configuration.create();
      await configuration.set(emulatorUrl);
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
          ...["--stack", STACK, "--config-file", configuration.file],
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
      return JSON.parse(await configuration.pulumi(["stack", "output", "--json", "--stack", STACK]));
    },

    remove: () => configuration.removeStack(),
  };
}

/**
 * @param {string} repository
 * @returns {string}
 */
function projectOf(repository) {
  const file = join(repository, "Pulumi.yaml");
  const project = /^name:\s*["']?([\w.-]+)/m.exec(readFileSync(file, "utf8"))?.[1];
  if (project === undefined) throw new SetupError(`There is no project name in ${file}.`);
  return project;
}

/** The folder in which Pulumi keeps the configuration of the stack. */
class StackConfiguration {
  /** @type {string} */
  #folder;
  /** @type {string} */
  #project;
  /** @type {Record<string, string>} */
  #env;

  /**
   * @param {string} folder
   * @param {string} project
   * @param {Record<string, string>} env
   */
  constructor(folder, project, env) {
    this.#folder = folder;
    this.#project = project;
    this.#env = env;
  }

  get file() {
    return join(this.#folder, `Pulumi.${STACK}.yaml`);
  }

  isThere() {
    return existsSync(this.file);
  }

  async create() {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(join(this.#folder, "Pulumi.yaml"), `name: ${this.#project}\nruntime: nodejs\n`);
    await this.pulumi(["stack", "select", STACK, "--create"]);
  }

  /** @param {string} emulatorUrl */
  async set(emulatorUrl) {
    const endpoints = JSON.stringify({ aom: emulatorUrl, iam: emulatorUrl });
    await this.pulumi([
      "config",
      "set-all",
      ...["--stack", STACK],
      ...settings("--plaintext", { ...PLAIN_CONFIGURATION, "huaweicloud:endpoints": endpoints }),
      ...settings("--secret", SECRET_CONFIGURATION),
    ]);
  }

  /** Resolves with false if there still are resources in the stack. */
  async removeStack() {
    const args = ["stack", "rm", STACK, "--yes", "--non-interactive"];
    const { ok } = await runCommand("pulumi", args, { cwd: this.#folder, env: this.#env });
    return ok;
  }

  /**
   * Runs a command beside the configuration.
   * @param {readonly string[]} args
   * @returns {Promise<string>} the output of the command
   * @throws {SetupError} when the command fails
   */
  async pulumi(args) {
    const options = { cwd: this.#folder, env: this.#env };
    const done = await runCommand("pulumi", [...args, "--non-interactive"], options);
    if (!done.ok) throw new SetupError(`pulumi ${args[0]} ${args[1]} failed:\n${done.lastLines}`);
    return done.stdout;
  }
}

/**
 * Names the obstacle to a use of the stack: an update that is running, or the lock of one that was killed.
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
