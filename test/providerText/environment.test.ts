/**
 * Loading the compiled provider never fails, whatever the environment has: a variable that is wrong is an error of the
 * operation that needs it, where Pulumi can show it.
 */
import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { pinnedTexts } from "./pinnedTexts";

const dist = resolve(__dirname, "../../provider/dist");

/** All names in the compiled sources that may be those of environment variables. */
function variables(): string[] {
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".js"),
  );
  const names = files.flatMap((file) => {
    const text = readFileSync(join(dist, file), "utf8");
    return [...text.matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)].map(([name]) => name);
  });
  return [...new Set(names)].filter((name) => !name.startsWith("NODE_"));
}

test("the variables of credentials and proxies are among those that are tried", () => {
  const names = variables();
  for (const name of ["HW_ACCESS_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID", "HTTPS_PROXY"])
    expect(names).toContain(name);
});

test.each([
  ["half of a JSON text", "{bad"],
  ["nothing", ""],
  ["a number below zero", "-1"],
  ["a path that is no file", "/dev/null/none"],
  ["a very long text", "x".repeat(1_000)],
])("every variable set to %s", async (_what, value) => {
  // A variable of the bench once made the provider fail to load.
  const names = [...variables(), "WORKFLOW_EXECUTION_BENCH", "BENCH_VARIANT"];
  const environment = Object.fromEntries(names.map((name) => [name, value]));
  const script = 'process.stdout.write(Object.keys(require("pulumi-runbook/provider")).sort().join())';
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["-e", script], {
    cwd: __dirname,
    env: { ...environment, PATH: process.env["PATH"] },
  });
  expect(stdout).toBe(Object.keys(pinnedTexts).sort().join());
  expect(stderr).toBe("");
});
