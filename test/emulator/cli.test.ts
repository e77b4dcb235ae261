/**
 * The command as users run it: one line on stdout, helpful refusals, prompt ends. Needs a build.
 */
import type { ChildProcess } from "node:child_process";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { registeredServices } from "../../emulator/src/emulator";
import { EmulatorClient, executions } from "./emulatorClient";

const repositoryRoot = join(__dirname, "..", "..");
const binFile = join(repositoryRoot, "emulator", "bin", "runbook-emulator.js");

const running = new Set<ChildProcess>();

beforeAll(() => {
  if (!existsSync(join(repositoryRoot, "emulator", "dist", "cli.js"))) {
    execFileSync(
      process.execPath,
      [join(repositoryRoot, "node_modules", "typescript", "bin", "tsc"), "--build", "emulator"],
      {
        cwd: repositoryRoot,
      },
    );
  }
});

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

interface Started {
  readonly child: ChildProcess;
  readonly client: EmulatorClient;
  /** Everything on stdout so far. */
  readonly stdout: () => string;
}

async function start(args: readonly string[], stderr: "inherit" | "pipe" = "inherit"): Promise<Started> {
  const child = spawn(process.execPath, [binFile, ...args], { stdio: ["ignore", "pipe", stderr] });
  running.add(child);
  let text = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("\n")) resolve();
    });
    child.on("exit", (code) => {
      reject(new Error(`exited with ${String(code)}`));
    });
  });
  const { url } = JSON.parse(text) as { url: string };
  return { child, client: new EmulatorClient(url), stdout: () => text };
}

const refusal = (...args: string[]): { status: number | null; stderr: string; stdout: string } =>
  spawnSync(process.execPath, [binFile, ...args], { encoding: "utf8", timeout: 60_000 });

test("prints exactly one line of JSON, serves, and ends on SIGTERM without waiting for open connections", async () => {
  const { child, client, stdout } = await start(["--port", "0"]);
  expect((await client.signed("POST", executions("demo-succeeds"))).status).toBe(200);
  await client.control("POST", "/faults", { action: "hang" });
  const hanging = client.signed("POST", executions("demo-succeeds")).catch(() => "broken");
  await client.handling("ExecuteWorkflow");
  child.kill("SIGTERM");
  const [code] = (await once(child, "exit")) as [number];
  expect([code, await hanging]).toEqual([0, "broken"]);
  expect(stdout()).toMatch(/^\{"url":"http:\/\/127\.0\.0\.1:\d+"\}\n$/);
});

test("--allow-host, given again and again, lets requests to these names pass", async () => {
  const { client } = await start(["--allow-host", "emulator", "--allow-host", "emulator.test"]);
  const statusFor = async (host: string): Promise<number | undefined> => {
    const sent = request(`${client.url}/_emulator/`, { headers: { host }, agent: false }).end();
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  };
  const hosts = ["emulator", "emulator.test", "other.test"];
  expect(await Promise.all(hosts.map(statusFor))).toEqual([200, 200, 421]);
});

test("--metadata puts the metadata services on one more address, which the line names", async () => {
  const { client, stdout } = await start(["--metadata", "127.0.0.1:0"]);
  const { metadataUrl } = JSON.parse(stdout()) as { metadataUrl: string };
  const account = { agencies: [{ name: "machine" }] };
  await client.control("PUT", "/accounts/acme", account);
  await client.control("PUT", "/machines/huaweiEcs", { domain: "acme", agency: "machine" });
  const apart = new EmulatorClient(metadataUrl);
  expect((await apart.plain("GET", "/openstack/latest/securitykey")).status).toBe(200);
  expect((await apart.control("GET", "/")).status).toBe(404);
});

