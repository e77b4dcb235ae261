// The program that is interrupted where the plugin runs the executions: the resources of program/index.js, in YAML.
import { WORKFLOWS } from "./emulatorControl.mjs";

/**
 * The text of Pulumi.yaml.
 * @param {{ plugin: string, emulatorUrl: string, adopted: Readonly<Record<string, string>> }} options `plugin`: the folder of
 *   the plugin; `adopted`: which executions are taken over, by resource
 * @returns {string}
 */
export function yamlProgram({ plugin, emulatorUrl, adopted }) {
  const resources = WORKFLOWS.flatMap(({ service, args, name, hasKey }) => {
    const execution = {
      type: `runbook:${service}:WorkflowExecution`,
      properties: {
        ...args,
        endpoint: emulatorUrl,
        ...(hasKey ? { executionKey: `\${${name}-key.result}` } : {}),
        ...(name in adopted ? { adoptExecutionId: adopted[name] } : {}),
      },
    };
    const key = { type: "random:RandomUuid7" };
    return [[name, execution], ...(hasKey ? [[`${name}-key`, key]] : [])];
  });
  // JSON is YAML.
  return JSON.stringify({
    name: "interruptions",
    runtime: "yaml",
    plugins: { providers: [{ name: "runbook", path: plugin }] },
    resources: Object.fromEntries(resources),
  });
}
