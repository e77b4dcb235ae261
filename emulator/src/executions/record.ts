/** What the store keeps: workflows and their executions. */
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
  /** Whose request has started it; absent when the control API has. */
  readonly caller?: Readonly<Caller> | undefined;
  /** Which run of the workflow's script this is, from 0. */
  readonly runNumber: number;
  readonly run: RunScript;
  /** What the execution plays, as its service has read the workflow when the execution began. */
  readonly program: Program;
  /** What the program's tasks do, by state id. @default what the run says of its nodes */
  readonly tasks?: Readonly<Record<string, readonly TaskScript[]>> | undefined;
  /** The program's input. */
  readonly input?: Json;
  /** The root `execution` of the program's expressions. */
  readonly view?: Json;
  readonly interventions: readonly Intervention[];
  /** What the service wants to remember of the start, such as a copy of the workflow. */
  readonly attributes: Readonly<Record<string, unknown>>;
}
