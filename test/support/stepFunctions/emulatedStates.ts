/**
 * AWS Step Functions on the emulator's own server, for tests: scripted state machines, faults, a settable clock. Written from the
 * vendor's service model; users have moto in its place. Shares no code with the provider.
 */
import { createHash, createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Emulator } from "runbook-emulator";
import type { EmulatorOptions } from "../../../emulator/src/emulator";
import { ownVendors, startEmulatorOf } from "../../../emulator/src/emulator";
import { Keyring } from "../../../emulator/src/accounts/keyring";
import type { EmulatorState } from "../../../emulator/src/cloud/state";
import type { Vendor } from "../../../emulator/src/cloud/vendor";
import { homeProject } from "../../../emulator/src/control/workflows";
import type { Execution, Workflow } from "../../../emulator/src/executions/record";
import type { Allowance } from "../../../emulator/src/http/tokenBuckets";
import type { Call, Reply } from "../../../emulator/src/http/exchange";
import { ReplyError, jsonReply } from "../../../emulator/src/http/exchange";
import type { Service } from "../../../emulator/src/http/service";
import type { ProgramEvent, ProgramSnapshot } from "../../../emulator/src/player/play";
import type { Program, State } from "../../../emulator/src/player/program";
import { scriptTasks } from "../../../emulator/src/player/script";

const service = "stepfunctions";
/** The account and region of every scripted state machine. */
export const emulatedAccount = "123456789012";
/** See {@link emulatedAccount}. */
export const emulatedRegion = "us-east-1";

/** The ARN of a scripted state machine. */
export function emulatedMachine(name: string): string {
  return `arn:aws:states:${emulatedRegion}:${emulatedAccount}:stateMachine:${name}`;
}

/** Starts an emulator that serves Step Functions too. */
export function startWithStates(options: EmulatorOptions = {}): Promise<Emulator> {
  return startEmulatorOf([...ownVendors, aws], options);
}

const aws: Vendor = {
  quirks: [],
  secrets: { headers: ["x-amz-security-token"], queryParameters: [] },
  scriptedServices: [service],
  open: (state) => ({ services: [statesService(state)], metadataServices: [], forget: () => undefined }),
};

type Bag = Readonly<Record<string, unknown>>;
type Operation = (state: EmulatorState, body: Bag) => Bag | Promise<Bag>;

/** The rate limits of an account's operations in us-east-1, by the vendor's page "Step Functions service quotas". */
const allowances: Readonly<Record<string, Allowance>> = {
  StartExecution: { tokens: 1_300, perSecond: 300 },
  DescribeExecution: { tokens: 300, perSecond: 15 },
  ListExecutions: { tokens: 200, perSecond: 5 },
  StopExecution: { tokens: 1_000, perSecond: 200 },
  GetExecutionHistory: { tokens: 400, perSecond: 20 },
  RedriveExecution: { tokens: 1_300, perSecond: 300 },
};

const operations: Readonly<Record<string, Operation>> = {
  StartExecution: start,
  StartSyncExecution: startSync,
  DescribeExecution: (state, body) => describe(state, executionOf(state, body)),
  ListExecutions: list,
  StopExecution: stop,
  GetExecutionHistory: history,
  RedriveExecution: redrive,
};

function statesService(state: EmulatorState): Service {
  const keyring = new Keyring(state.accounts, state.clock, false);
  return {
    name: service,
    title: "AWS Step Functions",
    routes: Object.keys(operations).map((operation) => `POST /#${operation}`),
    match: (call) => {
      const [, operation] = /^AWSStepFunctions\.(\w+)$/.exec(call.headers["x-amz-target"] ?? "") ?? [];
      if (operation === undefined || call.method !== "POST" || call.path !== "/") return undefined;
      return {
        operation,
        subject: subjectOf(call),
        respond: async () => {
          try {
            checkSignature(call, keyring);
            const handle = operations[operation];
            if (!handle) refuse("UnknownOperationException", operation);
            takeToken(state, operation);
            return answer(200, await handle(state, JSON.parse(call.body.toString()) as Bag));
          } catch (error) {
            if (error instanceof ReplyError) return error.reply;
            throw error;
          }
        },
      };
    },
    faultReply: (status) => {
      // The service throttles by 400, and has no 429.
      if (status === 429) return errorReply("ThrottlingException", "Rate exceeded");
      const codes: Readonly<Record<number, string>> = {
        400: "ValidationException",
        403: "AccessDeniedException",
        503: "ServiceUnavailable",
      };
      return errorReply(codes[status] ?? "InternalFailure", "as planned by a fault", status);
    },
    start: ({ workflow, executionId, startedAt, startedBy }) =>
      begin(state, workflow, { name: executionId ?? randomUUID(), input: "{}", startedAt, startedBy }),
  };
}

