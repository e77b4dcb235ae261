/**
 * preflight: before anything is started, does the workflow exist, may it be run, and how long does it usually take? One list
 * per workflow, for all of its executions. Trouble is a warning: a preview never fails because of a check.
 */
import type { Arguments } from "../execution/argument";
import { containsUnknown } from "../execution/commonArguments";
import { pageLimit } from "../execution/pages";
import { formatRough } from "../execution/progress";
import type { Backend } from "../execution/service";
import type { ServiceCall } from "../execution/serviceCall";
import type { Session } from "../execution/session";
import { NotFoundError, messageOf } from "../ground/errors";
import { withinTime } from "../ground/timeLimit";
import { medianMs } from "../waiting/schedule";

// The time limit of a preview's requests for one workflow, in milliseconds.
const preflightMs = 10_000;

/** The results of a preview's requests about a workflow. */
export interface Outlook {
  /** The usual duration, e.g. `usually takes about 3m`; undefined if it is not known. */
  readonly usually: string | undefined;
  /**
   * The obstacle to a start, or the reason why obstacles are not known. Only the first execution of a workflow gets the
   * warning.
   */
  readonly warning: string | undefined;
}

/**
 * Checks once per workflow and session. Makes no request where an argument that names the workflow is not known yet. Never
 * throws.
 */
export async function preflight(
  args: Arguments,
  call: Pick<ServiceCall, "definition" | "session" | "signal">,
): Promise<Outlook> {
  const { definition, session, signal } = call;
  const own = Object.entries(args).filter(
    ([name, value]) =>
      Object.hasOwn(definition.arguments, name) &&
      !definition.arguments[name]?.isPayload &&
      value !== undefined,
  );
  if (own.some(([, value]) => containsUnknown(value))) return { usually: undefined, warning: undefined };
  try {
    return await withinTime(session.clock, preflightMs, signal, async (limited) => {
      const backend = await session.connect(definition, args, limited);
      const limit = pageLimit(definition.capabilities.pageSize);
      const outlook = await session.shared(`preflight:${backend.key}`, () =>
        askOnce(backend, limit, limited),
      );
      return warnOnce(session, backend.key, outlook);
    });
  } catch (error) {
    const warning = describeUnchecked("the workflow", messageOf(error));
    // Without a service to tell workflows apart: each trouble once.
    return warnOnce(session, warning, { usually: undefined, warning });
  }
}

// The warning of a workflow is for its first execution only.
function warnOnce(session: Session, subject: string, outlook: Outlook): Outlook {
  const reported = session.shared(`preflight reported:${subject}`, () => ({ isReported: false }));
  if (reported.isReported) return { ...outlook, warning: undefined };
  reported.isReported = true;
  return outlook;
}

function describeUnchecked(subject: string, why: string): string {
  return `the preview could not check ${subject}: ${why}\n  \`pulumi up\` will show whether it exists and may be run.`;
}

async function askOnce(backend: Backend, limit: number, signal: AbortSignal): Promise<Outlook> {
  try {
    const page = await backend.listPage({ status: "succeeded" }, { limit, attempts: 1 }, signal);
    if (page.executions.length === 0) await backend.demandWorkflow?.(signal);
    const durations = page.executions.flatMap(({ durationMs }) => durationMs ?? []).filter((ms) => ms > 0);
    const expectedMs = medianMs(durations.sort((a, b) => a - b));
    const doubt = backend.startDoubt?.();
    return {
      usually: expectedMs === undefined ? undefined : `usually takes about ${formatRough(expectedMs)}`,
      warning: doubt === undefined ? undefined : `${backend.subject} may not exist: ${doubt}`,
    };
  } catch (error) {
    const message = messageOf(error);
    const warning =
      error instanceof NotFoundError
        ? `${message}\n  \`pulumi up\` will start nothing until this is corrected.`
        : describeUnchecked(backend.subject, message);
    return { usually: undefined, warning };
  }
}
