/**
 * docs/reference/errors.md: every error code has a section and every section is a code; the example is a real message, which
 * leads to that section.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ErrorCode } from "../../provider/src/ground/errors";
import type { Scene } from "../support/machines";
import { openScene } from "../support/machines";
import { asDocumented, mishaps } from "./errorExamples";
import { anchorsOf } from "./markdownLinks";

const root = join(__dirname, "../..");
const address = "docs/reference/errors.md";
const page = readFileSync(join(root, address), "utf8").replaceAll("\r\n", "\n");
const sections = new Map(
  page
    .split(/^## (?=WFX-)/m)
    .slice(1)
    .map((section) => [/^\S+/.exec(section)![0], section]),
);
const codes = Object.keys(mishaps) as ErrorCode[];

let scene: Scene | undefined;
afterEach(() => scene?.close());

test("the codes of the sources, the sections and the list at the top are the same", () => {
  const sources = readdirSync(join(root, "provider/src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(root, "provider/src", name), "utf8"));
  const used = new Set(sources.flatMap((source) => source.match(/WFX-[A-Z]+(?:-[A-Z]+)*/g) ?? []));
  expect([...used].sort()).toEqual([...codes].sort());
  expect([...sections.keys()].sort()).toEqual([...codes].sort());
  const listed = [...page.matchAll(/^\| \[(WFX-[A-Z-]+)\]\(#([a-z-]+)\)/gm)];
  expect(listed.map(([, code]) => code)).toEqual([...sections.keys()]);
  expect(listed.map(([, , anchor]) => anchor)).toEqual(
    [...sections.keys()].map((code) => code.toLowerCase()),
  );
});

test.each(codes)("%s: the section says what is running, why, and what to do", (code) => {
  const section = sections.get(code)!;
  for (const part of ["Is an execution running?", "Cause.", "Remedy."]) {
    expect(section).toMatch(new RegExp(`^- \\*\\*${part.replace(/[?.]/g, "\\$&")}\\*\\* \\S`, "m"));
  }
  expect(section.length).toBeLessThan(2_500);
});

test.each(codes)("%s: the example is a message of the provider, and leads to the section", async (code) => {
  // AOM does not tell a workflow that does not exist from one of another enterprise project.
  scene = await openScene(code === "WFX-NOT-FOUND" ? "cloudflow" : "aom");
  await scene.takes(10_000);
  const message = asDocumented(await mishaps[code](scene));
  const [, example] = /```text\n([\s\S]*?)\n```/.exec(sections.get(code)!)!;
  expect(example).toBe(message);
  expect(message.split("\n").length).toBeLessThanOrEqual(15);

  const [, link, anchor] = /(https:\/\/\S+)#([a-z-]+)$/.exec(message)!;
  const { homepage } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { homepage: string };
  expect(link).toBe(`${homepage.replace(/#.*/, "")}/blob/main/${address}`);
  expect(anchorsOf(page)).toContain(anchor);
  expect(message).toMatch(new RegExp(`[Ee]rror ${code} \\(pulumi-runbook 1\\.0\\.0\\)\n`));
});
