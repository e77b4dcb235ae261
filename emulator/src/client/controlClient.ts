/** The control API under `/_emulator/` as methods, for tests of stacks: on an emulator of this process or another one. */
import type { SeedAccount } from "../accounts/accountReader";
import type { MachineKind, SeedMachine } from "../accounts/machine";
import type { LoggedRequest } from "../http/requestLog";
import type { SeedWorkflow } from "../seed/document";
import { pulumiConfig } from "./pulumiConfig";
import type { PulumiConfigOptions, PulumiConfigValue } from "./pulumiConfig";
import type {
  ClockChange,
  EmulatedClock,
  EmulatedExecution,
  EmulatorHealth,
  ExecutionFilter,
  FaultToPlan,
  ForeignExecution,
  RequestFilter,
  WorkflowPlace,
} from "./wire";

/** The emulator has refused a request of a {@link ControlClient}, or there was no emulator. */
export class ControlError extends Error {
  /**
   * @param status - of the answer; `undefined` when there was none
   */
  constructor(
    message: string,
    /** HTTP status of the answer; `undefined` when nothing answered. */
    readonly status: number | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "ControlError";
  }
}

/**
 * Scripts workflows, plans faults, moves the clock, and shows past executions and requests. Every method throws {@link
 * ControlError}: with `status` 400 and the field's name if a field is wrong, 404 if the object does not exist, without
 * `status` if no emulator answers.
 */
export class ControlClient {
  /** Base of all services, without a final slash. */
  readonly url: string;

  /** @param emulator - a running emulator, or the URL that the command has printed */
  constructor(emulator: string | { readonly url: string }) {
    this.url = (typeof emulator === "string" ? emulator : emulator.url).replace(/\/+$/, "");
  }

  /** Version, emulated time and services of the emulator. */
  health(): Promise<EmulatorHealth> {
    return this.#ask("GET", "/health");
  }

  /** Scripts a workflow: adds it, or replaces its script and counts its runs from 0 again. */
  workflow(id: string, script: SeedWorkflow): Promise<WorkflowPlace> {
    return this.#ask("PUT", `/workflows/${encodeURIComponent(id)}`, script);
  }

  /**
   * Removes a workflow; its executions stay.
   * @param place - its service and project. @default AOM, and the first project of the first account
   */
  async removeWorkflow(id: string, place: Partial<Omit<WorkflowPlace, "workflowId">> = {}): Promise<void> {
    await this.#ask("DELETE", `/workflows/${encodeURIComponent(id)}${queryOf(place)}`);
  }

