/**
 * A stack of a program in any language that uses the plugin: the real engine, the plugin installed from its archive into a
 * Pulumi home of the stack's own, the emulator as the cloud.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { OutputMap } from "@pulumi/pulumi/automation";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { buildJavaProgram } from "./javaProgram";
import { pulumiFolder } from "./stack";
import { textOfFolder } from "./textOfFolder";

const root = resolve(__dirname, "../..");

/** Languages of programs. */
export type Language = "go" | "java" | "python" | "typescript" | "yaml";

const variable = (name: string): string | undefined => {
  const value = process.env[name];
  return value === "" ? undefined : value;
};

/** What `npm test` has prepared for other languages; undefined where it could not be had. */
export const prepared = {
  archive: variable("RUNBOOK_PLUGIN"),
  sdks: variable("RUNBOOK_SDKS"),
  python: variable("LANGUAGES_PYTHON"),
  /** The folder with the packages that the generated SDK for Java needs. */
  javaPackages: variable("LANGUAGES_JAVA_PACKAGES"),
  /** The folder in which the generated SDK for Python is installed. */
  pythonSdk: variable("LANGUAGES_PYTHON_SDK"),
} as const;

/** Why programs in a language can't run here; undefined where they can. */
export function whyNot(language: Language): string | undefined {
  const hosts = ["typescript", ...(variable("LANGUAGES_WITH_HOST") ?? "").split(",")];
  if (prepared.archive === undefined) return "there is no archive of the plugin for this platform";
  if (!hosts.includes(language)) return "there is no language host, and no Go to build it";
  if (language !== "yaml" && prepared.sdks === undefined) return "there is no Go to generate the SDK";
  if (language === "java" && prepared.javaPackages === undefined)
    return "there is no Java compiler with Maven";
  if (language === "python" && prepared.python === undefined) return "there is no Python with Pulumi's SDK";
  return undefined;
}

/** What a command came to. */
export interface LanguageResult {
  readonly ok: boolean;
  /** All that a user sees, without colour. */
  readonly output: string;
  /** Number of resources by what was done with them; the stack itself counts. */
  readonly changes: Readonly<Record<string, number>>;
}

/** A stack under test. */
export interface LanguageStack {
  /** Sets a key of the program's own configuration. */
  config(key: string, value: string): Promise<void>;
  preview(): Promise<LanguageResult>;
  up(): Promise<LanguageResult>;
  destroy(): Promise<LanguageResult>;
  outputs(): Promise<OutputMap>;
  /** The resources in the state, the stack itself left out. */
  state(): Promise<{ readonly type: string; readonly inputs: Readonly<Record<string, unknown>> }[]>;
  /** All that the engine has written to its backend, as text. */
  stored(): string;
  close(): void;
}

/** The version in the schema, which is that of the plugin and of the SDKs. */
export function schemaVersion(): string {
  const { version } = JSON.parse(readFileSync(join(root, "plugin", "schema.json"), "utf8")) as {
    version: string;
  };
  return version;
}

/**
 * Makes a copy of a program find its SDK, in place of what its package manager would do.
 * @param env of the engine, which is added to
 */
export function prepareProgram(language: Language, folder: string, env: Record<string, string>): void {
  const sdks = prepared.sdks ?? "";
  if (language === "go") {
    const file = join(folder, "go.mod");
    writeFileSync(file, readFileSync(file, "utf8").replace("../../../sdk/go", join(sdks, "go")));
  }
  if (language === "java") {
    buildJavaProgram(folder, { sdk: join(sdks, "java"), packages: prepared.javaPackages ?? "" });
  }
  if (language === "typescript") {
    mkdirSync(join(folder, "node_modules", "@pulumi-runbook"), { recursive: true });
    symlinkSync(
      join(sdks, "nodejs", "bin"),
      join(folder, "node_modules", "@pulumi-runbook", "runbook"),
      "junction",
    );
  }
  if (language === "python") {
    env["PATH"] = [dirname(prepared.python ?? ""), env["PATH"]].join(delimiter);
    env["PYTHONPATH"] = prepared.pythonSdk ?? "";
    env["PYTHONDONTWRITEBYTECODE"] = "1";
  }
}

/**
 * Opens a stack of the program in a folder, whose provider is configured for an emulator.
 * @param complete adds to the copy of the program, before it is compiled.
 */