test("SIGINT ends it with 0 too, and --data brings its executions back", async () => {
  const folder = mkdtempSync(join(tmpdir(), "emulator-cli-"));
  try {
    const first = await start(["--data", folder]);
    const id = await first.client.execute("demo-slow");
    first.child.kill("SIGINT");
    expect(await once(first.child, "exit")).toEqual([0, null]);
    const second = await start(["--data", folder]);
    expect((await second.client.detail("demo-slow", id)).json.execution_id).toBe(id);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("--data: a second one is refused with the folder's name; after kill -9 the next one takes the folder over", async () => {
  const folder = mkdtempSync(join(tmpdir(), "emulator-cli-"));
  try {
    const first = await start(["--data", folder]);
    const id = await first.client.execute("demo-slow");
    const { status, stderr } = refusal("--data", folder);
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining(`--data: ${folder} is in use by process ${String(first.child.pid)} on `),
    ]);
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    const second = await start(["--data", folder]);
    expect((await second.client.detail("demo-slow", id)).json.execution_id).toBe(id);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("--exit-with-parent ends it when its parent has gone", async () => {
  const script = `
    const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, [${JSON.stringify(binFile)}, "--exit-with-parent"], { stdio: ["ignore", "pipe", "inherit"], detached: true });
    child.stdout.once("data", (line) => { process.stdout.write(String(child.pid) + "\\n" + line, () => process.exit(0)); });
  `;
  const output = execFileSync(process.execPath, ["-e", script], { encoding: "utf8" });
  const pid = Number(output.split("\n")[0]);
  const isAlive = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (isAlive()) await new Promise((resolve) => setTimeout(resolve, 50));
});

describe("options that cannot be used", () => {
  const folder = mkdtempSync(join(tmpdir(), "emulator-cli-"));
  const seed = join(folder, "seed.json");
  writeFileSync(seed, '{"workflows":{"w":{"nodes":[]}}}');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test.each([
    [["--port", "99999"], "--port must be a number from 0 to 65535"],
    [["--prot", "1"], "--prot"],
    [["here"], "here"],
    [["--seed", seed], "workflows.w.nodes: must have 1 to 200 nodes"],
    [["--seed", join(folder, "none.json")], "--seed"],
    [["--seed", ""], "--seed is empty"],
    [["--allow-host", ""], "--allow-host is empty"],
    [["--data", seed], "--data"],
    [["--host", "192.0.2.1"], "--host 192.0.2.1"],
    [["--metadata", "169.254.169.254"], "--metadata must be an address and a port"],
    [["--metadata", "127.0.0.1:99999"], "The port of --metadata must be a number"],
    [["--metadata", "192.0.2.1:80"], "cannot listen on --metadata 192.0.2.1:80"],
  ])("%j", (args, message) => {
    const { status, stderr, stdout } = refusal(...args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
  });

  test("a port that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    // Not spawnSync: it would stop this process from holding the port's connections.
    const child = spawn(process.execPath, [binFile, "--port", String(port)], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, "exit")) as [number];
    server.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`--port ${String(port)} is in use`);
  });
});

test("--verbose logs each request on stderr, without secrets; stdout keeps its one line", async () => {
  const { child, client, stdout } = await start(["--verbose"], "pipe");
  let log = "";
  child.stderr!.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const token = (await client.login()).headers.get("x-subject-token")!;
  await client.signed("POST", executions("demo-succeeds"));
  await client.plain("GET", "/nothing?SecurityToken=hush", { headers: { "x-auth-token": token } });
  await client.control("GET", "/executions");
  child.kill("SIGTERM");
  await once(child, "close");
  const lines = log.trimEnd().split("\n");
  expect(lines).toEqual([
    expect.stringMatching(
      / POST \/v3\/auth\/tokens iam:KeystoneCreateUserTokenByPassword 201 .*id=[0-9a-f]{32}$/,
    ),
    expect.stringMatching(/ POST \/v1\/.* aom:ExecuteWorkflow 200 by=demo\/demo id=[0-9a-f]{32}$/),
    expect.stringMatching(/ GET \/nothing\?SecurityToken=\[redacted\] \(no such route\) 404 id=/),
  ]);
  for (const secret of [token, "hush", "demo-password-1"]) expect(log).not.toContain(secret);
  expect(stdout()).toMatch(/^\{"url":"http:\/\/127\.0\.0\.1:\d+"\}\n$/);
});

test("the Dockerfile's command starts, and its health check finds the emulator", async () => {
  const text = readFileSync(join(repositoryRoot, "emulator", "Dockerfile"), "utf8");
  const [command, ...args] = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(text)![1]!) as string[];
  const [port] = args.splice(args.indexOf("--port") + 1, 1, "0");
  const address = /"http:\/\/127\.0\.0\.1:(\d+)(\/\S+)"\]$/m.exec(text)!;
  expect([command, port, /^EXPOSE (\d+)$/m.exec(text)![1]]).toEqual([
    "runbook-emulator",
    address[1],
    address[1],
  ]);
  const { client } = await start([...args, "--open-control"]);
  expect((await client.plain("GET", address[2]!)).status).toBe(200);
});