  /** Executions of all services and projects, newest first. */
  async executions(filter: ExecutionFilter = {}): Promise<EmulatedExecution[]> {
    const answer: { executions: EmulatedExecution[] } = await this.#ask(
      "GET",
      `/executions${queryOf(filter)}`,
    );
    return answer.executions;
  }

  /** Starts an execution as if someone else had started it, even in the past. */
  start(workflowId: string, options: ForeignExecution = {}): Promise<EmulatedExecution> {
    return this.#ask("POST", "/executions", { ...options, workflowId });
  }

  /** Approves an execution that waits for approval; `status` 409 if it does not. */
  approve(executionId: string): Promise<EmulatedExecution> {
    return this.#ask("POST", `/executions/${encodeURIComponent(executionId)}/approve`);
  }

  /** Rejects an execution that waits for approval; `status` 409 if it does not. */
  reject(executionId: string): Promise<EmulatedExecution> {
    return this.#ask("POST", `/executions/${encodeURIComponent(executionId)}/reject`);
  }

  /** Deletes the record of an execution, as a service does with old ones. */
  async purge(executionId: string): Promise<void> {
    await this.#ask("DELETE", `/executions/${encodeURIComponent(executionId)}`);
  }

  /** The state of the clock. */
  clock(): Promise<EmulatedClock> {
    return this.#ask("GET", "/clock");
  }

  /** Sets, stops or speeds up the clock. */
  setClock(change: ClockChange): Promise<EmulatedClock> {
    return this.#ask("POST", "/clock", change);
  }

  /**
   * Moves the clock forward; its speed stays.
   * @param ms - emulated milliseconds
   */
  advance(ms: number): Promise<EmulatedClock> {
    return this.setClock({ advanceMs: ms });
  }

  /**
   * Plans a fault for requests to come.
   * @returns the fault's id, for {@link removeFaults}
   */
  async fail(fault: FaultToPlan): Promise<string> {
    const { id }: { id: string } = await this.#ask("POST", "/faults", fault);
    return id;
  }

  /**
   * Removes a planned fault, or all.
   * @returns the number of removed faults, including those that have hit all their requests
   */
  async removeFaults(id?: string): Promise<number> {
    const path = id === undefined ? "/faults" : `/faults/${encodeURIComponent(id)}`;
    const { removed }: { removed: number } = await this.#ask("DELETE", path);
    return removed;
  }

  /** The newest 10,000 requests to the services, oldest first, without secrets. Has no requests to the control API. */
  async requests(filter: RequestFilter = {}): Promise<LoggedRequest[]> {
    const answer: { requests: LoggedRequest[] } = await this.#ask("GET", `/requests${queryOf(filter)}`);
    return answer.requests;
  }

  /** Number of requests that were answered, by `service:operation:status`; status 0 for those without an answer. */
  async requestCounts(): Promise<Record<string, number>> {
    const answer: { counts: Record<string, number> } = await this.#ask("GET", "/requests/counts");
    return answer.counts;
  }

  /** Empties the request log and its counts. */
  async clearRequests(): Promise<void> {
    await this.#ask("DELETE", "/requests");
  }

  /**
   * Replaces the quirks.
   * @param workflowId - the workflow for which they hold. @default all workflows
   */
  async quirks(
    quirks: Readonly<Record<string, boolean | string | number>>,
    workflowId?: string,
  ): Promise<void> {
    await this.#ask("PUT", "/quirks", { ...quirks, ...(workflowId === undefined ? {} : { workflowId }) });
  }

  /** Adds or replaces an account. */
  async account(domain: string, account: Omit<SeedAccount, "domain">): Promise<void> {
    await this.#ask("PUT", `/accounts/${encodeURIComponent(domain)}`, account);
  }

  /** Adds or replaces a machine that hands out keys. */
  async machine(kind: MachineKind, machine: SeedMachine): Promise<void> {
    await this.#ask("PUT", `/machines/${kind}`, machine);
  }

  /** Brings back the seed and real time; empties the log. Tokens and temporary keys become invalid. */
  async reset(): Promise<void> {
    await this.#ask("POST", "/reset");
  }

  /**
   * The configuration that points a Pulumi stack at the emulator. Keys are paths: pass the result to the Automation API as
   * `stack.setAllConfig(control.pulumiConfig(), true)`.
   */
  pulumiConfig(options: PulumiConfigOptions = {}): Record<string, PulumiConfigValue> {
    return pulumiConfig(this.url, options);
  }

  async #ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const route = `${method} ${this.url}/_emulator${path}`;
    let response: Response;
    try {
      response = await fetch(`${this.url}/_emulator${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      const advice = "Start one with `npx runbook-emulator`, or check the URL.";
      throw new ControlError(`${route}: no emulator answers. ${advice}`, undefined, { cause: error });
    }
    const text = await response.text();
    if (!response.ok) throw new ControlError(`${route}: ${problemIn(text)}`, response.status);
    try {
      return JSON.parse(text) as Answer;
    } catch (error) {
      throw new ControlError(`${route}: not an emulator: ${problemIn(text)}`, response.status, {
        cause: error,
      });
    }
  }
}

function queryOf(parameters: object): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined) as [string, string][];
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

// The server at the URL may be no emulator: its answer is then shown as it is, but a page only in part.
function problemIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    if (typeof error === "string") return error;
  } catch {
    // Not JSON.
  }
  return text.slice(0, 200);
}
