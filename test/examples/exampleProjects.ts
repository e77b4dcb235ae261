/**
 * The examples as a user has them: copied out of the repository, beside the packed packages, in a folder with a space in its
 * name. One installation serves all of them, and one emulator stands for the clouds.
 */
import { execFile } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { ControlClient } from "runbook-emulator";
import type { Emulator } from "runbook-emulator";
import { engineEnvironment } from "../support/engineEnvironment";
import { installPackedPackages } from "../support/packedPackages";
import type { OperationResult, PulumiPlace, StackOutput } from "../support/pulumiCommand";
import { demandPulumi, operate, stackExport, stackOutputs } from "../support/pulumiCommand";
import { startWithStates } from "../support/stepFunctions/emulatedStates";

/** The file with the settings of a stack; all stacks here have the same ones. */
const settingsFile = "Pulumi.dev.yaml";

/** A copy of an example. */
export interface ExampleProject extends PulumiPlace {
  /** Sets a key of the example's own configuration. */
  config(key: string, value: string): Promise<void>;
  up(): Promise<OperationResult>;
  destroy(): Promise<OperationResult>;
  /** The values of the stack's outputs. */
  outputs(): Promise<Record<string, StackOutput["value"]>>;
  /** The texts of `__provider` in the state, of inputs and outputs. */
  providerTexts(): Promise<unknown[]>;
  /** Runs Node, with packages found from the example's folder; gives what the program prints. */
  node(...args: readonly string[]): Promise<string>;
}

/** The installation, and what serves it. */
export interface ExampleProjects {
  /** A folder with a space in its name; its node_modules has the packed packages. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly emulator: Emulator;
  readonly control: ControlClient;
  /**
   * Makes a project of a folder, with a stack on the emulator.
   * @param name that of the copy
   */
  open(from: string, name: string): Promise<ExampleProject>;
  /** Takes a folder into the installation, without a stack. */
  copy(from: string, name: string): ExampleProject;
  close(): Promise<void>;
}

/** Installs the packed packages and starts the emulator. */
export async function openExampleProjects(): Promise<ExampleProjects> {
  const manifests = join(__dirname, "installed");
  const { folder, remove } = await installPackedPackages({ manifests, name: "my projects" });
  const emulator = await startWithStates();
  const env = {
    ...(await engineEnvironment(join(dirname(folder), "state"))),
    PULUMI_STACK: "dev",
    // `tsc` checks all programs once, in place of Pulumi at every run.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  };
  const copy = (from: string, name: string): ExampleProject => {
    cpSync(from, join(folder, name), {
      recursive: true,
      filter: (path) => !path.includes(`${from}/node_modules`),
    });
    return projectIn(join(folder, name), env);
  };
  return {
    folder,
    env,
    emulator,
    control: new ControlClient(emulator),
    copy,
    open: async (from, name) => {
      const example = copy(from, name);
      await configure(example, folder, emulator.url);
      return example;
    },
    close: async () => {
      await emulator.close();
      await remove();
    },
  };
}

/** Makes the stack. The first one is configured as the emulator's README says; the others have a copy of its settings. */
async function configure(place: PulumiPlace, shared: string, url: string): Promise<void> {
  const made = join(shared, settingsFile);
  if (existsSync(made)) {
    cpSync(made, join(place.folder, settingsFile));
    await demandPulumi(place, ["stack", "init", "dev"]);
    return;
  }
  await demandPulumi(place, ["stack", "init", "dev"]);
  const command = join(shared, "node_modules", "runbook-emulator", "bin", "runbook-emulator.js");
  const { stdout } = await promisify(execFile)(process.execPath, [command, "--pulumi-config", url]);
  await demandPulumi(place, ["config", "set-all", "--json", stdout]);
  // The emulator of users has no Step Functions; the tests' own has.
  await demandPulumi(place, ["config", "set-all", ...awsSettings(url)]);
  writeFileSync(made, readFileSync(join(place.folder, settingsFile)));
}

function awsSettings(url: string): string[] {
  const plain = { region: "us-east-1", accessKey: "EMULATORACCESSKEY0001", endpoints: `[{"sfn":"${url}"}]` };
  return [
    ...Object.entries(plain).flatMap(([name, value]) => ["--plaintext", `aws:${name}=${value}`]),
    ...["--secret", "aws:secretKey=emulator-secret-key-0001"],
  ];
}

function projectIn(folder: string, env: Readonly<Record<string, string>>): ExampleProject {
  const place = { folder, env };
  return {
    ...place,
    config: async (key, value) => {
      await demandPulumi(place, ["config", "set", key, "--", value]);
    },
    up: () => operate(place, "up"),
    destroy: () => operate(place, "destroy"),
    outputs: async () =>
      Object.fromEntries(Object.entries(await stackOutputs(place)).map(([name, { value }]) => [name, value])),
    providerTexts: async () => {
      const { deployment } = JSON.parse(await stackExport(place)) as {
        deployment: { resources?: Record<"inputs" | "outputs", Record<string, unknown> | undefined>[] };
      };
      return (deployment.resources ?? [])
        .flatMap(({ inputs, outputs }) => [inputs?.["__provider"], outputs?.["__provider"]])
        .filter((text) => text !== undefined);
    },
    node: async (...args) => {
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        cwd: folder,
        env: { ...env },
        timeout: 540_000,
      });
      return stdout;
    },
  };
}
