// The figures of a stack that has run: how late each end was seen, and what was asked for that.
import { percentile, sum } from "./arithmetic.mjs";
import { countKinds, throttledOf } from "./requestKinds.mjs";

/** Compares the probe's records with the emulator's executions and requests. */
export async function measure(emulator, lines, counts, kinds, rate) {
  const { executions } = await emulator.control("GET", "/executions");
  const { now: emulatedNow } = await emulator.control("GET", "/clock");
  const machineNow = Date.now();
  // The clocks are read one after the other, a few milliseconds apart.
  const toEmulated = (at) => emulatedNow - (machineNow - at) * rate;
  const byId = new Map(executions.map((execution) => [execution.executionId.split(":").at(-1), execution]));
  const lags = [];
  for (const line of lines.filter(({ kind, id }) => kind === "end" && id !== undefined)) {
    const execution = byId.get(line.id);
    const endedAt = timeOf(execution?.endedAt);
    if (endedAt === undefined) continue;
    lags.push({
      kind: execution.workflowId.replace("bench-", ""),
      lagMs: Math.max(0, toEmulated(line.at) - endedAt),
      durationMs: endedAt - timeOf(execution.startedAt),
    });
  }
  const { requests } = await emulator.control("GET", "/requests");
  const asked = countKinds(requests, counts);
  const statusRequests = asked.status;
  const minutes = sum(lags.map(({ durationMs }) => durationMs / 60_000));
  const of = (items) => {
    const values = items.map(({ lagMs }) => lagMs);
    const relative = items.map(({ lagMs, durationMs }) => lagMs / Math.max(1_000, durationMs * 0.03));
    return {
      p50Ms: percentile(values, 0.5),
      p95Ms: percentile(values, 0.95),
      maxMs: Math.max(0, ...values),
      relativeP95: percentile(relative, 0.95),
    };
  };
  return {
    seen: lags.length,
    ...of(lags),
    byDistribution: Object.fromEntries(
      kinds.map((kind) => [kind, of(lags.filter((lag) => lag.kind === kind))]),
    ),
    statusRequests,
    requestsEach: statusRequests / Math.max(1, lags.length),
    requestsPerMinute: statusRequests / Math.max(1e-9, minutes),
    allowedByTenSeconds:
      sum(lags.map(({ durationMs }) => 1 + Math.floor(durationMs / 10_000))) / Math.max(1, lags.length),
    allowedByMinutes: sum(lags.map(({ durationMs }) => 1 + durationMs / 60_000)) / Math.max(1, lags.length),
    asked,
    throttled: throttledOf(counts),
  };
}

function timeOf(value) {
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" ? value : Date.parse(value);
}
