/**
 * `__provider`: a constant that captures nothing, and whose evaluation in the dynamic provider's process is quick.
 * Loading is tried on the compiled package in Node processes of their own, as the host does it.
 */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { aom } from "pulumi-runbook";
import { providerText } from "../../provider/src/fronts/dynamic/providerText";
import type { ServiceName } from "../../provider/src/services/registry";
import { services } from "../../provider/src/services/registry";
import { pinnedTexts } from "./pinnedTexts";

const compiledProvider = resolve(__dirname, "../../provider/dist/fronts/dynamic/provider.js");
const hostMethods = ["check", "configure", "create", "delete", "diff", "read", "update"];
const names = Object.keys(services) as ServiceName[];

/** Runs statements in a new Node process, in a folder of the repository; gives what they pass to `report`. */
async function inNewProcess<T>(statements: string): Promise<T> {
  const source = `const report = (value) => process.stdout.write(JSON.stringify(value));\n${statements}`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", source], {
    cwd: __dirname,
    timeout: 60_000,
  });
  return JSON.parse(stdout) as T;
}

test("the texts of all services are those that users' states hold", () => {
  expect(Object.fromEntries(names.map((name) => [name, providerText(name)]))).toEqual(pinnedTexts);
});

test.each(names)("the text of %s is at most 100 characters", (name) => {
  expect(providerText(name).length).toBeLessThanOrEqual(100);
});

test("a resource of a program with secrets has the text, and nothing secret in it", async () => {
  const secret = "hunter2-do-not-store";
  process.env["HUAWEICLOUD_SDK_SK"] = secret;
  const registered: Record<string, unknown>[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ inputs }) => {
      registered.push(inputs);
      return { id: "8f1c02aa", state: inputs };
    },
    call: () => ({}),
  });
  pulumi.runtime.setAllConfig({ "huaweicloud:secretKey": secret }, ["huaweicloud:secretKey"]);
  try {
    const triggers = { password: pulumi.secret(secret) };
    const execution = new aom.WorkflowExecution("patch", { workflowId: "demo-succeeds", triggers });
    await new Promise((done) => execution.id.apply(done));
  } finally {
    delete process.env["HUAWEICLOUD_SDK_SK"];
  }
  expect(registered.map((inputs) => inputs["__provider"])).toEqual([pinnedTexts.aom]);
});

test("a large program is not held up by traces of promises, and what leads to the user's line stays", async () => {
  const seen = await inNewProcess<{ traces: number; limits: number[]; failed: string }>(`
    const pulumi = require("@pulumi/pulumi");
    const { aom } = require("pulumi-runbook");
    const args = { workflowId: "demo-succeeds" };
    const newResource = ({ name, inputs }) => {
      if (name === "refused") throw new Error("the engine is gone");
      return { id: name + "-id", state: inputs };
    };
    let traces = 0;
    function declareRefused() { return new aom.WorkflowExecution("refused", args); }
    async function run() {
      await pulumi.runtime.setMocks({ newResource, call: () => ({}) });
      const limits = [Error.stackTraceLimit];
      Error.prepareStackTrace = (error, callSites) => {
        if (callSites[0]?.getFunctionName() === "debuggablePromise") traces += 1;
        return error + callSites.map((callSite) => "\\n" + callSite).join("");
      };
      const execution = new aom.WorkflowExecution("traced", args);
      const declaring = traces;
      limits.push(Error.stackTraceLimit);
      await new Promise((done) => execution.id.apply(done));
      try { new aom.WorkflowExecution("", args); } catch { limits.push(Error.stackTraceLimit); }
      process.on("unhandledRejection", ({ stack }) => {
        report({ traces: declaring, limits, failed: stack });
        process.removeAllListeners("exit");
        process.exit(0);
      });
      declareRefused();
    }
    run();
  `);
  // The SDK's own few, beside four for each output.
  expect(seen.traces).toBeLessThan(10);
  expect(new Set(seen.limits).size).toBe(1);
  expect(seen.failed).toContain("the engine is gone");
  expect(seen.failed).toContain("declareRefused");
});

test.each(names)("the text of %s gives a provider where the host evaluates it", async (name) => {
  const seen = await inNewProcess<{ methods: string[]; same: boolean; failures: number }>(`
    // As in the SDK's cmd/dynamic-provider.
    const sdk = require("node:module").createRequire(require.resolve("@pulumi/pulumi/cmd/dynamic-provider"));
    const provider = sdk("require-from-string")(${JSON.stringify(pinnedTexts[name])}).handler();
    const methods = ${JSON.stringify(hostMethods)}.filter((method) => typeof provider[method] === "function");
    const same = provider === require(${JSON.stringify(compiledProvider)}).${name};
    provider.check({}, {}).then(({ failures }) => report({ methods, same, failures: failures.length }));
  `);
  expect(seen).toEqual({ methods: hostMethods, same: true, failures: expect.any(Number) });
  // Without any arguments something is missing: the provider works, it does not just load.
  expect(seen.failures).toBeGreaterThan(0);
});

test("loading it takes hardly more processor time than 4,800 small functions, and brings neither the HTTP client nor the SDK", async () => {
  const { measureLoading } = await import("../../bench/loading.mjs");
  const { ms, share, files, builtins } = await measureLoading(compiledProvider);
  process.stdout.write(
    `      loads in ${ms.toFixed(1)} ms of processor time, ${share.toFixed(2)} of the yardstick (${String(files.length)} files)\n`,
  );
  expect(files).toContain(compiledProvider);
  expect(files.filter((file) => /[\\/]node_modules[\\/]/.test(file))).toEqual([]);
  // `import()` of node-fetch would not show among the files, but what it stands on does here.
  expect(builtins.filter((name) => /^NativeModule (https?|http2|tls|zlib)$/.test(name))).toEqual([]);
  expect(share).toBeLessThan(1.2);
});
