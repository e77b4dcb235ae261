/**
 * The contract of fronts: the same scenarios come to the same through the dynamic provider and through the plugin, each called
 * as the engine calls it, except where the table in docs/reference/plugin.md says otherwise.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { registeredServices } from "../support/everyService";
import { differences, met } from "./differences";
import { rowScenarios } from "./rowScenarios";
import { runScenarios } from "./runScenarios";
import { Fronts } from "./stage";
import { valueScenarios } from "./valueScenarios";

let fronts: Fronts;
beforeAll(async () => {
  fronts = await Fronts.open();
});
afterAll(() => fronts.close());

test.each([...runScenarios, ...valueScenarios, ...rowScenarios].map((each) => [each.title, each] as const))(
  "%s",
  async (_title, scenario) => {
    const played = await fronts.play(scenario);
    for (const service of registeredServices) {
      const { dynamic, plugin } = played[service];
      expect({ service, plugin }).toEqual({ service, plugin: dynamic });
    }
  },
);

test("each difference that the page names has been met, and no other is allowed", () => {
  expect([...met].sort()).toEqual(Object.keys(differences).sort());
  const page = readFileSync(resolve(__dirname, "../../docs/reference/plugin.md"), "utf8").replaceAll(
    "\r\n",
    "\n",
  );
  const [, section = ""] = page.split(/^## Differences between the two\n/m);
  const rows = section
    .split(/^## /m)[0]!
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const allowed = Object.entries(differences).map(([subject, [plugin, npmPackage]]) => [
    subject,
    plugin,
    npmPackage,
  ]);
  expect(rows).toEqual(allowed);
});
