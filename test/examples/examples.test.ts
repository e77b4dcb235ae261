/**
 * Every example, run as its README says: against the packed packages, under the real engine, on an emulator. The programs of
 * `examples/plugin` run in test/languages.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { pinnedTexts } from "../providerText/pinnedTexts";
import { control as controlPlainly } from "../support/emulators";
import { emulatedMachine } from "../support/stepFunctions/wire";
import { runInTerminal } from "../support/terminal";
import type { ExampleProject, ExampleProjects } from "./exampleProjects";
import { openExampleProjects } from "./exampleProjects";

const root = resolve(__dirname, "../..");
const examples = join(root, "examples");
const folders = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** An example that is a Pulumi program: what its first `up` starts and exports. */
interface ProgramExample {
  readonly example: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly started: number;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** A second `up` has nothing to do; said of one example for each way of running, because it takes as long again. */
  readonly again?: boolean;
}

const version = "1.4.2";
const steps = expect.arrayContaining([expect.stringMatching(/^.+: succeeded$/)]) as unknown;
const programs: readonly ProgramExample[] = [
  {
    example: "aom-patch-fleet",
    started: 1,
    outputs: { status: "succeeded", version, steps, rolloutName: expect.stringMatching(/^1\.4\.2-/) },
  },
  {
    example: "functiongraph-rotate-keys",
    started: 1,
    outputs: {
      status: "succeeded",
      input: { key: expect.stringMatching(/^[0-9a-f]{16}$/), services: ["orders", "billing"] },
      labelName: expect.stringMatching(/^1\.4\.2-/),
    },
  },
  {
    example: "cloudflow-migration",
    started: 1,
    outputs: { status: "succeeded", version, steps, rolloutName: expect.any(String) },
  },
  {
    example: "stepfunctions-migration",
    config: { stateMachineArn: emulatedMachine("migrate-db") },
    started: 1,
    outputs: { status: "succeeded", steps: ["Work: succeeded"], migrated: { rows: 12 } },
  },
  { example: "coc-job", started: 1, outputs: { status: "succeeded", version, steps } },
  {
    example: "three-services",
    again: true,
    started: 3,
    outputs: { migrated: "succeeded", problem: "none", versions: [version, version, version] },
  },
  { example: "javascript", started: 1, outputs: { status: "succeeded", version } },
  { example: "esm", started: 1, again: true, outputs: { status: "succeeded", version, previous: "none" } },
  // Starts nothing before `destroy`.
  { example: "teardown", started: 0, outputs: { backupStatus: "waiting" } },
  { example: "list-report", started: 0, outputs: { total: 2, failed: [expect.any(String)] } },
];
/** Examples that are no Pulumi program of their own: each has a test below. */
const others = ["automation-api", "unit-test", "stack-test"];

let opened: ExampleProjects | undefined;
let projects: ExampleProjects;
beforeAll(async () => {
  projects = opened = await openExampleProjects();
});
afterAll(() => opened?.close());
beforeEach(async () => {
  const { emulator, control } = projects;
  await control.reset();
  const nodes = [{ id: "Work", name: "Work", durationMs: 100, output: { rows: 12 } }];
  // The package's own client does not know the service, which only the tests' emulator has.
  await controlPlainly(emulator, "PUT", "/workflows/migrate-db", { service: "stepfunctions", nodes });
  await control.setClock({ rate: 20 });
});

const open = (example: string): Promise<ExampleProject> => projects.open(join(examples, example), example);
const startedNow = async (): Promise<number> => (await projects.control.executions()).length;

test("every folder of examples is run, and has a README and manifests", () => {
  expect([...programs.map(({ example }) => example), ...others, "plugin"].sort()).toEqual(folders.sort());
  for (const example of folders) {
    const files = readdirSync(join(examples, example));
    expect([example, files]).toEqual([example, expect.arrayContaining(["README.md"])]);
    if (example !== "plugin")
      expect([example, files]).toEqual([example, expect.arrayContaining(["package.json"])]);
  }
});

test("the repository's project runs one of the examples", () => {
  const [, main] = /^main: examples\/(.*)$/m.exec(readFileSync(join(root, "Pulumi.yaml"), "utf8"))!;
  expect(programs.map(({ example }) => example)).toContain(main);
});

