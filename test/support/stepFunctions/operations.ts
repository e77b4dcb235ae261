/**
 * The operations of Step Functions on the emulator's player: each takes a request's body and gives the answer's.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { EmulatorState } from "../../../emulator/src/cloud/state";
import { homeProject } from "../../../emulator/src/control/workflows";
import type { Execution, Workflow } from "../../../emulator/src/executions/record";
import type { ProgramEvent, ProgramSnapshot } from "../../../emulator/src/player/play";
import type { Program, State } from "../../../emulator/src/player/program";
import { scriptTasks } from "../../../emulator/src/player/script";
import type { Bag } from "./wire";
import { emulatedAccount, emulatedMachine, emulatedRegion, refuse } from "./wire";

/** The service's name on the emulator. */
export const service = "stepfunctions";

/** An operation of the service. */
export type Operation = (state: EmulatorState, body: Bag) => Bag | Promise<Bag>;

/** All operations, by the vendor's names. */
export const operations: Readonly<Record<string, Operation>> = {
  StartExecution: start,
  StartSyncExecution: startSync,
  DescribeExecution: (state, body) => describe(state, executionOf(state, body)),
  ListExecutions: list,
  StopExecution: stop,
  GetExecutionHistory: history,
  RedriveExecution: redrive,
};

interface Start {
  readonly name: string;
  readonly input: string;
  readonly startedAt?: number | undefined;
  readonly startedBy?: string;
}

