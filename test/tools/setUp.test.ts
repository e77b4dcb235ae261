/**
 * The small decisions of set-up: is this Node new enough, are the packages the locked ones, is none needed before.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import {
  ScriptTarget,
  createSourceFile,
  isExportDeclaration,
  isImportDeclaration,
  isStringLiteral,
} from "typescript";
import type { Folder } from "./toolProcess";
import { evaluate, inRepository, makeFolder, startModule, startNode } from "./toolProcess";

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

test("Node lines without require of ES modules are refused with the versions that have it", async () => {
  const versions = ["18.20.4", "20.18.3", "20.19.0", "21.7.3", "22.11.0", "22.12.0", "23.0.0", "26.1.0"];
  const accepted = await evaluate(`
    import { checkNodeVersion } from "tools/setup/nodeVersion.mjs";
    const isAccepted = (version) => { try { return checkNodeVersion(version) === version; } catch { return false; } };
    console.log(JSON.stringify(${JSON.stringify(versions)}.filter(isAccepted)));
  `);
  expect(accepted).toEqual(["20.19.0", "22.12.0", "23.0.0", "26.1.0"]);
});

test("the versions that set-up installs are those that the packages and the Go sources name", async () => {
  const versions = (await evaluate(
    `import * as versions from "tools/setup/versions.mjs"; console.log(JSON.stringify(versions));`,
  )) as Record<string, unknown>;
  const read = (path: string): string => readFileSync(inRepository(path), "utf8");
  const packages = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
  const provider = JSON.parse(read("provider/package.json")) as { peerDependencies: Record<string, string> };

  expect(versions["RANDOM_PROVIDER_VERSION"]).toBe(packages.dependencies["@pulumi/random"]);
  expect(`^${String(versions["OLDEST_PULUMI_VERSION"])}`).toBe(provider.peerDependencies["@pulumi/pulumi"]);
  expect(read("tools/setup/go/pulumi/go.mod")).toContain(
    `github.com/pulumi/pulumi/pkg/v3 v${String(versions["PULUMI_VERSION"])}`,
  );
});

describe("npm packages", () => {
  const locked = {
    "": { name: "root" },
    provider: { version: "1.0.0" },
    "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
    "node_modules/a-for-another-platform": { version: "1.0.0", integrity: "sha512-p", optional: true },
  };
  const installed = { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } };

  const ensure = async (
    npm = "#!/bin/sh\nexit 0\n",
  ): Promise<{ code: number | null; stderr: string; stdout: string }> => {
    folder.write("programs/npm", npm);
    return startModule(
      `import { ensurePackages } from "tools/setup/packages.mjs";
       import { runTool } from "tools/setup/setUp.mjs";
       await runTool(async () => (console.log(await ensurePackages(${JSON.stringify(folder.path)}, () => {})), 0));`,
      { PATH: [join(folder.path, "programs"), process.env["PATH"]].join(delimiter) },
    ).ending;
  };
  const lock = (packages: unknown): void => {
    folder.write("package-lock.json", JSON.stringify({ packages }));
  };
  const install = (packages: unknown): void => {
    folder.write("node_modules/.package-lock.json", JSON.stringify({ packages }));
    mkdirSync(join(folder.path, "node_modules", "a"), { recursive: true });
  };

  test("are left alone when they are the locked ones, whoever installed them", async () => {
    lock(locked);
    install(installed);
    expect((await ensure("#!/bin/sh\nexit 1\n")).stdout).toBe("npm packages are up to date\n");
  });

  test.each([
    [
      "nothing is installed",
      (): void => {
        rmSync(join(folder.path, "node_modules"), { recursive: true });
      },
    ],
    [
      "an install was interrupted",
      (): void => {
        rmSync(join(folder.path, "node_modules", ".package-lock.json"));
      },
    ],
    [
      "a package was deleted",
      (): void => {
        rmSync(join(folder.path, "node_modules", "a"), { recursive: true });
      },
    ],
    [
      "the lock asks for another version",
      (): void => {
        lock({ ...locked, "node_modules/a": { version: "1.0.1" } });
      },
    ],
    [
      "the lock has one more",
      (): void => {
        lock({ ...locked, "node_modules/b": { version: "1.0.0" } });
      },
    ],
  ])("are installed when %s", async (_, change) => {
    lock(locked);
    install(installed);
    change();
    expect((await ensure()).stdout).toMatch(/npm packages installed/);
  });

  test("that the lock file does not name: nothing else is installed, and the remedy is named", async () => {
    lock(locked);
    const { code, stderr } = await ensure(
      `#!/bin/sh\necho "$@" >> '${folder.path}/calls'\necho 'npm error code EUSAGE' >&2\nexit 1\n`,
    );
    expect(code).toBe(1);
    expect(stderr).toContain("npm ci failed:\nnpm error code EUSAGE\n");
    expect(stderr).toContain("run `npm install --package-lock-only`");
    expect(readFileSync(join(folder.path, "calls"), "utf8")).toMatch(/^ci .*\n$/);
  });

  test("that can't be installed: npm's own complaint and what to look at", async () => {
    lock(locked);
    const { code, stderr } = await ensure("#!/bin/sh\necho 'npm error network' >&2\nexit 1\n");
    expect(code).toBe(1);
    expect(stderr).toContain("npm ci failed:\nnpm error network\n  If it could not reach its registry");
  });
});

test.each([
  [
    { numPassedTests: 3, numFailedTests: 0, numPendingTests: 2, numTodoTests: 1 },
    "Tests: 3 passed, 0 failed, 3 skipped",
    true,
  ],
  [
    { numPassedTests: 3, numFailedTests: 1, numRuntimeErrorTestSuites: 1 },
    "Tests: 3 passed, 2 failed, 0 skipped",
    true,
  ],
  [{ numPendingTests: 4 }, "Tests: 0 passed, 0 failed, 4 skipped", false],
])("the closing line of a test run: %j", async (numbers, line, counts) => {
  const none = {
    numPassedTests: 0,
    numFailedTests: 0,
    numRuntimeErrorTestSuites: 0,
    numPendingTests: 0,
    numTodoTests: 0,
  };
  const { stdout } = await startNode([
    "-e",
    `const reporter = new (require(${JSON.stringify(inRepository("tools/jestClosingLine.cjs"))}))();
     reporter.onRunComplete(new Set(), ${JSON.stringify({ ...none, ...numbers })});
     console.log(reporter.getLastError() === undefined);
     console.log("what Jest says last");`,
  ]).ending;
  expect(stdout).toBe(`${String(counts)}\nwhat Jest says last\n\n${line}\n`);
});

test("what prepares a machine asks for no package before it has installed them", () => {
  const commands = readdirSync(inRepository("tools"))
    .map((name) => join("tools", name))
    .concat(join("bench", "run.mjs"))
    .filter((path) => path.endsWith(".mjs"))
    .filter((path) => readFileSync(inRepository(path), "utf8").includes("setup/setUp.mjs"));
  expect(commands).toContain(join("tools", "test.mjs"));
  expect(commands).toContain(join("tools", "start.mjs"));

  const asked = new Map<string, string>();
  const walked = new Set<string>();
  const walk = (file: string): void => {
    if (walked.has(file)) return;
    walked.add(file);
    for (const name of importedBy(file)) {
      if (name.startsWith(".")) walk(resolve(dirname(file), name));
      else if (!name.startsWith("node:")) asked.set(name, file);
    }
  };
  for (const command of commands) walk(inRepository(command));
  expect(walked.size).toBeGreaterThan(50);
  expect(Object.fromEntries(asked)).toEqual({});
});

/** The imports of a file at load time; those at run time (`await import(…)`) are not among them. */
function importedBy(file: string): string[] {
  const { statements } = createSourceFile(file, readFileSync(file, "utf8"), ScriptTarget.Latest);
  return statements.flatMap((statement) => {
    if (!isImportDeclaration(statement) && !isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    return moduleSpecifier && isStringLiteral(moduleSpecifier) ? [moduleSpecifier.text] : [];
  });
}
