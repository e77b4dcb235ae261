/**
 * `npm run changelog`: a change that users can notice has an entry, and a release has its section.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Folder } from "./toolProcess";
import { evaluate, inRepository, makeFolder } from "./toolProcess";

/** Calls a function of the rules. */
function rule(name: string, argument: unknown): Promise<unknown> {
  return evaluate(`
    import * as rules from "tools/changelog/rules.mjs";
    console.log(JSON.stringify(rules[${JSON.stringify(name)}](${JSON.stringify(argument)}) ?? null));
  `);
}

test("this changelog has the form", async () => {
  expect(await rule("formProblems", readFileSync(inRepository("CHANGELOG.md"), "utf8"))).toEqual([]);
});

test("what has not the form is named with its line", async () => {
  const text = [
    "# Changelog",
    "## Unreleased",
    "- too early",
    "### Fixed",
    "- a",
    "### Mended",
    "### Fixed",
    "## 1.0",
    "## 0.1.0 - 2026-01-31",
    "### Added",
  ];
  expect(await rule("formProblems", text.join("\n"))).toEqual([
    expect.stringMatching(/^CHANGELOG.md:3: an entry stands below one of Added/),
    expect.stringMatching(/^CHANGELOG.md:6: "Mended" is none of/),
    'CHANGELOG.md:7: "Fixed" stands twice in this section.',
    expect.stringMatching(/^CHANGELOG.md:8: "1.0" is neither/),
  ]);
});

describe("a branch", () => {
  let folder: Folder;
  const git = (...args: string[]): void => {
    const identity = [
      "-c",
      "user.name=test",
      "-c",
      "user.email=test@example.com",
      "-c",
      "commit.gpgsign=false",
    ];
    execFileSync("git", [...identity, ...args], { cwd: folder.path, stdio: "ignore" });
  };
  const commit = (file: string, content: string, message: string): void => {
    folder.write(file, content);
    git("add", "-A");
    git("commit", "-m", message);
  };
  const problem = (): Promise<unknown> =>
    evaluate(`
      import { changeSince } from "tools/changelog/changeSince.mjs";
      import { entryProblem } from "tools/changelog/rules.mjs";
      const change = await changeSince(${JSON.stringify(folder.path)}, "main");
      console.log(JSON.stringify(entryProblem(change) ?? null));
    `);

  beforeEach(() => {
    folder = makeFolder();
    git("init", "-b", "main");
    commit("CHANGELOG.md", "## Unreleased\n", "Begin");
    git("checkout", "-b", "topic");
  });
  afterEach(() => {
    folder.remove();
  });

  test("that changes a package without an entry is refused with the file and the two remedies", async () => {
    commit("provider/src/a.ts", "1", "Change");
    expect(await problem()).toMatch(
      /provider\/src\/a\.ts\.\nAdd an entry below "Unreleased".*Changelog: none, <reason>/s,
    );
  });

  test("with an entry passes; a heading is no entry", async () => {
    commit("emulator/src/a.ts", "1", "Change");
    commit("CHANGELOG.md", "## Unreleased\n\n### Fixed\n", "Heading");
    expect(await problem()).toMatch(/no new line/);
    commit("CHANGELOG.md", "## Unreleased\n\n### Fixed\n\n- It works.\n", "Entry");
    expect(await problem()).toBeNull();
  });

  test("that says why there is none passes; without a reason it does not", async () => {
    commit("provider/src/a.ts", "1", "Change\n\nChangelog: none,");
    expect(await problem()).toMatch(/no new line/);
    commit("provider/src/a.ts", "2", "Change\n\nChangelog: none, names only");
    expect(await problem()).toBeNull();
  });

  test("that changes tests only passes, whatever else main has got meanwhile", async () => {
    commit("test/a.ts", "1", "Test");
    git("checkout", "main");
    commit("provider/src/b.ts", "1", "Elsewhere");
    git("checkout", "topic");
    expect(await problem()).toBeNull();
  });
});

test("a release has one version in its tag, in both packages and in the changelog", async () => {
  const text = "## Unreleased\n## 1.2.3 - 2026-01-31\n";
  expect(
    await rule("releaseProblems", { tag: "v1.2.3", text, versions: { a: "1.2.3", b: "1.2.3" } }),
  ).toEqual([]);
  expect(await rule("releaseProblems", { tag: "1.3.0", text, versions: { a: "1.3.0", b: "1.2.3" } })).toEqual(
    [
      'The tag "1.3.0" does not begin with "v".',
      "b has the version 1.2.3, the tag says 1.3.0.",
      'CHANGELOG.md has no section "1.3.0 - <date>".',
    ],
  );
});
