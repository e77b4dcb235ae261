/**
 * docs/reference/guesses.md: every guess has a source, or the word guess, and says what happens if it is wrong; every
 * quirk that it names is one of the emulator's, and is tried with the provider, not with the emulator alone.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { textOfFolder } from "../support/textOfFolder";

const root = join(__dirname, "../..");
const page = readFileSync(join(root, "docs/reference/guesses.md"), "utf8");
const [, guesses = ""] = page.split(/^## Guesses$/m);
const rows = guesses
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (guess|-+) /.test(line))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

/** Names in the last column that are no quirks: other ways of the emulator, and faults of the simulation. */
const others = new Set(["--enforce-limits", "limits", "withoutDate", "zero", "absent", "fork"]);
const quirks = [
  ...new Set(rows.flatMap((row) => [...(row.at(-1) ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name!))),
].filter((name) => !others.has(name));

/** A value of the kind that a quirk takes. */
const values: Readonly<Record<string, string | number>> = {
  unknownStatus: "preparing",
  scheduleEventId: "zero",
  expressForgotten: "always",
  foreignProject: "shown",
  listDelayMs: 1,
  detailDelayMs: 1,
  largestPage: 10,
  descriptionLength: 10,
};

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

test("every guess has a source, and says what the provider does if it is wrong", () => {
  expect(rows.length).toBeGreaterThan(30);
  for (const row of rows) {
    expect(row).toHaveLength(4);
    for (const cell of row.slice(0, 3)) expect(cell).toMatch(/\w/);
  }
});

test("every quirk that the page names exists", async () => {
  expect(quirks.length).toBeGreaterThan(25);
  for (const name of quirks) {
    const body = JSON.stringify({ [name]: values[name] ?? true });
    const answer = await fetch(`${emulator.url}/_emulator/quirks`, { method: "PUT", body });
    expect([name, answer.status]).toEqual([name, 200]);
  }
});

test("every quirk that the page names is tried with the provider", () => {
  const tests = ["identity", "lifecycle", "contract", "vendorPages", "unit", "e2e"].map((folder) =>
    textOfFolder(join(root, "test", folder)),
  );
  const text = tests.join("\n");
  expect(quirks.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
});
