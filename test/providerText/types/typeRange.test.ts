/**
 * The types of the packed packages, under the oldest and the newest TypeScript that they are for, in every way in which a
 * program can be compiled, with nothing left unchecked (`skipLibCheck: false`).
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PackedPackages } from "../../support/packedPackages";
import { installPackedPackages } from "../../support/packedPackages";

const usesOfProvider = `
import * as pulumi from "@pulumi/pulumi";
import { Provider, aom, cloudflow, functiongraph, isWorkflowExecutionError } from "pulumi-runbook";
import type { CommonExecutionArgs, ErrorCode, ExecutionStatus } from "pulumi-runbook";

const provider = new Provider("account", { huaweicloud: { region: "cn-north-4" } });
const args: aom.WorkflowExecutionArgs = { workflowId: "w", triggers: { release: "1" }, rerunOn: ["failed"] };
const run = new aom.WorkflowExecution("patch", args, { provider });
new functiongraph.WorkflowExecution("flow", { workflowId: run.id, input: { a: 1 } });
new cloudflow.WorkflowExecution("flow", { flowName: "f" });

export const id: pulumi.Output<string> = run.id;
export const status: pulumi.Output<ExecutionStatus> = run.status;
export const listed: Promise<string[]> = cloudflow
  .getWorkflowExecutions({ flowName: "f" })
  .then(({ executions }) => executions.map((each) => each.executionId));
export const code = (error: unknown): ErrorCode | undefined =>
  isWorkflowExecutionError(error) ? error.code : undefined;

const common: CommonExecutionArgs = args;
export { common, providers };

// @ts-expect-error -- the workflow is missing
new aom.WorkflowExecution("none", {});
// @ts-expect-error -- no such output
run.outcome;
// @ts-expect-error -- no such service
providers.nowhere;
`;

const usesOfEmulator = `
import { startEmulator } from "runbook-emulator";
import type { Emulator, EmulatorOptions } from "runbook-emulator";

const options: EmulatorOptions = { data: "folder", seed: { workflows: { w: { nodes: [{ id: "a", durationMs: 1 }] } } } };
export const url: Promise<string> = startEmulator(options).then((emulator: Emulator) => emulator.url);

// @ts-expect-error -- no such option
void startEmulator({ prot: 1 });
`;

/** A program's import of the provider's second entry, which is an object and no module with names. */
const required = `import providers = require("pulumi-runbook/provider");\n`;
const imported = `import providers from "pulumi-runbook/provider";\n`;

/** Programs, by file. */
const programs = {
  "commonjs.cts": required + usesOfProvider,
  "module.mts": imported + usesOfProvider,
  "node10.ts": required + usesOfProvider,
  "bundler.ts": imported + usesOfProvider,
  "emulator.ts": usesOfEmulator,
};

interface Mode {
  readonly mode: string;
  readonly files: readonly (keyof typeof programs)[];
  readonly options: readonly string[];
  /** Of the compilers of the range, those that have this mode. */
  readonly compilers: readonly ("oldest" | "newest")[];
}

const modes: readonly Mode[] = [
  {
    mode: "as CommonJS, with packages found as Node 10 does",
    files: ["node10.ts"],
    options: ["--module", "commonjs", "--moduleResolution", "node"],
    // Removed in TypeScript 7.
    compilers: ["oldest"],
  },
  ...["node16", "nodenext"].map((kind): Mode => ({
    mode: `as CommonJS and as ES module (${kind})`,
    files: ["commonjs.cts", "module.mts"],
    options: ["--module", kind, "--moduleResolution", kind],
    compilers: ["oldest", "newest"],
  })),
  {
    mode: "for a bundler",
    files: ["bundler.ts"],
    options: ["--module", "esnext", "--moduleResolution", "bundler", "--esModuleInterop"],
    // New in TypeScript 5.
    compilers: ["newest"],
  },
];

let project: PackedPackages | undefined;

beforeAll(async () => {
  project = await installPackedPackages({ manifests: __dirname });
  for (const [file, text] of Object.entries(programs)) writeFileSync(join(project.folder, file), text);
});
afterAll(() => project?.remove());

/** The compiler's errors in programs and in our packages: packages of others are not all clean. */
async function problems(compiler: string, args: readonly string[]): Promise<string[]> {
  const { runCommand } = await import("../../../tools/setup/runCommand.mjs");
  const { folder } = project!;
  const found = join(folder, "node_modules", `typescript-${compiler}`);
  const { bin } = JSON.parse(readFileSync(join(found, "package.json"), "utf8")) as { bin: { tsc: string } };
  const options = [
    ...["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noPropertyAccessFromIndexSignature"],
    ...["--skipLibCheck", "false", "--pretty", "false", "--target", "es2022", "--types", "node"],
  ];
  const ended = await runCommand(process.execPath, [join(found, bin.tsc), ...options, ...args], {
    cwd: folder,
    timeoutMs: 280_000,
  });
  const lines = ended.stdout.split("\n").filter((line) => /\berror TS\d+/.test(line));
  // A compiler that did not run to its end has found nothing.
  if (!ended.ok && lines.length === 0) throw new Error(`the compiler failed:\n${ended.output}`);
  const isOthers = /^node_modules\/(?!pulumi-runbook\/|runbook-emulator\/)/;
  return lines.filter((line) => !isOthers.test(line));
}

test.each(modes.flatMap(({ compilers, ...mode }) => compilers.map((compiler) => ({ ...mode, compiler }))))(
  "the types are right for programs compiled $mode, by the $compiler TypeScript",
  async ({ compiler, options, files }) => {
    expect(await problems(compiler, [...options, ...files, "emulator.ts"])).toEqual([]);
  },
);

test("a mistake is found: in a program, and in our own types", async () => {
  const file = join(project!.folder, "node_modules", "runbook-emulator", "types", "index.d.ts");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, `import type { Missing } from "missing";\n${text}`);
  writeFileSync(join(project!.folder, "mistake.ts"), `${usesOfEmulator}export const none: number = url;\n`);
  try {
    expect(await problems("newest", ["--module", "node16", "mistake.ts"])).toEqual([
      expect.stringMatching(/^mistake\.ts\(\d+,\d+\): error TS2322: /),
      expect.stringMatching(/^node_modules\/runbook-emulator\/types\/index\.d\.ts\(1,\d+\): error TS2307: /),
    ]);
  } finally {
    writeFileSync(file, text);
  }
});

test.each([
  ["pulumi-runbook", ["index.d.ts", "provider.d.ts"], ["@pulumi/pulumi"]],
  ["runbook-emulator", ["index.d.ts"], []],
])("the packed %s has one file of types for each entry, and no other", (name, files, imports) => {
  const folder = join(project!.folder, "node_modules", name);
  const declarations = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.d\.[cm]?ts$/.test(file),
  );
  expect(declarations.sort()).toEqual(files.map((file) => join("types", file)));
  const texts = declarations.map((file) => readFileSync(join(folder, file), "utf8"));
  const imported = texts.flatMap((text) => [
    ...text.matchAll(/^(?:import|export)\b.* from ['"]([^'"]+)/gm),
    ...text.matchAll(/\bimport\(['"]([^'"]+)/g),
  ]);
  expect([...new Set(imported.map(([, from]) => from))]).toEqual(imports);
  // A name that API Extractor makes up where two modules have the same.
  expect(texts.join("\n")).not.toMatch(/\b[A-Za-z]\w*_\d+\b/);
});
