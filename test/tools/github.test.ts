/**
 * The files that GitHub reads: names that the repository has, actions pinned by version, and one address of the
 * repository everywhere. actionlint reads the workflows themselves: `npm run workflows`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { inRepository } from "./toolProcess";

const read = (path: string): string => readFileSync(inRepository(path), "utf8");
const yaml = (path: string): any => parse(read(path)); // eslint-disable-line @typescript-eslint/no-explicit-any
const workflows = readdirSync(inRepository(".github/workflows")).map((name) => `.github/workflows/${name}`);
const scripts = (JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts;

interface Step {
  readonly run?: string;
  readonly uses?: string;
}

function stepsOf(workflow: string): Step[] {
  const { jobs } = yaml(workflow) as { jobs: Record<string, { steps: Step[] }> };
  return Object.values(jobs).flatMap(({ steps }) => steps);
}

test.each(workflows)("%s: each action is pinned by a version, each npm script exists", (workflow) => {
  const steps = stepsOf(workflow);
  for (const { uses, run } of steps) {
    if (uses !== undefined) expect(uses).toMatch(/^[\w.-]+\/[\w./-]+@(v\d+(\.\d+)*|[0-9a-f]{40})$/);
    for (const [, script] of (run ?? "").matchAll(/npm run ([\w:]+)/g))
      expect(scripts).toHaveProperty(script!);
  }
  expect(steps.some(({ run }) => run?.includes("npm run check"))).toBe(true);
});

test("a workflow may only read, and only the release may ask npm for trust", () => {
  for (const workflow of workflows) {
    expect(yaml(workflow).permissions).toEqual({ contents: "read" });
    expect(read(workflow).includes("id-token: write")).toBe(workflow.endsWith("release.yml"));
    expect(read(workflow)).not.toMatch(/secrets\.|NPM_TOKEN|NODE_AUTH_TOKEN/);
  }
});

test("the release publishes each package, with provenance", () => {
  const published = stepsOf(".github/workflows/release.yml").flatMap(({ run }) =>
    run?.startsWith("npm publish") === true ? [run] : [],
  );
  const names = ["provider", "emulator"].map(
    (folder) => (JSON.parse(read(`${folder}/package.json`)) as { name: string }).name,
  );
  expect(published).toHaveLength(names.length);
  for (const name of names) {
    expect(published).toContainEqual(expect.stringMatching(new RegExp(`--workspace ${name} .*--provenance`)));
  }
});

test("packages and pages name one address of the repository", () => {
  const address = "https://github.com/pulumi-runbook/pulumi-runbook";
  for (const folder of ["", "provider/", "emulator/"]) {
    const { repository, homepage, bugs } = JSON.parse(read(`${folder}package.json`)) as Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
    expect(repository).toEqual({
      type: "git",
      url: `git+${address}.git`,
      // npm refuses provenance where this is not the folder of the package.
      ...(folder === "" ? {} : { directory: folder.slice(0, -1) }),
    });
    expect(homepage).toMatch(new RegExp(`^${address}(/tree/main/${folder.slice(0, -1)})?#readme$`));
    expect(bugs).toEqual({ url: `${address}/issues` });
  }
  for (const page of ["SECURITY.md", ".github/ISSUE_TEMPLATE/config.yml"]) {
    expect(read(page)).toContain(`${address}/security/advisories/new`);
  }
});

test("owners and update rules name paths that exist", () => {
  const owned = read(".github/CODEOWNERS")
    .split("\n")
    .filter((line) => line.startsWith("/"))
    .map((line) => line.split(/\s+/)[0]!);
  const updated = (yaml(".github/dependabot.yml").updates as { directory: string }[]).map(
    ({ directory }) => directory,
  );
  expect(owned.length).toBeGreaterThan(0);
  for (const path of [...owned, ...updated]) {
    expect([path, existsSync(join(inRepository(""), path))]).toEqual([path, true]);
  }
});

test("each issue form has a name, a description, and fields with ids of their own", () => {
  const forms = readdirSync(inRepository(".github/ISSUE_TEMPLATE")).filter((name) => name !== "config.yml");
  expect(forms).toEqual(["bug.yml", "feature.yml"]);
  for (const form of forms) {
    const { name, description, body } = yaml(`.github/ISSUE_TEMPLATE/${form}`);
    expect([typeof name, typeof description]).toEqual(["string", "string"]);
    const ids = (body as { type: string; id?: string; attributes: { label?: string } }[])
      .filter(({ type }) => type !== "markdown")
      .map(({ id, attributes }) => (attributes.label === undefined ? undefined : id));
    expect(ids.every((id) => id !== undefined)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  }
});
