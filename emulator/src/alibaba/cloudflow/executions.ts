/** Executions of flows: how they are started and found again, which status they have, and their callback tokens. */
import { randomBytes, randomUUID } from "node:crypto";
import type { ProgramSnapshot, ProgramStep } from "../../player/play";
import type { Execution } from "../../executions/record";
import type { Caller } from "../../accounts/principal";
import type { EmulatorState } from "../../cloud/state";
import { tokenSeparator } from "../fdl/references";
import { definitionOfNodes, homeOf, programOf } from "./flows";
import type { Flow, Variable } from "./flows";
import { cloudFlow } from "./operation";

/** The attributes of a start that an execution keeps. */
interface StartAttributes {
  readonly executionName: string;
  readonly inputText: string;
  readonly definition: string;
  readonly qualifier: string;
  readonly roleArn: string;
  readonly variables: readonly Variable[];
  readonly express: boolean;
}

/** The parameters of an execution to start. */
export interface FlowStart {
  /** Default: a new UUID. */
  readonly name?: string | undefined;
  readonly input?: { readonly text: string; readonly value: unknown } | undefined;
  /** Default: the flow's own. */
  readonly definition?: string | undefined;
  readonly qualifier?: string | undefined;
  readonly startedBy: string;
  readonly caller?: Caller | undefined;
  readonly startedAt?: number | undefined;
}

/** Starts an execution of the flow; the name must be free. */
export function startFlow(state: EmulatorState, flow: Flow, start: FlowStart): Execution {
  const { projectId } = flow.workflow;
  const name = start.name ?? randomUUID();
  const id = storeId(state, projectId, flow.name, name);
  const { nodes } = state.executions.nextRun(flow.workflow);
  const own = flow.scripted ? definitionOfNodes(flow.name, nodes) : flow.definition;
  const definition = start.definition ?? own;
  const input = start.input ?? { text: "{}", value: {} };
  const attributes: StartAttributes = {
    executionName: name,
    inputText: input.text,
    definition,
    qualifier: start.qualifier ?? "",
    roleArn: flow.roleArn,
    variables: flow.variables,
    express: flow.express,
  };
  const tokenBase = `${Buffer.from(id).toString("base64url")}.${randomBytes(16).toString("hex")}`;
  return state.executions.start(flow.workflow, {
    program: programOf(flow, definition),
    executionId: id,
    startedAt: start.startedAt,
    startedBy: start.startedBy,
    caller: start.caller,
    attributes: { ...attributes },
    input: input.value,
    view: { Name: name, Input: input.value, RoleArn: flow.roleArn, TaskTokenBase: tokenBase },
  });
}

/** The execution of this name, Express ones too. */
export function findExecution(state: EmulatorState, flow: Flow, name: string): Execution | undefined {
  const { projectId } = flow.workflow;
  const execution = state.executions.execution(storeId(state, projectId, flow.name, name));
  return execution?.service === cloudFlow ? execution : undefined;
}

/** The attributes of the execution's start. */
export function startOf(execution: Execution): StartAttributes {
  return execution.attributes as unknown as StartAttributes;
}

/** CloudFlow's word for how the execution stands; another outcome than the known ones is a status of its own. */
export function statusOf(execution: Execution, snapshot: ProgramSnapshot): string {
  switch (snapshot.phase) {
    case "awaitingApproval":
    case "queued":
      return "Starting";
    case "running":
    case "paused":
    case "stopping":
      return execution.run.runningStatus ?? "Running";
    case "ended":
      return statusOfOutcome[snapshot.outcome ?? ""] ?? snapshot.outcome ?? "Failed";
  }
}

const statusOfOutcome: Readonly<Record<string, string>> = {
  success: "Succeeded",
  fail: "Failed",
  timeout: "TimedOut",
  cancel: "Stopped",
};

/** The token of a callback task. */
export function taskToken(execution: Execution, step: ProgramStep): string {
  const base = (execution.view as { readonly TaskTokenBase: string }).TaskTokenBase;
  const attempt = step.attempts.at(-1)?.attempt ?? 1;
  return [base, step.key, String(attempt)].join(tokenSeparator);
}

/**
 * The task that a token is for; `undefined` when the token is not one of this emulator's, or its
 * execution is gone.
 */
export function taskOfToken(
  state: EmulatorState,
  projectId: string,
  token: string,
): { readonly execution: Execution; readonly stepKey: string; readonly attempt: number } | undefined {
  const [base = "", ...rest] = token.split(tokenSeparator);
  const attempt = Number(rest.pop());
  const id = Buffer.from(base.split(".")[0] ?? "", "base64url").toString();
  const execution = state.executions.execution(id);
  const known = execution?.view as { readonly TaskTokenBase?: string } | undefined;
  if (execution?.service !== cloudFlow || execution.projectId !== projectId) return undefined;
  if (known?.TaskTokenBase !== base || !Number.isInteger(attempt)) return undefined;
  return { execution, stepKey: rest.join(tokenSeparator), attempt };
}

// Names are unique per flow only; a name in the first account needs no prefix with the account.
function storeId(state: EmulatorState, projectId: string, flowName: string, name: string): string {
  const [first] = state.seed.accounts;
  const own = first !== undefined && homeOf(first) === projectId;
  return own ? `${flowName}:${name}` : `${projectId}:${flowName}:${name}`;
}
