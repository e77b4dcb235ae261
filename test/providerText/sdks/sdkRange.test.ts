/**
 * The packed provider under the oldest and the newest SDK of its peer range: installed as a user installs it, outside
 * of the repository, and run by the real engine against the emulator.
 */
import { execFile } from "node:child_process";
import { cpSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { executionsOf } from "../../support/emulators";
import { installPackedPackages } from "../../support/packedPackages";
import type { StateResource } from "../../support/stack";
import { demandPulumiFolder } from "../../support/engineEnvironment";
import { pinnedTexts } from "../pinnedTexts";

const packageFolder = resolve(__dirname, "../../../provider");

const program = `"use strict";
const { aom } = require("pulumi-runbook");
for (const workflowId of JSON.parse(process.env.DECLARED_WORKFLOWS)) {
  new aom.WorkflowExecution(workflowId, { workflowId, triggers: { release: "1.4.2" } });
}
exports.sdk = require("@pulumi/pulumi/package.json").version;
exports.node = process.versions.node;
`;

// Without an engine: what the SDK itself does with transformations and Outputs.
const transformedProgram = `"use strict";
const pulumi = require("@pulumi/pulumi");
const { aom, functiongraph } = require("pulumi-runbook");
const registered = {};
const newResource = ({ name, inputs }) => {
  registered[name] = inputs;
  return { id: name, state: inputs };
};
const transformations = [({ props, opts }) => ({
  props: { ...props, triggers: { key: pulumi.secret("hunter2") } },
  opts: { ...opts, customTimeouts: { create: "1s" } },
})];
async function main() {
  await pulumi.runtime.setMocks({ newResource, call: () => ({}) });
  const args = { workflowId: "demo", triggers: { at: new Date(0), later: pulumi.output(Promise.resolve("x")) } };
  const all = [
    new aom.WorkflowExecution("plain", args),
    new aom.WorkflowExecution("transformed", { workflowId: "demo" }, { transformations }),
  ];
  await Promise.all(all.map(({ id }) => new Promise((done) => id.apply(done))));
  // The SDK says each error once, however many promises it rejects.
  const failed = new Set();
  await new Promise((done) => {
    process.on("unhandledRejection", (error) => {
      failed.add(error);
      setImmediate(done);
    });
    const input = { deep: pulumi.output(1).apply(() => ({ map: new Map() })) };
    new functiongraph.WorkflowExecution("bad", { workflowId: "demo", input });
  });
  process.stdout.write(JSON.stringify({ registered, failed: [...failed].map(({ message }) => message) }));
  process.removeAllListeners("exit");
  process.exit(0);
}
main();
`;

// Another account than the stack's, whose key is no good.
const functionsProgram = `"use strict";
const pulumi = require("@pulumi/pulumi");
const { Provider, aom } = require("pulumi-runbook");
const endpoint = new pulumi.Config("test").require("endpoint");
const demo = new Provider("demo", { huaweicloud: {
  region: "cn-north-4", endpoints: { aom: endpoint, iam: endpoint },
  domainName: "demo", userName: "demo", password: pulumi.secret("demo-password-1"),
} });
const workflow = { workflowId: "demo-succeeds", projectId: "0123456789abcdef0123456789abcdef" };
const run = new aom.WorkflowExecution("run", workflow, { provider: demo });
const count = ({ executions }) => executions.length;
module.exports = async () => ({
  refused: await aom.getWorkflowExecutions(workflow).then(count, ({ code }) => code),
  before: count(await aom.getWorkflowExecutions(workflow, { provider: demo })),
  after: aom.getWorkflowExecutionsOutput(workflow, { parent: run, dependsOn: [run] }).apply(count),
});
`;

const mockedProgram = `"use strict";
const pulumi = require("@pulumi/pulumi");
const { aom } = require("pulumi-runbook");
const tokens = [];
async function main() {
  const call = ({ token }) => (tokens.push(token), { executions: [], status: "failed" });
  await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call });
  const run = new aom.WorkflowExecution("run", { workflowId: "w" });
  await aom.getWorkflowExecutions({ workflowId: "w" });
  const looked = aom.getWorkflowExecutionOutput({ workflowId: "w", executionId: run.id }, { dependsOn: run });
  const status = await new Promise((done) => looked.status.apply(done));
  process.stdout.write(JSON.stringify({ tokens, status }));
  process.removeAllListeners("exit");
  process.exit(0);
}
main();
`;

interface SdkCase {
  /** Folder with the project's manifests. */
  readonly sdk: "oldest" | "newest";
  readonly version: string;
  readonly oldestNode: number;
  /** Folder with the manifest of a Node; without it the program runs on the machine's. */
  readonly nodeManifests?: string;
}

const cases: SdkCase[] = [
  { sdk: "oldest", version: "3.142.0", oldestNode: 18 },
  { sdk: "newest", version: "3.270.0", oldestNode: 22, nodeManifests: "newestNode" },
];

/** The end of a command; the output is what a user sees. */
interface Ended {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs the CLI with a program that declares an execution of each workflow; gives what a user sees. */
type RunCli = (workflows: readonly string[], ...args: string[]) => Promise<string>;

interface Project {
  readonly folder: string;
  /** Throws where the command fails. */
  readonly run: RunCli;
  /** Throws where it does not. */
  readonly runFailing: RunCli;
  /** The executions in the state, by name. */
  state(): Promise<Record<string, StateResource>>;
  /** Runs a program without an engine; gives what it writes. */
  runAlone(source: string): Promise<string>;
  remove(): Promise<void>;
}

/** The environment in which `node` is the pinned one if there is one; the machine's own must do where npm has none. */
async function withPinnedNode(
  env: Readonly<Record<string, string>>,
  { nodeManifests, oldestNode }: SdkCase,
): Promise<Record<string, string>> {
  if (nodeManifests === undefined) return { ...env };
  const { ensurePinnedPackages, findPinnedNode } = await import("../../../tools/setup/packedProject.mjs");
  const node = await findPinnedNode(
    await ensurePinnedPackages({ manifests: join(__dirname, nodeManifests) }),
  );
  if (node !== undefined) return { ...env, PATH: [dirname(node), env["PATH"]].join(delimiter) };
  if (Number.parseInt(process.versions.node, 10) >= oldestNode) return { ...env };
  throw new Error(`it needs Node ${String(oldestNode)}: npm has none for this machine, whose own is older`);
}

async function openProject(sdkCase: SdkCase, emulator: Emulator): Promise<Project> {
  const cli = demandPulumiFolder();
  const { pulumiEnvironment } = await import("../../../tools/pulumiEnvironment.mjs");
  const { runCommand } = await import("../../../tools/setup/runCommand.mjs");

  const manifests = join(__dirname, sdkCase.sdk);
  const { folder, remove } = await installPackedPackages({ manifests, packages: ["provider"] });
  try {
    const base = pulumiEnvironment({ cli, stateFolder: join(folder, "state") });
    const env = await withPinnedNode(base, sdkCase);
    writeFileSync(join(folder, "index.js"), program);
    cpSync(resolve(__dirname, "../../support/program/Pulumi.yaml"), join(folder, "Pulumi.yaml"));

    const runUntil =
      (wanted: boolean): RunCli =>
      async (workflows, ...args) => {
        const ended: Ended = await runCommand("pulumi", [...args, "--non-interactive", "--color=never"], {
          cwd: folder,
          env: { ...env, DECLARED_WORKFLOWS: JSON.stringify(workflows) },
          timeoutMs: 120_000,
        });
        if (ended.ok !== wanted) {
          throw new Error(
            `pulumi ${args.join(" ")} ${ended.ok ? "did not fail" : "failed"}:\n${ended.output}`,
          );
        }
        return ended.output;
      };
    const run = runUntil(true);
    await run([], "stack", "init", "test");
    const config = {
      "huaweicloud:region": "cn-north-4",
      "huaweicloud:projectId": "0123456789abcdef0123456789abcdef",
      "huaweicloud:accessKey": "EMULATORACCESSKEY0001",
      "huaweicloud:endpoints": JSON.stringify({ aom: emulator.url, iam: emulator.url }),
    };
    await run(
      [],
      ...["config", "set-all", "--secret", "huaweicloud:secretKey=emulator-secret-key-0001"],
      ...Object.entries(config).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]),
    );
    return {
      folder,
      run,
      runFailing: runUntil(false),
      state: async () => {
        const file = join(folder, "exported.json");
        await run([], "stack", "export", "--file", file);
        const { deployment } = JSON.parse(readFileSync(file, "utf8")) as {
          deployment: { resources?: StateResource[] };
        };
        const executions = (deployment.resources ?? []).filter(({ type }) => !type.startsWith("pulumi:"));
        return Object.fromEntries(executions.map((resource) => [resource.urn.split("::").at(-1)!, resource]));
      },
      runAlone: async (source) => {
        writeFileSync(join(folder, "alone.js"), source);
        const { stdout } = await promisify(execFile)("node", ["alone.js"], { cwd: folder, env });
        return stdout;
      },
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function installed(folder: string, name: string): { folder: string; version: string } {
  const found = join(folder, "node_modules", name);
  const { version } = JSON.parse(readFileSync(join(found, "package.json"), "utf8")) as { version: string };
  return { folder: realpathSync(found), version };
}

describe.each(cases)("with the $sdk SDK, $version", (sdkCase) => {
  const opened: { emulator?: Emulator; project?: Project } = {};
  const { version, oldestNode } = sdkCase;
  const text = pinnedTexts.aom;
  const texts = { inputs: { __provider: text }, outputs: { __provider: text } };

  beforeAll(async () => {
    opened.emulator = await startEmulator();
    opened.project = await openProject(sdkCase, opened.emulator);
  });
  afterAll(async () => {
    await opened.project?.remove();
    await opened.emulator?.close();
  });

  test("npm adds the provider, and leaves the SDK as it is", () => {
    const { folder } = opened.project!;
    expect(installed(folder, "@pulumi/pulumi").version).toBe(version);
    const provider = installed(folder, "pulumi-runbook");
    expect(provider.folder.startsWith(packageFolder)).toBe(false);
    // A second SDK would be inside the provider.
    expect(() => installed(provider.folder, "@pulumi/pulumi")).toThrow("ENOENT");
  });

  test("a Date, an Output and what a transformation makes of a resource arrive", async () => {
    const { registered, failed } = JSON.parse(await opened.project!.runAlone(transformedProgram));
    expect(failed).toEqual([
      expect.stringMatching(
        /functiongraph.WorkflowExecution "bad": one value cannot be represented in JSON\n {2}input.deep.map is a Map: .*$/,
      ),
    ]);
    const digest: unknown = expect.stringMatching(/^[\w-]{12}$/);
    expect(registered).toMatchObject({
      plain: {
        triggers: { at: "1970-01-01T00:00:00.000Z", later: "x" },
        __meta: { notes: { triggers: { at: digest, later: digest } } },
      },
      transformed: {
        __meta: { customTimeouts: { create: "1s" }, notes: { triggers: { key: "secret" } } },
      },
    });
  });

  test("mocks answer the functions", async () => {
    expect(JSON.parse(await opened.project!.runAlone(mockedProgram))).toEqual({
      tokens: ["pulumi-nodejs:aom:getWorkflowExecutions", "pulumi-nodejs:aom:getWorkflowExecution"],
      status: "failed",
    });
  });

  test("functions act for a provider", async () => {
    const { emulator, project } = opened as Required<typeof opened>;
    await project.run([], "config", "set", "test:endpoint", emulator.url);
    await project.run([], "config", "set", "huaweicloud:accessKey", "NOSUCHKEY");
    writeFileSync(join(project.folder, "index.js"), functionsProgram);
    try {
      const up = await project.run([], "up", "--yes");
      expect(up).toMatch(/after\s*: 1\n\s*before\s*: 0\n\s*refused\s*: "WFX-AUTHENTICATION"/);
      await project.run([], "destroy", "--yes", "--skip-preview");
    } finally {
      writeFileSync(join(project.folder, "index.js"), program);
      await project.run([], "config", "set", "huaweicloud:accessKey", "EMULATORACCESSKEY0001");
      await fetch(`${emulator.url}/_emulator/reset`, { method: "POST", body: "{}" });
    }
  });

  test("up, again up, a failing workflow, refresh, destroy", async () => {
    const { emulator, project } = opened as Required<typeof opened>;

    const first = await project.run(["demo-succeeds"], "up", "--yes");
    expect(/sdk\s*: "(.*)"/.exec(first)?.[1]).toBe(version);
    expect(Number.parseInt(/node\s*: "(.*)"/.exec(first)![1]!, 10)).toBeGreaterThanOrEqual(oldestNode);
    expect(first).toMatch(/demo-succeeds creating .*[123]\/3 /);
    const [started] = await executionsOf(emulator);
    expect(await project.state()).toMatchObject({
      "demo-succeeds": {
        ...texts,
        id: started!.executionId,
        outputs: { __provider: text, status: "succeeded", output: { version: "1.4.2" } },
      },
    });

    const second = await project.run(["demo-succeeds"], "up", "--yes", "--skip-preview");
    expect(second).toMatch(/Resources:\s+2 unchanged/);
    expect(await executionsOf(emulator)).toHaveLength(1);

    const both = ["demo-succeeds", "demo-fails"];
    const third = await project.runFailing(both, "up", "--yes", "--skip-preview");
    expect(third).toMatch(/demo-fails creating .*[123]\/3 /);
    expect(third).toContain("WFX-EXECUTION-FAILED");
    const [, failed] = await executionsOf(emulator);
    expect(await project.state()).toMatchObject({
      "demo-succeeds": texts,
      "demo-fails": {
        ...texts,
        id: failed!.executionId,
        initErrors: [expect.stringContaining("WFX-EXECUTION-FAILED")],
        outputs: { __provider: text, status: "failed", executionId: failed!.executionId },
      },
    });

    await project.run(both, "refresh", "--yes", "--skip-preview");
    expect(await project.state()).toMatchObject({
      "demo-succeeds": { ...texts, id: started!.executionId },
      "demo-fails": { ...texts, id: failed!.executionId },
    });

    await project.run([], "destroy", "--yes", "--skip-preview");
    expect(await project.state()).toEqual({});
    expect(await executionsOf(emulator)).toHaveLength(2);
  });
});
