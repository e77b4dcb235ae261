/**
 * What a service can do, as data: starting, waiting and the functions for programs decide by it.
 */

/** What a service can do. */
export interface BackendCapabilities {
  /**
   * Where an execution shows the name that its start carried:
   * - `name`: it is the execution's id, and a second start under it is harmless;
   * - `detail`: in what `Backend.readRunName` looks up;
   * - `none`: starts carry nothing.
   */
  readonly runMark: "name" | "detail" | "none";
  /**
   * The longest name that a start can carry, in characters; at least 64.
   * @default 128
   */
  readonly longestRunName?: number;
  /** How long a long poll by `describe` may last, in seconds; 0 where the service has no long polls. */
  readonly longPollSeconds: number;
  /** Largest page of a list; undefined where the service gives everything at once. */
  readonly pageSize: number | undefined;
  /**
   * What a list tells of an execution that has ended: all that `describe` does, its outcome without the steps, or
   * only its status.
   */
  readonly listTells: "everything" | "outcome" | "status";
  /**
   * The functions for programs that it has and others lack: `getExecutionHistory` needs `Backend.history`,
   * `retryWorkflowExecution` `Backend.retry`.
   * @default none
   */
  readonly functions?: readonly OwnFunction[];
}

/** A function for programs that not every service has. */
export type OwnFunction = "getExecutionHistory" | "retryWorkflowExecution";
