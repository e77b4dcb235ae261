/**
 * A stack of a YAML program that uses the compiled plugin.
 */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { huaweiEndpoints } from "./everyService";
import { pluginMain } from "./plugin/pluginProcess";
import type { CommandEnd, RunningCommand } from "./pulumiCommand";
import { demandPulumi, stackExport, startPulumi } from "./pulumiCommand";
import { demandPulumiFolder, engineEnvironment } from "./engineEnvironment";

const root = resolve(__dirname, "../..");
const hosts = process.env["LANGUAGE_HOSTS"] ?? "";

/** True where YAML programs can run: `npm test` has a CLI and the language host. */
export const hasYaml = (process.env["LANGUAGES_WITH_HOST"] ?? "").split(",").includes("yaml");

/** A YAML program without its head. */
export interface YamlProgram {
  readonly resources?: Readonly<Record<string, object>>;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** A resource in the state. */
export interface StoredResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
  readonly refreshBeforeUpdate?: boolean;
}

/** A stack under test. */
export interface PluginStack {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** @param runtime of the program; a program in another language than YAML is in files of its own. @default "yaml" */
  program(program: YamlProgram, runtime?: "yaml" | "nodejs"): void;
  /** Runs `pulumi` with these arguments; `--yes` and the options for a plain log are added where they are taken. */
  pulumi(...args: string[]): Promise<CommandEnd>;
  /** Starts it, in a process group of its own. */
  start(...args: string[]): RunningCommand;
  resources(): Promise<StoredResource[]>;
  /** The resource with this name. */
  resource(name: string): Promise<StoredResource>;
  /** Operations that the state knows to have begun. */
  pending(): Promise<number>;
  close(): void;
}

const confirmed: ReadonlySet<string> = new Set(["up", "destroy", "refresh", "import"]);

/** Opens a stack; its configuration has the emulator's demo account, all of it in the clear. */
export async function openPluginStack(emulatorUrl: string): Promise<PluginStack> {
  mkdirSync(join(root, ".state"), { recursive: true });
  const folder = mkdtempSync(join(root, ".state", "plugin-"));
  const plugin = join(folder, "plugin");
  mkdirSync(plugin);
  const wrapper = join(plugin, "pulumi-resource-runbook");
  // Its own, so that its processes can be told from those of other stacks.
  const schema = join(plugin, "schema.json");
  copyFileSync(join(root, "plugin", "schema.json"), schema);
  writeFileSync(wrapper, `#!/bin/sh\nexec "${process.execPath}" "${pluginMain}" --schema "${schema}" "$@"\n`);
  chmodSync(wrapper, 0o755);
  const env: NodeJS.ProcessEnv = {
    ...(await engineEnvironment(join(folder, "state"))),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
  env["PATH"] = [demandPulumiFolder(), hosts, process.env["PATH"]].filter(Boolean).join(delimiter);

  const program = (content: YamlProgram, runtime: "yaml" | "nodejs" = "yaml"): void => {
    // JSON is YAML.
    const all = {
      name: "tests",
      runtime: runtime === "yaml" ? runtime : { name: runtime, options: { typescript: false } },
      plugins: { providers: [{ name: "runbook", path: plugin }] },
      ...content,
    };
    writeFileSync(join(folder, "Pulumi.yaml"), JSON.stringify(all));
  };
  const place = { folder, env };
  const start = (...args: string[]): RunningCommand =>
    startPulumi(place, [...args, ...(confirmed.has(args[0]!) ? ["--yes", "--skip-preview"] : [])]);
  const deployment = async (): Promise<{ resources?: StoredResource[]; pending_operations?: unknown[] }> =>
    (
      JSON.parse(await stackExport(place)) as {
        deployment: { resources?: StoredResource[]; pending_operations?: unknown[] };
      }
    ).deployment;
  const resources = async (): Promise<StoredResource[]> =>
    ((await deployment()).resources ?? []).filter(({ type }) => type !== "pulumi:pulumi:Stack");

  program({});
  await demandPulumi(place, ["stack", "init", "test"]);
  const settings = {
    huaweicloud: {
      region: "cn-north-4",
      projectId: "0123456789abcdef0123456789abcdef",
      accessKey: "EMULATORACCESSKEY0001",
      secretKey: "emulator-secret-key-0001",
      endpoints: huaweiEndpoints(emulatorUrl),
    },
    alicloud: {
      region: "cn-hangzhou",
      accessKey: "EMULATORACCESSKEY0001",
      secretKey: "emulator-secret-key-0001",
      endpoints: { fnf: emulatorUrl },
    },
    aws: {
      accessKey: "EMULATORACCESSKEY0001",
      secretKey: "emulator-secret-key-0001",
      endpoints: [{ sfn: emulatorUrl }],
    },
  };
  // As a person writes it who does not know `--secret`.
  writeFileSync(
    join(folder, "Pulumi.test.yaml"),
    JSON.stringify({
      config: {
        ...Object.fromEntries(Object.entries(settings).map(([name, values]) => [`runbook:${name}`, values])),
        // The same for the dynamic provider.
        ...Object.fromEntries(
          Object.entries(settings).flatMap(([namespace, values]) =>
            Object.entries(values).map(([name, value]) => [`${namespace}:${name}`, value]),
          ),
        ),
      },
    }),
  );
  return {
    folder,
    env,
    program,
    pulumi: (...args) => start(...args).end,
    start,
    resources,
    resource: async (name) => {
      const found = (await resources()).filter(({ urn }) => urn.endsWith(`::${name}`));
      if (found.length !== 1) throw new Error(`the state has ${String(found.length)} resources "${name}"`);
      return found[0]!;
    },
    pending: async () => (await deployment()).pending_operations?.length ?? 0,
    close: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
