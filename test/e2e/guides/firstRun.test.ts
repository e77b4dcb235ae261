/**
 * The first tutorial as its reader takes it: the page's files, its commands in a terminal, and the output that the page shows. Ids
 * and times are left open. `ACCEPT_OUTPUT=1` writes the output of a run into the page instead.
 */
import { once } from "node:events";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ControlClient } from "runbook-emulator";
import type { PageCommand } from "../../support/pageSteps";
import { acceptsOutput, outputProblems, stepsOf, writeOutputs } from "../../support/pageSteps";
import type { ReaderProject } from "../../support/readerProject";
import { makeReaderProject, pageFile, pageText } from "../../support/readerProject";
import { runInTerminal } from "../../support/terminal";
import { until } from "../../support/until";

const page = "tutorials/first-run.md";

let project: ReaderProject;
const ends: (() => void)[] = [];
beforeAll(async () => {
  project = await makeReaderProject();
});
afterAll(async () => {
  for (const end of ends) end();
  await project.remove();
});

/** Starts the emulator as the page has it, on a free port; gives the line that it prints. */
async function startEmulatorAsShown(
  command: string,
): Promise<{ readonly url: string; readonly line: string }> {
  const [file, ...args] = command.replace("--port 8787", "--port 0 --exit-with-parent").split(" ");
  const emulator = spawn(file!, args, { cwd: project.folder, env: project.env, detached: true });
  ends.push(() => process.kill(-emulator.pid!));
  const [line] = (await once(createInterface({ input: emulator.stdout }), "line")) as [string];
  const { url } = JSON.parse(line) as { url: string };
  return { url, line };
}

test("every file and command of the page, in its order, leads to the output that the page shows", async () => {
  const outputs = new Map<PageCommand, string>();
  let url = "http://127.0.0.1:8787";
  let exports = "";
  const run = async (step: PageCommand): Promise<string> => {
    const { command, introduction } = step;
    if (command.startsWith("mkdir first-run")) return "";
    if (command.startsWith("npx runbook-emulator")) {
      const started = await startEmulatorAsShown(command);
      url = started.url;
      // Twenty seconds of the slow workflow are four.
      await new ControlClient(url).setClock({ rate: 5 });
      return started.line.replace(url, "http://127.0.0.1:8787");
    }
    // The packages are installed already: npm says whether they are what the page's package.json asks for.
    const typed = (command === "npm install" ? "npm ls --depth=0" : command).replaceAll(
      "http://127.0.0.1:8787",
      url,
    );
    const isInterrupted = introduction.includes("press Ctrl-C");
    const { code, screen } = await runInTerminal(project, `${exports}${typed}`, {
      ...(isInterrupted ? { interruptAfter: () => stopAfterFirstStep(new ControlClient(url)) } : {}),
    });
    if (isInterrupted) await new ControlClient(url).setClock({ rate: 5 });
    exports += typed
      .split("\n")
      .filter((line) => line.startsWith("export "))
      .map((line) => `${line}\n`)
      .join("");
    const fails = isInterrupted || introduction.includes("The deployment fails too");
    expect({ command, failed: code !== 0, screen }).toEqual({ command, failed: fails, screen });
    return command === "npm install" ? "" : screen.replaceAll(project.folder, "/home/you/first-run");
  };

  const problems: Record<string, string[]> = {};
  for (const step of stepsOf(pageText(page))) {
    if (step.kind === "file") {
      project.write(step.name, step.content);
      continue;
    }
    const output = await run(step);
    outputs.set(step, output);
    const found = outputProblems(step.shown ?? "", output);
    if (found.length > 0) problems[step.command] = found;
  }
  if (acceptsOutput) writeOutputs(pageFile(page), outputs);
  else expect(problems).toEqual({});

  const { workflows, count } = await executions(url);
  expect(workflows).toEqual(["demo-slow", "demo-fails", "demo-succeeds"].sort());
  // Deployed, run again, failed, fixed, interrupted and resumed.
  expect(count).toBe(5);
});

/** Stops the emulator's clock when the first step has ended, and waits until the provider has seen that. */
async function stopAfterFirstStep(control: ControlClient): Promise<void> {
  await until(async () => {
    const [latest] = await control.executions();
    return latest?.workflowId === "demo-slow" && latest.nodes.length > 1;
  });
  await control.setClock({ rate: 0 });
  await control.clearRequests();
  await until(async () => (await control.requests({ service: "aom" })).length >= 2);
}

async function executions(url: string): Promise<{ workflows: string[]; count: number }> {
  const all = await new ControlClient(url).executions();
  expect(all.filter(({ status }) => status === "running")).toEqual([]);
  return { workflows: [...new Set(all.map(({ workflowId }) => workflowId))].sort(), count: all.length };
}
