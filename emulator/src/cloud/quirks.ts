/** The documented oddities of the services that are switched on, for all workflows or for one. */
import type { Clock } from "../ground/clock";
import { Fields, readNumber, readText, ShapeError } from "../ground/jsonShape";
import type { JsonObject } from "../ground/jsonShape";

/** A quirk that can be switched on. */
export interface QuirkDefinition {
  readonly name: string;
  readonly kind: "flag" | "text" | "number";
  /** Of a text: the words it can be. @default any */
  readonly words?: readonly string[];
  readonly description: string;
}

/** The value that a quirk is set to. */
export type QuirkValue = boolean | string | number;

/** The quirks that hold for one request, by name; an absent one is off. */
export type ActiveQuirks = Readonly<Record<string, QuirkValue>>;

/** The quirks that are switched on, everywhere and by workflow. */
export class QuirkBook {
  #everywhere: ActiveQuirks = {};
  readonly #byWorkflow = new Map<string, ActiveQuirks>();

  constructor(readonly definitions: readonly QuirkDefinition[]) {}

  /**
   * Replaces the quirks of one workflow, or without `workflowId` those of all: `{workflowId?, <quirk>: value, …}`.
   * @throws {ShapeError} when a quirk is unknown, or set to a value that it cannot have
   */
  put(description: unknown): void {
    const fields = new Fields(description, "");
    const workflowId = fields.text("workflowId", { min: 1 });
    const quirks = this.#read(fields);
    fields.rejectUnknown();
    if (workflowId === undefined) this.#everywhere = quirks;
    else this.#byWorkflow.set(workflowId, quirks);
  }

  /** A workflow's own quirks win over those for all. */
  active(workflowId?: string): ActiveQuirks {
    const own = workflowId === undefined ? undefined : this.#byWorkflow.get(workflowId);
    return own ? { ...this.#everywhere, ...own } : this.#everywhere;
  }

  /** The quirks that are switched on, for the control API. */
  list(): JsonObject {
    return { everywhere: this.#everywhere, byWorkflow: Object.fromEntries(this.#byWorkflow) };
  }

  /** Switches all quirks off. */
  clear(): void {
    this.#everywhere = {};
    this.#byWorkflow.clear();
  }

  #read(fields: Fields): ActiveQuirks {
    const quirks: Record<string, QuirkValue> = {};
    for (const { name, kind, words } of this.definitions) {
      const value = fields.raw(name);
      if (value === undefined || value === false) continue;
      if (kind === "text")
        quirks[name] = readText(value, fields.at(name), { min: 1, ...(words ? { oneOf: words } : {}) });
      else if (kind === "number") quirks[name] = readNumber(value, fields.at(name), { min: 0 });
      else if (value === true) quirks[name] = true;
      else throw new ShapeError(fields.at(name), "must be true or false");
    }
    return quirks;
  }
}

/**
 * True if an execution is visible already.
 * @param quirk - name of the quirk that gives the milliseconds between an execution's start and its visibility
 */
export function isVisible(
  { state, quirks }: { readonly state: { readonly clock: Clock }; readonly quirks: ActiveQuirks },
  { startedAt }: { readonly startedAt: number },
  quirk: string,
): boolean {
  const delayMs = quirks[quirk];
  return typeof delayMs !== "number" || state.clock.now() >= startedAt + delayMs;
}
