/**
 * Sessions with authorities and client certificates of their own, against the emulator behind TLS.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { stackSettingWords } from "../../provider/src/fronts/shared/settingWords";
import { processSettings } from "../../provider/src/fronts/shared/settings";
import { openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { selfSigned } from "../support/selfSigned";
import { demoProjectId, never, settingsOf } from "../support/sessions";
import type { TlsFront } from "../support/tlsFront";
import { startTlsFront } from "../support/tlsFront";

const server = selfSigned(["127.0.0.1"]);
const client = selfSigned([], "ann");
const other = selfSigned(["127.0.0.1"], "another authority");

let emulator: Emulator;
let front: TlsFront;
beforeAll(async () => {
  emulator = await startEmulator();
  front = await startTlsFront(emulator.url, { ...server, requestCert: true, rejectUnauthorized: false });
});
afterAll(async () => {
  await front.close();
  await emulator.close();
});

interface Sources {
  readonly config?: Record<string, string>;
  readonly environment?: Record<string, string>;
  readonly files?: Record<string, string>;
}

async function list({ config = {}, environment, files }: Sources): Promise<number> {
  const url = `https://127.0.0.1:${String(front.port)}`;
  const settings = settingsOf({
    config: {
      "huaweicloud:region": "cn-north-4",
      "huaweicloud:projectId": demoProjectId,
      "huaweicloud:accessKey": "EMULATORACCESSKEY0001",
      "huaweicloud:secretKey": "emulator-secret-key-0001",
      "huaweicloud:endpoints": JSON.stringify({ aom: url, iam: url }),
      ...config,
    },
    ...(environment ? { environment } : {}),
    ...(files ? { files } : {}),
  });
  const session = openSession({ settings, random: () => 0 });
  const backend = await session.connect(services.aom, { workflowId: "demo-succeeds" }, never);
  return (await backend.listPage({}, { limit: 10, attempts: 1 }, never)).executions.length;
}

describe("an authority of one's own is trusted", () => {
  test.each<[string, Sources]>([
    ["as PEM text in the configuration", { config: { "huaweicloud:cacertFile": server.cert } }],
    ["in the other spelling", { config: { "huaweicloud:cacert_file": server.cert } }],
    ["by OS_CACERT", { environment: { OS_CACERT: server.cert } }],
    [
      "as a file",
      {
        environment: { OS_CACERT: "~/corporate.pem" },
        files: { "~/corporate.pem": `# Ours\n${server.cert}` },
      },
    ],
    [
      "by the configuration before the environment",
      { config: { "huaweicloud:cacertFile": server.cert }, environment: { OS_CACERT: other.cert } },
    ],
    ["as one of several", { config: { "huaweicloud:cacertFile": `${other.cert}${server.cert}` } }],
  ])("%s", async (_how, sources) => {
    await expect(list(sources)).resolves.toBe(0);
  });

  test("in place of all others", async () => {
    await expect(list({ config: { "huaweicloud:cacertFile": other.cert } })).rejects.toMatchObject({
      mayHaveArrived: false,
      retryable: false,
    });
  });

  test("and nothing else: the error names the setting", async () => {
    await expect(list({})).rejects.toThrow(
      "(DEPTH_ZERO_SELF_SIGNED_CERT). The server's certificate is not trusted: check the endpoint, or set its certificate authority with the configuration huaweicloud:cacertFile (or OS_CACERT).",
    );
  });
});

test("a client certificate is shown, and two sessions of a process show different ones", async () => {
  const trusting = { "huaweicloud:cacertFile": server.cert };
  const before = front.clients.length;
  const own = { ...trusting, "huaweicloud:cert": client.cert, "huaweicloud:key": client.key };
  expect(await list({ config: own })).toBe(0);
  expect(await list({ config: trusting })).toBe(0);
  expect(await list({ config: trusting, environment: { OS_CERT: client.cert, OS_KEY: client.key } })).toBe(0);
  expect(front.clients.slice(before)).toEqual(["ann", "", "ann"]);
});

test("a server that asks for a client certificate is told apart from one that is not trusted", async () => {
  const strict = await startTlsFront(emulator.url, { ...server, requestCert: true, ca: client.cert });
  try {
    const aom = `https://127.0.0.1:${String(strict.port)}`;
    const endpoints = JSON.stringify({ aom });
    await expect(
      list({ config: { "huaweicloud:cacertFile": server.cert, "huaweicloud:endpoints": endpoints } }),
    ).rejects.toThrow(
      /\(ERR_SSL_\w*ALERT\w*\)\. The server asks for a client certificate, or rejects the certificate that it received: set the configuration huaweicloud:cert and huaweicloud:key \(or OS_CERT and OS_KEY\)\.$/,
    );
  } finally {
    await strict.close();
  }
});

test("the key of a client certificate is a secret of the session", async () => {
  const settings = settingsOf({
    config: {
      "huaweicloud:region": "cn-north-4",
      "huaweicloud:projectId": demoProjectId,
      "huaweicloud:token": "token-of-a-test",
      "huaweicloud:cert": client.cert,
      "huaweicloud:key": client.key,
    },
  });
  const session = openSession({ settings });
  await session.connect(services.aom, { workflowId: "w" }, never);
  expect(session.credentials.texts).toContain(client.key);
});

test("files are read from where they are, for the process's own settings", async () => {
  const folder = mkdtempSync(join(tmpdir(), "wfx-tls-"));
  try {
    const path = join(folder, "ca.pem");
    writeFileSync(path, server.cert);
    const { readFile } = processSettings(() => undefined, stackSettingWords);
    await expect(
      list({ config: { "huaweicloud:cacertFile": path }, files: { [path]: readFile(path)! } }),
    ).resolves.toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("where no proxy applies, the agents for proxies are not loaded", () => {
  const loaded = Object.keys(require.cache).map((path) => path.split("/").at(-1));
  expect(loaded).toContain("connections.ts");
  expect(loaded).not.toContain("proxyAgents.ts");
});
