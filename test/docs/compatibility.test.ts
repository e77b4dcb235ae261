/**
 * docs/reference/compatibility.md: the versions are those of the manifests, of the tests and of the CI workflow.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";

const read = (path: string): string => readFileSync(resolve(__dirname, "../..", path), "utf8");
const json = (path: string): any => JSON.parse(read(path)); // eslint-disable-line @typescript-eslint/no-explicit-any

/** Support and its coverage, by the first cell of the row. */
const rows = new Map(
  read("docs/reference/compatibility.md")
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, what, supported, covered]) => [what!, { supported: supported!, covered: covered! }]),
);

const versionsIn = (text: string): string[] => text.match(/\d+\.\d+(?:\.\d+)?/g) ?? [];

test("Node.js", () => {
  const { engines } = json("provider/package.json") as { engines: { node: string } };
  const { supported, covered } = rows.get("Node.js")!;
  expect(`>=${supported.replace(" or newer", "")}.0`).toBe(engines.node);
  const { jobs } = parse(read(".github/workflows/ci.yml")) as {
    jobs: Record<string, { strategy?: { matrix: { node: number[]; os?: string[] } } }>;
  };
  expect(covered).toContain(
    `Node ${jobs["check"]!.strategy!.matrix.node.join(", ").replace(/, (\d+)$/, " and $1")}`,
  );
  const { node, os } = jobs["unit"]!.strategy!.matrix;
  expect(os).toEqual(["macos-latest", "windows-latest"]);
  expect(rows.get("operating systems")!.covered).toContain(`Node ${node.join(" and ")}`);
});

test("Pulumi", () => {
  const versions = read("tools/setup/versions.mjs");
  const versionOf = (name: string): string =>
    new RegExp(`export const ${name} = "([^"]+)"`).exec(versions)![1]!;
  expect(rows.get("Pulumi CLI")).toEqual({
    supported: `${versionOf("OLDEST_PULUMI_VERSION")} or newer`,
    covered: versionOf("PULUMI_VERSION"),
  });
  const { supported, covered } = rows.get("`@pulumi/pulumi`")!;
  const { peerDependencies } = json("provider/package.json") as { peerDependencies: Record<string, string> };
  expect(`^${versionsIn(supported)[0]!}`).toBe(peerDependencies["@pulumi/pulumi"]);
  const tested = [
    "test/providerText/sdks/oldest/package.json",
    "package.json",
    "test/providerText/sdks/newest/package.json",
  ];
  expect(versionsIn(covered)).toEqual(
    tested.map(
      (path) => (json(path) as { dependencies: Record<string, string> }).dependencies["@pulumi/pulumi"],
    ),
  );
});

test("packages of AWS", () => {
  const manifest = json("provider/package.json") as Record<
    "peerDependencies" | "devDependencies",
    Record<string, string>
  >;
  const found = [...rows].filter(([what]) => /^`@(smithy|aws-sdk)\//.test(what));
  expect(found).toHaveLength(2);
  for (const [what, { supported, covered }] of found) {
    const name = /`(.*)`/.exec(what)![1]!;
    const [, oldest, major] = /^(\S+) or newer, below (\d+)$/.exec(supported)!;
    expect(manifest.peerDependencies[name]).toBe(`^${oldest!}`);
    expect(Number(major)).toBe(Number(oldest!.split(".")[0]) + 1);
    expect(manifest.devDependencies[name]).toBe(covered);
  }
});

test("Pulumi on Node 20: the workspace has the version that the page says to pin", () => {
  const { version, engines } = json("node_modules/@pulumi/pulumi/package.json") as {
    version: string;
    engines: { node: string };
  };
  expect(engines.node).toBe(">=20");
  expect(read("docs/reference/compatibility.md")).toContain(`Pin \`"@pulumi/pulumi": "~${version}"\``);
});

test("TypeScript", () => {
  const { dependencies } = json("test/providerText/types/package.json") as {
    dependencies: Record<string, string>;
  };
  const tested = ["typescript-oldest", "typescript-newest"].map((name) => versionsIn(dependencies[name]!)[0]);
  const { supported, covered } = rows.get("TypeScript")!;
  expect(versionsIn(covered)).toEqual(tested);
  expect(versionsIn(supported)).toEqual(tested.map((version) => version!.replace(/\.\d+$/, "")));
  for (const kind of ["node16", "nodenext", "bundler"])
    expect(rows.get("module modes")!.supported).toContain(kind);
});

test("package managers", () => {
  const tool = read("tools/toolchains.mjs");
  const { jobs } = parse(read(".github/workflows/ci.yml")) as {
    jobs: Record<string, { strategy?: { matrix: Record<string, string[]> } }>;
  };
  const { covered } = rows.get("package managers")!;
  expect(covered).toContain(
    `pnpm ${/pnpm@(\d+)/.exec(tool)![1]!} and Yarn ${/cli-dist@(\d+)/.exec(tool)![1]!}`,
  );
  expect(jobs["toolchains"]!.strategy!.matrix).toMatchObject({
    manager: ["npm", "pnpm", "yarn"],
    sdk: ["oldest", "newest"],
  });
});
