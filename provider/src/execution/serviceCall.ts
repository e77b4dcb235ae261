/**
 * The surroundings of every call of the lifecycle: the service, the session, and the reporter.
 */
import type { Reporter } from "./reporter";
import type { BackendDefinition } from "./service";
import type { Session } from "./session";

/** One call, on its way down. */
export interface ServiceCall {
  readonly definition: BackendDefinition;
  readonly session: Session;
  readonly reporter: Reporter;
  /** Aborts when the deployment is to end now. */
  readonly signal: AbortSignal;
  /** The resource option customTimeouts for this operation, in seconds; it takes precedence over `timeoutSeconds`. */
  readonly operationTimeoutSeconds?: number | undefined;
}