// `/machine`, `/machine/execution`, or `/machine/STATUS` of a list: one path serves all operations.
function subjectOf(call: Call): string {
  const body = call.body.toString();
  const [, names = ""] = /"(?:stateMachineArn|executionArn)":"(?:[^":]*:){6}([^"]*)"/.exec(body) ?? [];
  const [, status] = /"statusFilter":"(\w+)"/.exec(body) ?? [];
  return `/${names.replace(":", "/")}${status === undefined ? "" : `/${status}`}`;
}

// The page names no limit for a synchronous run.
function takeToken(state: EmulatorState, operation: string): void {
  const allowance = allowances[operation];
  if (allowance && state.buckets.take(service, operation, emulatedAccount, allowance) > 0) {
    refuse("ThrottlingException", "Rate exceeded");
  }
}

function answer(status: number, body: Bag): Reply {
  return jsonReply(status, body, {
    "content-type": "application/x-amz-json-1.0",
    "x-amzn-RequestId": "11111111-2222-3333-4444-555555555555",
  });
}

function errorReply(code: string, message: string, status = 400): Reply {
  return answer(status, { __type: code, message });
}

function refuse(code: string, message: string): never {
  throw new ReplyError(errorReply(code, message));
}

// ---- signature version 4, step by step

function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

function checkSignature(call: Call, keyring: Keyring): void {
  const header = call.headers["authorization"] ?? "";
  const [, accessKey = "", scope = "", names = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), SignedHeaders=([^,]+), Signature=([\da-f]{64})$/.exec(
      header,
    ) ?? refuse("IncompleteSignatureException", "Authorization header is malformed.");
  const found = keyring.find(accessKey, "alibaba");
  if (!found) refuse("UnrecognizedClientException", "The security token included in the request is invalid.");
  const date = call.headers["x-amz-date"] ?? "";
  const signedAt = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (Number.isNaN(signedAt) || keyring.isSkewed(signedAt)) {
    refuse("InvalidSignatureException", `Signature expired: ${date} is now earlier than the service's time`);
  }
  if (!names.split(";").includes("host") || !names.split(";").includes("x-amz-date")) {
    refuse("InvalidSignatureException", "'Host' and 'X-Amz-Date' must be signed.");
  }
  const canonical = [
    call.method,
    call.path,
    call.rawQuery,
    ...names.split(";").map((name) => `${name}:${(call.headers[name] ?? "").trim().replace(/\s+/g, " ")}`),
    "",
    names,
    sha256(call.body),
  ].join("\n");
  const [day = "", region = "", name = "", end = ""] = scope.split("/");
  if (region !== emulatedRegion || name !== "states" || day !== date.slice(0, 8)) {
    refuse("InvalidSignatureException", "Credential should be scoped to a valid region and service.");
  }
  const hmac = (key: string | Buffer, text: string): Buffer =>
    createHmac("sha256", key).update(text).digest();
  const key = [region, name, end].reduce<Buffer>(hmac, hmac(`AWS4${found.key.secretKey}`, day));
  const text = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  if (hmac(key, text).toString("hex") !== signature) {
    refuse(
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided.",
    );
  }
}

// ---- operations

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

function begin(state: EmulatorState, workflow: Workflow, start: Start): Execution {
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
