/**
 * The program in the README, as it stands there, under a real engine.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { executionsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";

const fixture = useFixture();

test("the README's program runs its workflow and exports its output", async () => {
  const { emulator, stack } = fixture;
  const readme = readFileSync(resolve(__dirname, "../../README.md"), "utf8");
  const [, program] = /^```ts\n([\s\S]*?)^```/m.exec(readme)!;
  writeFileSync(join(stack.folder, "index.ts"), program!);
  writeFileSync(
    join(stack.folder, "Pulumi.yaml"),
    "name: test\nruntime:\n  name: nodejs\n  options:\n    typescript: true\nmain: index.ts\n",
  );
  const result = await stack.up();
  expect(result.output).toContain("2/3 ");
  expect(result.ok).toBe(true);
  expect((await stack.outputs())["version"]?.value).toBe("1.4.2");
  expect(await executionsOf(emulator)).toHaveLength(1);
});
