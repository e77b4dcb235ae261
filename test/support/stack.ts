/**
 * A real stack of a real Pulumi engine: the program is data, the service is the emulator. Each stack has a folder of its own
 * inside the repository, so that packages are found as users' are.
 */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ServiceName } from "../../provider/src/services/registry";
import { engineEnvironment } from "./engineEnvironment";
import { huaweiEndpoints } from "./everyService";
import type { Operation, OperationResult, PulumiPlace, StackOutput } from "./pulumiCommand";
import { demandPulumi, operate, stackExport, stackOutputs } from "./pulumiCommand";
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
export interface UpSettings {
  readonly continueOnError?: boolean;
  readonly parallel?: number;
  /** The file of an update plan. */
  readonly plan?: string;
  readonly refresh?: boolean;
  /** URNs. */
  readonly replace?: readonly string[];
  /** URNs. */
  readonly target?: readonly string[];
}

/** Options of `pulumi preview`; `plan` is the file to save the update plan in. */
export type PreviewSettings = Pick<UpSettings, "plan" | "refresh" | "replace" | "target">;

/** Options of `pulumi destroy`. */
export interface DestroySettings {
  readonly continueOnError?: boolean;
  readonly runProgram?: boolean;
}

/** A stack under test. */
export interface TestStack {
  readonly folder: string;
  /** Environment of the engine, for commands that a test runs. */
  readonly env: Readonly<Record<string, string>>;
  readonly name: string;
  /** Sets the resources that the program declares from now on. */
  program(resources: readonly ProgramResource[]): void;
  config(key: string, value: string, secret?: boolean): Promise<void>;
  up(resources?: readonly ProgramResource[], options?: UpSettings): Promise<OperationResult>;
  preview(resources?: readonly ProgramResource[], options?: PreviewSettings): Promise<OperationResult>;
  refresh(): Promise<OperationResult>;
  destroy(options?: DestroySettings): Promise<OperationResult>;
  outputs(): Promise<Record<string, StackOutput>>;
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

/** Opens a stack whose configuration points at an emulator. */
export async function openStack(
  emulatorUrl: string,
  config: Readonly<Record<string, string>> = {},
): Promise<TestStack> {
  const place = await makeFolder();
  const { folder, env } = place;
  const program = (resources: readonly ProgramResource[]): void => {
    writeFileSync(join(folder, "resources.json"), JSON.stringify(resources));
  };
  program([]);
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
  await initialize(place, settings);

  const run = async (operation: Operation, args: readonly string[] = []): Promise<OperationResult> => {
    const result = await operate(place, operation, args);
    return { ...result, output: result.output.replace(/^.*using pulumi-resource-\S+ from .*\n/gm, "") };
  };
  const exported = async (): Promise<Exported> =>
    JSON.parse(await stackExport(place, "--show-secrets")) as Exported;
  const state = async (): Promise<StateResource[]> =>
    ((await exported()).deployment.resources ?? []).filter(({ type }) => !type.startsWith("pulumi:"));

  return {
    folder,
    env,
    name: stackName,
    program,
    config: async (key, value, secret) => {
      const kind = secret ? "--secret" : "--plaintext";
      await demandPulumi(place, ["config", "set", kind, key, "--", value]);
    },
    up: (resources, settings = {}) => {
      if (resources) program(resources);
      return run("up", flags(settings));
    },
    preview: (resources, { plan, ...settings } = {}) => {
      if (resources) program(resources);
      return run("preview", [...flags(settings), ...(plan === undefined ? [] : ["--save-plan", plan])]);
    },
    refresh: () => run("refresh"),
    destroy: (settings = {}) => run("destroy", flags(settings)),
    outputs: () => stackOutputs(place),
    stored: () => textOfFolder(join(folder, "state", "stacks")),
    state,
    rewrite: async (change) => {
      const { deployment, ...rest } = await exported();
      const resources = deployment.resources?.map((resource) =>
        resource.type.startsWith("pulumi:") ? resource : change(resource),
      );
      await demandPulumi(
        place,
        ["stack", "import"],
        JSON.stringify({ ...rest, deployment: { ...deployment, resources } }),
      );
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

const stackName = "test";

/** The output of `pulumi stack export`. */
interface Exported {
  readonly deployment: { readonly resources?: StateResource[] };
}

/** Makes a folder with the program, and the environment for commands in it. */
async function makeFolder(): Promise<{ folder: string; env: Record<string, string> }> {
  mkdirSync(join(root, ".state"), { recursive: true });
  const folder = mkdtempSync(join(root, ".state", "test-"));
  cpSync(join(__dirname, "program"), folder, { recursive: true });
  const env = await engineEnvironment(join(folder, "state"));
  return { folder, env: { ...env, PULUMI_STACK: stackName } };
}

/**
 * Makes the stack, with its configuration. The engine makes one for each worker; the others are copies of it, and
 * differ in the parts that are not secret.
 */
async function initialize(place: PulumiPlace, settings: Readonly<Record<string, string>>): Promise<void> {
  const stacks = join(place.folder, "state", "stacks");
  const file = join(place.folder, `Pulumi.${stackName}.yaml`);
  const made = join(tmpdir(), "test-stack");
  if (!existsSync(made)) {
    await demandPulumi(place, ["stack", "init", stackName]);
    const secrets = ["huaweicloud", "alicloud"].map((name) => `${name}:secretKey=emulator-secret-key-0001`);
    await demandPulumi(place, ["config", "set-all", ...secrets.flatMap((secret) => ["--secret", secret])]);
    const unfinished = mkdtempSync(join(tmpdir(), "test-stack-"));
    cpSync(stacks, join(unfinished, "stacks"), { recursive: true });
    cpSync(file, join(unfinished, "settings.yaml"));
    renameSync(unfinished, made);
  }
  cpSync(join(made, "stacks"), stacks, { recursive: true });
  cpSync(join(made, "settings.yaml"), file);
  // The last section of the file is the configuration; a JSON string is one of YAML's.
  const lines = Object.entries(settings).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
  appendFileSync(file, lines.join(""));
}

function flags(settings: UpSettings & DestroySettings): string[] {
  return [
    ...(settings.continueOnError ? ["--continue-on-error"] : []),
    ...(settings.parallel === undefined ? [] : ["--parallel", String(settings.parallel)]),
    ...(settings.plan === undefined ? [] : ["--plan", settings.plan]),
    ...(settings.refresh ? ["--refresh"] : []),
    ...(settings.runProgram ? ["--run-program"] : []),
    ...(settings.replace ?? []).flatMap((urn) => ["--replace", urn]),
    ...(settings.target ?? []).flatMap((urn) => ["--target", urn]),
  ];
}
