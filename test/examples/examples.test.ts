/**
 * Every example, run as its README says: against the packed packages, under the real engine, on an emulator. The programs of
 * `examples/plugin` run in test/languages.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pinnedTexts } from "../providerText/pinnedTexts";
import { emulatedMachine } from "../support/stepFunctions/emulatedStates";
import type { ExampleProject, ExampleProjects } from "./exampleProjects";
import { openExampleProjects } from "./exampleProjects";

jest.setTimeout(300_000);

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
    started: 3,
    outputs: { migrated: "succeeded", problem: "none", versions: [version, version, version] },
  },
  { example: "javascript", started: 1, outputs: { status: "succeeded", version } },
  { example: "esm", started: 1, outputs: { status: "succeeded", version, previous: "none" } },
  // Starts nothing before `destroy`.
  { example: "teardown", started: 0, outputs: { backupStatus: "waiting" } },
  { example: "list-report", started: 0, outputs: { total: 2, failed: [expect.any(String)] } },
];
/** Examples that are no Pulumi program of their own: each has a test below. */
const others = ["automation-api", "unit-test", "stack-test"];

let projects: ExampleProjects;
beforeAll(async () => {
  projects = await openExampleProjects();
});
afterAll(() => projects?.close());
beforeEach(async () => {
  const { control } = projects;
  await control.reset();
  const nodes = [{ id: "Work", name: "Work", durationMs: 100, output: { rows: 12 } }];
  await control.workflow("migrate-db", { service: "stepfunctions", nodes });
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

test.each(programs)("$example: up, and nothing to do", async ({ example, config = {}, started, outputs }) => {
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

  // An example that reads executions sees its own one the second time.
  const again = await project.up();
  expect(Object.keys(again.changes)).toEqual(["same"]);
  expect((await startedNow()) - before).toBe(started);

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
  expect(output).toMatch(/^patch-fleet: .*[123] of 3/m);
  expect(output).toContain("succeeded: version 1.4.2");
});

test.each(["unit-test", "stack-test"])("%s: its own tests pass", async (example) => {
  const project = projects.copy(join(examples, example), example);
  await project.node(join(projects.folder, "node_modules", "jest", "bin", "jest.js"), "--runInBand");
});

test("every program compiles against the packed types", async () => {
  for (const example of folders.filter((name) => existsSync(join(examples, name, "tsconfig.json")))) {
    const project = projects.copy(join(examples, example), example);
    await project.node(join(projects.folder, "node_modules", "typescript", "bin", "tsc"), "-p", ".");
  }
});
