/** The public surface of the package: start an emulator from a program or a test. */
export { startEmulator } from "./emulator";
export type { Emulator, EmulatorOptions } from "./emulator";
export type { Actor, Caller } from "./accounts/principal";
export type { LoggedRequest } from "./http/requestLog";
export type { SeedAccount, SeedIdentityProvider, SeedRole, SeedTrust } from "./accounts/accountReader";
export type { SeedMachine, SeedMachines } from "./accounts/machine";
export type { Seed, SeedNode, SeedNodeParts, SeedRun, SeedTargets, SeedWorkflow } from "./seed/document";
