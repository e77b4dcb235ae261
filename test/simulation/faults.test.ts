/**
 * The faults that the self-test puts back: each still finds its place in the core. A self-test takes minutes, and a patch
 * that fits nowhere would only be noticed there.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

interface Change {
  readonly file?: string;
  readonly search: string;
}

const root = join(__dirname, "..", "..");
const folder = join(__dirname, "faults");
const core = readdirSync(join(root, "provider", "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => join("provider", "src", file));
const read = (file: string): string => readFileSync(join(root, file), "utf8");

test.each(readdirSync(folder))("%s", (name) => {
  const { changes } = jest.requireActual<{ readonly changes: readonly Change[] }>(join(folder, name));
  const lost = changes.filter(
    ({ file, search }) => !(file === undefined ? core : [file]).some((one) => read(one).includes(search)),
  );
  expect(lost).toEqual([]);
});
