/**
 * A real stack of a real Pulumi engine, driven through the Automation API: the program is data, the service is the
 * emulator. Each stack has a folder of its own inside the repository, so that packages are found as users' are.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { DestroyOptions, OutputMap, PreviewOptions, UpOptions } from "@pulumi/pulumi/automation";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import type { ServiceName } from "../../provider/src/services/registry";
import { huaweiEndpoints } from "./everyService";
import { textOfFolder } from "./textOfFolder";

const root = resolve(__dirname, "../..");

/** A resource of the program. */
export interface ProgramResource {
  readonly name: string;
  /** @default "aom" */
  readonly kind?: ServiceName | `${ServiceName}Get` | "marker" | "uuid7" | "provider";
  /** `"${name.output}"` stands for an output of another resource, also deep inside. */
  readonly args?: Readonly<Record<string, unknown>>;
  /** Also `"${name}"` for another resource itself. */
  readonly opts?: Readonly<Record<string, unknown>>;
  readonly dependsOn?: readonly string[];
}

/** What a command of the engine came to. */
export interface CommandResult {
  readonly ok: boolean;
  /** All that a user sees, without colour. */
  readonly output: string;
  /** Number of resources by what was done with them, the stack itself left out. */
  readonly changes: Readonly<Record<string, number>>;
}

/** A resource in the stack's state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
}

/** Options of `pulumi up`. */
export type UpSettings = Pick<
  UpOptions,
  "continueOnError" | "parallel" | "plan" | "refresh" | "replace" | "target"
>;

/** Options of `pulumi preview`. */
export type PreviewSettings = Pick<PreviewOptions, "plan" | "refresh" | "replace" | "target">;

/** Options of `pulumi destroy`. */
export type DestroySettings = Pick<DestroyOptions, "continueOnError" | "runProgram">;

/** A stack under test. */
export interface TestStack {
  readonly folder: string;
  /** Environment of the engine, for commands that a test runs by itself. */
  readonly env: Readonly<Record<string, string>>;
  readonly name: string;
  /** Sets what the program declares from now on. */
  program(resources: readonly ProgramResource[]): void;
  config(key: string, value: string, secret?: boolean): Promise<void>;
  up(resources?: readonly ProgramResource[], options?: UpSettings): Promise<CommandResult>;
  preview(resources?: readonly ProgramResource[], options?: PreviewSettings): Promise<CommandResult>;
  refresh(): Promise<CommandResult>;
  destroy(options?: DestroySettings): Promise<CommandResult>;
  outputs(): Promise<OutputMap>;
  /** All that the engine has written to its backend: state and history, as text. */
  stored(): string;
  /** The resources in the state; the stack itself and providers left out. */
  state(): Promise<StateResource[]>;
  /** Rewrites the state as if somebody else had stored it: the stack itself and providers left out. */
  rewrite(change: (resource: StateResource) => StateResource): Promise<void>;
  /** The one resource in the state with this name. */
  resource(name: string): Promise<StateResource>;
  close(): Promise<void>;
}

/** The folder with the Pulumi CLI that the tests use; undefined where tools/test.mjs did not set the tests up. */
export const pulumiFolder = process.env["PULUMI_TEST_BIN"];