test("--help and --version", () => {
  const help = refusal("--help").stdout;
  expect(help).toContain("--enforce-limits");
  for (const { name, title } of registeredServices()) {
    expect(help).toMatch(new RegExp(`^  ${name} +${title}$`, "m"));
  }
  expect(refusal("--version").stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe("--pulumi-config", () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [binFile, "--pulumi-config", ...args], { encoding: "utf8" });

  test("prints the configuration in the form of `pulumi config --json`", () => {
    const { status, stdout } = run("http://127.0.0.1:8787/");
    expect(status).toBe(0);
    const settings = JSON.parse(stdout) as Record<string, unknown>;
    expect(settings).toMatchObject({
      "huaweicloud:region": { value: "cn-north-4", secret: false },
      "huaweicloud:secretKey": { value: "emulator-secret-key-0001", secret: true },
      "alicloud:endpoints": {
        value: '{"fnf":"http://127.0.0.1:8787","sts":"http://127.0.0.1:8787"}',
        objectValue: { fnf: "http://127.0.0.1:8787", sts: "http://127.0.0.1:8787" },
        secret: false,
      },
    });
    expect(settings).not.toHaveProperty(["huaweicloud:allowInsecureHttp"]);
    expect(JSON.parse(run("http://emulator:8787").stdout)).toMatchObject({
      "huaweicloud:allowInsecureHttp": { value: "true" },
    });
  });

  test("prints the plugin's configuration: an object with a secret in it is secret as a whole", () => {
    const { status, stdout } = run("http://127.0.0.1:8787", "--plugin");
    expect(status).toBe(0);
    const settings = JSON.parse(stdout) as Record<string, { value: string; secret: boolean }>;
    expect(Object.keys(settings)).toEqual(["runbook:huaweicloud", "runbook:alicloud"]);
    const { value, ...huaweicloud } = settings["runbook:huaweicloud"]!;
    expect(huaweicloud).toEqual({ secret: true });
    expect(JSON.parse(value)).toMatchObject({
      region: "cn-north-4",
      secretKey: "emulator-secret-key-0001",
      endpoints: { aom: "http://127.0.0.1:8787" },
    });
  });

  test("--plugin alone is refused", () => {
    const { status, stderr } = spawnSync(process.execPath, [binFile, "--plugin"], { encoding: "utf8" });
    expect([status, stderr]).toEqual([
      2,
      "runbook-emulator: --plugin says for what --pulumi-config is: add --pulumi-config URL.\n",
    ]);
  });

  test.each(["8787", "ftp://127.0.0.1", ""])("refuses %j, which is no URL of an emulator", (text) => {
    const { status, stdout, stderr } = run(text);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      "runbook-emulator: --pulumi-config must be the URL that the emulator has printed, such as http://127.0.0.1:8787.\n",
    );
  });
});
