/**
 * The interface between a front and the lifecycle: outcomes are values, so that each front can turn them into the
 * answers of its own engine.
 */
import type { StartHost } from "../starting/startCall";
import type { StoredState } from "./state";

/** The means that a front lends to one call. */
export interface LifecycleHost extends StartHost {
  /** For delete: true if the resource goes because another one takes its place. */
  readonly isReplacement?: boolean | undefined;
}

/** The outcome of create and update once there is an execution. Before that they throw. */
export type Outcome =
  /** As the program wants it. */
  | { readonly kind: "ready"; readonly id: string; readonly state: StoredState }
  /** There is an execution, but not as wanted: kept in state with the reasons, dependents do not run. */
  | {
      readonly kind: "unready";
      readonly id: string;
      readonly state: StoredState;
      readonly reasons: readonly string[];
    };
