/**
 * The capabilities of a service, as data: starting, waiting and the functions for programs decide by them.
 */

/** The capabilities of a service. */
export interface BackendCapabilities {
  /**
   * The place in which an execution shows the name that its start carried:
   * - `name`: the name is the execution's id, and a second start under the same name is harmless;
   * - `detail`: `Backend.readRunName` looks the name up;
   * - `none`: starts carry no name.
   */
  readonly runMark: "name" | "detail" | "none";
  /**
   * The longest name that a start can carry, in characters; at least 64.
   * @default 128
   */
  readonly longestRunName?: number;
  /** The longest duration of a long poll by `describe`, in seconds; 0 if the service has no long polls. */
  readonly longPollSeconds: number;
  /** Largest page of a list; undefined if the service gives everything at once. */
  readonly pageSize: number | undefined;
  /**
   * The part that a list shows of an execution that has ended: all that `describe` shows, the outcome without the
   * steps, or only the status.
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
