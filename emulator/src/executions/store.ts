/**
 * Holds the workflows and executions of all services. The state of an execution is not held: the player computes it.
 */
import type { Clock } from "../ground/clock";
import type { Caller } from "../accounts/principal";
import { newExecutionId } from "../ground/identifiers";
import type { DataFolder } from "./dataFolder";
import type { Intervention, ProgramSnapshot, TaskScript } from "../player/play";
import { Player } from "../player/player";
import type { Json, Program } from "../player/program";
import { runNumber } from "../player/script";
import type { RunScript } from "../player/script";
import type { Execution, Workflow } from "./record";

type WithoutTime<T> = T extends unknown ? Omit<T, "at"> : never;

/** The program of an execution, and details of its start. */
export interface StartOptions {
  readonly program: Program;
  /** The scripts of the program's tasks, by state id. @default the run's scripts of its nodes */
  readonly tasks?: Readonly<Record<string, readonly TaskScript[]>> | undefined;
  readonly executionId?: string | undefined;
  readonly startedAt?: number | undefined;
  readonly startedBy: string;
  readonly caller?: Readonly<Caller> | undefined;
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Of the program. */
  readonly input?: Json;
  /** The root `execution` of the program's expressions. */
  readonly view?: Json;
}

const keyOf = (service: string, projectId: string, workflowId: string): string =>
  [service, projectId, workflowId].join("\n");

/** The workflows and executions of one emulator. */
export class ExecutionStore {
  readonly #clock: Clock;
  readonly #data: DataFolder | undefined;
  readonly #workflowsByKey = new Map<string, Workflow>();
  readonly #executionsById = new Map<string, Execution>();
  readonly #idsByWorkflow = new Map<string, string[]>();
  /** Executions started since the workflow's script was put. */
  readonly #runsStarted = new Map<string, number>();
  readonly #player: Player;
  readonly #listeners = new Set<() => void>();
  #lastSequence = 0;

  constructor(clock: Clock, data: DataFolder | undefined) {
    this.#clock = clock;
    this.#data = data;
    this.#player = new Player(() => clock.now());
  }

  /** Adds a workflow or replaces the one with the same id; its runs are counted from 0 again. */
  putWorkflow(workflow: Workflow): void {
    const key = keyOf(workflow.service, workflow.projectId, workflow.id);
    this.#workflowsByKey.set(key, workflow);
    this.#runsStarted.delete(key);
    if (!workflow.fromSeed) this.#data?.saveWorkflow(workflow);
  }

  /**
   * Adds a workflow that is made through the service's own API.
   * @param at - epoch milliseconds. @default now
   */
  createWorkflow(
    made: Pick<Workflow, "service" | "projectId" | "id" | "script" | "createdBy">,
    at: number = this.#clock.now(),
  ): Workflow {
    const workflow: Workflow = { ...made, fromSeed: false, createdAt: at, editedAt: at };
    this.putWorkflow(workflow);
    return workflow;
  }

  /** Changes fields of the vendor's workflow object; the script and the count of its runs stay. */
  editAttributes(workflow: Workflow, changes: Readonly<Record<string, unknown>>): void {
    const script = { ...workflow.script, attributes: { ...workflow.script.attributes, ...changes } };
    const edited = { ...workflow, script };
    this.#workflowsByKey.set(keyOf(workflow.service, workflow.projectId, workflow.id), edited);
    if (!workflow.fromSeed) this.#data?.saveWorkflow(edited);
  }

  /** The workflow; `undefined` when there is none. */
  workflow(service: string, projectId: string, id: string): Workflow | undefined {
    return this.#workflowsByKey.get(keyOf(service, projectId, id));
  }

