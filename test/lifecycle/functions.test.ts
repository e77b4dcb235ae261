/**
 * The functions in a process without an engine, against the emulator: how many sessions they open, and how often these log in.
 */
import * as pulumi from "@pulumi/pulumi";
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { aom, functiongraph } from "../../provider/src";
import providers from "../../provider/src/fronts/dynamic/provider";
import { requestsOf } from "../support/emulators";
import { collect, demoProjectId } from "../support/sessions";

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
  configure();
});
afterEach(() => emulator.close());

function configure(more: Record<string, string> = {}): void {
  pulumi.runtime.setAllConfig({
    "huaweicloud:region": "cn-north-4",
    "huaweicloud:projectId": demoProjectId,
    "huaweicloud:domainName": "demo",
    "huaweicloud:userName": "demo",
    "huaweicloud:password": "demo-password-1",
    "huaweicloud:endpoints": JSON.stringify({
      aom: emulator.url,
      functiongraph: emulator.url,
      iam: emulator.url,
    }),
    ...more,
  });
}

const logins = async (): Promise<number> =>
  (await requestsOf(emulator)).filter(({ operation }) => operation === "KeystoneCreateUserTokenByPassword")
    .length;
const list = (): Promise<unknown> => aom.getWorkflowExecutions({ workflowId: "demo-succeeds" });

test("ten calls are one login, at once or one after another, on all services of the cloud", async () => {
  await Promise.all([1, 2, 3, 4].map(list));
  for (let call = 0; call < 4; call += 1) await list();
  await functiongraph.getWorkflowExecutions({ workflowId: "demo-succeeds" });
  await collect(aom.listWorkflowExecutions({ workflowId: "demo-succeeds" }));
  expect((await requestsOf(emulator)).length).toBeGreaterThanOrEqual(11);
  expect(await logins()).toBe(1);
});

test("other settings are another session; settings that return find theirs", async () => {
  await list();
  configure({ "huaweicloud:password": "wrong-password" });
  await expect(list()).rejects.toMatchObject({ code: "WFX-AUTHENTICATION" });
  configure();
  await list();
  expect(await logins()).toBe(2);
});

test("the resources of all services of one account share one login", async () => {
  const configuration = pulumi.runtime.allConfig();
  const config = { get: (key: string) => configuration[key] };
  for (const service of ["aom", "functiongraph"] as const) {
    await providers[service].configure?.({ config } as never);
    const stored = { workflowId: "demo-succeeds", region: "cn-north-4", projectId: demoProjectId };
    await providers[service].read?.("none", { ...stored, executionId: "none", status: "succeeded" });
  }
  const operations = (await requestsOf(emulator)).map(({ operation }) => operation);
  expect(new Set(operations).size).toBeGreaterThan(2);
  expect(await logins()).toBe(1);
});

test("a failed call spoils no later one", async () => {
  const gone = { workflowId: "demo-succeeds", executionId: "none" };
  await expect(aom.getWorkflowExecution(gone)).rejects.toMatchObject({ code: "WFX-NOT-FOUND" });
  await list();
  expect(await logins()).toBe(1);
});
