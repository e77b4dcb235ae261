/**
 * A front as the engine has it: the registrations of a program, and the provider's process, which speaks one protocol
 * for both fronts.
 */
import type { Emulator } from "runbook-emulator";
import type { ServiceName } from "../../provider/src/services/registry";
import type { Plugin } from "../support/plugin/pluginProcess";
import type { Bag } from "../support/plugin/wireValues";

/** The time that Pulumi allows each operation (`customTimeouts`), in seconds. */
export interface Timeouts {
  readonly create?: number;
  readonly update?: number;
}

/** A resource as a program declares it. */
export interface Declared {
  readonly service: ServiceName;
  readonly name: string;
  /** With Pulumi's marks for secrets and values that are not known yet. */
  readonly args: Bag;
  readonly timeouts?: Timeouts | undefined;
}

/** One of the two fronts. */
export interface Front {
  readonly name: "dynamic" | "plugin";
  /** URN of a resource. */
  urnOf(declared: Pick<Declared, "service" | "name">): string;
  /** The properties that a program sends to the engine for a resource. */
  register(declared: Declared): Promise<Bag>;
  /**
   * Starts the provider for one deployment.
   * @param hasSettings false for a stack whose configuration is empty. @default true
   */
  start(emulator: Emulator, home: string, hasSettings?: boolean): Promise<Plugin>;
}

/** The environment of both fronts' processes: no machine is asked who it is, which takes seconds where there is none. */
export const quietMachine = { AWS_EC2_METADATA_DISABLED: "true" } as const;
