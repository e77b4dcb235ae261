/**
 * Pages of the vendor's console. Each partition has a console of its own.
 */
import type { StateMachine } from "./arns";

const hosts: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};

/**
 * The page of an execution, else that of its state machine; undefined in a partition whose console is not known.
 * @param execution ARN of a STANDARD execution. The console finds EXPRESS ones by logs only.
 */
export function consoleUrlOf(machine: StateMachine, execution: string | undefined): string | undefined {
  const { partition, region, unqualifiedArn } = machine;
  const host = Object.hasOwn(hosts, partition) ? hosts[partition] : undefined;
  if (host === undefined) return undefined;
  const page =
    execution === undefined
      ? `statemachines/view/${encodeURI(unqualifiedArn)}`
      : `v2/executions/details/${encodeURI(execution)}`;
  return `https://${region}.${host}/states/home?region=${region}#/${page}`;
}
