/** The public surface of the package: start an emulator from a program or a test, and control one. */
export { startEmulator } from "./emulator";
export type { Emulator, EmulatorOptions } from "./emulator";
export { ControlClient, ControlError } from "./client/controlClient";
export type { PulumiConfigOptions, PulumiConfigValue } from "./client/pulumiConfig";
export type {
  ClockChange,
  EmulatedClock,
  EmulatedExecution,
  EmulatedNode,
  EmulatorHealth,
  ExecutionFilter,
  FaultToPlan,
  ForeignExecution,
  RequestFilter,
  WorkflowPlace,
} from "./client/wire";
export type { FaultAction } from "./http/faults";
export type { MachineKind } from "./accounts/machine";
export type { Actor, Caller } from "./accounts/principal";
export type { LoggedRequest } from "./http/requestLog";
export type { SeedAccount, SeedIdentityProvider, SeedRole, SeedTrust } from "./accounts/accountReader";
export type { SeedMachine, SeedMachines } from "./accounts/machine";
export type { Seed, SeedNode, SeedNodeParts, SeedRun, SeedTargets, SeedWorkflow } from "./seed/document";
