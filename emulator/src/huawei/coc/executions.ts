/** Starts executions of COC jobs, and carries out operations on them. */
import { randomBytes } from "node:crypto";
import type { Execution, Workflow } from "../../executions/record";
import type { StartOptions } from "../../executions/store";
import type { EmulatorState } from "../../cloud/state";
import type { ForeignStart } from "../../http/service";
import { hasFailed, nodeRuns, programOfSteps, tasksOfSteps } from "../steps";
import { keyValues } from "./executionBody";
import { latestVersion } from "./operation";

/** The parameters of a job's start, as they came. */
export interface JobStart extends Pick<StartOptions, "caller" | "executionId" | "startedAt" | "startedBy"> {
  readonly version?: string | undefined;
  readonly parameters: readonly unknown[];
  readonly targetParameterName?: string | undefined;
  readonly targets?: readonly { readonly key: string }[] | undefined;
  readonly description: string;
}

/** Starts an execution. */
export function startJob(state: EmulatorState, job: Workflow, start: JobStart): Execution {
  const { executionId, startedAt, startedBy, caller } = start;
  const run = state.executions.nextRun(job);
  return state.executions.start(job, {
    program: programOfSteps(run),
    tasks: tasksOfSteps(run),
    executionId: executionId ?? newTicketId(startedAt ?? state.clock.now()),
    startedAt,
    startedBy,
    caller,
    attributes: {
      document_name: job.script.name,
      version: start.version ?? latestVersion(job),
      parameters: start.parameters,
      target_parameter_name: start.targetParameterName,
      targets: start.targets,
      description: start.description,
      type: runType(start),
    },
  });
}

/** Starts an execution without a request: its input are parameters, and a header `description` is that of the start. */
export function startForeign(
  state: EmulatorState,
  { workflow, startedBy, executionId, startedAt, input = {}, headers = {} }: ForeignStart,
): Execution {
  const { description } = headers;
  return startJob(state, workflow, {
    startedBy,
    executionId,
    startedAt,
    parameters: keyValues(input),
    description: typeof description === "string" ? description : "",
  });
}

function runType({ targets }: JobStart): string {
  if (!targets) return "NORMAL";
  return targets.some(({ key }) => key === "BatchValues") ? "BATCH" : "RATE_CONTROL";
}

/**
 * Carries out an operation on an execution.
 * @returns the reason for which that is not possible; undefined when it is done.
 */
export function operate(
  { executions, clock }: EmulatorState,
  execution: Execution,
  operation: string,
): string | undefined {
  const snapshot = executions.play(execution);
  const { phase, outcome } = snapshot;
  switch (operation) {
    case "TERMINATE":
      if (phase === "ended" || phase === "stopping") return "the execution is not running";
      executions.intervene(execution, { kind: "stop" });
      return undefined;
    case "RESUME": {
      const paused = snapshot.steps.find((step) => step.phase === "paused");
      if (phase !== "paused" || !paused) return "the execution is not suspended";
      executions.intervene(execution, { kind: "continue", nodeId: paused.key });
      return undefined;
    }
    case "RETRY": {
      const last = nodeRuns(execution.run, snapshot, clock.now()).at(-1);
      if (phase !== "ended" || outcome === "cancel" || !last || !hasFailed(last)) {
        return "no step of the execution has failed";
      }
      executions.intervene(execution, { kind: "retry" });
      return undefined;
    }
    default:
      return "the execution has no batches";
  }
}

// As the documents have them: EX, the time to the millisecond, and more.
function newTicketId(at: number): string {
  const time = new Date(at).toISOString().replace(/\D/g, "");
  return `EX${time}${randomBytes(4).toString("hex")}`;
}