/** Opens a stack whose configuration points at an emulator. */
export async function openStack(
  emulatorUrl: string,
  config: Readonly<Record<string, string>> = {},
): Promise<TestStack> {
  if (pulumiFolder === undefined) throw new Error("PULUMI_TEST_BIN is not set: run the tests by `npm test`");
  const { pulumiEnvironment } = await import("../../tools/pulumiEnvironment.mjs");
  mkdirSync(join(root, ".state"), { recursive: true });
  const folder = mkdtempSync(join(root, ".state", "test-"));
  cpSync(join(__dirname, "program"), folder, { recursive: true });
  const env = pulumiEnvironment({ cli: pulumiFolder, stateFolder: join(folder, "state") });
  // The Automation API looks for the CLI on the PATH of this process.
  process.env["PATH"] = env["PATH"];
  const name = "test";
  const program = (resources: readonly ProgramResource[]): void => {
    writeFileSync(join(folder, "resources.json"), JSON.stringify(resources));
  };
  program([]);

  // The Automation API adds to the environment of the process; what must not be seen is emptied.
  const hidden = Object.keys(process.env).filter((key) => !(key in env));
  const envVars = { ...Object.fromEntries(hidden.map((key) => [key, ""])), ...env };
  const stack = await LocalWorkspace.createOrSelectStack({ stackName: name, workDir: folder }, { envVars });
  const settings: Record<string, string> = {
    "huaweicloud:region": "cn-north-4",
    "huaweicloud:projectId": "0123456789abcdef0123456789abcdef",
    "huaweicloud:accessKey": "EMULATORACCESSKEY0001",
    "huaweicloud:endpoints": JSON.stringify(huaweiEndpoints(emulatorUrl)),
    "alicloud:region": "cn-hangzhou",
    "alicloud:accessKey": "EMULATORACCESSKEY0001",
    "alicloud:endpoints": JSON.stringify({ fnf: emulatorUrl }),
    ...config,
  };
  await stack.setAllConfig({
    ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, { value }])),
    "huaweicloud:secretKey": { value: "emulator-secret-key-0001", secret: true },
    "alicloud:secretKey": { value: "emulator-secret-key-0001", secret: true },
  });

  async function run(
    command: (options: { onOutput: (text: string) => void; color: "never" }) => Promise<{
      summary?: { resourceChanges?: Record<string, number> };
      changeSummary?: Record<string, number>;
    }>,
  ): Promise<CommandResult> {
    let output = "";
    const onOutput = (text: string): void => {
      output += text;
    };
    const clean = (): string => output.replace(/^.*using pulumi-resource-\S+ from .*\n/gm, "");
    try {
      const result = await command({ onOutput, color: "never" });
      return {
        ok: true,
        output: clean(),
        changes: result.summary?.resourceChanges ?? result.changeSummary ?? {},
      };
    } catch (error) {
      // The error repeats the output; what is not in there (a crash of the engine) is added.
      if (output === "") output = String(error);
      return { ok: false, output: clean(), changes: {} };
    }
  }

  async function state(): Promise<StateResource[]> {
    const { deployment } = await stack.exportStack();
    const all = (deployment as { resources?: StateResource[] } | null)?.resources ?? [];
    return all.filter(({ type }) => !type.startsWith("pulumi:"));
  }

  return {
    folder,
    env,
    name,
    program,
    config: (key, value, secret) => stack.setConfig(key, { value, secret: secret ?? false }),
    up: (resources, settings) => {
      if (resources) program(resources);
      return run((options) => stack.up({ ...options, ...settings }));
    },
    preview: (resources, settings) => {
      if (resources) program(resources);
      return run((options) => stack.preview({ ...options, ...settings }));
    },
    refresh: () => run((options) => stack.refresh(options)),
    destroy: (settings) => run((options) => stack.destroy({ ...options, ...settings })),
    outputs: () => stack.outputs(),
    stored: () => textOfFolder(join(folder, "state", "stacks")),
    state,
    rewrite: async (change) => {
      const stored = await stack.exportStack();
      const deployment = stored.deployment as { resources: StateResource[] };
      const resources = deployment.resources.map((resource) =>
        resource.type.startsWith("pulumi:") ? resource : change(resource),
      );
      await stack.importStack({ ...stored, deployment: { ...deployment, resources } });
    },
    resource: async (resourceName) => {
      const found = (await state()).filter(({ urn }) => urn.endsWith(`::${resourceName}`));
      if (found.length !== 1)
        throw new Error(`the state has ${String(found.length)} resources "${resourceName}"`);
      return found[0]!;
    },
    close: () => {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}
