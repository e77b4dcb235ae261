/**
 * Every example runs, as it stands, under a real engine; the first one is the root's program, which `npm start` runs.
 */
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pinnedTexts } from "../providerText/pinnedTexts";
import { executionsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";

jest.setTimeout(180_000);

const root = resolve(__dirname, "../..");
const examples = join(root, "examples");
// Those of services that the emulator does not have run elsewhere: test/moto.
const programs = readdirSync(examples).filter(
  (name) => existsSync(join(examples, name, "index.ts")) && !name.startsWith("stepfunctions-"),
);

const fixture = useFixture();

test("the root's project runs one of the examples", () => {
  const [, main] = /^main: examples\/(.*)$/m.exec(readFileSync(join(root, "Pulumi.yaml"), "utf8"))!;
  expect(programs).toContain(main);
});

test.each(programs)("%s", async (name) => {
  const { emulator, stack } = fixture;
  rmSync(join(stack.folder, "index.js"));
  cpSync(join(examples, name), stack.folder, { recursive: true });
  // The stack's configuration and state are under the project's name in the fixture; the rest is the example's own.
  const own = join(examples, name, "Pulumi.yaml");
  const project = readFileSync(existsSync(own) ? own : join(root, "Pulumi.yaml"), "utf8");
  writeFileSync(
    join(stack.folder, "Pulumi.yaml"),
    project.replace(/^name: .*/, "name: test").replace(/^main: .*\n/m, ""),
  );
  const up = await stack.up();
  expect(up.output).not.toContain("error:");
  expect(up.ok).toBe(true);
  const started = (await executionsOf(emulator)).length;
  expect(started).toBeGreaterThan(0);

  const texts = (await stack.state()).flatMap(({ inputs, outputs }) => [
    inputs["__provider"],
    outputs["__provider"],
  ]);
  const ours = texts.filter((text) => text !== undefined);
  expect(ours).toHaveLength(2 * started);
  for (const text of ours) {
    expect(Object.values(pinnedTexts)).toContain(text);
    expect((text as string).length).toBeLessThanOrEqual(100);
  }

  const again = await stack.up();
  expect(Object.keys(again.changes)).toEqual(["same"]);
  expect(await executionsOf(emulator)).toHaveLength(started);
});
