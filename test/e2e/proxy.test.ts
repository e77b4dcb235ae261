/**
 * Deployments of a real engine on a machine that reaches the services only through a proxy: the names of the services
 * resolve nowhere else.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { executionsOf, requestsOf } from "../support/emulators";
import type { ProxyOptions, ProxyProcess } from "../support/proxyProcess";
import { startProxy } from "../support/proxyProcess";
import { runRaw } from "../support/rawCommand";
import { selfSigned } from "../support/selfSigned";
import type { TestStack } from "../support/stack";
import { openStack } from "../support/stack";
import type { TlsFront } from "../support/tlsFront";
import { startTlsFront } from "../support/tlsFront";

const hosts = ["aom.cloud.localhost", "functiongraph.cloud.localhost", "iam.cloud.localhost"];
const certificate = selfSigned(hosts);

let emulator: Emulator;
let front: TlsFront;
let stack: TestStack;
let proxy: ProxyProcess;
beforeEach(async () => {
  emulator = await startEmulator();
  front = await startTlsFront(emulator.url, certificate);
  stack = await openStack(emulator.url, {
    "huaweicloud:endpoints": JSON.stringify({
      aom: "https://aom.cloud.localhost",
      functiongraph: "https://functiongraph.cloud.localhost",
      iam: "https://iam.cloud.localhost",
    }),
    "huaweicloud:cacertFile": "corporate.pem",
  });
  writeFileSync(join(stack.folder, "corporate.pem"), certificate.cert);
});
afterEach(async () => {
  await stack.close();
  await proxy.close();
  await front.close();
  await emulator.close();
});

async function through(options: ProxyOptions = {}): Promise<Record<string, string>> {
  const server = `127.0.0.1:${String(front.port)}`;
  const routes = Object.fromEntries(hosts.map((host) => [`${host}:443`, server]));
  proxy = await startProxy({ routes, ...options });
  return { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url };
}

const program = `
const { aom, functiongraph } = require("pulumi-runbook");
const patch = new aom.WorkflowExecution("patch", { workflowId: "demo-succeeds" });
const rotate = new functiongraph.WorkflowExecution("rotate", { workflowId: "demo-succeeds" });
module.exports = async () => ({
  known: (await aom.getWorkflowExecutions({ workflowId: "demo-succeeds" })).executions.length,
  statuses: [patch.status, rotate.status],
});
`;

test("executions and functions go through the proxy, and everything after a deployment too", async () => {
  const env = await through({ user: "ann:p@ss-word-1" });
  const address = proxy.url.replace("//", "//ann:p%40ss-word-1@");
  const named = { ...env, HTTPS_PROXY: address };
  writeFileSync(join(stack.folder, "index.js"), program);
  const up = await runRaw(stack, ["up", "--yes", "--skip-preview", "--color", "never"], { env: named });
  expect(up.output).not.toMatch(/error:|warning:/);
  expect(up.code).toBe(0);
  expect((await stack.outputs())["statuses"]?.value).toEqual(["succeeded", "succeeded"]);
  const targets = new Set(proxy.requests.map(({ target }) => target));
  expect([...targets].sort()).toEqual(["aom.cloud.localhost:443", "functiongraph.cloud.localhost:443"]);
  // The emulator is Alibaba Cloud's endpoint too, and was not asked: its requests came through the tunnels.
  expect(proxy.requests.every(({ method, verdict }) => method === "CONNECT" && verdict === "pass")).toBe(
    true,
  );
  expect((await requestsOf(emulator)).length).toBeGreaterThan(4);

  const before = proxy.requests.length;
  const refreshed = await runRaw(stack, ["refresh", "--yes", "--skip-preview"], { env: named });
  expect(refreshed.code).toBe(0);
  expect(proxy.requests.length).toBeGreaterThan(before);
  expect(`${up.output}${refreshed.output}${stack.stored()}`).not.toMatch(/p@ss-word-1|p%40ss-word-1/);
});

test("a proxy that refuses is named, nothing is started, and the next deployment starts once", async () => {
  const env = await through({ mode: "refuse", status: 403 });
  stack.program([{ name: "patch", args: { workflowId: "demo-succeeds" } }]);
  const refused = await runRaw(stack, ["up", "--yes", "--skip-preview", "--color", "never"], { env });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain(
    `the proxy ${proxy.url} (environment variable HTTPS_PROXY) answered HTTP 403.`,
  );
  expect(refused.output).toMatch(/Nothing was started[\s\S]*WFX-PROXY/);
  await proxy.close();
  const working = await through();
  const up = await runRaw(stack, ["up", "--yes", "--skip-preview", "--color", "never"], { env: working });
  expect(up.code).toBe(0);
  expect(await executionsOf(emulator)).toHaveLength(1);
});
