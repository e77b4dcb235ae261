// Runs another program to its end, either reading its output or leaving the terminal to it.
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** Lines of a program's output that are shown should it fail. */
const LAST_LINES = 15;

/**
 * The result of a program's run.
 * @typedef {object} CommandResult
 * @property {boolean} ok it ran and ended with 0
 * @property {boolean} found false when there is no such program
 * @property {string} stdout
 * @property {string} output the text on both streams
 * @property {string} lastLines the end of that
 */

/**
 * Runs a program without a shell and without standard input. It never throws: the caller decides about a failure.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void, timeoutMs?: number }} [options]
 * @returns {Promise<CommandResult>}
 */
export function runCommand(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      cwd: options.cwd,
      env: options.env ?? process.env,
      timeout: options.timeoutMs,
      shell: needsShell(command),
    });
    let stdout = "";
    let output = "";
    /** @type {(chunk: string) => void} */
    const keep = (chunk) => {
      output += chunk;
      for (const line of linesOf(chunk)) {
        options.onLine?.(line);
      }
    };
    /** @type {(ok: boolean) => void} */
    const end = (ok) => {
      resolve({ ok, found, stdout, output, lastLines: linesOf(output).slice(-LAST_LINES).join("\n") });
    };
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      stdout += chunk;
      keep(chunk);
    });
    child.stderr.setEncoding("utf8").on("data", keep);

    let found = true;
    child.on("error", (error) => {
      found = !("code" in error && error.code === "ENOENT");
      keep(`${error.message}\n`);
      end(false);
    });
    child.on("close", (code) => end(code === 0));
  });
}

/**
 * npm is a .cmd script on Windows, which only a shell starts.
 * @param {string} command
 * @returns {boolean}
 */
function needsShell(command) {
  return process.platform === "win32" && command === "npm";
}

/**
 * @param {string} text
 * @returns {string[]} the lines that are not blank
 */
function linesOf(text) {
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}

/**
 * Runs a program on the terminal of this one and resolves with its exit code. Ctrl-C is the program's own matter: the
 * terminal sends it to both, and a second one means "now" to Pulumi, so it is never passed on.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>}
 */
export function runInTerminal(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: "inherit", shell: needsShell(command) });
    const ignore = () => {};
    let isAsked = false;
    const passOnOnce = () => {
      isAsked = isAsked || child.kill("SIGTERM");
    };
    process.on("SIGINT", ignore);
    process.on("SIGTERM", passOnOnce);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      process.off("SIGINT", ignore);
      process.off("SIGTERM", passOnOnce);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
