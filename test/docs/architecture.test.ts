/**
 * docs/explanation/architecture.md: the picture of the rooms is that of today's imports, and the files
 * that the page names exist.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluate, inRepository, startNode } from "../tools/toolProcess";

const page = readFileSync(inRepository("docs/explanation/architecture.md"), "utf8");

test("the page is current", async () => {
  const { code, stderr } = await startNode([inRepository("tools/architecture.mjs"), "--check"]).ending;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("an import between rooms becomes an arrow, unless a longer way leads there; the table has all", async () => {
  const rooms = [
    { name: "top/left", storey: 3, job: "asks" },
    { name: "middle", storey: 2, job: "decides" },
    { name: "ground", storey: 1, job: "holds" },
  ];
  const imports = [
    ["p/src/top/left/a.ts", "p/src/middle/b.ts"],
    ["p/src/top/left/a.ts", "p/src/ground/c.ts"],
    ["p/src/top/left/a.ts", "p/src/top/left/d.ts"],
    ["p/src/middle.ts", "p/src/ground/c.ts"],
    ["other/src/ground/a.ts", "p/src/middle/b.ts"],
    ["p/src/ground/c.ts", "node:fs"],
  ];
  const picture = (await evaluate(`
    import { drawRooms } from "tools/architecture/pictureOfRooms.mjs";
    console.log(JSON.stringify(drawRooms("p", ${JSON.stringify(rooms)}, ${JSON.stringify(imports)})));
  `)) as string;
  expect(picture.split("\n").filter((line) => line.includes("-->"))).toEqual([
    "  room0 --> room1",
    "  room1 --> room2",
  ]);
  expect(picture).toContain('  room0["top/left/"]');
  expect(picture).toContain("| `top/left` | asks | `middle`, `ground` |");
  expect(picture).toContain("| `ground` | holds | none |");
});

test("a page without a place for a picture is refused", async () => {
  const run = evaluate(`
    import { insertPictures } from "tools/architecture/pictureOfRooms.mjs";
    console.log(JSON.stringify(insertPictures("# Page", { provider: "picture" })));
  `);
  await expect(run).rejects.toThrow(/has no "<!-- rooms -->"/);
});

test("files that the page names exist", () => {
  const named = [...page.matchAll(/`((?:[\w-]+\/)+[\w.-]*)`/g)]
    .map(([, path]) => path!)
    .filter((path) => !path.startsWith("pulumi-runbook/"));
  expect(named).toContain("http/retry.ts");
  const lost = named
    .filter((path) => !path.startsWith("provider/"))
    .filter(
      (path) => !existsSync(inRepository(path)) && !existsSync(inRepository(join("provider/src", path))),
    );
  expect(lost).toEqual([]);
});