function machineOf(state: EmulatorState, body: Bag): Workflow {
  const arn = String(body["stateMachineArn"]);
  const [, name] =
    /^arn:aws:states:us-east-1:123456789012:stateMachine:([^:]+)(?::[^:]+)?$/.exec(arn) ??
    refuse("InvalidArn", `Invalid Arn: '${arn}'`);
  return (
    state.executions.workflow(service, homeProject(state), name ?? "") ??
    refuse("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`)
  );
}

function executionOf(state: EmulatorState, body: Bag): Execution {
  const arn = String(body["executionArn"]);
  const [, machine, name] =
    /^arn:aws:states:us-east-1:123456789012:execution:([^:]+):([^:]+)$/.exec(arn) ??
    refuse("InvalidArn", `Invalid Arn: '${arn}'`);
  return (
    find(state, machine ?? "", name ?? "") ??
    refuse("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`)
  );
}

function find(state: EmulatorState, machine: string, name: string): Execution | undefined {
  return state.executions.execution(`${machine}:${name}`);
}

function isExpress({ script }: Workflow): boolean {
  return script.attributes["type"] === "EXPRESS";
}

function start(state: EmulatorState, body: Bag): Bag {
  const workflow = machineOf(state, body);
  const { name, input } = checkedStart(body);
  const known = find(state, workflow.id, name);
  if (known) {
    const isSame = known.attributes["input"] === input && state.executions.play(known).phase !== "ended";
    if (!isSame) refuse("ExecutionAlreadyExists", `Execution Already Exists: '${arnOf(known)}'`);
    return { executionArn: arnOf(known), startDate: known.startedAt / 1000 };
  }
  const execution = begin(state, workflow, { name, input });
  return { executionArn: arnOf(execution), startDate: execution.startedAt / 1000 };
}

async function startSync(state: EmulatorState, body: Bag): Promise<Bag> {
  const workflow = machineOf(state, body);
  if (!isExpress(workflow)) {
    refuse("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine");
  }
  const { name, input } = checkedStart(body);
  const execution = begin(state, workflow, { name: `${name}:00000000-0000-4000-8000-000000000000`, input });
  while (state.executions.play(execution).phase !== "ended") await sleep(10);
  const { input: _input, redriveCount: _count, stateMachineArn, ...outcome } = describe(state, execution);
  return { ...outcome, name, stateMachineArn, billingDetails: { billedDurationInMilliseconds: 100 } };
}

function checkedStart(body: Bag): Start {
  const name = String(body["name"]);
  if (!/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/.test(name)) refuse("InvalidName", `Invalid Name: '${name}'`);
  const input = typeof body["input"] === "string" ? body["input"] : "{}";
  if (Buffer.byteLength(input) > 262_144)
    refuse("ValidationException", "input must have at most 262144 bytes");
  try {
    JSON.parse(input);
  } catch {
    refuse("InvalidExecutionInput", "Invalid State Machine Execution Input");
  }
  return { name, input };
}

/** Starts an execution, whoever asks for it. */
export function begin(state: EmulatorState, workflow: Workflow, start: Start): Execution {
  const { nodes } = state.executions.nextRun(workflow);
  const states = nodes.map(({ id, name }, index): State => ({
    kind: "task",
    id,
    name,
    next: nodes[index + 1]?.id,
  }));
  const program: Program = {
    root: { startAt: nodes[0]?.id ?? "", states, data: "chain" },
    needsApproval: false,
  };
  const tasks = scriptTasks(nodes, ({ durationMs, status, output, error, cause }) => ({
    durationMs,
    outcome: status,
    output,
    error,
    cause,
  }));
  return state.executions.start(workflow, {
    program,
    tasks,
    executionId: `${workflow.id}:${start.name}`,
    startedAt: start.startedAt,
    startedBy: start.startedBy ?? "aws",
    attributes: { name: start.name, input: start.input, isExpress: isExpress(workflow) },
    input: JSON.parse(start.input),
  });
}

function arnOf({ workflowId, attributes }: Execution): string {
  const kind = attributes["isExpress"] === true ? "express" : "execution";
  return `arn:aws:states:${emulatedRegion}:${emulatedAccount}:${kind}:${workflowId}:${String(attributes["name"])}`;
}

const words: Readonly<Record<string, string>> = {
  success: "SUCCEEDED",
  fail: "FAILED",
  timeout: "TIMED_OUT",
  cancel: "ABORTED",
};

function wordOf({ run }: Execution, { phase, outcome }: ProgramSnapshot): string {
  if (phase !== "ended") return run.runningStatus ?? "RUNNING";
  return words[outcome ?? ""] ?? outcome ?? "FAILED";
}

function rowOf(state: EmulatorState, execution: Execution): Bag {
  const snapshot = state.executions.play(execution);
  return {
    executionArn: arnOf(execution),
    stateMachineArn: emulatedMachine(execution.workflowId),
    name: execution.attributes["name"],
    status: wordOf(execution, snapshot),
    startDate: execution.startedAt / 1000,
    ...(snapshot.endedAt === undefined ? {} : { stopDate: snapshot.endedAt / 1000 }),
    redriveCount: 0,
  };
}

function describe(state: EmulatorState, execution: Execution): Bag {
  const { outcome, output, error } = state.executions.play(execution);
  return {
    ...rowOf(state, execution),
    input: execution.attributes["input"],
    ...(outcome === "success" ? { output: JSON.stringify(output ?? {}) } : {}),
    ...(error === undefined || error.code === "" ? {} : { error: error.code, cause: error.cause }),
  };
}

function list(state: EmulatorState, body: Bag): Bag {
  const workflow = machineOf(state, body);
  const limit = Number(body["maxResults"] ?? 0) || 100;
  const { statusFilter, nextToken } = body;
  const rows = state.executions
    .executionsOf(service, workflow.projectId, workflow.id)
    .map((execution) => rowOf(state, execution))
    .filter(({ status }) => statusFilter === undefined || status === statusFilter);
  const first = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isInteger(first)) refuse("InvalidToken", "Invalid Token");
  return {
    executions: rows.slice(first, first + limit),
    ...(rows.length > first + limit ? { nextToken: String(first + limit) } : {}),
  };
}

function stop(state: EmulatorState, body: Bag): Bag {
  const execution = executionOf(state, body);
  const { phase, endedAt } = state.executions.play(execution);
  if (phase === "ended") return { stopDate: (endedAt ?? 0) / 1000 };
  const [error, cause] = [body["error"], body["cause"]].map((text) =>
    typeof text === "string" ? text : undefined,
  );
  state.executions.intervene(execution, { kind: "stop", takesMs: 0, error, cause });
  return { stopDate: state.clock.now() / 1000 };
}

function redrive(state: EmulatorState, body: Bag): Bag {
  const execution = executionOf(state, body);
  const { phase, outcome } = state.executions.play(execution);
  if (phase !== "ended" || outcome === "success") {
    refuse(
      "ExecutionNotRedrivable",
      `Execution is ${phase === "ended" ? "SUCCEEDED" : "RUNNING"} and cannot be redriven`,
    );
  }
  state.executions.intervene(execution, { kind: "retry" });
  return { redriveDate: state.clock.now() / 1000 };
}

const eventTypes: Readonly<Record<string, string>> = {
  executionStarted: "ExecutionStarted",
  executionStopped: "ExecutionAborted",
  executionSucceeded: "ExecutionSucceeded",
  executionFailed: "ExecutionFailed",
  executionTimedOut: "ExecutionTimedOut",
  stepEntered: "TaskStateEntered",
  stepExited: "TaskStateExited",
  taskScheduled: "TaskScheduled",
  taskStarted: "TaskStarted",
  taskSubmitted: "TaskSubmitted",
  taskSucceeded: "TaskSucceeded",
  taskFailed: "TaskFailed",
  taskTimedOut: "TaskTimedOut",
};

function history(state: EmulatorState, body: Bag): Bag {
  const execution = executionOf(state, body);
  const known = state.executions.play(execution).events.filter((event) => isShown(event));
  const ids = new Map(known.map((event, index) => [event, index + 1]));
  const idBefore = ({ after }: ProgramEvent): number => {
    let event = after;
    while (event && !ids.has(event)) event = event.after;
    return (event && ids.get(event)) ?? 0;
  };
  const events = known.map((event) => {
    const type = eventTypes[event.type] ?? "";
    return {
      id: ids.get(event),
      previousEventId: idBefore(event),
      type,
      timestamp: event.at / 1000,
      [`${type.startsWith("TaskState") ? type.replace(/^Task/, "").replace(/^S/, "s") : type.replace(/^./, (letter) => letter.toLowerCase())}EventDetails`]:
        detailsOf(event),
    };
  });
  const limit = Number(body["maxResults"] ?? 0) || 100;
  const first = body["nextToken"] === undefined ? 0 : Number(body["nextToken"]);
  return {
    events: events.slice(first, first + limit),
    ...(events.length > first + limit ? { nextToken: String(first + limit) } : {}),
  };
}

// A state that fails is not left: the service goes from the task's failure to the execution's.
function isShown({ type, error }: ProgramEvent): boolean {
  return eventTypes[type] !== undefined && !(type === "stepExited" && error !== undefined);
}

function detailsOf({ state, output, error }: ProgramEvent): Bag {
  return {
    ...(state ? { name: state.name ?? state.id } : {}),
    ...(output === undefined ? {} : { output: JSON.stringify(output) }),
    ...(error === undefined ? {} : { error: error.code, cause: error.cause }),
  };
}
