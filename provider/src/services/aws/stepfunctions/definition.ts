/**
 * AWS Step Functions as the lifecycle knows it: arguments, the capabilities of the service, and the connection.
 */
import type { ArgumentProblem, Arguments } from "../../../execution/argument";
import type { BackendDefinition } from "../../../execution/service";
import { address, concurrencyWithoutHistory, jsonObject, oneOf, text } from "../../../execution/rules";
import { checkSettings } from "../identity";
import { awsTransport } from "../transport";
import { maxListPage } from "./api";
import { stateMachineArn } from "./arns";
import { checkPlace } from "./place";

/** The longest name of an execution, in characters. */
const maxNameLength = 80;

// The characters that the vendor's page excludes: white space, brackets, wildcards, special and control characters.
const executionName = text({
  min: 1,
  max: maxNameLength,
  pattern: /^[^\p{C}\p{Z}<>{}[\]?*"#%\\^|~`$&,;:/]+$/u,
  patternName: 'characters other than white space and < > { } [ ] ? * " # % \\ ^ | ~ ` $ & , ; : /',
});

// The vendor counts the input in UTF-8 bytes, as all data of an execution.
const maxInputBytes = 262_144;

/** AWS Step Functions. */
export const awsStepFunctions = {
  service: "stepfunctions",
  title: "AWS Step Functions",
  runNameArgument: "executionName",
  locationKeys: ["region", "accountId"],
  capabilities: {
    runMark: "name",
    longestRunName: maxNameLength,
    longPollSeconds: 0,
    pageSize: maxListPage,
    listTells: "status",
    functions: ["getExecutionHistory", "retryWorkflowExecution"],
  },
  arguments: {
    stateMachineArn: { rule: stateMachineArn, required: true, replaces: true },
    executionName: { rule: executionName, replaces: true },
    input: { rule: jsonObject(maxInputBytes), replaces: true, isJson: true, isPayload: true, isInput: true },
    stateMachineType: { rule: oneOf("STANDARD", "EXPRESS"), replaces: true, defaultValue: "STANDARD" },
    region: { rule: text({ min: 1, max: 64 }), replaces: true, located: true },
    endpoint: { rule: address },
  },
  transport: awsTransport,
  check: (args, settings, unknown) => {
    const problems = checkSettings(settings);
    // A profile that can't be read tells no endpoint either.
    if (problems.length === 0 && !unknown.has("stateMachineArn")) {
      problems.push(...checkPlace(args, settings, unknown));
    }
    return [...problems, ...checkExpress(args), ...checkAdopted(args)];
  },
  connect: (args, context) => {
    // Loaded only here: every program loads this file, and few use AWS.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { openStateMachine } = require("./backend") as typeof import("./backend");
    return Promise.resolve(openStateMachine(args, context));
  },
} as const satisfies BackendDefinition;

function checkExpress(args: Arguments): ArgumentProblem[] {
  if (args["stateMachineType"] !== "EXPRESS") return [];
  const unseen = concurrencyWithoutHistory(args["concurrency"], `stateMachineType "EXPRESS"`);
  return unseen === undefined ? [] : [{ argument: "concurrency", reason: unseen }];
}

function checkAdopted({ adoptExecutionId }: Arguments): ArgumentProblem[] {
  if (typeof adoptExecutionId !== "string" || !adoptExecutionId.startsWith("arn:")) return [];
  const reason = "must be the name of an execution, which is the last part of its ARN: leave the rest out";
  return [{ argument: "adoptExecutionId", reason }];
}
