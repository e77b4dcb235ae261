// Records a deployment of the README's program as a person sees it: the real engine in a terminal, the emulator as the cloud.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { pulumiEnvironment } from "../pulumiEnvironment.mjs";
import { SetupError } from "../setup/progress.mjs";
import { runCommand } from "../setup/runCommand.mjs";
import { startEmulator } from "../start/runningEmulator.mjs";
import { TerminalScreen, textOf } from "./terminalScreen.mjs";

/** Width of the terminal, in characters. */
export const COLUMNS = 100;

/** Long enough that each step is seen, short enough that nobody waits. */
const STEP_MS = 3_000;
/** A screen that stands for less is half drawn: one drawing comes in parts. */
const STANDS_MS = 200;
const STEPS = ["Check hosts", "Run script", "Verify"];

/**
 * The rows of a screen as it stood for a while.
 * @typedef {import("./terminalScreen.mjs").Piece[][]} Frame
 */

/**
 * Deploys the program, changes the trigger, and previews. The first row of each command is the command.
 * @param {{ repository: string, cli: string }} options `cli`: the folder that holds `pulumi`
 * @returns {Promise<Frame[][]>} for each command its screens, each different from the one before
 */
export async function recordDeployment({ repository, cli }) {
  mkdirSync(join(repository, ".state"), { recursive: true });
  // In the repository, so that the packages are found as a program finds them.
  const folder = mkdtempSync(join(repository, ".state", "picture-"));
  const emulator = await startEmulator({
    repository,
    dataFolder: join(folder, "emulator"),
    preferredPort: undefined,
  });
  try {
    await scriptWorkflow(emulator.url);
    const env = pulumiEnvironment({ cli, stateFolder: join(folder, "state") });
    const stack = await prepareStack({ repository, folder, env, url: emulator.url });
    const up = await stack.record("up", "--yes", "--skip-preview");
    stack.writeProgram((program) => program.replace("base:1.4.2", "base:1.4.3"));
    const preview = await stack.record("preview");
    return [up, preview];
  } finally {
    await emulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} url */
async function scriptWorkflow(url) {
  const nodes = STEPS.map((name, index) => ({
    id: String(index + 1),
    name,
    durationMs: STEP_MS,
    ...(index === STEPS.length - 1 ? { output: { version: "1.4.2" } } : {}),
  }));
  const body = JSON.stringify({ service: "aom", nodes });
  const answer = await fetch(`${url}/_emulator/workflows/demo-succeeds`, { method: "PUT", body });
  if (!answer.ok) {
    throw new SetupError(`The emulator refused the workflow: ${await answer.text()}`);
  }
}

/**
 * @param {{ repository: string, folder: string, env: Record<string, string>, url: string }} options
 */
async function prepareStack({ repository, folder, env, url }) {
  const readme = readFileSync(join(repository, "README.md"), "utf8");
  const [, program = ""] = /^```ts\r?\n([\s\S]*?)^```/m.exec(readme) ?? [];
  /** @type {(change: (program: string) => string) => void} */
  const writeProgram = (change) => writeFileSync(join(folder, "index.ts"), change(program));
  writeProgram((same) => same);
  const project = {
    name: "shop",
    runtime: { name: "nodejs", options: { typescript: true } },
    main: "index.ts",
  };
  writeFileSync(join(folder, "Pulumi.yaml"), JSON.stringify(project));

  /** @type {(command: string, ...args: string[]) => Promise<string>} */
  const demand = async (command, ...args) => {
    const done = await runCommand(command, args, { cwd: folder, env });
    if (!done.ok) throw new SetupError(`${command} ${args.slice(0, 2).join(" ")} failed:\n${done.lastLines}`);
    return done.stdout;
  };
  await demand("pulumi", "stack", "init", "dev");
  const emulatorCommand = join(repository, "emulator", "bin", "runbook-emulator.js");
  const settings = await demand(process.execPath, emulatorCommand, "--pulumi-config", url);
  await demand("pulumi", "config", "set-all", "--json", settings);
  return {
    writeProgram,
    /** @type {(...args: string[]) => Promise<Frame[]>} */
    record: (...args) => recordCommand(args, { folder, env }),
  };
}

/**
 * Runs `pulumi` in a terminal, by util-linux's or BSD's `script`.
 * @param {readonly string[]} args
 * @param {{ folder: string, env: Record<string, string> }} place
 * @returns {Promise<Frame[]>}
 */
function recordCommand(args, { folder, env }) {
  const typed = `stty columns ${COLUMNS} rows 40; exec pulumi ${args.join(" ")} --suppress-permalink=true`;
  const terminal = spawn("script", ["--quiet", "--return", "--command", typed, "/dev/null"], {
    cwd: folder,
    env: { ...env, TERM: "xterm-256color", PULUMI_SUPPRESS_NEO_LINK: "true" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const screen = new TerminalScreen(COLUMNS);
  /** @type {Frame[]} */
  const frames = [];
  let changedAt = Date.now();
  const keepScreen = () => {
    const rows = [[{ text: `$ pulumi ${args[0]}`, style: "bold" }], ...screen.rows()];
    if (frames.at(-1)?.map(textOf).join("\n") !== rows.map(textOf).join("\n")) frames.push(rows);
  };
  terminal.stdout.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
    const now = Date.now();
    if (now - changedAt >= STANDS_MS) keepScreen();
    screen.write(text);
    changedAt = now;
  });
  return new Promise((resolve, reject) => {
    terminal.on("error", () => {
      reject(new SetupError("There is no program `script` to record a terminal.", "It is in util-linux."));
    });
    terminal.on("close", (code) => {
      keepScreen();
      if (code === 0) resolve(frames);
      else reject(new SetupError(`pulumi ${args[0]} failed:\n${frames.at(-1)?.map(textOf).join("\n")}`));
    });
  });
}
