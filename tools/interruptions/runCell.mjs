// Runs one cell: a deployment of executions (of each service, with a key and without) is interrupted at one point, then
// `pulumi up` runs twice more. Judges by the executions that the emulator has started.
import { setTimeout as sleep } from "node:timers/promises";
import { RESUMPTIONS } from "./cells.mjs";
import { EmulatorControl, OPERATIONS, WORKFLOWS } from "./emulatorControl.mjs";
import { InterruptedStack } from "./interruptedStack.mjs";

// Longer than any deployment here takes: only the emulated clock ends an execution.
const LONG_MS = 600_000;
const SHORT_MS = 800;
// A deployment that awaits fewer executions than there are, such as one that asks, is not left to wait for ever.
const ALL_ASKED_WITHIN_MS = 30_000;
// The delay of an answer: longer than it takes to kill, shorter than a request may take.
const HELD_MS = 10_000;

/**
 * The result of one execution of a cell.
 * @typedef {object} Verdict
 * @property {string} name of the workflow, e.g. `aom-keyed`
 * @property {"once" | "asked" | "again" | "violated"} result started once; nothing was started and the error listed the
 *   candidates; run again, one after the other; or a promise was broken
 * @property {string} detail for people
 */

/**
 * @param {import("./cells.mjs").Cell} cell
 * @param {ConstructorParameters<typeof InterruptedStack>[0]} place a folder and an emulator of its own; `plugin` where the
 *   cell is of that front
 * @returns {Promise<{ verdicts: Verdict[], outputs: string[] }>}
 */
export async function runCell(cell, place) {
  const emulator = new EmulatorControl(place.emulatorUrl);
  const stack = new InterruptedStack(place);
  try {
    await stack.init();
    await emulator.script(cell.point === "ended" ? SHORT_MS : LONG_MS);
    await holdAt(cell, emulator);
    const first = stack.up();
    await reached(cell, emulator, first);
    await stack.interrupt(first, cell.kill);
    if (cell.kill === "Ctrl-C") await emulator.release();
    const outputs = [await endOf(first, emulator, cell.kill === "Ctrl-C")];
    await emulator.release();

    const { isElsewhere, hasEnded } = RESUMPTIONS[cell.resumption];
    if (isElsewhere) stack.moveElsewhere();
    if (hasEnded) await emulator.advance(LONG_MS);
    await stack.unlock();
    await emulator.forgetRequests();
    const second = await endOf(stack.up(), emulator, true);
    const third = await endOf(stack.up(), emulator, true);
    outputs.push(second, third);
    const verdicts = judge(cell, await emulator.executions(), [second, third]);
    if (verdicts.some(({ result }) => result === "asked")) {
      outputs.push(await resolve(verdicts, stack, emulator));
    }
    return { verdicts, outputs };
  } finally {
    stack.remove();
  }
}

/**
 * @param {import("./cells.mjs").Cell} cell
 * @param {EmulatorControl} emulator
 */
async function holdAt({ point, kill }, emulator) {
  const { START, LIST, LOOK } = OPERATIONS;
  const delay = { action: "delay", delayMs: HELD_MS, count: null };
  if (point === "before the post") {
    // CloudFlow's first request is the start itself: it must be lost, unless the deployment is left to end.
    const lost = kill === "Ctrl-C" ? delay : { action: "hang", count: null };
    await emulator.hold([...LIST, "StartExecution"], lost);
  }
  if (point === "post handled") await emulator.hold(START, { ...delay, afterHandling: true });
  if (point === "answered" || point === "ended") await emulator.hold(LOOK, delay);
}

/**
 * Waits until all executions are where the deployment is to be interrupted.
 * @param {import("./cells.mjs").Cell} cell
 * @param {EmulatorControl} emulator
 * @param {import("./interruptedStack.mjs").RunningCommand} command
 */
