// The SDK for Node.js without the stack traces that Pulumi notes with each of the four promises of each output: they take
// half of a large program's time, and only who debugs promises sees them. decisions/054 says more.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SetupError } from "../setup/progress.mjs";

/** The npm package's own way, which knows nothing of the package. */
const TRACES = ["provider", "src", "program", "promiseTraces.ts"];

/** The files that decide the written text; the SDK is made anew where one changes. */
export const traceSources = /** @type {const} */ ([TRACES.join("/"), "tools/sdk/nodeTraces.mjs"]);

/**
 * Changes the generated resources of the SDK in a folder, before it is compiled.
 * @param {string} repository
 * @param {string} folder
 * @throws {SetupError} where a generated resource is not as expected
 */
export async function spareTraces(repository, folder) {
  await writeFile(join(folder, "promiseTraces.ts"), await readFile(join(repository, ...TRACES)));
  const files = await readdir(folder, { recursive: true });
  for (const file of files.filter((name) => /[\\/]workflowExecution\.ts$/.test(name))) {
    const path = join(folder, file);
    await writeFile(path, withoutTraces(await readFile(path, "utf8"), file));
  }
}

/**
 * @param {string} source of a generated resource
 * @param {string} file for the message
 * @returns {string}
 */
export function withoutTraces(source, file) {
  const construct = /^( +)(super\(WorkflowExecution\.__pulumiType, .*\);)$/m;
  // Pulumi makes an output of each property, in their order; arguments come first.
  const [given = ""] = source.split(/^ +\} else \{$/m);
  const last = [...given.matchAll(/^ +resourceInputs\["(\w+)"\] = undefined \/\*out\*\/;$/gm)].at(-1)?.[1];
  if (!construct.test(source) || last === undefined) {
    throw new SetupError(
      `The generated ${file} is not as tools/sdk/nodeTraces.mjs expects it.`,
      "Pulumi's generator writes otherwise now: adapt that file.",
    );
  }
  const resumed = source.replace(construct, "$1try {\n$1    $2\n$1} finally {\n$1    resumeTraces();\n$1}");
  return [
    'import { omitTracesBetween } from "../promiseTraces";',
    resumed.trimEnd(),
    "",
    `const resumeTraces = omitTracesBetween(WorkflowExecution.prototype, "urn", "${last}");`,
    "",
  ].join("\n");
}
