/**
 * Every link of every page leads to a file of the repository, and to a heading of that file. So does every page that code,
 * comments and packages name.
 */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { anchorsOf, linksOf } from "./markdownLinks";

const root = resolve(__dirname, "../..");
const home = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { homepage: string };
const repository = home.homepage.replace(/#.*$/, "");

const generated = new Set(["node_modules", "dist", "coverage", "sdk", "types", ".state", ".git"]);

/** The files of the repository that somebody wrote, by their path in it. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (generated.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesOf(path);
    return entry.isFile() ? [relative(root, path).replaceAll("\\", "/")] : [];
  });
}

/** Files whose links are somebody else's, or lead nowhere on purpose. */
const notes = new Set(["package-lock.json", "test/docs/links.test.ts"]);

const files = filesOf(root);
const pages = files.filter((file) => file.endsWith(".md"));
const texts = new Map<string, string>();

function textOf(file: string): string {
  const text = texts.get(file) ?? readFileSync(join(root, file), "utf8");
  texts.set(file, text);
  return text;
}

/** The problem of a link that leads nowhere in the repository; undefined where it leads somewhere, or out of it. */
function problemOf(page: string, link: string): string | undefined {
  const own = link.startsWith(`${repository}/`) ? link.slice(repository.length + 1) : undefined;
  if (own === undefined && /^[a-z][\w+.-]*:/i.test(link)) return undefined;
  const [path, anchor] = (own?.replace(/^(?:blob|tree)\/main\//, "") ?? link).split("#") as [string, string?];
  if (own !== undefined && !/^(?:blob|tree)\/main\//.test(own)) return undefined; // issues, advisories
  const folder = own === undefined ? dirname(join(root, page)) : root;
  let target = path === "" ? join(root, page) : resolve(folder, decodeURIComponent(path));
  if (!existsSync(target)) return `${page}: ${link}: there is no such file`;
  if (anchor === undefined || anchor === "readme") return undefined;
  if (statSync(target).isDirectory()) target = join(target, "README.md");
  return anchorsOf(textOf(relative(root, target))).has(anchor)
    ? undefined
    : `${page}: ${link}: there is no such heading`;
}

test.each(pages)("the links of %s lead somewhere", (page) => {
  expect(linksOf(textOf(page)).flatMap((link) => problemOf(page, link) ?? [])).toEqual([]);
});

test("the pages and headings that code and packages name exist", () => {
  const named = files
    .filter((file) => /\.(?:[cm]?[jt]sx?|json|ya?ml)$/.test(file) && !notes.has(file))
    .flatMap((file) =>
      [...textOf(file).matchAll(/(?<![\w/.-])(?:blob\/main\/)?(docs\/[\w/-]+\.md(?:#[\w-]+)?)/g)].map(
        ([, link]) => ({ file, link: `${repository}/blob/main/${link!}` }),
      ),
    );
  expect(named.length).toBeGreaterThan(20);
  expect(named.flatMap(({ file, link }) => problemOf(file, link) ?? [])).toEqual([]);
});

test("the index leads to every page of the documentation", () => {
  const linked = linksOf(textOf("docs/README.md")).map((link) => `docs/${link}`);
  expect(linked.sort()).toEqual(pages.filter((page) => /^docs\/.*\//.test(page)).sort());
});

test("links are found in prose, and not in code", () => {
  const text =
    'See [a](b.md#c "title") and ![p](d.svg).\n\n```md\n[no](no.md)\n# no\n```\n\n`[no](no.md)`\n\n[r]: e.md\n';
  expect(linksOf(text)).toEqual(["b.md#c", "d.svg", "e.md"]);
});

test.each([
  ["## AOM lists candidates: what to do", "aom-lists-candidates-what-to-do"],
  ["## `WFX-NO-ANSWER`", "wfx-no-answer"],
  ["### A [link](x.md), and 2 × more", "a-link-and-2--more"],
  ["# snake_case", "snake_case"],
])("the anchor of %s is that of GitHub", (heading, anchor) => {
  expect([...anchorsOf(heading)]).toEqual([anchor]);
});

test("repeated headings have numbered anchors", () => {
  expect([...anchorsOf("# A\n## A\n## A\n")]).toEqual(["a", "a-1", "a-2"]);
});

test.each([
  ["docs/nowhere.md", "there is no such file"],
  ["CONTRIBUTING.md#nowhere", "there is no such heading"],
  [`${repository}/blob/main/docs/nowhere.md`, "there is no such file"],
])("a link to %s is reported", (link, problem) => {
  expect(problemOf("README.md", link)).toBe(`README.md: ${link}: ${problem}`);
});
