/**
 * A run that a deployment had started before it was cut short, for arguments that the program has changed since: the
 * state never had it, so nobody else would stop it.
 */
import type { Backend } from "../../backends/backend";
import { isSettled } from "../../execution/snapshot";
import { readCommonArguments } from "../arguments";
import type { LifecycleHost } from "../outcome";
import { skewMs } from "./candidates";
import type { PendingStart } from "./journal";
import type { Starting } from "./posting";

/** Stops it, or leaves it, as `onDelete` says of what is replaced; says so. */
export async function dealWithLeftover(
  { backend, args, wanted, host }: Pick<Starting, "backend" | "args" | "host" | "wanted">,
  leftover: PendingStart,
): Promise<void> {
  if (!backend.keepsHistory) return;
  const id = leftover.executionId ?? (await findLeftover(backend, leftover, host));
  if (id === undefined || id === wanted.supersedes?.id) return;
  const snapshot = await backend.describe(id, { signal: host.signal }).catch(() => undefined);
  if (!snapshot || isSettled(snapshot.status)) return;
  // Whose answer never came may be somebody else's under the same name: ours is no older than its post.
  const beganMs = snapshot.startedAt === undefined ? undefined : Date.parse(snapshot.startedAt);
  const isOlder = beganMs !== undefined && beganMs < leftover.postedMs - skewMs;
  if (leftover.executionId === undefined && isOlder) return;
  const what = `execution ${id} of an earlier deployment, which was cut short, still runs with other arguments`;
  if (readCommonArguments(args).onDelete === "leave") {
    host.reporter.warn(`${what}; it is left running (onDelete)`);
  } else {
    host.reporter.warn(`${what}; it is stopped (onDelete)`);
    await backend.stop(id, host.signal);
  }
  // Known as ours from now on, however long it runs.
  await host.register.released(host.definition.service, host.urn, id);
}

// The answer never came: the execution is known by what its start carried, if at all.
async function findLeftover(
  backend: Backend,
  { runName }: PendingStart,
  { definition, register, signal }: LifecycleHost,
): Promise<string | undefined> {
  const { runMark } = definition.capabilities;
  if (runMark === "name") return runName;
  if (runMark === "none") return undefined;
  for (const { executionId } of await backend.listUnsettled(signal)) {
    const mark = await register.mark(executionId, () => backend.readRunName(executionId, signal));
    if (mark === runName) return executionId;
  }
  return undefined;
}
