/**
 * The SDK for Node.js takes no stack traces while Pulumi makes the outputs of a resource, and takes them as before afterwards.
 */
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { withoutTraces } from "../../tools/sdk/nodeTraces.mjs";
import { prepared } from "../support/languageStack";

const testOnSdk = prepared.sdks === undefined ? test.skip : test;

const program = `
const pulumi = require(${JSON.stringify(resolve(__dirname, "../../node_modules/@pulumi/pulumi"))});
const { aom } = require(process.argv[1]);
let taken = 0;
Error.prepareStackTrace = (error, frames) => {
  if (frames.length > 0) taken += 1;
  return String(error);
};
pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) }).then(() => {
  const before = Error.stackTraceLimit;
  // Loaded at its first use.
  aom.WorkflowExecution;
  taken = 0;
  new aom.WorkflowExecution("a", { workflowId: "w" });
  const ofOutputs = taken;
  const limits = [Error.stackTraceLimit === before];
  try { new aom.WorkflowExecution("b", {}); } catch { limits.push(Error.stackTraceLimit === before); }
  console.log(JSON.stringify({ limits, ofOutputs }));
});
`;

function run(env: Readonly<Record<string, string>> = {}): unknown {
  const sdk = join(prepared.sdks ?? "", "nodejs", "bin");
  const text = execFileSync(process.execPath, ["-e", program, sdk], {
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  return JSON.parse(text.trim().split("\n").at(-1) ?? "");
}

testOnSdk("no trace is taken with an output, unless promises are debugged; the limit comes back", () => {
  const quiet = run() as { limits: boolean[]; ofOutputs: number };
  const debugged = run({ PULUMI_DEBUG_PROMISE_LEAKS: "true" }) as typeof quiet;
  expect([quiet.limits, debugged.limits]).toEqual([
    [true, true],
    [true, true],
  ]);
  expect(debugged.ofOutputs - quiet.ofOutputs).toBeGreaterThan(60);
  expect(quiet.ofOutputs).toBeLessThan(8);
});

test("a resource that is generated otherwise stops the generation, by name", () => {
  expect(() => withoutTraces("export class WorkflowExecution {}", "aom/workflowExecution.ts")).toThrow(
    "aom/workflowExecution.ts",
  );
});
