/** The records of the store: workflows and their executions. */
import type { Caller } from "../accounts/principal";
import type { Intervention, TaskScript } from "../player/play";
import type { Json, Program } from "../player/program";
import type { RunScript, WorkflowScript } from "../player/script";

/** A workflow that can be executed. Times in epoch milliseconds. */
export interface Workflow {
  readonly service: string;
  readonly projectId: string;
  readonly id: string;
  readonly script: WorkflowScript;
  /** Workflows of the seed come from it at every start; the others are kept in the data folder. */
  readonly fromSeed: boolean;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly editedAt: number;
}

/** One execution, with the script that was valid when it began. */
export interface Execution {
  readonly service: string;
  readonly projectId: string;
  readonly workflowId: string;
  readonly id: string;
  /** Counts all executions of the emulator; orders those of the same millisecond. */
  readonly sequence: number;
  readonly startedAt: number;
  readonly startedBy: string;
  /** The sender of the request that started the execution; absent when the control API started it. */
  readonly caller?: Readonly<Caller> | undefined;
  /** Index of this run in the runs of the workflow's script, from 0. */
  readonly runNumber: number;
  readonly run: RunScript;
  /** The program of the execution, as its service read the workflow when the execution began. */
  readonly program: Program;
  /** The scripts of the program's tasks, by state id. @default the run's scripts of its nodes */
  readonly tasks?: Readonly<Record<string, readonly TaskScript[]>> | undefined;
  /** The program's input. */
  readonly input?: Json;
  /** The root `execution` of the program's expressions. */
  readonly view?: Json;
  readonly interventions: readonly Intervention[];
  /** Attributes of the start that the service keeps, such as a copy of the workflow. */
  readonly attributes: Readonly<Record<string, unknown>>;
}
