/**
 * Turns a flow's definition into a program: Operation, Sleep and End states, their transitions, errors and retries.
 * A state with one action is a task; one with several is a group or a parallel of tasks, named `state.function`.
 */
import type { CatchRule, Expression, Program, RetryRule, State } from "../../player/program";
import type { TaskScript } from "../../player/play";
import { evaluate } from "../../player/expressions";
import type { NodeScript, RunScript } from "../../player/script";
import { isJsonObject } from "../../ground/jsonShape";
import type { JsonObject } from "../../ground/jsonShape";
import { readPath } from "./paths";

/** Codes of the errors that the emulator itself raises in a flow. */
export const flowErrorNames = {
  taskFailed: "ExecutionFailed",
  taskTimedOut: "ExecutionTimeout",
  noChoiceMatched: "InvalidDefinition",
  badData: "InvalidData",
  tooManyEvents: "TooManyEvents",
};

/** The definition as it is kept: readDefinition has checked it. */
interface Definition {
  readonly start: string;
  readonly states: readonly DefinedState[];
  readonly constants: JsonObject;
  readonly retries: readonly { name: string; delay?: number | null; max_attempts?: number | null }[];
}

interface DefinedState {
  readonly id: string;
  readonly name: string;
  readonly type: "Operation" | "Sleep" | "End";
  readonly end: boolean;
  readonly transition: string;
  readonly action_mode?: string | null;
  readonly actions: readonly { readonly function_ref: { ref_name: string; arguments: JsonObject } }[];
  readonly on_errors?: readonly { error?: string; transition?: string; retry_ref?: string }[] | null;
  readonly state_data_filter?: { readonly input?: string; readonly output?: string } | null;
  readonly duration?: number;
}

/**
 * The program of a definition.
 * @param run - its nodes with `pause`, found by the id of a state or the name of a function, wait for a callback.
 * @param mergesParameters - true if a function gets the arriving value together with its arguments.
 */
export function programOfDefinition(source: JsonObject, run: RunScript, mergesParameters: boolean): Program {
  const definition = source as unknown as Definition;
  const pausing = new Set(run.nodes.filter(({ pause }) => pause).map(({ id }) => id));
  const states = definition.states.map((state) => programState(definition, state, pausing, mergesParameters));
  return {
    root: { startAt: definition.start, states, data: "chain" },
    errorNames: flowErrorNames,
  };
}

/**
 * The nodes of a flow without a definition, one after the other. Their outputs are laid over each other, the whole is
 * the execution's output. A node with `pause` waits for a report; a node with `ignoreError` is followed by the next in
 * every case.
 */
export function programOfNodes(nodes: readonly NodeScript[]): Program {
  const states = nodes.map((node, index): State => {
    const next = nodes[index + 1]?.id;
    return {
      kind: "task",
      id: node.id,
      name: node.name,
      next,
      callback: node.pause,
      catches: node.ignoreError ? [{ errors: ["*"], next, output: { kind: "object", fields: {} } }] : [],
    };
  });
  return { root: { startAt: nodes[0]?.id ?? "", states, data: "collect" }, errorNames: flowErrorNames };
}

/** The scripts of the definition's tasks: by state, by function, or by `*` for all others. */
export function tasksOfDefinition(
  source: JsonObject,
  scripted: Readonly<Record<string, readonly TaskScript[]>>,
): Record<string, readonly TaskScript[]> {
  const definition = source as unknown as Definition;
  // Names come from clients: one of them may be `constructor`.
  const tasks = Object.create(null) as Record<string, readonly TaskScript[]>;
  const own = (id: string): readonly TaskScript[] | undefined =>
    Object.hasOwn(scripted, id) ? scripted[id] : undefined;
  for (const state of definition.states) {
    for (const { function_ref: reference } of state.actions) {
      const id = taskId(state, reference.ref_name);
      const script = own(id) ?? own(state.id) ?? own(reference.ref_name) ?? own("*");
      if (script) tasks[id] = script;
    }
  }
  return tasks;
}

function taskId({ id, actions }: DefinedState, functionName: string): string {
  return actions.length === 1 ? id : `${id}.${functionName}`;
}