test.each(programs)("$example", async ({ example, config = {}, started, outputs, again }) => {
  if (example === "list-report") {
    await projects.control.start("demo-succeeds");
    await projects.control.workflow("demo-succeeds", { nodes: [{ id: "1", durationMs: 1, status: "fail" }] });
    await projects.control.start("demo-succeeds");
    await projects.control.advance(60_000);
  }
  const before = await startedNow();
  const project = await open(example);
  for (const [key, value] of Object.entries(config)) await project.config(key, value);

  const up = await project.up();
  expect(up.output).not.toMatch(/error:|warning:/);
  expect(up.ok).toBe(true);
  expect(await project.outputs()).toMatchObject(outputs);
  expect((await startedNow()) - before).toBe(started);

  const texts = await project.providerTexts();
  expect(texts).toHaveLength(2 * (example === "teardown" ? 1 : started));
  for (const text of texts) expect(Object.values(pinnedTexts)).toContain(text);

  if (again) {
    expect(Object.keys((await project.up()).changes)).toEqual(["same"]);
    expect((await startedNow()) - before).toBe(started);
  }
  if (example === "teardown") {
    const destroyed = await project.destroy();
    expect(destroyed.ok).toBe(true);
    expect(destroyed.output).toMatch(/aom:WorkflowExecution backup deleted[\s\S]*RandomPet database deleted/);
    expect((await projects.control.executions()).map(({ status }) => status)).toEqual(["success"]);
  }
});

test("automation-api: shows the progress and the outcome", async () => {
  const project = projects.copy(join(examples, "automation-api"), "automation-api");
  const output = await project.node("deploy.js");
  expect(output).toMatch(/^patch-fleet: .*[123]\/3 /m);
  expect(output).toContain("succeeded: version 1.4.2");
});

test.each(["unit-test", "stack-test"])("%s: its own tests pass", async (example) => {
  const project = projects.copy(join(examples, example), example);
  await project.node(join(projects.folder, "node_modules", "jest", "bin", "jest.js"), "--runInBand");
});

test("every program compiles against the packed types", async () => {
  const compiled = folders.filter((name) => existsSync(join(examples, name, "tsconfig.json")));
  const options = compiled.map((name) => settingsIn(join(examples, name)).compilerOptions);
  for (const each of options) expect(each).toEqual({ ...options[0], types: each["types"] });
  for (const name of compiled) projects.copy(join(examples, name), name);
  // At once: most of the time goes into the types of Pulumi.
  const files = compiled.flatMap((name) =>
    settingsIn(join(examples, name)).files.map((file) => `${name}/${file}`),
  );
  const compilerOptions = { ...options[0], types: ["jest", "node"] };
  writeFileSync(join(projects.folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(projects.folder, "node_modules", "typescript", "bin", "tsc"),
    "--listFilesOnly",
    "-p",
    projects.folder,
  ]);
  expect(stdout).toContain("node_modules/pulumi-runbook/types/index.d.ts");
  await promisify(execFile)(process.execPath, [
    join(projects.folder, "node_modules", "typescript", "bin", "tsc"),
    ...["-p", projects.folder],
  ]);
});

function settingsIn(folder: string): { compilerOptions: Record<string, unknown>; files: string[] } {
  return JSON.parse(readFileSync(join(folder, "tsconfig.json"), "utf8")) as ReturnType<typeof settingsIn>;
}

/** The commands in an example's README, a line each. */
function commandsOf(example: string): string[] {
  const readme = readFileSync(join(examples, example, "README.md"), "utf8");
  return /^```sh\n([\s\S]*?)\n```/m.exec(readme)![1]!.split("\n");
}

test("the READMEs have the same commands", () => {
  const common = commandsOf("javascript");
  for (const { example } of programs.filter(({ config }) => config === undefined)) {
    expect([example, ...commandsOf(example)]).toEqual([example, ...common]);
  }
});

