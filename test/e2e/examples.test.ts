/**
 * Every example with a project of its own runs, as it stands, under a real engine. (The root's one is run by
 * `npm start`.)
 */
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { executionsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";

jest.setTimeout(180_000);

const examples = resolve(__dirname, "../../examples");
const projects = readdirSync(examples).filter((name) => existsSync(join(examples, name, "Pulumi.yaml")));

const fixture = useFixture();

test.each(projects)("%s", async (name) => {
  const { emulator, stack } = fixture;
  rmSync(join(stack.folder, "index.js"));
  cpSync(join(examples, name), stack.folder, { recursive: true });
  // The stack's configuration and state are under the project's name in the fixture.
  const file = join(stack.folder, "Pulumi.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^name: .*/, "name: test"));
  const up = await stack.up();
  expect(up.output).not.toContain("error:");
  expect(up.ok).toBe(true);
  const started = (await executionsOf(emulator)).length;
  expect(started).toBeGreaterThan(0);
  const again = await stack.up();
  expect(Object.keys(again.changes)).toEqual(["same"]);
  expect(await executionsOf(emulator)).toHaveLength(started);
});
