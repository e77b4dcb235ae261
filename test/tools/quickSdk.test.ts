/**
 * The file that is loaded into the engine's Node.js processes in tests: the SDK does all that it does without, and loads less
 * before.
 */
import { inRepository, makeFolder, startNode } from "./toolProcess";

const preload = inRepository("test/support/quickSdk.cjs");
const sdk = JSON.stringify(inRepository("node_modules/@pulumi/pulumi"));

/** Runs a script and gives what it prints, read as JSON. */
async function evaluate(
  nodeOptions: readonly string[],
  script: string,
  env: NodeJS.ProcessEnv = {},
  cwd?: string,
): Promise<unknown> {
  const { stdout } = await startNode([...nodeOptions, "-e", script], env, cwd).ending;
  return JSON.parse(stdout);
}

test("functions are serialized as without, and the compiler is loaded only then", async () => {
  const script = `
    const { runtime } = require(${sdk});
    const isLoaded = () => Object.keys(require.cache).some((path) => /typescript\\.js$|arborist/.test(path));
    const before = isLoaded();
    const path = require("node:path");
    const factor = 6;
    runtime.serializeFunction((x) => path.join(String(x * factor))).then(({ text }) => {
      console.log(JSON.stringify({ before, text, after: isLoaded() }));
    });`;
  const plain = await evaluate([], script);
  expect(plain).toMatchObject({ before: true, text: expect.stringContaining("x * factor") });
  expect(await evaluate(["--require", preload], script)).toEqual({ ...(plain as object), before: false });
});

describe("typescript: false", () => {
  const folder = makeFolder();
  afterAll(() => {
    folder.remove();
  });

  test.each([
    ["is heeded", "runtime:\n  name: nodejs\n  options:\n    typescript: false\n", null],
    ["is not assumed", "runtime: nodejs\n", "true"],
  ])("%s", async (_, project, expected) => {
    folder.write("Pulumi.yaml", project);
    const script = "console.log(JSON.stringify(process.env.PULUMI_NODEJS_TYPESCRIPT ?? null))";
    const env = { PULUMI_NODEJS_TYPESCRIPT: "true" };
    expect(await evaluate(["--require", preload], script, env, folder.path)).toBe(expected);
  });
});
