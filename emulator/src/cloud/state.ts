/** Everything that one emulator knows, passed to every service and to the control API. */
import type { AccountDirectory } from "../accounts/directory";
import type { IdTokens } from "../accounts/idTokens";
import type { Machines } from "../accounts/machines";
import type { DataFolder } from "../executions/dataFolder";
import type { ExecutionStore } from "../executions/store";
import type { Clock } from "../ground/clock";
import type { FaultPlan } from "../http/faults";
import type { RequestLog } from "../http/requestLog";
import type { TokenBuckets } from "../http/tokenBuckets";
import type { ParsedSeed } from "../seed/seed";
import type { QuirkBook } from "./quirks";

/** The state of one emulator. A vendor adds its authenticator. */
export interface EmulatorState {
  readonly seed: ParsedSeed;
  readonly clock: Clock;
  /** `undefined`: nothing outlives the process. */
  readonly data: DataFolder | undefined;
  readonly executions: ExecutionStore;
  readonly accounts: AccountDirectory;
  readonly idTokens: IdTokens;
  readonly machines: Machines;
  readonly buckets: TokenBuckets;
  readonly faults: FaultPlan;
  readonly quirks: QuirkBook;
  readonly log: RequestLog;
}
