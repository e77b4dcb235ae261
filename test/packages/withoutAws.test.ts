/**
 * The provider as it is installed for a program that names no package of AWS: the compiled files beside their dependencies, outside
 * of the repository.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { evaluate } from "../tools/toolProcess";

const root = resolve(__dirname, "../..");
const provider = join(root, "provider");
const manifest = JSON.parse(readFileSync(join(provider, "package.json"), "utf8")) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
};
const signer = "@smithy/signature-v4";
const chain = "@aws-sdk/credential-providers";

let folder: string;
let server: Server;
let requests = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "without-aws-"));
  const installed = join(folder, "node_modules", "pulumi-runbook");
  mkdirSync(installed, { recursive: true });
  for (const part of ["package.json", "dist"]) {
    cpSync(join(provider, part), join(installed, part), { recursive: true });
  }
  for (const name of Object.keys(manifest.dependencies)) {
    const own = join(provider, "node_modules", name);
    const found = realpathSync(existsSync(own) ? own : join(root, "node_modules", name));
    symlinkSync(found, join(folder, "node_modules", name), "junction");
  }
  server = createServer((_, response) => {
    requests += 1;
    response.writeHead(500).end();
  });
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
});
afterAll(async () => {
  await new Promise((closed) => server.close(closed));
  rmSync(folder, { recursive: true });
});

/** The error of a first deployment with these settings, and the start that the journal keeps. */
async function deployWith(config: Record<string, string>): Promise<unknown> {
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const compiled = (file: string): string =>
    JSON.stringify(join(folder, "node_modules", "pulumi-runbook", "dist", file));
  return evaluate(`
    import lifecycle from ${compiled("lifecycle/index.js")};
    import registry from ${compiled("services/registry.js")};
    import fronts from ${compiled("fronts/shared/settingWords.js")};
    const config = ${JSON.stringify({ "aws:endpoints": JSON.stringify([{ sfn: url, sts: url }]), ...config })};
    const settings = {
      config: (key) => config[key],
      environment: () => undefined,
      readFile: () => undefined,
      words: fronts.stackSettingWords,
    };
    const register = new lifecycle.RunRegister();
    const urn = "urn:pulumi:t::t::pulumi-nodejs:stepfunctions:WorkflowExecution::x";
    const silent = () => undefined;
    const host = {
      definition: registry.services.stepfunctions,
      session: lifecycle.openSession({ settings }),
      signal: new AbortController().signal,
      urn,
      register,
      secretArguments: [],
      reporter: { status: silent, info: silent, warn: silent },
    };
    const args = { stateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:deploy" };
    const { code, message } = await lifecycle.create(args, host).then(() => ({}), (error) => error);
    const pending = await register.pending("stepfunctions", urn);
    console.log(JSON.stringify({ code, message, pending }));
  `);
}

/** A package with the major version that the peer range wants. */
function toInstall(name: string): string {
  const [, major = "none"] = /^\^(\d+)\./.exec(manifest.peerDependencies[name] ?? "") ?? [];
  return `${name}@${major}`;
}

test("an install brings no package of AWS", () => {
  expect(Object.keys(manifest.dependencies).filter((name) => /^@(smithy|aws)/.test(name))).toEqual([]);
  for (const name of [signer, chain]) expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true });
});

test.each([
  ["keys", { "aws:accessKey": "AKIAEXAMPLE", "aws:secretKey": "example" }, signer, [signer]],
  ["a profile", { "aws:profile": "dev" }, chain, [chain, signer]],
])(
  "a deployment with %s: the error names one command, and nothing is started",
  async (_, config, missing, all) => {
    const { message, ...rest } = (await deployWith(config)) as { message: string };
    expect(rest).toEqual({ code: "WFX-CONFIGURATION" });
    expect(message).toContain(`need the package ${missing}, which is not installed.`);
    expect(message).toMatch(new RegExp(`: npm install ${all.map(toInstall).join(" ")}$`));
    expect(requests).toBe(0);
  },
);