function programState(
  definition: Definition,
  state: DefinedState,
  pausing: ReadonlySet<string>,
  mergesParameters: boolean,
): State {
  const { id, name, state_data_filter: filter } = state;
  const next = state.end || state.transition === "" ? undefined : state.transition;
  const parts = {
    id,
    name,
    next,
    ...(filter?.input ? { input: pathExpression(filter.input, definition, "input") } : {}),
    ...(filter?.output ? { output: pathExpression(filter.output, definition, "result") } : {}),
  };
  if (state.type === "End") return { ...parts, kind: "succeed" };
  if (state.type === "Sleep") {
    return { ...parts, kind: "wait", durationMs: { kind: "literal", value: state.duration }, unitMs: 1000 };
  }
  const handled = { ...parts, ...errorRules(definition, state) };
  const tasks = state.actions.map(({ function_ref: reference }): State & { kind: "task" } => {
    const own = taskId(state, reference.ref_name);
    return {
      kind: "task",
      id: own,
      name: reference.ref_name,
      input: argumentsExpression(reference.arguments, definition, mergesParameters),
      callback: [own, id, reference.ref_name].some((key) => pausing.has(key)),
    };
  });
  const [only] = tasks;
  if (only && tasks.length === 1) {
    // A filter of the state's input would take the place of the arguments: it goes around them.
    return filter?.input ? around(handled, only) : { ...only, ...handled, input: only.input };
  }
  return state.action_mode === "parallel" ? atOnce(handled, tasks) : inTurn(handled, tasks);
}

type StateParts = Omit<State & { kind: "group" }, "kind" | "body">;
type Task = State & { kind: "task" };

function around(parts: StateParts, task: Task): State {
  return { ...parts, kind: "group", body: { startAt: task.id, states: [task], data: "chain" } };
}

// The outputs of several functions by their names.
const byName = ({ name = "", id }: Task, value: Expression): Record<string, Expression> => ({
  [name === "" ? id : name]: value,
});

function inTurn(parts: StateParts, tasks: readonly Task[]): State {
  const result: Expression = { kind: "path", root: "result", keys: [] };
  const states = tasks.map((task, index) => ({
    ...task,
    output: { kind: "object", fields: byName(task, result) } as const,
    next: tasks[index + 1]?.id,
  }));
  return { ...parts, kind: "group", body: { startAt: tasks[0]?.id ?? "", states, data: "collect" } };
}

function atOnce(parts: StateParts, tasks: readonly Task[]): State {
  const branches = tasks.map((task) => ({ startAt: task.id, states: [task], data: "chain" }) as const);
  const outputs = tasks.map((task, index) =>
    byName(task, { kind: "path", root: "result", keys: [index] } as const),
  );
  const together: Expression = {
    kind: "object",
    fields: Object.fromEntries(outputs.flatMap(Object.entries)),
  };
  const inner: State = { kind: "parallel", id: `${parts.id}.all`, branches, output: together };
  return { ...parts, kind: "group", body: { startAt: inner.id, states: [inner], data: "chain" } };
}

function errorRules(
  definition: Definition,
  state: DefinedState,
): { retries: RetryRule[]; catches: CatchRule[] } {
  const retries: RetryRule[] = [];
  const catches: CatchRule[] = [];
  for (const { error = "", transition = "", retry_ref: reference = "" } of state.on_errors ?? []) {
    const errors = [error === "" ? "*" : error];
    const retry = definition.retries.find(({ name }) => name === reference);
    if (retry) {
      retries.push({
        errors,
        maxRetries: retry.max_attempts ?? 3,
        intervalMs: (retry.delay ?? 1) * 1000,
        multiplier: 1,
      });
    }
    if (transition !== "") catches.push({ errors, next: transition });
  }
  return { retries, catches };
}

// Without arguments a function gets the arriving value.
function argumentsExpression(value: JsonObject, definition: Definition, merges: boolean): Expression {
  const arriving: Expression = { kind: "path", root: "input", keys: [] };
  if (Object.keys(value).length === 0) return arriving;
  const own = valueExpression(value, definition);
  return merges ? { kind: "merge", parts: [arriving, own] } : own;
}

// `'text'` is a text, `$…` a path; anything else is itself.
function valueExpression(value: unknown, definition: Definition): Expression {
  if (typeof value === "string") {
    if (value.startsWith("$")) return pathExpression(value, definition, "input");
    const quoted = /^'(.*)'$/s.exec(value);
    return { kind: "literal", value: quoted ? quoted[1] : value };
  }
  if (Array.isArray(value))
    return { kind: "list", items: value.map((item) => valueExpression(item, definition)) };
  if (!isJsonObject(value)) return { kind: "literal", value };
  const fields = Object.entries(value).map(
    ([name, part]) => [name, valueExpression(part, definition)] as const,
  );
  return { kind: "object", fields: Object.fromEntries(fields) };
}

function pathExpression(text: string, { constants }: Definition, root: "input" | "result"): Expression {
  const { from, keys } = readPath(text, "");
  if (from === "data") return { kind: "path", root, keys };
  // The player follows the path in the constants as it would in data.
  return { kind: "literal", value: evaluate({ kind: "path", root, keys }, { [root]: constants }) };
}
