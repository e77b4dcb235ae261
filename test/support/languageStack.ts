/**
 * A stack of a program in any language that uses the plugin: the real engine, the plugin installed from its archive into a
 * Pulumi home of the stack's own, the emulator as the cloud.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { ControlClient } from "runbook-emulator";
import type { PulumiConfigValue } from "runbook-emulator";
import { buildJavaProgram } from "./javaProgram";
import type { OperationResult, StackOutput } from "./pulumiCommand";
import { demandPulumi, operate, setSettings, stackExport, stackOutputs } from "./pulumiCommand";
import type { ReleaseServer } from "./releaseServer";
import { serveRelease } from "./releaseServer";
import { demandPulumiFolder, engineEnvironment } from "./engineEnvironment";
import { textOfFolder } from "./textOfFolder";

const root = resolve(__dirname, "../..");

/** Languages of programs. */
export type Language = "go" | "java" | "python" | "typescript" | "yaml";

const variable = (name: string): string | undefined => {
  const value = process.env[name];
  return value === "" ? undefined : value;
};

/** The parts that `npm test` has prepared for other languages; undefined where a part could not be had. */
export const prepared = {
  archive: variable("RUNBOOK_PLUGIN"),
  sdks: variable("RUNBOOK_SDKS"),
  python: variable("LANGUAGES_PYTHON"),
  /** The folder with the packages that the generated SDK for Java needs. */
  javaPackages: variable("LANGUAGES_JAVA_PACKAGES"),
  /** The folder in which the generated SDK for Python is installed. */
  pythonSdk: variable("LANGUAGES_PYTHON_SDK"),
} as const;

/** The reason for which programs in a language can't run here; undefined where they can. */
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

/** A stack under test. */
export interface LanguageStack {
  /** Sets a key of the program's own configuration. */
  config(key: string, value: string): Promise<void>;
  preview(): Promise<OperationResult>;
  up(): Promise<OperationResult>;
  destroy(): Promise<OperationResult>;
  outputs(): Promise<Record<string, StackOutput>>;
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
 * Makes a copy of a program find its SDK, in place of its package manager.
 * @param env of the engine, which is added to
 */
export function prepareProgram(language: Language, folder: string, env: Record<string, string>): void {
  const sdks = prepared.sdks ?? "";
  if (language === "go") {
    const file = join(folder, "go.mod");
    writeFileSync(file, readFileSync(file, "utf8").replace("../../../sdk/go", join(sdks, "go")));
    // Otherwise Go compiles the same SDK anew in each clone.
    env["GOFLAGS"] = [env["GOFLAGS"], "-trimpath"].filter(Boolean).join(" ");
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
  const cli = demandPulumiFolder();
  mkdirSync(join(root, ".state"), { recursive: true });
  const folder = mkdtempSync(join(root, ".state", "language-"));
  cpSync(program, folder, { recursive: true });
  complete(folder);
  const env = await engineEnvironment(join(folder, "state"));
  // The shared folder of plugins is a link: an install here must not be seen elsewhere.
  const plugins = join(env["PULUMI_HOME"]!, "plugins");
  rmSync(plugins);
  mkdirSync(plugins);
  env["PATH"] = [cli, variable("LANGUAGE_HOSTS"), process.env["PATH"]].filter(Boolean).join(delimiter);
  prepareProgram(language, folder, env);
  env["PULUMI_STACK"] = "test";

  const place = { folder, env };
  const release = await provideThePlugin(language, place);
  await demandPulumi(place, ["stack", "init", "test"]);
  await configure(language, place, emulatorUrl);

  return {
    config: async (key, value) => {
      await demandPulumi(place, ["config", "set", key, "--", value]);
    },
    preview: () => operate(place, "preview"),
    up: () => operate(place, "up"),
    destroy: () => operate(place, "destroy"),
    outputs: () => stackOutputs(place),
    state: async () => {
      const { deployment } = JSON.parse(await stackExport(place, "--show-secrets")) as {
        deployment: { resources?: { type: string; inputs?: Record<string, unknown> }[] };
      };
      return (deployment.resources ?? [])
        .filter(({ type }) => type !== "pulumi:pulumi:Stack")
        .map(({ type, inputs = {} }) => ({ type, inputs }));
    },
    stored: () => textOfFolder(join(folder, "state", "stacks")),
    close: () => {
      release?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Place {
  readonly folder: string;
  readonly env: Record<string, string>;
}

/**
 * Provides the plugin in both ways that the documents have: Python fetches the plugin from the release, the others install the
 * archive.
 */
async function provideThePlugin(language: Language, place: Place): Promise<ReleaseServer | undefined> {
  if (language === "python") {
    const release = await serveRelease(dirname(prepared.archive!));
    place.env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "false";
    place.env["PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES"] =
      `^github://api.github.com/pulumi-runbook=${release.url}`;
    return release;
  }
  place.env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true";
  const plugin = ["resource", "runbook", schemaVersion(), "--file", prepared.archive!];
  await demandPulumi(place, ["plugin", "install", ...plugin]);
  return undefined;
}

/** Configures in both ways that the documents have: the emulator's command for YAML, keys for the others. */
async function configure(language: Language, place: Place, emulatorUrl: string): Promise<void> {
  const aws: Readonly<Record<string, PulumiConfigValue>> = {
    "runbook:aws.accessKey": { value: "EMULATORACCESSKEY0001" },
    "runbook:aws.secretKey": { value: "emulator-secret-key-0001", secret: true },
    "runbook:aws.endpoints.sfn": { value: emulatorUrl },
  };
  const others = new ControlClient(emulatorUrl).pulumiConfig({ for: "plugin" });
  if (language === "yaml") {
    const command = join(root, "emulator", "bin", "runbook-emulator.js");
    const args = [command, "--pulumi-config", emulatorUrl, "--plugin"];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    await demandPulumi(place, ["config", "set-all", "--json", stdout]);
  }
  await setSettings(place, language === "yaml" ? aws : { ...others, ...aws });
}
