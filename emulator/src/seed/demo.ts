/** The account and the workflows that are there without any seed file. The README lists them. */
import type { Seed, SeedWorkflow } from "./document";

/** The project of the demo account. */
export const demoProjectId = "0123456789abcdef0123456789abcdef";
/** The permanent key of the demo account, on both clouds. */
export const demoAccessKey = { accessKey: "EMULATORACCESSKEY0001", secretKey: "emulator-secret-key-0001" };

const permissionDenied = [
  "+ cd /opt/patch",
  "+ ./patch.sh --release 2026.11",
  "bash: ./patch.sh: Permission denied",
  "patch step ended with exit code 126",
].join("\n");

const succeeds: SeedWorkflow = {
  name: "demo-succeeds",
  description: "Succeeds after two seconds",
  nodes: [
    { id: "prepare", name: "Prepare", durationMs: 300 },
    {
      id: "deploy",
      name: "Deploy",
      durationMs: 1200,
      targets: { success: ["ecs-demo-1", "ecs-demo-2", "ecs-demo-3"] },
    },
    {
      id: "verify",
      name: "Verify",
      durationMs: 500,
      output: { version: "1.4.2", healthy: true, checks: 12 },
    },
  ],
};

const fails: SeedWorkflow = {
  name: "demo-fails",
  description: "Fails at the second of three nodes",
  nodes: [
    { id: "prepare", name: "Prepare", durationMs: 500 },
    {
      id: "run-script",
      name: "Run script",
      durationMs: 1000,
      status: "fail",
      targets: {
        success: ["ecs-prod-16"],
        fail: [{ name: "ecs-prod-17", ip: "10.0.3.17", fixed_ip_list: ["10.0.3.17"], exit_code: "126" }],
      },
      log: permissionDenied,
    },
    { id: "verify", name: "Verify", durationMs: 500 },
  ],
};

const slow: SeedWorkflow = {
  name: "demo-slow",
  description: "Succeeds after twenty seconds",
  nodes: [
    { id: "prepare", name: "Prepare", durationMs: 4000 },
    { id: "run-script", name: "Run script", durationMs: 12_000, targets: { success: 50 } },
    { id: "verify", name: "Verify", durationMs: 4000, output: { version: "1.4.2" } },
  ],
};

const flowSucceeds: SeedWorkflow = {
  ...succeeds,
  nodes: [
    { id: "prepare", name: "Prepare", durationMs: 300 },
    { id: "deploy", name: "Deploy", durationMs: 1200 },
    { id: "verify", name: "Verify", durationMs: 500, output: { version: "1.4.2" } },
  ],
};

const flowFails: SeedWorkflow = {
  ...fails,
  nodes: [
    { id: "prepare", name: "Prepare", durationMs: 500 },
    { id: "run-script", name: "Run script", durationMs: 1000, status: "fail", log: permissionDenied },
    { id: "verify", name: "Verify", durationMs: 500 },
  ],
};

const flowSlow: SeedWorkflow = {
  ...slow,
  nodes: [
    { id: "prepare", name: "Prepare", durationMs: 4000 },
    { id: "run-script", name: "Run script", durationMs: 12_000 },
    { id: "verify", name: "Verify", durationMs: 4000, output: { version: "1.4.2" } },
  ],
};

const flowExpress: SeedWorkflow = {
  name: "demo-express",
  description: "Succeeds after half a second; EXPRESS, so it keeps no history",
  nodes: [
    { id: "prepare", name: "Prepare", durationMs: 200 },
    { id: "deploy", name: "Deploy", durationMs: 300, output: { version: "1.4.2" } },
  ],
  attributes: { mode: "EXPRESS" },
};

const cloudFlowFails: SeedWorkflow = {
  ...flowFails,
  nodes: [
    { id: "prepare", name: "Prepare", durationMs: 500 },
    {
      id: "run-script",
      name: "Run script",
      durationMs: 1000,
      status: "fail",
      error: "PermissionDenied",
      cause: permissionDenied,
    },
    { id: "verify", name: "Verify", durationMs: 500 },
  ],
};

const cloudFlowExpress: SeedWorkflow = {
  ...flowExpress,
  description: "Succeeds after half a second; Express, so it keeps no history",
  attributes: { ExecutionMode: "Express" },
};

/** In the same form as a seed file. */
export const demoSeed: Seed = {
  accounts: [
    {
      domain: "demo",
      users: [{ name: "demo", password: "demo-password-1" }],
      accessKeys: [
        { ...demoAccessKey, user: "demo" },
        {
          accessKey: "EMULATORTEMPORARY0001",
          secretKey: "emulator-temporary-secret-0001",
          securityToken: "emulator-security-token-0001",
          user: "demo",
        },
      ],
      projects: [{ id: demoProjectId, name: "cn-north-4" }],
    },
  ],
  workflows: {
    "demo-succeeds": succeeds,
    "demo-fails": fails,
    "demo-slow": slow,
    "functiongraph:demo-succeeds": flowSucceeds,
    "functiongraph:demo-fails": flowFails,
    "functiongraph:demo-slow": flowSlow,
    "functiongraph:demo-express": flowExpress,
    "coc:demo-succeeds": flowSucceeds,
    "coc:demo-fails": flowFails,
    "coc:demo-slow": flowSlow,
    "cloudflow:demo-succeeds": flowSucceeds,
    "cloudflow:demo-fails": cloudFlowFails,
    "cloudflow:demo-slow": flowSlow,
    "cloudflow:demo-express": cloudFlowExpress,
  },
};
