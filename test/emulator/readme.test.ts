/** The commands of the README's pages on identity, one after the other, as a reader would type them. */
import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { startEmulator } from "runbook-emulator";

const readme = readFileSync(resolve(__dirname, "../../emulator/README.md"), "utf8");
const page = readme.slice(readme.indexOf("\n## Identity\n"), readme.indexOf("\n## FunctionGraph\n"));
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, code]) => code!);
const missing = ["bash", "curl"].filter((name) => spawnSync(name, ["--version"]).error);

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
