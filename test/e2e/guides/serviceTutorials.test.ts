/**
 * The tutorials of the services as their readers take them, with the emulator as the cloud: only the addresses of the services are
 * added, and the secrets that a reader types. Compared with what the pages show; `ACCEPT_OUTPUT=1` records it. Resources that the
 * programs make with other packages are stand-ins.
 */
import type { Emulator, EmulatorOptions } from "runbook-emulator";
import { executionsOf } from "../../support/emulators";
import type { PageCommand } from "../../support/pageSteps";
import { acceptsOutput, outputProblems, stepsOf, writeOutputs } from "../../support/pageSteps";
import type { ReaderProject } from "../../support/readerProject";
import { makeReaderProject, pageFile, pageText } from "../../support/readerProject";
import { startWithStates } from "../../support/stepFunctions/emulatedStates";
import { runInTerminal } from "../../support/terminal";
import { addStandIns } from "./standIns";

const projectId = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
const secretKey = "example-secret-key-0001";
const password = "example-password-1";

const nodes = [
  { id: "prepare", name: "Prepare", durationMs: 500 },
  { id: "run", name: "Run script", durationMs: 1_500, output: { version: "1.4.2" } },
];

/** A reader's resources in the cloud: a user, and the workflows that the pages name. */
const seed = {
  demo: false,
  accounts: [
    {
      domain: "example",
      users: [{ name: "ann", password }],
      accessKeys: [{ accessKey: "AKEXAMPLE", secretKey, user: "ann" }],
      projects: [{ id: projectId, name: "cn-north-4" }],
    },
  ],
  workflows: {
    "aom:3f2b8a1c-0d1e-4f5a-9b6c-7d8e9f0a1b2c": { service: "aom", name: "patch-fleet", nodes },
    "functiongraph:7c9e6679-7425-40de-944b-e07fc1f90ae7": {
      service: "functiongraph",
      name: "migrate-db",
      nodes,
    },
    "coc:DM20261129083000000a1b2c3d4": { service: "coc", name: "patch-fleet", nodes },
    "cloudflow:runbook-hello": { service: "cloudflow", nodes: nodes.slice(0, 1) },
    "stepfunctions:runbook-hello": { service: "stepfunctions", nodes: nodes.slice(0, 1) },
  },
} as unknown as NonNullable<EmulatorOptions["seed"]>;

/** The settings of the addresses, which a reader does not have. */
const addresses: Readonly<Record<string, readonly string[]>> = {
  "huawei-aom": ["huaweicloud:endpoints.aom"],
  "huawei-functiongraph": ["huaweicloud:endpoints.functiongraph"],
  "huawei-coc": ["huaweicloud:endpoints.coc", "huaweicloud:endpoints.iam"],
  "alibaba-cloudflow": ["alicloud:endpoints.fnf", "alicloud:endpoints.sts"],
  "aws-step-functions": ["aws:endpoints[0].sfn", "aws:endpoints[0].sts"],
};

let emulator: Emulator;
let project: ReaderProject;
beforeAll(async () => {
  emulator = await startWithStates({ seed });
  // `test/docs/pageCode.test.ts` checks the types of the pages' programs.
  project = await makeReaderProject({ checksTypes: false });
  addStandIns(project.folder);
  // The files that `pulumi new` makes, as the first tutorial has them.
  const first = stepsOf(pageText("tutorials/first-run.md"));
  for (const step of first) {
    if (step.kind === "file" && step.name === "tsconfig.json") project.write(step.name, step.content);
  }
});
afterAll(async () => {
  await project.remove();
  await emulator.close();
});

/** A command of a page with what only this test has. */
function typedBy(tutorial: string, command: string): string {
  const [, name] = /^pulumi new typescript --name (\S+) --yes$/m.exec(command) ?? [];
  if (name !== undefined) {
    project.write("Pulumi.yaml", `name: ${name}\nruntime: nodejs\n`);
    return "pulumi stack init dev";
  }
  const typed = command
    .replace(/^read -rsp .*$/m, `PASSWORD=${password}`)
    .replaceAll(/https:\/\/\w+\.[\w-]+\.myhuaweicloud\.com/g, emulator.url)
    .replace(/^(pulumi config set --secret \S+)$/m, `$1 ${secretKey}`);
  if (!command.startsWith("pulumi config set")) return typed;
  const settings = addresses[tutorial]!.map((key) => `--plaintext '${key}=${emulator.url}'`);
  return `${typed}\npulumi config set-all --path ${settings.join(" ")}`;
}

test.each(Object.keys(addresses))("%s", async (tutorial) => {
  // The types of the programs are checked by test/docs/snippets.test.ts.
  const env = { ...project.env, PULUMI_NODEJS_TRANSPILE_ONLY: "true" };
  const page = `tutorials/${tutorial}.md`;
  const before = (await executionsOf(emulator)).length;
  const outputs = new Map<PageCommand, string>();
  const problems: Record<string, string[]> = {};
  for (const step of stepsOf(pageText(page))) {
    if (step.kind === "file") {
      project.write(step.name, step.content);
      continue;
    }
    const { code, screen } = await runInTerminal(
      { folder: project.folder, env },
      typedBy(tutorial, step.command),
    );
    expect({ command: step.command, code, screen }).toEqual({ command: step.command, code: 0, screen });
    outputs.set(step, screen);
    if (step.shown === undefined) continue;
    const found = outputProblems(step.shown, screen);
    if (found.length > 0) problems[step.command] = found;
  }
  if (acceptsOutput) writeOutputs(pageFile(page), outputs);
  else expect(problems).toEqual({});

  const started = (await executionsOf(emulator)).slice(before);
  expect(started.map(({ status }) => status.toLowerCase().replace("succeed", "success").slice(0, 7))).toEqual(
    ["success"],
  );
});
