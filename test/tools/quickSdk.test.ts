/**
 * The file that is loaded into the engine's Node.js processes in tests: the SDK does all that it does without, and loads less
 * before.
 */
import { startScriptedServer } from "../support/scriptedServer";
import { inRepository, makeFolder, startNode } from "./toolProcess";

const preload = inRepository("test/support/quickSdk.cjs");
const sdk = JSON.stringify(inRepository("node_modules/@pulumi/pulumi"));
const tracing = JSON.stringify(inRepository("node_modules/@pulumi/pulumi/cmd/run/tracing.js"));

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

test("traces are sent as without, and their library is loaded only then", async () => {
  const collector = await startScriptedServer([{ status: 202 }]);
  const names = (): string[] =>
    collector.requests.flatMap(({ body }) =>
      (JSON.parse(body) as { name: string }[]).map(({ name }) => name),
    );
  const script = `
    const tracing = require(${tracing});
    const isLoaded = () => Object.keys(require.cache).some((path) => /exporter-zipkin/.test(path));
    const before = isLoaded();
    tracing.start("${collector.url}/api/v2/spans");
    tracing.newSpan("a span of the test").end();
    console.log(JSON.stringify({ before, after: isLoaded() }));`;
  try {
    expect(await evaluate([], script)).toEqual({ before: true, after: true });
    expect(names()).toEqual(["a span of the test"]);
    expect(await evaluate(["--require", preload], script)).toEqual({ before: false, after: true });
    expect(names()).toEqual(["a span of the test", "a span of the test"]);
  } finally {
    await collector.close();
  }
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
