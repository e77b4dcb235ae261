/**
 * What the lifecycle is given by a front and what it gives back: outcomes are values, so that each front can turn
 * them into what its own engine wants.
 */
import type { StartHost } from "../starting/startCall";
import type { StoredState } from "./state";

/** What a front lends to one call. */
export interface LifecycleHost extends StartHost {
  /** For delete: true where the resource goes because another one takes its place. */
  readonly isReplacement?: boolean | undefined;
}

/** How create and update end once there is an execution. Before that they throw. */
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
