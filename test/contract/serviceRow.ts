/**
 * The facts that the contract suite needs of a service: the script of its workflows on the emulator, and the vendor's
 * names of the operations, for faults and counts.
 */
import type { Emulator } from "runbook-emulator";
import type { Arguments, Settings } from "../../provider/src/lifecycle";
import type { ServiceName } from "../../provider/src/services/registry";

/** A workflow as the contract needs it. */
export type ContractWorkflow =
  /** Two steps, named "Prepare" and "Work", of 1 s each; its output has `version: "1.4.2"`. */
  | "succeeds"
  /** The same, but "Work" fails. */
  | "fails"
  /** One step of an hour, which can be stopped at once. */
  | "runs";

/** A service under contract. A further service is one more object of this kind in `serviceRows`. */
export interface ServiceRow {
  readonly service: ServiceName;
  /** Credentials and addresses of the emulator's demo account. */
  settings(emulator: Emulator): Settings;
  /** Scripts a workflow on the emulator and gives the arguments that name it. */
  workflow(emulator: Emulator, workflow: ContractWorkflow): Promise<Arguments>;
  /** Arguments that name a workflow that is not there. */
  readonly unknownWorkflow: Arguments;
  /** Arguments of the location that the backend resolves, as outputs. */
  readonly location: Readonly<Record<string, string>>;
  /** Status words of the vendor. */
  readonly words: Readonly<Record<"running" | "succeeded" | "failed" | "stopped", string>>;
  /** Statuses with which the service refuses for good. */
  readonly refusals: readonly number[];
  /** Names of the vendor's operations. */
  readonly operations: Readonly<Record<"start" | "describe" | "list" | "stop", string>>;
}
