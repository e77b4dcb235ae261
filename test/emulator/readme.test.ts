/**
 * The README against the package: contents, options, methods. The commands of its pages on identity, one after the other, as a
 * reader would type them.
 */
import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { ControlClient, startEmulator } from "runbook-emulator";

const readme = readFileSync(resolve(__dirname, "../../emulator/README.md"), "utf8");
const page = readme.slice(readme.indexOf("\n## Identity\n"), readme.indexOf("\n## FunctionGraph\n"));
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, code]) => code!);
const missing = ["bash", "curl"].filter((name) => spawnSync(name, ["--version"]).error);

test("the contents name every section", () => {
  const headings = [...readme.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!);
  const list = readme.slice(readme.indexOf("## Contents"), readme.indexOf("## Quick start"));
  const contents = [...list.matchAll(/^- \[(.+?)\]\(#/gm)].map(([, heading]) => heading!);
  expect(["Contents", ...contents]).toEqual(headings);
});

test("the table of options has every option of --help", () => {
  const binFile = resolve(__dirname, "../../emulator/bin/runbook-emulator.js");
  const help = spawnSync(process.execPath, [binFile, "--help"], { encoding: "utf8" }).stdout;
  const options = [...help.matchAll(/^ {2}(?:--[\w-]+(?:, )?)+/gm)].flatMap(([line]) =>
    line.match(/--[\w-]+/g)!,
  );
  const rows = readme.split("\n").filter((line) => line.startsWith("| `--"));
  const documented = rows.flatMap((row) => row.split("|")[1]!.match(/--[\w-]+/g)!);
  expect(options.length).toBeGreaterThan(10);
  expect(documented.sort()).toEqual(options.sort());
});

test("the table of methods has every method of the control client", () => {
  const methods = Object.getOwnPropertyNames(ControlClient.prototype).filter(
    (name) => name !== "constructor",
  );
  const table = readme.slice(readme.indexOf("| method "), readme.indexOf("- `new ControlClient("));
  for (const method of methods) expect(table).toMatch(new RegExp(`\`${method}[\`(]`));
});

if (missing.length > 0) {
  test.skip(`the README's commands on identity work (skipped: no ${missing.join(", no ")} here)`, () => {
    // Nothing to do: the name says why.
  });
} else {
  test("the README's commands on identity work, in their order", async () => {
    expect(commands.length).toBeGreaterThan(6);
    const emulator = await startEmulator();
    try {
      const script = `set -euo pipefail\nURL=${emulator.url}\n${commands.join("\n")}`;
      const { stdout: output } = await promisify(execFile)("bash", ["-c", script], {
        env: { ...process.env, NO_PROXY: "*" },
      });
      for (const found of ["x-subject-token: MII", '"credential":', "HSTA", "STS.", '"actors":']) {
        expect(output).toContain(found);
      }
    } finally {
      await emulator.close();
    }
  });
}
