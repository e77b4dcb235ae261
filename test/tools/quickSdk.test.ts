/**
 * The file that is loaded into the engine's Node.js processes in tests: the SDK does all that it does without, and loads less
 * before.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");
const preload = resolve(__dirname, "../support/quickSdk.cjs");
const sdk = JSON.stringify(join(root, "node_modules", "@pulumi", "pulumi"));

/** Runs a script; `value` is what it prints, as JSON. */
function evaluate(
  script: string,
  isQuick: boolean,
  options: { cwd?: string; typeScript?: string } = {},
): unknown {
  const args = [...(isQuick ? ["--require", preload] : []), "-e", script];
  const { cwd = root, typeScript } = options;
  const env = {
    ...process.env,
    ...(typeScript === undefined ? {} : { PULUMI_NODEJS_TYPESCRIPT: typeScript }),
  };
  return JSON.parse(execFileSync(process.execPath, args, { cwd, env, encoding: "utf8" }));
}

test("functions are serialized as without, and the compiler is loaded only then", () => {
  const script = `
    const { runtime } = require(${sdk});
    const isLoaded = () => Object.keys(require.cache).some((path) => /typescript\\.js$|arborist/.test(path));
    const before = isLoaded();
    const path = require("node:path");
    const factor = 6;
    runtime.serializeFunction((x) => path.join(String(x * factor))).then(({ text }) => {
      console.log(JSON.stringify({ before, text, after: isLoaded() }));
    });`;
  const plain = evaluate(script, false);
  expect(plain).toMatchObject({ before: true, text: expect.stringContaining("x * factor") });
  expect(evaluate(script, true)).toEqual({ ...(plain as object), before: false });
});

describe("typescript: false", () => {
  const folder = mkdtempSync(join(tmpdir(), "quick-sdk-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test.each([
    ["is heeded", "runtime:\n  name: nodejs\n  options:\n    typescript: false\n", null],
    ["is not assumed", "runtime: nodejs\n", "true"],
  ])("%s", (_, project, expected) => {
    writeFileSync(join(folder, "Pulumi.yaml"), project);
    const script = "console.log(JSON.stringify(process.env.PULUMI_NODEJS_TYPESCRIPT ?? null))";
    expect(evaluate(script, true, { cwd: folder, typeScript: "true" })).toBe(expected);
  });
});
