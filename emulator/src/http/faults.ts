/** The plan of faults that the control API has asked for: chooses the fault that hits the next request. */
import { Fields } from "../ground/jsonShape";

/** The faults that a request can meet. */
export const faultActions = [
  "dropBefore",
  "dropAfter",
  "delay",
  "status",
  "truncate",
  "invalidJson",
  "html",
  "expireToken",
  "hang",
] as const;

/** One of {@link faultActions}. */
export type FaultAction = (typeof faultActions)[number];

/** One planned fault. */
export interface Fault {
  readonly id: string;
  /** An operation, `service:operation`, or `*` for every operation. */
  readonly operation: string;
  readonly action: FaultAction;
  /** Hits only requests whose path has this text, such as a workflow's id. */
  readonly pathIncludes: string | undefined;
  readonly status: number | undefined;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** Goes out as `Retry-After`: seconds, or an HTTP date as text. */
  readonly retryAfter: string | undefined;
  /** Real milliseconds before the request is handled, or before the answer goes out with `afterHandling`. */
  readonly delayMs: number;
  /** True if the operation takes effect before the fault does. */
  readonly afterHandling: boolean;
  /** Matching requests that pass before the first one is hit. */
  readonly skip: number;
  /** Number of requests that the fault hits; `undefined` = all. */
  readonly count: number | undefined;
  /** Chance of each matching request to be hit, 0 to 1. */
  readonly probability: number;
  readonly seed: number;
}

interface PlannedFault {
  readonly fault: Fault;
  readonly random: () => number;
  seen: number;
  hits: number;
}

/** The faults that wait for their requests, in the order in which they were made. */
export class FaultPlan {
  #planned: PlannedFault[] = [];
  #made = 0;

  /**
   * Reads, checks and adds a fault.
   * @throws {ShapeError} when a field is wrong
   */
  add(description: unknown): Fault {
    const fault = readFault(description, `fault-${String(this.#made + 1)}`);
    this.#made += 1;
    this.#planned.push({ fault, random: seededRandom(fault.seed), seen: 0, hits: 0 });
    return fault;
  }

  /** The fault that hits this request, if any; counts it. */
  take(service: string, operation: string, path: string): Fault | undefined {
    for (const planned of this.#planned) {
      const { fault } = planned;
      const wanted = fault.operation;
      if (wanted !== "*" && wanted !== operation && wanted !== `${service}:${operation}`) continue;
      if (fault.pathIncludes !== undefined && !path.includes(fault.pathIncludes)) continue;
      if (fault.count !== undefined && planned.hits >= fault.count) continue;
      planned.seen += 1;
      if (planned.seen <= fault.skip) continue;
      if (fault.probability < 1 && planned.random() >= fault.probability) continue;
      planned.hits += 1;
      return fault;
    }
    return undefined;
  }

  /** The planned faults, with how many requests each has seen and hit. */
  list(): (Fault & { readonly seen: number; readonly hits: number })[] {
    return this.#planned.map(({ fault, seen, hits }) => ({ ...fault, seen, hits }));
  }

  /** Removes one fault, or all; returns how many there were. */
  remove(id?: string): number {
    const before = this.#planned.length;
    this.#planned = id === undefined ? [] : this.#planned.filter(({ fault }) => fault.id !== id);
    return before - this.#planned.length;
  }
}

function readFault(description: unknown, id: string): Fault {
  const fields = new Fields(description, "");
  const action = fields.requiredText("action", { oneOf: faultActions }) as FaultAction;
  const probability = fields.number("probability", { min: 0, max: 1 });
  const fault: Fault = {
    id,
    action,
    operation: fields.text("operation", { min: 1 }) ?? "*",
    pathIncludes: fields.text("pathIncludes", { min: 1 }),
    status: fields.number("status", { min: 200, max: 599, integer: true }),
    body: fields.raw("body"),
    headers: readHeaders(fields),
    retryAfter: readRetryAfter(fields),
    delayMs: fields.number("delayMs", { min: 0, max: 3_600_000 }) ?? 0,
    afterHandling: fields.flag("afterHandling") ?? false,
    skip: fields.number("skip", { min: 0, integer: true }) ?? 0,
    count: readCount(fields, probability),
    probability: probability ?? 1,
    seed: fields.number("seed", { integer: true }) ?? 1,
  };
  fields.rejectUnknown();
  if (action === "status") fields.required("status", fault.status);
  if (action === "delay") fields.required("delayMs", fault.delayMs > 0 ? fault.delayMs : undefined);
  return fault;
}

function readRetryAfter(fields: Fields): string | undefined {
  const value = fields.raw("retryAfter");
  return typeof value === "string" ? value : fields.number("retryAfter", { min: 0 })?.toString();
}

// One hit unless the caller says otherwise; a probability speaks of every request. `count: null` = every request.
function readCount(fields: Fields, probability: number | undefined): number | undefined {
  if (fields.raw("count") === null) return undefined;
  return fields.number("count", { min: 1, integer: true }) ?? (probability === undefined ? 1 : undefined);
}

function readHeaders(fields: Fields): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields.object("headers") ?? {})) headers[name] = String(value);
  return headers;
}

// mulberry32: small, and the same sequence on every machine, so that a failing run can be repeated.
function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
