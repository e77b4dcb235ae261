/**
 * The events of an execution, as the service's history has them.
 */

/** One event of an execution. */
export interface StateMachineEvent {
  /** Number of the event in its execution, from 1. NaN where the service does not say. */
  readonly id: number;
  /** The event before this one in its branch; 0 for the first event. NaN where the service does not say. */
  readonly previousEventId: number;
  /** E.g. `TaskStateEntered`, `TaskFailed`, `ExecutionSucceeded`. */
  readonly type: string;
  /** RFC 3339; absent if the service gave none. */
  readonly time: string | undefined;
  /** The details of the event's type, such as `name` and `output`; empty if it has none. */
  readonly details: Readonly<Record<string, unknown>>;
}
