/**
 * A wait whose watch the test has made: `waitUntilSettled` with a service that only tells how an execution stands.
 */
import type { Backend } from "../../provider/src/execution/service";
import type { Session } from "../../provider/src/execution/session";
import type { Clock } from "../../provider/src/ground/clock";
import type { Reporter } from "../../provider/src/execution/reporter";
import { services } from "../../provider/src/services/registry";
import type { Wait, WaitOutcome } from "../../provider/src/waiting/waitUntilSettled";
import { waitUntilSettled } from "../../provider/src/waiting/waitUntilSettled";
import type { Subscriber } from "../../provider/src/waiting/subscription";
import type { WorkflowWatch } from "../../provider/src/waiting/workflowWatch";

/** The parts of a wait that a test decides. */
export interface WatchedWait extends Wait {
  readonly watch: WorkflowWatch;
  readonly executionId: string;
  readonly poll: Subscriber["poll"];
  /** By which the deadline is. */
  readonly clock: Clock;
  readonly random: () => number;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/** Waits under the test's watch. */
export function waitWith(options: WatchedWait): Promise<WaitOutcome> {
  const { watch, executionId, poll, clock, random, reporter, signal, ...wait } = options;
  const backend = {
    key: "wf",
    describe: (_executionId: string, how: Parameters<typeof poll>[0]) => poll(how),
  } as unknown as Backend;
  const session = { clock, random, shared: () => watch } as unknown as Session;
  const definition = services.functiongraph;
  return waitUntilSettled(backend, executionId, wait, { definition, session, reporter, signal });
}
