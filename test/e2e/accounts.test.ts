/**
 * Two accounts in one stack, each by an explicit provider, with the real engine.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { executionsOf, requestsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";

jest.setTimeout(120_000);

const projectId = "b".repeat(32);

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
      ],
      workflows: { nightly: { projectId, nodes: [{ id: "work", durationMs: 100 }] } },
    },
  },
});

const program = (endpoint: string): string => `
const { Provider, aom } = require("pulumi-workflow-execution");
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
const { Provider, aom } = require("pulumi-workflow-execution");
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
const { Provider, aom } = require("pulumi-workflow-execution");
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
  expect(refused.output).toMatch(/huaweicloud:requestLimits is not a map[\s\S]*Nothing was started/);
  writeFileSync(join(stack.folder, "index.js"), limits(5));
  expect((await stack.up()).ok).toBe(true);
});
