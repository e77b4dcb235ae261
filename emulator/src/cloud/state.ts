// Everything that one emulator knows, passed to every service and to the control API.
import type { AlibabaAuthenticator } from "../alibaba/authentication";
import type { Clock } from "../ground/clock";
import type { DataFolder } from "../executions/dataFolder";
import type { ExecutionStore } from "../executions/store";
import type { FaultPlan } from "../http/faults";
import type { Authenticator } from "../huawei/authentication";
import type { AccountDirectory } from "../accounts/directory";
import type { IdTokens } from "../accounts/idTokens";
import type { Machines } from "../accounts/machines";
import type { QuirkBook } from "./quirks";
import type { RequestLog } from "../http/requestLog";
import type { ParsedSeed } from "../seed/seed";
import type { TokenBuckets } from "../http/tokenBuckets";

export interface EmulatorState {
  readonly seed: ParsedSeed;
  readonly clock: Clock;
  readonly data: DataFolder | undefined;
  readonly executions: ExecutionStore;
  readonly accounts: AccountDirectory;
  readonly idTokens: IdTokens;
  readonly machines: Machines;
  readonly authenticator: Authenticator;
  readonly alibaba: AlibabaAuthenticator;
  readonly buckets: TokenBuckets;
  readonly faults: FaultPlan;
  readonly quirks: QuirkBook;
  readonly log: RequestLog;
}
