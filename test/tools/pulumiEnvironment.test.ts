/**
 * The environment that the tools run Pulumi in: nothing of the caller's accounts gets in.
 */
import { existsSync, mkdirSync, readlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Folder } from "./toolProcess";
import { evaluate, makeFolder } from "./toolProcess";

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

async function environmentFor(
  options: Record<string, unknown>,
  env: NodeJS.ProcessEnv = {},
): Promise<Record<string, string>> {
  const stateFolder = join(folder.path, "state");
  return (await evaluate(
    `import { pulumiEnvironment } from "tools/pulumiEnvironment.mjs";
     console.log(JSON.stringify(pulumiEnvironment(${JSON.stringify({ stateFolder, ...options })})));`,
    { RUNBOOK_CACHE: join(folder.path, "cache"), ...env },
  )) as Record<string, string>;
}

test("a login, a backend, stack settings and the credentials of a cloud stay outside", async () => {
  const secret = "must-not-be-seen";
  const env = await environmentFor(
    { cli: "/cli/bin" },
    {
      PULUMI_ACCESS_TOKEN: secret,
      PULUMI_BACKEND_URL: `https://${secret}`,
      PULUMI_HOME: `/${secret}`,
      PULUMI_CONFIG_PASSPHRASE: secret,
      PULUMI_CONFIG_PASSPHRASE_FILE: secret,
      PULUMI_SKIP_CONFIRMATIONS: secret,
      HUAWEICLOUD_SDK_AK: secret,
      HUAWEICLOUD_SDK_SK: secret,
      HW_ACCESS_KEY: secret,
      HW_SECRET_KEY: secret,
      ALIBABA_CLOUD_ACCESS_KEY_ID: secret,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret,
      ALIBABACLOUD_ACCESS_KEY_SECRET: secret,
      ALICLOUD_SECRET_KEY: secret,
      FNF_ENDPOINT: secret,
      OS_PASSWORD: secret,
      HC_CONTAINER_CREDENTIALS_FULL_URI: secret,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_PROFILE: secret,
      HTTP_PROXY: "http://proxy.example:3128",
    },
  );
  expect(JSON.stringify(env)).not.toContain(secret);
  expect(env["HTTP_PROXY"]).toBe("http://proxy.example:3128");
  expect(env["PULUMI_SKIP_UPDATE_CHECK"]).toBe("true");
  expect(env["PULUMI_CONFIG_PASSPHRASE"]).toBeTruthy();
});

test("Pulumi's home and its stacks lie in the state folder, and the given CLI comes first on PATH", async () => {
  const env = await environmentFor({ cli: "/cli/bin", emulatorUrl: "http://127.0.0.1:1234" });
  const state = join(folder.path, "state");
  expect(env["PULUMI_HOME"]).toBe(join(state, "home"));
  expect(env["PULUMI_BACKEND_URL"]).toBe(`file://${join(state, "stacks")}`);
  expect(existsSync(join(state, "stacks"))).toBe(true);
  expect(env["PATH"]).toBe(["/cli/bin", process.env["PATH"]].join(delimiter));
  expect(env["RUNBOOK_EMULATOR_URL"]).toBe("http://127.0.0.1:1234");
});

test("a CLI that we built has its plugins beside it; another one fetches them, once for all state folders", async () => {
  const built = join(folder.path, "built");
  mkdirSync(join(built, "bin"), { recursive: true });
  mkdirSync(join(built, "plugins"));
  const link = join(folder.path, "state", "home", "plugins");

  const ours = await environmentFor({ cli: join(built, "bin") });
  expect(readlinkSync(link)).toBe(join(built, "plugins"));
  expect(ours["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"]).toBe("true");

  // The same state folder with another CLI, as after an installation of Pulumi.
  const other = await environmentFor({ cli: "/cli/bin" });
  expect(readlinkSync(link)).toBe(join(folder.path, "cache", "plugins"));
  expect(other).not.toHaveProperty("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION");
});
