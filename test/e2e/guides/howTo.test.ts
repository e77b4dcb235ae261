/**
 * Code of the how-to guides that is more than a program: the guides' own tests run in Jest, and their tools and JavaScript
 * programs run with a real engine against the emulator. The files are the pages'. Needs a build.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Emulator } from "runbook-emulator";
import { ControlClient, startEmulator } from "runbook-emulator";
import type { PageFile } from "../../support/pageSteps";
import { acceptsOutput, outputProblems, stepsOf, writeOutputs } from "../../support/pageSteps";
import { demandPulumi, setSettings } from "../../support/pulumiCommand";
import { pageFile, pageText } from "../../support/readerProject";
import { engineEnvironment } from "../../support/engineEnvironment";

const root = resolve(__dirname, "../../..");

interface Place {
  readonly folder: string;
  readonly env: Record<string, string>;
}

let place: Place;
let emulator: Emulator;
beforeEach(async () => {
  mkdirSync(join(root, ".state"), { recursive: true });
  // Inside the repository, so that the packages are found as a program finds them.
  const folder = mkdtempSync(join(root, ".state", "guide-"));
  const env = await engineEnvironment(join(folder, "state"));
  place = { folder, env: { ...env, PULUMI_NODEJS_TRANSPILE_ONLY: "true", NO_COLOR: "1" } };
  emulator = await startEmulator();
  write("package.json", '{ "name": "fleet", "private": true }');
  write("Pulumi.yaml", "name: first-run\nruntime: nodejs\n");
});
afterEach(async () => {
  await emulator.close();
  rmSync(place.folder, { recursive: true, force: true });
});

function write(name: string, content: string): void {
  writeFileSync(join(place.folder, name), content);
}

/** The files that a page has its reader create. */
function filesOf(page: string): PageFile[] {
  return stepsOf(pageText(page)).filter((step): step is PageFile => step.kind === "file");
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program; the emulator of this process answers meanwhile. */
function run(command: string, args: readonly string[], cwd = place.folder): Promise<Ended> {
  return new Promise((done) => {
    execFile(command, args, { cwd, env: place.env }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** Runs a program that must succeed, and gives its output. */
async function demand(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(command, args);
  if (code !== 0) throw new Error(`${args.join(" ")}: ${stdout}\n${stderr}`);
  return `${stdout}${stderr}`;
}

test.each(["unit-test", "test-a-stack"])("%s: the tests of the page pass in Jest", async (name) => {
  const page = `how-to/${name}.md`;
  for (const file of filesOf(page)) write(file.name, file.content);
  const jestBin = join(root, "node_modules", "jest", "bin", "jest.js");
  const printed = await demand(process.execPath, [jestBin, "--rootDir", place.folder]);
  for (const step of stepsOf(pageText(page))) {
    if (step.kind !== "command" || step.shown === undefined) continue;
    if (acceptsOutput) writeOutputs(pageFile(page), new Map([[step, printed]]));
    else expect(outputProblems(step.shown, printed)).toEqual([]);
  }
});

/** A stack `dev` that the emulator serves. */
async function initializeStack(): Promise<void> {
  await demandPulumi(place, ["stack", "init", "dev"]);
  await setSettings(place, new ControlClient(emulator).pulumiConfig());
}

test("automation-api: the tools deploy, tell each execution's status, and fail with the error's code", async () => {
  const control = new ControlClient(emulator);
  await control.setClock({ rate: 20 });
  for (const file of filesOf("how-to/automation-api.md")) write(file.name, file.content);
  const program = filesOf("tutorials/first-run.md").find(({ name }) => name === "index.ts")!;
  write(program.name, program.content);
  await initializeStack();

  expect(await demand("node", ["deploy.mjs"])).toMatch(/^patch-fleet: succeeded$/m);
  // From another folder, with the project's folder as its argument.
  const elsewhere = join(place.folder, "state");
  const tool = join(place.folder, "deploy.mjs");
  await demandPulumi(place, ["config", "set", "workflow", "demo-fails"]);
  const failed = await run("node", [tool, place.folder], elsewhere);
  expect([failed.code, failed.stdout]).toEqual([1, "WFX-EXECUTION-FAILED\npatch-fleet: failed\n"]);

  expect(await demand("node", ["inline.mjs"])).toMatch(/^succeeded$/m);
  expect((await control.executions()).map(({ status }) => status)).toEqual(["success", "fail", "success"]);
});

test("use-javascript-esm-python-yaml: the programs in JavaScript deploy, each with its entry in Pulumi.yaml", async () => {
  const files = filesOf("how-to/use-javascript-esm-python-yaml.md").filter(({ name }) =>
    /\.m?js$/.test(name),
  );
  expect(files.map(({ name }) => name)).toEqual(["index.js", "index.mjs"]);
  await new ControlClient(emulator).setClock({ rate: 20 });
  await initializeStack();
  for (const { name, content } of files) {
    write(name, content);
    write("Pulumi.yaml", `name: first-run\nruntime: nodejs\nmain: ${name}\n`);
    await demandPulumi(place, ["up", "--yes", "--skip-preview"]);
    expect(JSON.parse(await demandPulumi(place, ["stack", "output", "--json"]))).toEqual({
      status: "succeeded",
    });
  }
  // The same resource with the same arguments: the second program runs nothing.
  expect(await new ControlClient(emulator).executions()).toHaveLength(1);
});