export async function openLanguageStack(
  language: Language,
  program: string,
  emulatorUrl: string,
  complete: (folder: string) => void = () => undefined,
): Promise<LanguageStack> {
  if (pulumiFolder === undefined) throw new Error("PULUMI_TEST_BIN is not set: run the tests by `npm test`");
  const { pulumiEnvironment } = await import("../../tools/pulumiEnvironment.mjs");
  mkdirSync(join(root, ".state"), { recursive: true });
  const folder = mkdtempSync(join(root, ".state", "language-"));
  cpSync(program, folder, { recursive: true });
  complete(folder);
  const env = pulumiEnvironment({ cli: pulumiFolder, stateFolder: join(folder, "state") });
  // The shared folder of plugins is a link: what is installed here must not be seen elsewhere.
  const plugins = join(env["PULUMI_HOME"]!, "plugins");
  rmSync(plugins);
  mkdirSync(plugins);
  env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true";
  env["PATH"] = [pulumiFolder, variable("LANGUAGE_HOSTS"), process.env["PATH"]]
    .filter(Boolean)
    .join(delimiter);
  prepareProgram(language, folder, env);
  process.env["PATH"] = env["PATH"];

  const hidden = Object.keys(process.env).filter((key) => !(key in env));
  const envVars = { ...Object.fromEntries(hidden.map((key) => [key, ""])), ...env };
  const stack = await LocalWorkspace.createOrSelectStack({ stackName: "test", workDir: folder }, { envVars });
  await promisify(execFile)(
    "pulumi",
    ["plugin", "install", "resource", "runbook", schemaVersion(), "--file", prepared.archive!],
    { cwd: folder, env },
  );
  await stack.setAllConfig(
    {
      "runbook:huaweicloud.region": { value: "cn-north-4" },
      "runbook:huaweicloud.projectId": { value: "0123456789abcdef0123456789abcdef" },
      "runbook:huaweicloud.accessKey": { value: "EMULATORACCESSKEY0001" },
      "runbook:huaweicloud.secretKey": { value: "emulator-secret-key-0001", secret: true },
      "runbook:huaweicloud.endpoints.aom": { value: emulatorUrl },
      "runbook:huaweicloud.endpoints.functiongraph": { value: emulatorUrl },
      "runbook:huaweicloud.endpoints.iam": { value: emulatorUrl },
      "runbook:alicloud.region": { value: "cn-hangzhou" },
      "runbook:alicloud.accessKey": { value: "EMULATORACCESSKEY0001" },
      "runbook:alicloud.secretKey": { value: "emulator-secret-key-0001", secret: true },
      "runbook:alicloud.endpoints.fnf": { value: emulatorUrl },
      "runbook:aws.accessKey": { value: "EMULATORACCESSKEY0001" },
      "runbook:aws.secretKey": { value: "emulator-secret-key-0001", secret: true },
      "runbook:aws.endpoints.sfn": { value: emulatorUrl },
    },
    true,
  );

  async function run(
    command: (options: { onOutput: (text: string) => void; color: "never" }) => Promise<{
      summary?: { resourceChanges?: Record<string, number> };
      changeSummary?: Record<string, number>;
    }>,
  ): Promise<LanguageResult> {
    let output = "";
    const onOutput = (text: string): void => {
      output += text;
    };
    try {
      const { summary, changeSummary } = await command({ onOutput, color: "never" });
      return { ok: true, output, changes: summary?.resourceChanges ?? changeSummary ?? {} };
    } catch (error) {
      return { ok: false, output: output === "" ? String(error) : output, changes: {} };
    }
  }

  return {
    config: (key, value) => stack.setConfig(key, { value }),
    preview: () => run((options) => stack.preview(options)),
    up: () => run((options) => stack.up(options)),
    destroy: () => run((options) => stack.destroy(options)),
    outputs: () => stack.outputs(),
    state: async () => {
      const { deployment } = await stack.exportStack();
      const { resources = [] } = (deployment ?? {}) as {
        resources?: { type: string; inputs?: Record<string, unknown> }[];
      };
      return resources
        .filter(({ type }) => type !== "pulumi:pulumi:Stack")
        .map(({ type, inputs = {} }) => ({ type, inputs }));
    },
    stored: () => textOfFolder(join(folder, "state", "stacks")),
    close: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