async function reached({ point }, emulator, command) {
  const { START, LIST, LOOK } = OPERATIONS;
  const conditions = {
    "before the post": async () => (await emulator.asked([...LIST, ...START])).size === WORKFLOWS.length,
    "post handled": async () => (await emulator.executions()).length === WORKFLOWS.length,
    answered: async () => (await emulator.asked(LOOK)).size === WORKFLOWS.length,
    waiting: async () => (await emulator.asked(LOOK)).size === WORKFLOWS.length,
    ended: async () =>
      (await emulator.asked(LOOK)).size === WORKFLOWS.length &&
      (await emulator.executions()).every(({ endedAt }) => endedAt != null),
  };
  let hasEnded = false;
  void command.ended.then(() => (hasEnded = true));
  // A command that takes too long is killed, so this ends.
  while (!(await conditions[point]())) {
    if (hasEnded) throw new Error(`"${point}" was not reached:\n${(await command.ended).output}`);
    await sleep(50);
  }
  // One more look of each, so that it is really waiting.
  if (point === "waiting") await sleep(1_500);
}

/**
 * The output of a command. Once everything that it awaits has been asked for, the emulated time ends the running
 * executions.
 * @param {import("./interruptedStack.mjs").RunningCommand} command
 * @param {EmulatorControl} emulator
 * @param {boolean} isAwaited
 */
async function endOf(command, emulator, isAwaited) {
  let hasEnded = false;
  const ended = command.ended.then((result) => {
    hasEnded = true;
    return result;
  });
  const looks = [...OPERATIONS.START, ...OPERATIONS.LIST, ...OPERATIONS.LOOK];
  const giveUp = Date.now() + ALL_ASKED_WITHIN_MS;
  while (isAwaited && !hasEnded) {
    await sleep(250);
    const { size } = await emulator.asked(looks);
    if (size === WORKFLOWS.length || (size > 0 && Date.now() > giveUp)) {
      await sleep(1_000);
      await emulator.advance(LONG_MS);
    }
  }
  return (await ended).output;
}

/**
 * @param {import("./cells.mjs").Cell} cell
 * @param {readonly import("./emulatorControl.mjs").Execution[]} executions
 * @param {readonly string[]} outputs
 * @returns {Verdict[]}
 */
function judge({ resumption }, executions, outputs) {
  const { isElsewhere } = RESUMPTIONS[resumption];
  return WORKFLOWS.map(({ name, service, hasKey }) => {
    const own = executions
      .filter(({ workflowId }) => workflowId === name)
      .sort((a, b) => a.startedAt - b.startedAt);
    const detail = own.map(({ executionId, status }) => `${executionId} ${status}`).join(", ");
    const [second = "", third = ""] = outputs;
    const isAom = service === "aom" && isElsewhere;
    // An error that lists candidates must name them.
    const isFair = [second, third].every(
      (output) => !asks(output, name) || (isAom && own[0] && output.includes(own[0].executionId)),
    );
    if (!isFair) return { name, result: "violated", detail: `asked without need; ${detail}` };
    if (asks(third, name)) return { name, result: own.length === 1 ? "asked" : "violated", detail };
    if (own.length === 1) return { name, result: "once", detail };
    const oneAfterTheOther = own.every((execution, index) => {
      const next = own[index + 1];
      return next === undefined || (execution.endedAt != null && execution.endedAt <= next.startedAt);
    });
    const mayRunAgain = !hasKey && isElsewhere && own.length === 2 && oneAfterTheOther;
    return { name, result: mayRunAgain ? "again" : "violated", detail: detail || "nothing was started" };
  });
}

/**
 * @param {string} output
 * @param {string} name
 */
function asks(output, name) {
  const [, error = ""] = output.split("Diagnostics:");
  const own = error.split(/\n {2}(?=\S)/).filter((part) => part.includes(`(${name})`));
  return own.some((part) => part.includes("WFX-START-UNCERTAIN"));
}

/**
 * Follows the remedies of the errors, and checks that they help.
 * @param {Verdict[]} verdicts changed where a remedy does not help
 * @param {InterruptedStack} stack
 * @param {EmulatorControl} emulator
 */
async function resolve(verdicts, stack, emulator) {
  const asked = verdicts.filter(({ result }) => result === "asked");
  const before = await emulator.executions();
  const ids = asked.map(({ name }) => {
    const { executionId = "" } = before.find(({ workflowId }) => workflowId === name) ?? {};
    return [name, executionId];
  });
  stack.adopt(Object.fromEntries(ids));
  const command = stack.up();
  const output = await endOf(command, emulator, true);
  const { code } = await command.ended;
  const after = await emulator.executions();
  if (code !== 0 || after.length !== before.length) {
    for (const verdict of asked) {
      verdict.result = "violated";
      verdict.detail += "; adoptExecutionId did not help";
    }
  }
  return output;
}
