// The public surface of the package: start an emulator from a program or a test.
export { startEmulator } from "./emulator";
export type { Emulator, EmulatorOptions } from "./emulator";
export type { Seed, SeedAccount, SeedNode, SeedNodeParts, SeedRun, SeedTargets, SeedWorkflow } from "./seed";