  /** All workflows of all services. */
  workflows(): Workflow[] {
    return [...this.#workflowsByKey.values()];
  }

  /** Forgets the workflow; its executions stay. */
  removeWorkflow(workflow: Workflow): void {
    this.#workflowsByKey.delete(keyOf(workflow.service, workflow.projectId, workflow.id));
    this.#data?.removeWorkflow(workflow);
  }

  /** The script of the workflow's next execution. */
  nextRun(workflow: Workflow): RunScript {
    return runNumber(workflow.script, this.#nextRunNumber(workflow));
  }

  /** Starts an execution of the workflow. The id must be new. */
  start(workflow: Workflow, options: StartOptions): Execution {
    const number = this.#nextRunNumber(workflow);
    this.#runsStarted.set(keyOf(workflow.service, workflow.projectId, workflow.id), number + 1);
    const execution: Execution = {
      service: workflow.service,
      projectId: workflow.projectId,
      workflowId: workflow.id,
      id: options.executionId ?? newExecutionId(),
      sequence: this.#lastSequence + 1,
      startedAt: options.startedAt ?? this.#clock.now(),
      startedBy: options.startedBy,
      caller: options.caller && { ...options.caller },
      runNumber: number,
      run: runNumber(workflow.script, number),
      program: options.program,
      tasks: options.tasks,
      input: options.input,
      view: options.view,
      interventions: [],
      attributes: options.attributes ?? {},
    };
    this.#insert(execution);
    this.#data?.saveExecution(execution);
    return execution;
  }

  /** The execution; `undefined` when there is none. */
  execution(id: string): Execution | undefined {
    return this.#executionsById.get(id);
  }

  /** Newest first. */
  executions(): Execution[] {
    return newestFirst([...this.#executionsById.values()]);
  }

  /** Newest first. */
  executionsOf(service: string, projectId: string, workflowId: string): Execution[] {
    const ids = this.#idsByWorkflow.get(keyOf(service, projectId, workflowId)) ?? [];
    return newestFirst(ids.flatMap((id) => this.#executionsById.get(id) ?? []));
  }

  /** The state of the execution now. */
  play(execution: Execution): ProgramSnapshot {
    return this.#player.play(execution);
  }

  /** Calls back after every intervention in an execution; returns a function that stops the calls. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Records an intervention in the execution, now. */
  intervene(execution: Execution, action: WithoutTime<Intervention>): Execution {
    const intervention: Intervention = { ...action, at: this.#clock.now() };
    const changed = { ...execution, interventions: [...execution.interventions, intervention] };
    this.#executionsById.set(execution.id, changed);
    this.#data?.saveExecution(changed);
    this.#tellListeners();
    return changed;
  }

  /** Deletes the record, as a service does with old ones. */
  purge(execution: Execution): void {
    this.#executionsById.delete(execution.id);
    const key = keyOf(execution.service, execution.projectId, execution.workflowId);
    const rest = (this.#idsByWorkflow.get(key) ?? []).filter((id) => id !== execution.id);
    this.#idsByWorkflow.set(key, rest);
    this.#data?.removeExecution(execution);
    this.#tellListeners();
  }

  /** Deletes everything, also in the data folder. */
  clear(): void {
    for (const execution of this.#executionsById.values()) this.#data?.removeExecution(execution);
    for (const workflow of this.#workflowsByKey.values()) this.#data?.removeWorkflow(workflow);
    this.#executionsById.clear();
    this.#idsByWorkflow.clear();
    this.#workflowsByKey.clear();
    this.#runsStarted.clear();
    this.#tellListeners();
  }

  /** Loads the records of the data folder. */
  load(): void {
    if (!this.#data) return;
    for (const workflow of this.#data.loadWorkflows()) {
      this.#workflowsByKey.set(keyOf(workflow.service, workflow.projectId, workflow.id), workflow);
    }
    for (const execution of this.#data.loadExecutions()) {
      this.#insert(execution);
      this.#countLoadedRun(execution);
    }
  }

  // Of the workflow's script, from 0.
  #nextRunNumber({ service, projectId, id }: Workflow): number {
    return this.#runsStarted.get(keyOf(service, projectId, id)) ?? 0;
  }

  #tellListeners(): void {
    for (const listener of this.#listeners) listener();
  }

  #insert(execution: Execution): void {
    const key = keyOf(execution.service, execution.projectId, execution.workflowId);
    this.#executionsById.set(execution.id, execution);
    const ids = this.#idsByWorkflow.get(key);
    if (ids) ids.push(execution.id);
    else this.#idsByWorkflow.set(key, [execution.id]);
    this.#lastSequence = Math.max(this.#lastSequence, execution.sequence);
  }

  // Executions from before the script was put belong to an earlier script and do not count.
  #countLoadedRun(execution: Execution): void {
    const workflow = this.workflow(execution.service, execution.projectId, execution.workflowId);
    if (!workflow || execution.startedAt < workflow.editedAt) return;
    const key = keyOf(workflow.service, workflow.projectId, workflow.id);
    this.#runsStarted.set(key, Math.max(this.#runsStarted.get(key) ?? 0, execution.runNumber + 1));
  }
}

function newestFirst(executions: Execution[]): Execution[] {
  return executions.sort((a, b) => b.startedAt - a.startedAt || b.sequence - a.sequence);
}
