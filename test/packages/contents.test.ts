/** The files that `npm pack` puts into the two packages: all that a user needs, links that work from the registry, and nothing else. */
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { linksOf } from "../docs/markdownLinks";

const root = resolve(__dirname, "../..");

interface PackageCase {
  readonly name: string;
  readonly folder: string;
  /** Sources that are compiled and not published. */
  readonly left: RegExp;
  /** Everything but what is compiled. */
  readonly others: readonly string[];
}

const packages: readonly PackageCase[] = [
  {
    name: "pulumi-runbook",
    folder: "provider",
    left: /^fronts\/plugin\//,
    others: ["bin/pulumi-runbook.js", "types/index.d.ts", "types/provider.d.ts"],
  },
  {
    name: "runbook-emulator",
    folder: "emulator",
    left: /^$/,
    others: ["bin/runbook-emulator.js", "types/index.d.ts", ...page()],
  },
];

/** The files of the emulator's page. */
function page(): string[] {
  return readdirSync(join(root, "emulator", "page"))
    .filter((file) => file !== "tsconfig.json")
    .map((file) => `page/${file}`);
}

function packed(folder: string): string[] {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const options = { cwd: join(root, folder), encoding: "utf8", shell: process.platform === "win32" } as const;
  const answer = execFileSync(npm, ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    ...options,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const listed = JSON.parse(answer) as
    { files: { path: string }[] }[] | Record<string, { files: { path: string }[] }>;
  return Object.values(listed)[0]!
    .files.map(({ path }) => path)
    .sort();
}

test.each(packages)("$name: the files", ({ folder, left, others }) => {
  const compiled = readdirSync(join(root, folder, "src"), { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts") && !left.test(file))
    .flatMap((file) => ["", ".map"].map((ending) => `dist/${file.replace(/\.ts$/, ".js")}${ending}`));
  const always = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
  expect(packed(folder)).toEqual([...always, ...compiled, ...others].sort());
});

test.each(packages)("$name: maps have their sources", ({ folder }) => {
  const file = join(root, folder, "dist", "index.js");
  expect(readFileSync(file, "utf8")).toMatch(/\n\/\/# sourceMappingURL=index\.js\.map\s*$/);
  const map = JSON.parse(readFileSync(`${file}.map`, "utf8")) as { sourcesContent?: string[] };
  expect(map.sourcesContent).toEqual([readFileSync(join(root, folder, "src", "index.ts"), "utf8")]);
});

test.each(packages.flatMap(({ folder }) => ["README.md", "CHANGELOG.md"].map((file) => `${folder}/${file}`)))(
  "%s leads on from the registry's page",
  (file) => {
    const links = linksOf(readFileSync(join(root, file), "utf8"));
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !/^(https:|#)/.test(link))).toEqual([]);
  },
);