test("the commands of a README, one after the other, as a reader types them", async () => {
  const { folder, env } = projects;
  projects.copy(join(examples, "javascript"), "as typed");
  // Stands for `npm install`: the packages are not in the registry before they are released.
  const [install, ...commands] = commandsOf("javascript");
  expect(install).toBe("npm install");
  symlinkSync(join(folder, "node_modules"), join(folder, "as typed", "node_modules"), "junction");
  const port = await freePort();
  const script = commands.join("\n").replaceAll("8787", String(port));
  const output = await typeInShell(script, join(folder, "as typed"), {
    ...env,
    PULUMI_BACKEND_URL: pathToFileURL(mkdtempSync(join(tmpdir(), "as-typed-"))).href,
    PULUMI_SKIP_CONFIRMATIONS: "true",
  });
  expect(output).toMatch(/status *: "succeeded"/);
});

test("the commands of the first page make a project of the template, and run its workflow", async () => {
  const { folder, env } = projects;
  const { PULUMI_STACK: _stack, ...unselected } = env;
  // The packages are those beside the project: they are not in the registry before they are released. Pulumi demands
  // that the installation installs something.
  const template = join(folder, "template");
  cpSync(join(root, "templates", "typescript"), template, { recursive: true });
  mkdirSync(join(template, "any"));
  writeFileSync(join(template, "any", "package.json"), JSON.stringify({ name: "any", version: "1.0.0" }));
  const port = String(await freePort());
  const manifest = readFileSync(join(template, "package.json"), "utf8").replaceAll("8787", port);
  const installed = { dependencies: { any: "file:any" }, devDependencies: {} };
  writeFileSync(
    join(template, "package.json"),
    JSON.stringify({ ...(JSON.parse(manifest) as object), ...installed }),
  );

  const readme = readFileSync(join(root, "README.md"), "utf8");
  const [, section] = /^## Try it without an account\n([\s\S]*?)\n## /m.exec(readme)!;
  const commands = [...section!.matchAll(/^ {3}```sh\n([\s\S]*?)\n {3}```/gm)].map(([, block]) => block!);
  const state = pathToFileURL(mkdtempSync(join(tmpdir(), "first-page-"))).href;
  const typed = commands
    .join("\n")
    .replace("file://~", state)
    .replace(/https:\/\/\S+\/templates\/typescript/, `"${template}"`);
  expect(typed).toContain(`export PULUMI_BACKEND_URL=${state} `);
  expect(typed).toContain(`pulumi new "${template}" --yes`);
  // In a terminal, because Pulumi asks there; nobody answers, so a question would use up the test's time.
  const { code, screen } = await runInTerminal(
    { folder, env: { ...unselected, PULUMI_SKIP_CONFIRMATIONS: "true" } },
    `set -eo pipefail\ntrap 'kill $!' EXIT\n${typed}`,
  );
  if (code !== 0) throw new Error(`${typed}\n\n${screen}`);
  expect(screen).toMatch(/status *: "succeeded"/);
  expect(screen).toMatch(/0\]: "Prepare: succeeded"/);
  expect(screen).toMatch(/version: "1\.4\.2"/);
  expect(screen).not.toMatch(/error:|warning:/);

  const made = join(folder, "my-runbook");
  const added = ["Pulumi.dev.yaml", "node_modules", "package-lock.json"];
  expect(readdirSync(made).sort()).toEqual([...readdirSync(template), ...added].sort());
  expect(JSON.parse(readFileSync(join(made, "package.json"), "utf8"))).toMatchObject({ name: "my-runbook" });
  expect(readFileSync(join(made, "Pulumi.yaml"), "utf8")).toMatch(/^name: my-runbook$/m);
});

/** Runs a script whose commands may leave processes behind; gives what is printed once it has ended. */
async function typeInShell(script: string, folder: string, env: Record<string, string>): Promise<string> {
  const guarded = `set -euo pipefail\ntrap 'test $? = 0 || kill -KILL 0' EXIT\n${script}`;
  const shell = spawn("bash", ["-c", guarded], { cwd: folder, env, detached: true });
  let output = "";
  for (const stream of [shell.stdout, shell.stderr])
    stream.on("data", (text: Buffer) => (output += String(text)));
  const [code] = (await once(shell, "exit")) as [number | null];
  // The emulator that the script has left in the background is in the shell's group.
  if (code === 0) process.kill(-shell.pid!, "SIGKILL");
  if (code !== 0) throw new Error(`${script}\n\n${output}`);
  return output;
}

/** A port that nothing listens on now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
