// `npm start`: runs the root program with the real Pulumi engine against the emulator, on this machine alone.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pulumiEnvironment } from "./pulumiEnvironment.mjs";
import { removeStaleLock, takeLock } from "./setup/lockFile.mjs";
import { reportTo, SetupError } from "./setup/progress.mjs";
import { REPOSITORY, runTool, setUpEverything } from "./setup/setUp.mjs";
import { demoStack, whatLocks } from "./start/demoStack.mjs";
import { startEmulator } from "./start/runningEmulator.mjs";
import { summarize } from "./start/summary.mjs";

const USAGE = `Usage: npm start [-- COMMAND] [flags of pulumi]

  up        deploys the program: runs its workflows and waits for them (default)
  preview   says what would run, and why
  refresh   looks at the executions again
  destroy   removes the stack and all of its state
  cancel    removes the lock that a killed run has left
`;
const COMMANDS = ["up", "preview", "refresh", "destroy", "cancel"];
const EXIT_USAGE = 2;

const STATE = join(REPOSITORY, ".state", "demo");

await runTool(async () => {
  const [first = "up", ...rest] = process.argv.slice(2);
  const [command, flags] = first.startsWith("-") ? ["up", [first, ...rest]] : [first, rest];
  if (!COMMANDS.includes(command)) {
    process.stderr.write(`There is no command ${JSON.stringify(command)}.\n\n${USAGE}`);
    return EXIT_USAGE;
  }

  const begin = Date.now();
  const cli = await setUpEverything(reportTo(process.stdout));
  mkdirSync(STATE, { recursive: true });
  const lock = join(STATE, "npm-start.lock");
  await removeStaleLock(lock);
  const release = takeLock(lock);
  if (release === undefined) {
    throw new SetupError("Another `npm start` is running here. Wait until it has ended.");
  }
  try {
    return await runCommandOnStack({ command, flags, cli, begin });
  } finally {
    release();
  }
});

/**
 * @param {{ command: string, flags: readonly string[], cli: string, begin: number }} run
 * @returns {Promise<number>} Pulumi's exit code
 */
async function runCommandOnStack({ command, flags, cli, begin }) {
  const env = pulumiEnvironment({ cli, stateFolder: STATE });
  const stack = demoStack({ repository: REPOSITORY, stateFolder: STATE, env });
  if (command === "cancel") {
    return stack.cancel();
  }
  const locked = whatLocks(STATE);
  if (locked !== undefined) {
    throw new SetupError(locked);
  }

  const emulator = await startEmulator({
    repository: REPOSITORY,
    dataFolder: join(STATE, "emulator"),
    preferredPort: stack.emulatorPort,
  });
  try {
    process.stdout.write(`\nemulator: ${emulator.url}\n`);
    const before = new Set((await emulator.executions()).map((execution) => execution.executionId));
    await stack.prepare(emulator.url);
    const exitCode = await stack.run(command, flags, emulator.url);

    const known = await emulator.executions();
    const started = known.filter((execution) => !before.has(execution.executionId));
    const outputs = await stack.outputs();
    const elapsedMs = Date.now() - begin;
    process.stdout.write(summarize({ command, exitCode, elapsedMs, started, known: known.length, outputs }));
    if (command !== "destroy" || exitCode !== 0 || !(await stack.remove())) {
      return exitCode;
    }
  } finally {
    await emulator.stop();
  }
  // Nothing is left in the stack, and nothing writes here any more.
  rmSync(STATE, { recursive: true, force: true });
  process.stdout.write("\nThe stack is removed too, and with it all that was kept here.\n");
  return 0;
}
