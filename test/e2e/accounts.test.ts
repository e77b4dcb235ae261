/**
 * Two accounts in one stack, each by an explicit provider, with the real engine.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { control, executionsOf, requestsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";

const projectId = "b".repeat(32);
const [leftProject, rightProject] = ["1".repeat(32), "2".repeat(32)];

const fixture = useFixture({
  emulator: {
    seed: {
      accounts: [
        {
          domain: "acme",
          users: [{ name: "ann", password: "ann-password-1" }],
          accessKeys: [
            { accessKey: "ACMEACCESSKEY00000001", secretKey: "acme-secret-key-0001", user: "ann" },
          ],
          projects: [{ id: projectId, name: "cn-east-3" }],
        },
        ...[
          ["left", leftProject],
          ["right", rightProject],
        ].map(([domain, id]) => ({
          domain: domain!,
          projects: [{ id: id!, name: "cn-north-4_ops" }],
          agencies: [{ name: "deployer", trusts: [{ domain: "demo" }] }],
        })),
      ],
      workflows: { nightly: { projectId, nodes: [{ id: "work", durationMs: 100 }] } },
    },
  },
});

const program = (endpoint: string): string => `
const { Provider, aom } = require("pulumi-runbook");
const endpoints = { aom: ${JSON.stringify(endpoint)}, iam: ${JSON.stringify(endpoint)} };
const demo = new Provider("demo", { huaweicloud: {
  region: "cn-north-4", endpoints, domainName: "demo", userName: "demo", password: "demo-password-1",
} });
const acme = new Provider("acme", { huaweicloud: {
  region: "cn-east-3", endpoints, accessKey: "ACMEACCESSKEY00000001", secretKey: "acme-secret-key-0001",
} });
exports.demo = new aom.WorkflowExecution("patch", { workflowId: "demo-succeeds" }, { provider: demo }).projectId;
exports.acme = new aom.WorkflowExecution("nightly", { workflowId: "nightly" }, { provider: acme }).projectId;
`;

test("each resource uses its provider's account; no secret is in the state", async () => {
  const { emulator, stack } = fixture;
  writeFileSync(join(stack.folder, "index.js"), program(emulator.url));
  const up = await stack.up();
  expect(up.output).not.toContain("error:");
  expect(up.ok).toBe(true);
  const outputs = await stack.outputs();
  expect(outputs["demo"]?.value).toBe("0123456789abcdef0123456789abcdef");
  expect(outputs["acme"]?.value).toBe(projectId);
  expect((await stack.up()).changes).toEqual({ same: 5 });
  expect((await stack.refresh()).ok).toBe(true);
  const stored = stack.stored();
  expect(stored).toContain("ACMEACCESSKEY00000001");
  for (const secret of ["demo-password-1", "acme-secret-key-0001"]) {
    expect(stored).not.toContain(secret);
    expect(up.output).not.toContain(secret);
  }
  expect((await stack.destroy()).ok).toBe(true);
  expect(await executionsOf(emulator)).toHaveLength(2);
});

test("functions act for the provider that they name or inherit, in previews too", async () => {
  const { emulator, stack } = fixture;
  writeFileSync(
    join(stack.folder, "index.js"),
    `
const pulumi = require("@pulumi/pulumi");
const { Provider, aom } = require("pulumi-runbook");
const endpoints = { aom: ${JSON.stringify(emulator.url)}, iam: ${JSON.stringify(emulator.url)} };
const acme = new Provider("acme", { huaweicloud: {
  region: pulumi.output(Promise.resolve("cn-east-3")), endpoints,
  domainName: "acme", userName: "ann", password: pulumi.secret("ann-password-1"),
} });
class App extends pulumi.ComponentResource {
  constructor(name, opts) { super("test:App", name, {}, opts); this.registerOutputs({}); }
}
const app = new App("app", { providers: [acme] });
const nightly = new aom.WorkflowExecution("nightly", { workflowId: "nightly" }, { provider: acme });
const patch = new aom.WorkflowExecution("patch", { workflowId: "demo-succeeds" });
const count = ({ executions }) => executions.length;
module.exports = async () => ({
  before: count(await aom.getWorkflowExecutions({ workflowId: "nightly" }, { provider: acme })),
  own: aom.getWorkflowExecutionOutput({ workflowId: "nightly", executionId: nightly.id }, { provider: acme }).projectId,
  inherited: aom.getWorkflowExecutionsOutput({ workflowId: "nightly" }, { parent: app, dependsOn: nightly }).apply(count),
  ofTheStack: aom.getWorkflowExecutionsOutput({ workflowId: "demo-succeeds" }, { dependsOn: [patch, nightly] }).apply(count),
  another: await aom.getWorkflowExecutions({ workflowId: "demo-succeeds", projectId: "${projectId}" }).then(count, ({ code }) => code),
});
`,
  );
  const preview = await stack.preview();
  expect(preview.output).not.toContain("error:");
  expect(preview.ok).toBe(true);
  expect(await executionsOf(emulator)).toEqual([]);
  const up = await stack.up();
  expect(up.output).not.toMatch(/error:|warning:/);
  const outputs = Object.entries(await stack.outputs());
  expect(Object.fromEntries(outputs.map(([name, { value, secret }]) => [name, [value, secret]]))).toEqual({
    before: [0, false],
    own: [projectId, false],
    inherited: [1, false],
    ofTheStack: [1, false],
    another: ["WFX-AUTHENTICATION", false],
  });
  // One login in the preview, one in the deployment, for three functions each; the resource's process has its own.
  const logins = (await requestsOf(emulator)).filter(
    ({ operation }) => operation === "KeystoneCreateUserTokenByPassword",
  );
  expect(logins).toHaveLength(3);
  expect(`${up.output}${stack.stored()}`).not.toContain("ann-password-1");
});

test("its request limits are its own; wrong ones are named", async () => {
  const { emulator, stack } = fixture;
  const limits = (tokens: number): string => `
const { Provider, aom } = require("pulumi-runbook");
const provider = new Provider("demo", { huaweicloud: {
  region: "cn-north-4", endpoints: { aom: ${JSON.stringify(emulator.url)}, iam: ${JSON.stringify(emulator.url)} },
  domainName: "demo", userName: "demo", password: "demo-password-1",
  requestLimits: { aom: { tokens: ${String(tokens)}, perSecond: 5 } },
} });
new aom.WorkflowExecution("patch", { workflowId: "demo-succeeds" }, { provider });
`;
  writeFileSync(join(stack.folder, "index.js"), limits(0));
  const refused = await stack.up();
  expect(refused.ok).toBe(false);
  expect(refused.output).toMatch(/huaweicloud:requestLimits must be a map[\s\S]*Nothing was started/);
  writeFileSync(join(stack.folder, "index.js"), limits(5));
  expect((await stack.up()).ok).toBe(true);
});

describe("an agency of another account, by an explicit provider", () => {
  const assuming = (endpoint: string, domainName: string): string => `
const { Provider, aom } = require("pulumi-runbook");
const provider = new Provider("there", { huaweicloud: {
  region: "cn-north-4", projectName: "cn-north-4_ops",
  endpoints: { aom: ${JSON.stringify(endpoint)}, iam: ${JSON.stringify(endpoint)} },
  accessKey: "EMULATORACCESSKEY0001", secretKey: "emulator-secret-key-0001",
  assumeRole: { agencyName: "deployer", domainName: ${JSON.stringify(domainName)}, duration: 900 },
} });
exports.project = new aom.WorkflowExecution("patch", { workflowId: "same" }, { provider }).projectId;
`;
  interface Started {
    readonly caller: { readonly actor: { readonly account: string; readonly name: string } };
  }
  const started = async (): Promise<string[]> => {
    const { executions } = (await control(fixture.emulator, "GET", "/executions")) as {
      executions: Started[];
    };
    return executions.reverse().map(({ caller: { actor } }) => `${actor.account}/${actor.name}`);
  };

  test("runs as the agency; the agency of a third account is another place, where it runs again", async () => {
    const { emulator, stack } = fixture;
    for (const id of [leftProject, rightProject]) {
      const workflow = { projectId: id, nodes: [{ id: "work", durationMs: 100 }] };
      await control(emulator, "PUT", "/workflows/same", workflow);
      writeFileSync(
        join(stack.folder, "index.js"),
        assuming(emulator.url, id === leftProject ? "left" : "right"),
      );
      const up = await stack.up();
      expect(up.output).not.toContain("error:");
      if (id === rightProject) {
        expect(up.output).toContain("runs again: accountName changed from left to right");
      }
      expect((await stack.outputs())["project"]?.value).toBe(id);
      expect((await stack.up()).changes).toEqual({ same: 3 });
    }
    expect(await started()).toEqual(["left/deployer", "right/deployer"]);
    expect((await stack.refresh()).ok).toBe(true);
    expect(stack.stored()).not.toContain("emulator-secret-key-0001");
    expect((await stack.destroy()).ok).toBe(true);
  });
});

// The engine has a replaced resource deleted by the provider that had it: another process than the one that compared
// and created, which knows nothing of the program.
describe("a resource that moves to another provider", () => {
  const moving = (endpoint: string, provider: string, args: object): string => `
const { Provider, aom } = require("pulumi-runbook");
const settings = { huaweicloud: {
  region: "cn-north-4", endpoints: { aom: ${JSON.stringify(endpoint)}, iam: ${JSON.stringify(endpoint)} },
  domainName: "demo", userName: "demo", password: "demo-password-1",
} };
const providers = { first: new Provider("first", settings), second: new Provider("second", settings) };
const options = { provider: providers[${JSON.stringify(provider)}], replacementTrigger: ${JSON.stringify(provider)} };
new aom.WorkflowExecution("moving", ${JSON.stringify({ workflowId: "moving", ...args })}, options);
`;

  test("what it has just started is not stopped as a leftover", async () => {
    const { emulator, stack } = fixture;
    await control(emulator, "PUT", "/workflows/moving", {
      nodes: [{ id: "work", durationMs: 100 }],
      runs: [{}, { durationsMs: [600_000] }],
    });
    writeFileSync(join(stack.folder, "index.js"), moving(emulator.url, "first", {}));
    expect((await stack.up()).ok).toBe(true);
    const news = { waitFor: "started", triggers: { n: 2 } };
    writeFileSync(join(stack.folder, "index.js"), moving(emulator.url, "second", news));
    const moved = await stack.up();
    expect(moved.ok).toBe(true);
    expect(moved.output).not.toContain("warning:");
    expect((await executionsOf(emulator)).map(({ status }) => status).sort()).toEqual(["running", "success"]);
    // Destroyed, it is stopped as ever.
    expect((await stack.destroy()).ok).toBe(true);
    expect((await executionsOf(emulator)).map(({ status }) => status).sort()).toEqual(["cancel", "success"]);
  });

  test("a teardown runbook does not run because its resource is replaced", async () => {
    const { emulator, stack } = fixture;
    await control(emulator, "PUT", "/workflows/moving", { nodes: [{ id: "work", durationMs: 100 }] });
    writeFileSync(join(stack.folder, "index.js"), moving(emulator.url, "first", { runOn: "destroy" }));
    expect((await stack.up()).ok).toBe(true);
    writeFileSync(join(stack.folder, "index.js"), moving(emulator.url, "second", { runOn: "destroy" }));
    const moved = await stack.up();
    expect(moved.ok).toBe(true);
    expect(moved.changes).toMatchObject({ replace: 1 });
    expect(await executionsOf(emulator)).toEqual([]);
    expect((await stack.destroy()).ok).toBe(true);
    expect((await executionsOf(emulator)).map(({ status }) => status)).toEqual(["success"]);
  });
});
