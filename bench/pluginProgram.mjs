// The bench's program where the plugin carries the executions: from the generated SDK for Node.js, or in YAML.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../tools/setup/setUp.mjs";

/**
 * The front that carries the executions: the dynamic provider, the plugin under its SDK, or the plugin from YAML.
 * @typedef {"dynamic" | "plugin" | "yaml"} Front
 */

const SDK = "@pulumi-runbook/runbook";

/**
 * The package from which a program in JavaScript takes its executions.
 * @param {Front} front
 */
export function packageOf(front) {
  return front === "dynamic" ? "pulumi-runbook" : SDK;
}

/**
 * Makes the program in a folder one that uses the plugin.
 * @param {{
 *   folder: string, front: "plugin" | "yaml", plugin: string, service: string,
 *   resources: { name: string, args: object }[],
 * }} options `plugin`: the folder of the plugin
 */
export function usePlugin({ folder, front, plugin, service, resources }) {
  const isYaml = front === "yaml";
  const type = `runbook:${service}:WorkflowExecution`;
  const project = {
    name: "bench",
    runtime: isYaml ? "yaml" : { name: "nodejs", options: { typescript: false } },
    plugins: { providers: [{ name: "runbook", path: plugin }] },
    ...(isYaml
      ? {
          resources: Object.fromEntries(
            resources.map(({ name, args }) => [name, { type, properties: args }]),
          ),
        }
      : {}),
  };
  // JSON is YAML.
  writeFileSync(join(folder, "Pulumi.yaml"), JSON.stringify(project));
  if (isYaml) return;
  const scope = join(folder, "node_modules", SDK.split("/")[0]);
  mkdirSync(scope, { recursive: true });
  symlinkSync(join(REPOSITORY, "sdk", "nodejs", "bin"), join(scope, "runbook"), "junction");
}
