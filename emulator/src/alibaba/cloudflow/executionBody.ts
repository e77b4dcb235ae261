/** Executions as CloudFlow describes them. */
import type { Execution } from "../../executions/record";
import type { JsonObject } from "../../ground/jsonShape";
import type { ActiveQuirks } from "../../cloud/quirks";
import type { EmulatorState } from "../../cloud/state";
import { startOf, statusOf } from "./executions";
import { timeText } from "./operation";

/** The optional parts of an execution that an operation shows. */
export interface ExecutionParts {
  readonly environment?: boolean;
  readonly roleArn?: boolean;
  /** Neither input nor output nor definition. */
  readonly metadataOnly?: boolean;
}

/** The execution as it is now. */
export function executionBody(
  state: EmulatorState,
  execution: Execution,
  quirks: ActiveQuirks,
  parts: ExecutionParts,
): JsonObject {
  const snapshot = state.executions.play(execution);
  const { executionName, inputText, definition, roleArn, variables } = startOf(execution);
  const absent = quirks["emptyWhileRunning"] && snapshot.phase !== "ended" ? "" : undefined;
  const status = statusOf(execution, snapshot);
  const { unknownStatus } = quirks as { readonly unknownStatus?: string };
  return {
    Name: executionName,
    FlowName: execution.workflowId,
    Status: status === "Running" && unknownStatus !== undefined ? unknownStatus : status,
    StartedTime: timeText(execution.startedAt),
    StoppedTime: snapshot.endedAt === undefined ? absent : timeText(snapshot.endedAt),
    ...(parts.metadataOnly
      ? {}
      : {
          FlowDefinition: definition,
          Input: inputText,
          Output: snapshot.output === undefined ? absent : JSON.stringify(snapshot.output),
        }),
    ...(parts.environment && !parts.metadataOnly && !quirks["noEnvironment"]
      ? { Environment: { Variables: variables.map(({ Name, Value }) => ({ Name, Value })) } }
      : {}),
    ...(parts.roleArn && roleArn !== "" ? { RoleArn: roleArn } : {}),
  };
}
