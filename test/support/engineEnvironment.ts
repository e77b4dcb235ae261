/**
 * The environment of the engine in tests: the one of the tools, and Node.js processes that start quickly.
 */
import { join } from "node:path";

/** The folder with the Pulumi CLI that the tests use; undefined where tools/test.mjs did not set the tests up. */
export const pulumiFolder = process.env["PULUMI_TEST_BIN"];

/**
 * The folder of the CLI, for tests that cannot do without.
 * @throws {Error} if the tests were not started by `npm test`
 */
export function demandPulumiFolder(): string {
  if (pulumiFolder === undefined) throw new Error("PULUMI_TEST_BIN is not set: run the tests by `npm test`");
  return pulumiFolder;
}

/** NODE_OPTIONS of this process, and what makes the engine's processes start quickly. */
export function quickNodeOptions(): string {
  const preload = `--require ${JSON.stringify(join(__dirname, "quickSdk.cjs"))}`;
  return [process.env["NODE_OPTIONS"], preload].filter(Boolean).join(" ");
}

/**
 * Makes the environment, and the folders that it names.
 * @param stateFolder an absolute path, for stacks and the engine's own files
 */
export async function engineEnvironment(stateFolder: string): Promise<Record<string, string>> {
  const cli = demandPulumiFolder();
  const { pulumiEnvironment } = await import("../../tools/pulumiEnvironment.mjs");
  const env = pulumiEnvironment({ cli, stateFolder });
  return { ...env, NODE_OPTIONS: quickNodeOptions() };
}
