// A stack in a folder of its own whose deployments can be interrupted: the CLI as a process, its signals, its state.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pulumiEnvironment } from "../pulumiEnvironment.mjs";
import { processTree, signalAll } from "./processTree.mjs";
import { WORKFLOWS } from "./emulatorControl.mjs";
import { yamlProgram } from "./yamlProgram.mjs";

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), "program");
const STACK = "cell";
const COMMAND_ENDS_WITHIN_MS = 150_000;

/**
 * A command of Pulumi's that runs.
 * @typedef {object} RunningCommand
 * @property {number} pid
 * @property {Promise<{ code: number | null, output: string }>} ended
 */

/**
 * The place of the plugin and the language hosts, for programs with the plugin.
 * @typedef {object} PluginPlace
 * @property {string} folder of the plugin
 * @property {readonly string[]} hosts folders with Pulumi's language hosts
 */

/** A stack that can be interrupted. */
export class InterruptedStack {
  #folder;
  #env;
  #emulatorUrl;
  #plugin;
  #temporary;

  /**
   * @param {{ cli: string, folder: string, emulatorUrl: string, plugin?: PluginPlace | undefined }} options `plugin`: the
   *   program is in YAML and uses the plugin; left out, the program uses the dynamic provider
   */
  constructor({ cli, folder, emulatorUrl, plugin }) {
    this.#folder = folder;
    this.#emulatorUrl = emulatorUrl;
    this.#plugin = plugin?.folder;
    mkdirSync(folder, { recursive: true });
    if (!plugin) {
      cpSync(PROGRAM, folder, { recursive: true });
      writeFileSync(join(folder, "workflows.json"), JSON.stringify(WORKFLOWS));
    }
    this.adopt({});
    const env = pulumiEnvironment({ cli, stateFolder: join(folder, "state") });
    const path = [env["PATH"], ...(plugin?.hosts ?? [])].join(delimiter);
    // The provider's locks are there, named after workflows: stacks on other emulators have the same ones, and two whose
    // requests hang would wait for each other.
    this.#temporary = join(folder, "tmp");
    mkdirSync(this.#temporary);
    const temporary = { TMPDIR: this.#temporary, TMP: this.#temporary, TEMP: this.#temporary };
    this.#env = { ...env, PATH: path, ...account(emulatorUrl), ...temporary };
  }

  /** Makes the stack. */
  async init() {
    const { code, output } = await this.run("stack", "init", STACK).ended;
    if (code !== 0) throw new Error(`pulumi stack init failed:\n${output}`);
  }

  /**
   * Sets which executions the program takes over, by resource.
   * @param {Record<string, string>} executions
   */
  adopt(executions) {
    if (this.#plugin !== undefined) {
      const options = { plugin: this.#plugin, emulatorUrl: this.#emulatorUrl, adopted: executions };
      writeFileSync(join(this.#folder, "Pulumi.yaml"), yamlProgram(options));
      return;
    }
    writeFileSync(join(this.#folder, "adopted.json"), JSON.stringify(executions));
  }

  /** Begins `pulumi up`. */
  up() {
    return this.run("up", "--yes", "--skip-preview", "--stack", STACK, "--parallel", "16");
  }

  /** Removes the lock that a killed deployment leaves. */
  async unlock() {
    await this.run("cancel", "--yes", "--stack", STACK).ended;
  }

  /** Leaves the stack as another machine finds it: the backend with the state, and nothing else. */
  moveElsewhere() {
    rmSync(join(this.#folder, "state", "home", "runbook"), { recursive: true, force: true });
    rmSync(this.#temporary, { recursive: true, force: true });
    mkdirSync(this.#temporary);
  }

  /**
   * Cuts a command short.
   * @param {RunningCommand} command
   * @param {keyof typeof import("./cells.mjs").KILLS} kill
   */
  async interrupt({ pid }, kill) {
    const tree = await processTree(pid);
    if (kill === "kill -9") return signalAll(tree, "SIGKILL");
    if (kill === "kill -9 CLI") return signalAll([pid], "SIGKILL");
    signalAll([pid], "SIGINT");
    if (kill === "Ctrl-C twice") {
      await new Promise((resolve) => setTimeout(resolve, 300));
      signalAll([pid], "SIGINT");
    }
  }

  /** All that the engine has written to its backend, as text. */
  stored() {
    const backend = join(this.#folder, "state", "stacks");
    return readdirSync(backend, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
      .join("\n");
  }

  /** Removes all of it. */
  remove() {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /**
   * @param {...string} args
   * @returns {RunningCommand}
   */
  run(...args) {
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: this.#folder,
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const keep = (/** @type {Buffer} */ chunk) => (output += String(chunk));
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const { pid } = child;
    if (pid === undefined) throw new Error("pulumi can't be started");
    const tooLong = setTimeout(() => {
      void processTree(pid).then((tree) => signalAll(tree, "SIGKILL"));
    }, COMMAND_ENDS_WITHIN_MS);
    /** @type {RunningCommand["ended"]} */
    const ended = new Promise((resolve) => {
      // "exit", not "close": processes that are left behind hold the pipes.
      child.once("exit", (code) => {
        clearTimeout(tooLong);
        setTimeout(() => resolve({ code, output }), 100);
      });
    });
    return { pid, ended };
  }
}

/**
 * The emulator's account, from the environment: none of its resources is in the state.
 * @param {string} url
 * @returns {Record<string, string>}
 */
function account(url) {
  return {
    HUAWEICLOUD_SDK_AK: "EMULATORACCESSKEY0001",
    HUAWEICLOUD_SDK_SK: "emulator-secret-key-0001",
    HW_REGION_NAME: "cn-north-4",
    HW_PROJECT_ID: "0123456789abcdef0123456789abcdef",
    // COC asks for the account.
    HUAWEICLOUD_SDK_IAM_ENDPOINT: url,
    ALIBABA_CLOUD_ACCESS_KEY_ID: "EMULATORACCESSKEY0001",
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: "emulator-secret-key-0001",
    ALIBABA_CLOUD_REGION: "cn-hangzhou",
    AWS_ACCESS_KEY_ID: "EMULATORACCESSKEY0001",
    AWS_SECRET_ACCESS_KEY: "emulator-secret-key-0001",
    RUNBOOK_EMULATOR_URL: url,
  };
}
