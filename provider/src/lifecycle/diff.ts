/**
 * diff: what will the next deployment do with this execution, and why? Pure: compares the stored state with the
 * program's arguments. Never says "run again" without a reason in words.
 */
import { memberPath } from "../ground/propertyPath";
import type { Arguments, ArgumentSpec } from "../execution/argument";
import type { BackendDefinition } from "../execution/service";
import { isMap } from "../execution/rules";
import type { ExecutionStatus } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";
import type { CommonArguments } from "../execution/commonArguments";
import { argumentSpecs, containsUnknown, rerunReason, unknownValue } from "../execution/commonArguments";
import { RunArguments } from "../execution/runArguments";
import { describeOutcome } from "../execution/words";
import type { StoredState } from "./state";
import { isArmed, storedStatus } from "./state";

/** The next action, and its causes. */
export interface Diff {
  /**
   * - `none`: nothing to do.
   * - `update`: the same execution stays: resumes waiting for it, or only stores new settings.
   * - `rerun`: the workflow runs again.
   * - `rearm`: becomes a teardown runbook: nothing runs until it is destroyed.
   */
  readonly action: "none" | "update" | "rerun" | "rearm";
  /** The causes of the action; empty if the action is `none`. */
  readonly changes: readonly Change[];
  /**
   * True if the present execution may still be running: it is dealt with (`onDelete`) before another one starts.
   */
  readonly deleteFirst: boolean;
}

/** A value in an argument that has become a secret. */
export interface NewSecret {
  readonly argument: string;
  /** The path within the argument, as Pulumi writes it. */
  readonly path: string;
}

/** One cause of a difference. */
export interface Change {
  /** The argument, or output, that stands for it. */
  readonly property: string;
  /** The path of the difference, as Pulumi writes paths: `triggers.image`, `triggers["a b"]`. */
  readonly path: string;
  readonly kind: "add" | "update" | "delete";
  /** False if the cause is an output, as it is in the state. */
  readonly isInput: boolean;
  /** The key of the one member of the property that differs; left out if the property differs as a whole. */
  readonly member?: string;
  /** One phrase, e.g. `triggers.image changed`. */
  readonly reason: string;
  /**
   * The consequence of the change, unless the engine makes something else of it.
   * @default nothing that has to be said
   */
  readonly consequence?: string;
}

// The change stores a setting, and no more.
const storesOnly = { consequence: "no new run" } as const;

/**
 * Compares. `args` may have unknown values (`unknownValue`); one counts as changed.
 * @param replaceOnChanges paths of properties whose change is to run it again although a change would not otherwise do
 *   that.
 * @param newlySecret values that the state was stored without knowing as secret.
 * @param place the place of executions as the settings tell ({@link BackendDefinition.place}).
 */
export function diff(
  definition: BackendDefinition,
  id: string,
  state: StoredState,
  args: Arguments,
  replaceOnChanges: readonly string[] = [],
  newlySecret: readonly NewSecret[] = [],
  place: Readonly<Record<string, string>> = {},
): Diff {
  const specs = argumentSpecs(definition);
  // The outputs become secret when they are stored anew.
  const secrets = newlySecret.map(({ argument, path }) => ({
    ...changedInput(argument, `${path} is secret now`),
    ...storesOnly,
    path,
  }));
  // The arguments have passed check; one that isn't known yet counts as left out, which is compared below.
  const now = RunArguments.read(definition, args);
  const before = RunArguments.read(definition, state);
  const { common } = now;
  if (isArmed(state) && args["runOn"] === "destroy") return diffArmed(specs, before, now, secrets);
  const status = storedStatus(state);
  const settled = isSettled(status);

  const found = compareArguments({ specs, id, state, args, before, now, replaceOnChanges });
  const reruns = [
    ...found.reruns,
    ...comparePlace(state, args, place),
    ...(settled && common.runOn === "create" ? outcomeToRerun(common, status) : []),
  ];
  const updates = [...found.updates];
  if (reruns.length > 0) {
    return result(args["runOn"] === "destroy" ? "rearm" : "rerun", reruns, !settled && !isArmed(state));
  }

  // A refresh makes the engine forget that the resource is not ready; the stored outcome does not forget.
  if (!settled && common.waitFor === "settled") {
    updates.push(changedOutput("status", `resumes waiting for execution ${id}`));
  } else if (settled && status !== "succeeded" && common.onFailure === "fail") {
    updates.push(changedOutput("status", `last execution ${describeOutcome(status)} (not run again)`));
  }
  updates.push(...secrets);
  return updates.length > 0 ? result("update", updates, false) : result("none", [], false);
}

/** The values that are compared: the arguments as they are stored and given, and as they were read. */
interface Compared {
  readonly specs: Readonly<Record<string, ArgumentSpec>>;
  readonly id: string;
  readonly state: StoredState;
  readonly args: Arguments;
  readonly before: RunArguments;
  readonly now: RunArguments;
  readonly replaceOnChanges: readonly string[];
}

