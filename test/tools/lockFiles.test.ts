/**
 * `npm ci` refuses a lock file that lacks a package, on every platform: also one for a platform that nobody here has.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inRepository } from "./toolProcess";

interface LockedPackage {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
}

/** Our own lock files, wherever they are. */
function lockFiles(folder = inRepository("")): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === "package-lock.json") return [path];
    const isOurs = entry.isDirectory() && !["node_modules", ".git", ".state"].includes(entry.name);
    return isOurs ? lockFiles(path) : [];
  });
}

/** The packages that a package must find in the tree. */
function neededBy(locked: LockedPackage): string[] {
  const peers = Object.keys(locked.peerDependencies ?? {}).filter(
    (name) => locked.peerDependenciesMeta?.[name]?.optional !== true,
  );
  return [
    ...Object.keys(locked.dependencies ?? {}),
    ...Object.keys(locked.optionalDependencies ?? {}),
    ...peers,
  ];
}

/** True if Node would find a package from a place in the tree: there, or in any folder above. */
function isFound(packages: Record<string, unknown>, from: string, name: string): boolean {
  const place = `${from === "" ? "" : `${from}/`}node_modules/${name}`;
  if (Object.hasOwn(packages, place)) return true;
  if (from === "") return false;
  const above = Math.max(from.lastIndexOf("/node_modules/"), 0);
  return isFound(packages, from.slice(0, above), name);
}

function lacking(packages: Record<string, LockedPackage>): string[] {
  return Object.entries(packages).flatMap(([path, locked]) =>
    neededBy(locked)
      .filter((name) => !isFound(packages, path, name))
      .map((name) => `${name}, needed by ${path}`),
  );
}

const paths = lockFiles();

test.each(paths.map((path) => path.slice(inRepository("").length + 1)))(
  "%s has each package that another one names, those of other platforms too; `npm install --package-lock-only` adds them",
  (path) => {
    const { packages } = JSON.parse(readFileSync(inRepository(path), "utf8")) as {
      packages: Record<string, LockedPackage>;
    };
    expect(lacking(packages)).toEqual([]);
  },
);

test("a package that is missing is named, one that lies higher up is found", () => {
  const packages = {
    "": { dependencies: { a: "1" } },
    "node_modules/a": { dependencies: { b: "1" }, optionalDependencies: { "a-linux": "1", "a-darwin": "1" } },
    "node_modules/a/node_modules/b": { dependencies: { c: "1", a: "1" }, peerDependencies: { d: "1" } },
    "node_modules/a-linux": {},
    "node_modules/c": { peerDependencies: { e: "1" }, peerDependenciesMeta: { e: { optional: true } } },
  };
  expect(lacking(packages)).toEqual([
    "a-darwin, needed by node_modules/a",
    "d, needed by node_modules/a/node_modules/b",
  ]);
  expect(paths).toContain(inRepository("package-lock.json"));
});
