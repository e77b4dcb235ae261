// The emulator that a demo runs against: started before Pulumi, stopped after it.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "../setup/progress.mjs";

const OWN_COMMAND = join("emulator", "bin", "runbook-emulator.js");
const READY_WITHIN_MS = 15_000;
const STOPS_WITHIN_MS = 5_000;

/**
 * An execution, as far as the demo tells of it.
 * @typedef {object} SeenExecution
 * @property {string} executionId
 * @property {string} workflowId
 * @property {string} status
 */

/**
 * @typedef {object} RunningEmulator
 * @property {string} url
 * @property {() => Promise<SeenExecution[]>} executions every execution that it knows, the oldest first
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the emulator, on a certain port if that is free.
 * @param {{ repository: string, dataFolder: string, preferredPort: string | undefined, command?: string }} options `command`:
 *   the file that runs it, in the repository; by default the package's command
 * @returns {Promise<RunningEmulator>}
 */
export async function startEmulator({ repository, dataFolder, preferredPort, command = OWN_COMMAND }) {
  mkdirSync(dataFolder, { recursive: true });
  const attempts = preferredPort === undefined ? ["0"] : [preferredPort, "0"];
  let said = "";
  for (const port of attempts) {
    const started = await launch(join(repository, command), dataFolder, port);
    if ("url" in started) {
      return started;
    }
    said = started.said;
  }
  throw new SetupError(`The emulator did not start:\n${said}`);
}

/**
 * @param {string} script
 * @param {string} dataFolder
 * @param {string} port
 * @returns {Promise<RunningEmulator | { said: string }>}
 */
function launch(script, dataFolder, port) {
  const child = spawn(
    process.execPath,
    [script, "--port", port, "--data", dataFolder, "--exit-with-parent"],
    // In a group of its own: Ctrl-C reaches every process of the terminal's group, and Pulumi still needs the emulator
    // then, because it waits for the calls that it has begun.
    { stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  let said = "";
  let firstLine = "";
  const ended = new Promise((resolve) => child.once("exit", resolve));

  const stop = async () => {
    child.kill("SIGTERM");
    const tooLong = setTimeout(() => child.kill("SIGKILL"), STOPS_WITHIN_MS);
    await ended;
    clearTimeout(tooLong);
  };

  return new Promise((resolve) => {
    const tooLate = setTimeout(() => {
      said += `It was not ready after ${READY_WITHIN_MS / 1000} s.`;
      child.kill("SIGKILL");
    }, READY_WITHIN_MS);
    child.stderr.setEncoding("utf8").on("data", (chunk) => (said += chunk));
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      const wasComplete = firstLine.includes("\n");
      firstLine += wasComplete ? "" : chunk;
      if (!wasComplete && firstLine.includes("\n")) {
        clearTimeout(tooLate);
        const { url } = JSON.parse(firstLine);
        resolve({ url, executions: () => executionsOf(url), stop });
      }
    });
    child.once("error", (error) => (said += error.message));
    void ended.then(() => {
      clearTimeout(tooLate);
      resolve({ said: said.trim() });
    });
  });
}

/**
 * @param {string} url
 * @returns {Promise<SeenExecution[]>}
 */
async function executionsOf(url) {
  const response = await fetch(`${url}/_emulator/executions`);
  const { executions } = /** @type {{ executions: SeenExecution[] }} */ (await response.json());
  return executions;
}