function compareArguments({ specs, id, state, args, before, now, replaceOnChanges }: Compared): {
  readonly reruns: readonly Change[];
  readonly updates: readonly Change[];
} {
  const reruns: Change[] = [];
  const updates: Change[] = [];
  for (const [name, spec] of Object.entries(specs)) {
    const [stored, given] = [state[name], args[name]];
    if (spec.replaces) reruns.push(...compareReplacing(name, spec, before, now));
    else if (name === "adoptExecutionId") reruns.push(...compareAdoption(id, stored, given));
    else if (equal(stored, given)) continue;
    else if (replaceOnChanges.some((path) => isWithin(name, path))) {
      reruns.push(changedInput(name, `${name} changed (replaceOnChanges)`, stored, given));
    } else {
      updates.push({ ...changedInput(name, `${name} changed`, stored, given), ...storesOnly });
    }
  }
  return { reruns, updates };
}

// An argument takes precedence over settings, and is compared as an argument.
function comparePlace(
  state: StoredState,
  args: Arguments,
  place: Readonly<Record<string, string>>,
): Change[] {
  return Object.entries(place).flatMap(([name, here]) => {
    const there = state[name];
    if (args[name] !== undefined || typeof there !== "string" || there === here) return [];
    return [changedOutput(name, `${name} changed from ${there} to ${here} (settings)`)];
  });
}

function outcomeToRerun(common: CommonArguments, status: ExecutionStatus): Change[] {
  const outcome = rerunReason(common, status);
  if (outcome === undefined) return [];
  const reason =
    outcome === "always"
      ? `rerunOn includes "always"`
      : `last execution ${describeOutcome(status)} (rerunOn includes "${outcome}")`;
  return [{ ...changedOutput("status", reason), property: "rerunOn" }];
}

// Nothing has run, so there is nothing to run again.
function diffArmed(
  specs: Readonly<Record<string, ArgumentSpec>>,
  before: RunArguments,
  now: RunArguments,
  secrets: readonly Change[],
): Diff {
  const changed = Object.entries(specs).filter(
    ([name, spec]) =>
      !(now.values[name] === undefined && spec.located) &&
      !equal(before.effective(name), now.effective(name)),
  );
  const updates = changed.map(([name]) =>
    changedInput(name, `${name} changed (runs only on destroy)`, before.values[name], now.values[name]),
  );
  updates.push(...secrets);
  return updates.length > 0 ? result("update", updates, false) : result("none", [], false);
}

function result(action: Diff["action"], changes: readonly Change[], deleteFirst: boolean): Diff {
  return { action, changes, deleteFirst };
}

// Left out before, it was added; left out now, it was removed.
function changedInput(name: string, reason: string, before: unknown = null, now: unknown = null): Change {
  const kind =
    before === null && now !== null ? "add" : before !== null && now === null ? "delete" : "update";
  return { property: name, path: name, kind, isInput: true, reason };
}

function changedOutput(name: string, reason: string): Change {
  return { property: name, path: name, kind: "update", isInput: false, reason };
}

function compareReplacing(
  name: string,
  spec: ArgumentSpec,
  before: RunArguments,
  now: RunArguments,
): Change[] {
  const [stored, given] = [before.values[name], now.values[name]];
  // A region that now comes from elsewhere moves no execution.
  if (given === undefined && spec.located) return [];
  const [old, current] = [before.effective(name), now.effective(name)];
  if (isMap(old) && isMap(current)) return compareMaps(name, old, current);
  if (equal(before.meaning(name), now.meaning(name))) return [];
  const how = current === undefined ? "was removed" : containsUnknown(current) ? "may change" : "changed";
  return [changedInput(name, `${name} ${how}`, stored, given)];
}

type Map = Readonly<Record<string, unknown>>;

function compareMaps(name: string, old: Map, current: Map): Change[] {
  return [...new Set([...Object.keys(old), ...Object.keys(current)])].sort().flatMap((key) => {
    if (equal(old[key], current[key])) return [];
    const kind = !(key in current) ? "delete" : key in old ? "update" : "add";
    const how = {
      delete: "was removed",
      add: "was added",
      update: containsUnknown(current[key]) ? "may change" : "changed",
    };
    return [
      {
        property: name,
        path: memberPath(name, key),
        member: key,
        kind,
        isInput: true,
        reason: `${name}.${key} ${how[kind]}`,
      },
    ];
  });
}

// Paths as Pulumi writes them: `name`, `name[0]`, `name.key`, `["name"]`, or `*` for everything.
function isWithin(name: string, path: string): boolean {
  const [, first] = /^(?:\[")?([^[\].*"]+|\*)/.exec(path) ?? [];
  return first === "*" || first === name;
}

// Naming another execution takes that one over; naming none, the one that is there already, or still the one that was
// taken over before this one ran, changes nothing.
function compareAdoption(id: string, stored: unknown, now: unknown): Change[] {
  if (now === undefined || now === id || now === stored) return [];
  const names = containsUnknown(now) ? "may name" : "names";
  return [changedInput("adoptExecutionId", `adoptExecutionId ${names} another execution`, stored, now)];
}

/** Deep equality of plain values; the order of keys does not matter. An unknown value equals nothing. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === unknownValue || b === unknownValue) return false;
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => key in right && equal(left[key], right[key]))
  );
}

/**
 * A difference as the person who deploys reads it.
 * @param reasons one phrase per cause, as the front gives them.
 * @param isDeployment false for a refresh, which runs nothing.
 */
export function describeDiff(
  action: Diff["action"],
  reasons: readonly string[],
  isDeployment: boolean,
): string {
  const why = reasons.join("; ");
  if (action === "rerun")
    return `${isDeployment ? "runs again" : "runs again in the next `pulumi up`"}: ${why}`;
  if (action === "rearm") return `runs only on destroy: ${why}`;
  return why;
}
