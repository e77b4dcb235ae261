/**
 * `npm run check`: every check runs, and the failed ones are named.
 */
import { readFileSync } from "node:fs";
import { evaluate, inRepository, startNode } from "./toolProcess";

interface Round {
  readonly code: number;
  readonly ran: readonly string[];
  readonly text: string;
}

/** Runs checks whose exit codes are given. */
async function round(codes: Readonly<Record<string, number>>): Promise<Round> {
  return (await evaluate(`
    import { runChecks } from "tools/check/runChecks.mjs";
    const codes = ${JSON.stringify(codes)};
    const ran = [];
    let text = "";
    const code = await runChecks(Object.keys(codes), {
      run: async (name) => (ran.push(name), codes[name]),
      write: (more) => { text += more; },
    });
    console.log(JSON.stringify({ code, ran, text }));
  `)) as Round;
}

test("all checks pass: the exit code is 0 and each has a line", async () => {
  const { code, ran, text } = await round({ format: 0, lint: 0 });
  expect({ code, ran }).toEqual({ code: 0, ran: ["format", "lint"] });
  expect(text).toMatch(/^check: format +passed \(.*\)$/m);
  expect(text).not.toContain("Failed");
});

test("a check that fails does not hide the others, and the command that repeats the failed ones is named", async () => {
  const { code, ran, text } = await round({ format: 1, lint: 0, types: 2 });
  expect({ code, ran }).toEqual({ code: 1, ran: ["format", "lint", "types"] });
  expect(text).toMatch(/^check: types +failed with 2 /m);
  expect(text).toMatch(/^Failed: format, types\. To repeat only these: npm run check -- format types$/m);
});

test("an unknown check is refused before anything runs, with the list of checks; each is a script", async () => {
  const { code, stdout, stderr } = await startNode([inRepository("tools/check.mjs"), "lnit"]).ending;
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain('There is no check "lnit".');

  const { scripts } = JSON.parse(readFileSync(inRepository("package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const checks = /The checks: (.*)\./.exec(stderr)?.[1]?.split(", ") ?? [];
  expect(checks).toEqual(expect.arrayContaining(["format", "lint", "types", "walls", "test"]));
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(checks));
});
