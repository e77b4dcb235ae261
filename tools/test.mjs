// `npm test`, `npm run test:ranges` and `npm run test:unit`: makes the machine ready, then runs Jest; further arguments are Jest's.
import { join } from "node:path";
import { ensureChromium } from "./setup/chromium.mjs";
import { ensureGoProgram, vendorsClient } from "./setup/goEnvironment.mjs";
import { prepareLanguages } from "./setup/languages.mjs";
import { ensureNodeEnvironment } from "./setup/nodeEnvironment.mjs";
import { reportTo } from "./setup/progress.mjs";
import { ensurePythonEnvironment } from "./setup/pythonEnvironment.mjs";
import { runInTerminal } from "./setup/runCommand.mjs";
import { REPOSITORY, runTool, setUpEverything, setUpSources } from "./setup/setUp.mjs";

/** Tests that need the engine, other versions of it, other languages, the vendors' clients, or minutes. */
const BEYOND_UNIT = [
  "test/e2e",
  "test/examples",
  "test/conformance",
  "test/moto",
  "test/languages",
  "test/plugin",
  "test/fronts",
];

/** Tests of the ranges that are supported: they repeat what the suite has shown, with other versions and languages. */
const RANGES = ["test/providerText/sdks", "test/providerText/types", "test/languages/java"];

await runTool(async () => {
  const args = process.argv.slice(2);
  const isUnit = args.includes("--unit");
  const isRanges = args.includes("--ranges");
  const env = isUnit ? await prepareForUnitTests() : await prepareForAllTests();

  process.stdout.write("\n");
  const jest = join(REPOSITORY, "node_modules", "jest", "bin", "jest.js");
  const left = [...(isRanges ? [] : RANGES), ...(isUnit ? BEYOND_UNIT : [])];
  const ignored = ["/node_modules/", ...left.map((folder) => `<rootDir>/${folder}/`)];
  return runInTerminal(
    process.execPath,
    [
      jest,
      // The caller's come first: an option that takes a list, as those of ours do, would swallow the arguments after
      // it.
      ...args.filter((arg) => arg !== "--unit" && arg !== "--ranges"),
      ...(isRanges ? RANGES : []),
      ...ignored.map((pattern) => `--testPathIgnorePatterns=${pattern}`),
      ...["--reporters=default", `--reporters=${join(REPOSITORY, "tools", "jestClosingLine.cjs")}`],
    ],
    { cwd: REPOSITORY, env },
  );
});

/**
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function prepareForUnitTests() {
  await setUpSources(reportTo(process.stdout));
  return process.env;
}

/**
 * Tells the tests the place of the CLI, and the programs that run the vendors' clients: Node.js, and Python and Go
 * where they are.
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function prepareForAllTests() {
  const progress = reportTo(process.stdout);
  const cli = await setUpEverything(progress);
  const conformance = join(REPOSITORY, "test", "conformance");
  const python = await ensurePythonEnvironment({
    requirements: join(conformance, "requirements.txt"),
    progress,
  });
  const moto = await ensurePythonEnvironment({
    requirements: join(REPOSITORY, "test", "moto", "requirements.txt"),
    progress,
  });
  const node = await ensureNodeEnvironment({ folder: join(conformance, "node"), progress });
  const go = await ensureGoProgram({ ...vendorsClient(join(conformance, "go")), progress });
  await ensureChromium({ progress });
  return {
    ...process.env,
    ...(await prepareLanguages({ repository: REPOSITORY, cli, progress })),
    PULUMI_TEST_BIN: cli,
    CONFORMANCE_NODE: node,
    ...(python === undefined ? {} : { CONFORMANCE_PYTHON: python }),
    ...(moto === undefined ? {} : { MOTO_PYTHON: moto }),
    ...(go === undefined ? {} : { CONFORMANCE_GO: go }),
  };
}
