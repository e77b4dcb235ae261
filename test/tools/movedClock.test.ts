/**
 * The clock of a test run that is moved by years: for whatever reads it, and for the times of files.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inRepository, startNode } from "./toolProcess";

const yearMs = 365.2425 * 24 * 3_600_000;
const folder = mkdtempSync(join(tmpdir(), "moved-clock-"));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const program = `
  const fs = require("node:fs");
  const { stat, utimes } = require("node:fs/promises");
  const file = process.argv[1];
  (async () => {
    fs.writeFileSync(file, "");
    const written = [fs.statSync(file).mtimeMs, fs.lstatSync(file).mtime.getTime(), (await stat(file)).mtimeMs];
    fs.stat(file, async (error, stats) => {
      const noted = [];
      for (const time of [new Date(Date.UTC(2000, 0, 1)), Date.UTC(2000, 0, 1) / 1000]) {
        await utimes(file, time, time);
        noted.push(fs.statSync(file).mtimeMs);
      }
      console.log(JSON.stringify({
        now: [Date.now(), new Date().getTime(), Date.parse(Date()), ...written, stats.mtimeMs],
        noted,
        given: new Date(2000, 1, 2).getFullYear(),
        isDate: new Date() instanceof Date && new Date().constructor === Date,
        none: fs.statSync(file + "-none", { throwIfNoEntry: false }) === undefined,
      }));
    });
  })();
`;

function run(years: string): ReturnType<typeof startNode>["ending"] {
  const args = [
    "--require",
    inRepository("test/support/movedClock.cjs"),
    "-e",
    program,
    join(folder, "file"),
  ];
  return startNode(args, { TEST_YEARS_AHEAD: years }).ending;
}

test.each(["10", "-10", "0.5", "0"])(
  "the clock and the times of files are moved by %s years",
  async (years) => {
    const { stdout, stderr } = await run(years);
    expect(stderr).toBe("");
    const { now, ...rest } = JSON.parse(stdout);
    // This process may run years ahead itself; its own clock tells by how much.
    const ahead = Number(process.env["TEST_YEARS_AHEAD"] ?? "0");
    const expected = Date.now() + (Number(years) - ahead) * yearMs;
    for (const time of now) expect(Math.abs(time - expected)).toBeLessThan(60_000);
    const noted = Date.UTC(2000, 0, 1);
    expect(rest).toEqual({ noted: [noted, noted], given: 2000, isDate: true, none: true });
  },
);

test("a number of years that is none is refused", async () => {
  const { code, stderr } = await run("ten");
  expect(code).toBe(1);
  expect(stderr).toContain("TEST_YEARS_AHEAD must be a number of years, such as 10 or -10.");
});
