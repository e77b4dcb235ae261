/**
 * The generated SDKs are right in their languages: their own compilers and interpreters say so, for every module and for
 * the example programs. That of Node.js is compiled when it is generated.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildJavaProgram } from "../support/javaProgram";
import { prepareProgram, prepared, schemaVersion } from "../support/languageStack";

const root = resolve(__dirname, "../..");
const { sdks = "", python } = prepared;
const missing = prepared.sdks === undefined ? "there is no Go to generate the SDKs" : undefined;

/** A test, or the same name with the reason why it can't run. */
function testIf(reason: string | undefined, name: string, run: () => void): void {
  if (reason === undefined) test(name, run);
  else test.skip(`${name} (skipped: ${reason})`, run);
}

let folder: string;
beforeEach(() => {
  // Inside the repository, so that packages are found as a program finds them.
  mkdirSync(join(root, ".state"), { recursive: true });
  folder = mkdtempSync(join(root, ".state", "sdk-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The output of a program, also where it fails. */
function outputOf(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  try {
    return execFileSync(command, args, { cwd: folder, env: { ...process.env, ...env }, encoding: "utf8" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}

const typescript = (program: string): string => {
  cpSync(join(root, "examples/plugin/typescript"), folder, { recursive: true });
  writeFileSync(join(folder, "index.ts"), program);
  prepareProgram("typescript", folder, {});
  return outputOf(process.execPath, [
    join(root, "node_modules/typescript/bin/tsc"),
    "--noEmit",
    "-p",
    folder,
  ]);
};

testIf(missing, "TypeScript: the example compiles", () => {
  expect(typescript(readFileSync(join(root, "examples/plugin/typescript/index.ts"), "utf8"))).toBe("");
});

testIf(missing, "TypeScript: a word that the argument does not have, and a missing one, do not", () => {
  const wrong = typescript(`import { functiongraph } from "@pulumi-runbook/runbook";
    new functiongraph.WorkflowExecution("a", { workflowId: "w", onTimeout: "wait" });
    new functiongraph.WorkflowExecution("b", {});
  `);
  expect(wrong).toMatch(/index\.ts\(2,.*"wait"/);
  expect(wrong).toMatch(/index\.ts\(3,[^]*'workflowId' is missing/);
});

testIf(
  missing,
  "TypeScript: the package announces the plugin, with its version and where it comes from",
  () => {
    const manifest = JSON.parse(readFileSync(join(sdks, "nodejs/bin/package.json"), "utf8")) as object;
    expect(manifest).toMatchObject({
      name: "@pulumi-runbook/runbook",
      version: schemaVersion(),
      pulumi: {
        resource: true,
        name: "runbook",
        version: schemaVersion(),
        server: expect.stringMatching(/^github:/),
      },
    });
  },
);

testIf(missing, "Go: every package of the SDK and the example pass go vet", () => {
  cpSync(join(root, "examples/plugin/go"), folder, { recursive: true });
  const env = { CGO_ENABLED: "0", GOWORK: "off" };
  prepareProgram("go", folder, env);
  const all = "github.com/pulumi-runbook/pulumi-runbook/sdk/go/...";
  expect(outputOf("go", ["list", all], env).trim().split("\n").length).toBeGreaterThanOrEqual(6);
  expect(outputOf("go", ["vet", ".", all], env)).toBe("");
});

const noJava =
  missing ?? (prepared.javaPackages === undefined ? "there is no Java compiler with Maven" : undefined);

testIf(noJava, "Java: every class of the SDK compiles, and so does the example", () => {
  cpSync(join(root, "examples/plugin/java"), folder, { recursive: true });
  const build = { sdk: join(sdks, "java"), packages: prepared.javaPackages! };
  expect(buildJavaProgram(folder, build)).toBeGreaterThan(50);
  writeFileSync(
    join(folder, "App.java"),
    readFileSync(join(folder, "App.java"), "utf8").replace(".workflowId(", ".flowName("),
  );
  expect(() => buildJavaProgram(folder, build)).toThrow(/cannot find symbol[^]*flowName/);
});

const noPython = missing ?? (python === undefined ? "there is no Python with Pulumi's SDK" : undefined);

testIf(noPython, "Python: every module can be imported, and has the resources and the functions", () => {
  writeFileSync(
    join(folder, "modules.py"),
    `import importlib, json, pkgutil, pulumi_runbook
wanted = ["WorkflowExecution", "WorkflowExecutionArgs", "get_workflow_execution", "get_workflow_executions_output"]
own = {"cloudflow": ["get_execution_history"], "functiongraph": ["retry_workflow_execution"], "coc": ["retry_workflow_execution"],
       "stepfunctions": ["get_execution_history_output", "retry_workflow_execution"]}
# First as programs do: modules are loaded when they are used.
missing = [s + "." + n for s in ("aom", "functiongraph", "coc", "cloudflow", "stepfunctions") for n in wanted + own.get(s, [])
           if not callable(getattr(getattr(pulumi_runbook, s), n, None))]
names = [m.name for m in pkgutil.walk_packages(pulumi_runbook.__path__, "pulumi_runbook.")]
for name in names: importlib.import_module(name)
print(json.dumps({
    "modules": names,
    "missing": missing,
    "signatures": [e.name + "=" + e.value for e in pulumi_runbook.Signature],
}))
`,
  );
  const env: Record<string, string> = {};
  prepareProgram("python", folder, env);
  const {
    modules,
    missing: lacking,
    signatures,
  } = JSON.parse(outputOf(python!, ["modules.py"], env)) as {
    modules: string[];
    missing: string[];
    signatures: string[];
  };
  expect(modules).toEqual(
    expect.arrayContaining(["pulumi_runbook.aom.workflow_execution", "pulumi_runbook.config.vars"]),
  );
  expect(lacking).toEqual([]);
  expect(signatures).toEqual(["ACS3_HMAC_SHA256=ACS3-HMAC-SHA256", "HMAC_SHA1=HMAC-SHA1"]);
});
