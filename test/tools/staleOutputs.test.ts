/** Outputs of sources that are gone are removed before they could be published. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { evaluate, makeFolder } from "./toolProcess";

test("outputs without a source go, with their folders; the others stay", async () => {
  const folder = makeFolder();
  for (const file of ["src/index.ts", "src/kept/one.ts"]) folder.write(file, "");
  const kept = ["index.js", "index.js.map", "index.d.ts", "kept/one.js", ".tsbuildinfo"];
  const stale = ["gone.js", "kept/two.js.map", "old/deep/three.d.ts"];
  for (const file of [...kept, ...stale]) folder.write(`dist/${file}`, "");
  try {
    expect(
      await evaluate(
        `import { removeStaleOutputs } from "tools/setup/staleOutputs.mjs";
         console.log(JSON.stringify(await removeStaleOutputs(${JSON.stringify(folder.path)})));`,
      ),
    ).toEqual(stale.map((file) => join(...file.split("/"))));
    expect(kept.filter((file) => !existsSync(join(folder.path, "dist", file)))).toEqual([]);
    expect(existsSync(join(folder.path, "dist", "old"))).toBe(false);
  } finally {
    folder.remove();
  }
});
