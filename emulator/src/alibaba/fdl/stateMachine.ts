/** The newer dialect of FDL: `Type: StateMachine` with `States` that name the state that follows. */
import type {
  CatchRule,
  Expression,
  Program,
  RetryRule,
  Sequence,
  State,
  WaitState,
} from "../../player/program";
import { Fields, isJsonObject, readText, ShapeError } from "../../ground/jsonShape";
import { readCondition, readPath } from "./expressions";
import type { Paths } from "./expressions";
import { refuseDanglingNames, taskTokenExpression } from "./references";

const allErrors = "FnF.ALL";
const mostBranches = 50;

const referencePaths: Paths = [
  { begins: ["$Input"], root: "input", keys: [] },
  { begins: ["$Output"], root: "result", keys: [] },
  { begins: ["$Item"], root: "item", keys: [] },
  { begins: ["$Context", "Current", "Input"], root: "input", keys: [] },
  { begins: ["$Context", "Current", "Output"], root: "result", keys: [] },
  { begins: ["$Context", "Current", "Name"], root: "state", keys: ["name"] },
  { begins: ["$Context", "Current", "Error", "Code"], root: "error", keys: ["code"] },
  { begins: ["$Context", "Current", "Error", "Detail"], root: "error", keys: ["cause"] },
  { begins: ["$Context", "Current", "Item"], root: "item", keys: [] },
  { begins: ["$Context", "Current", "Index"], root: "index", keys: [] },
  { begins: ["$Context", "Current", "TaskToken"], means: taskTokenExpression },
  { begins: ["$Context", "Execution"], root: "execution", keys: [] },
];

const errorOutput: Expression = {
  kind: "object",
  fields: {
    Error: {
      kind: "object",
      fields: {
        Code: { kind: "path", root: "error", keys: ["code"] },
        Detail: { kind: "path", root: "error", keys: ["cause"] },
      },
    },
  },
};

/**
 * Reads a state machine.
 * @throws {ShapeError} when a field is wrong
 * @throws {ExpressionError} when an expression cannot be read
 */
export function readStateMachine(source: unknown): { name: string; program: Program } {
  const fields = new Fields(source, "");
  fields.text("Type");
  fields.requiredText("SpecVersion", { oneOf: ["v1"] });
  const name = fields.requiredText("Name", { min: 1, max: 128 });
  fields.text("Description");
  const root = readSequence(fields);
  fields.rejectUnknown();
  return { name, program: { root } };
}

function readSequence(fields: Fields): Sequence {
  const startAt = fields.requiredText("StartAt");
  const states = fields.required("States", fields.list("States", readState));
  const sequence: Sequence = { startAt, states, data: "chain" };
  refuseDanglingNames(sequence, fields.at("States"));
  return sequence;
}

function readState(json: unknown, path: string): State {
  const unnamed = new Fields(json, path);
  const id = unnamed.requiredText("Name", { min: 1, max: 128 });
  // From here on mistakes are named by the state.
  const fields = new Fields(json, `state ${id}`);
  fields.raw("Name");
  fields.text("Description");
  const type = fields.requiredText("Type");
  const input = constructor(fields, "InputConstructor");
  const state = readKind(type, id, fields, input);
  fields.rejectUnknown();
  return state;
}

function readKind(type: string, id: string, fields: Fields, input: Expression | undefined): State {
  switch (type) {
    case "Task":
      return { ...parts(id, fields, input), ...errorRules(fields), ...taskParts(fields) };
    case "Pass":
      return { kind: "pass", ...parts(id, fields, input), ...errorRules(fields) };
    case "Wait":
      return { ...parts(id, fields, input), ...waitParts(fields) };
    case "Succeed":
      return { kind: "succeed", id, input, output: constructor(fields, "OutputConstructor") };
    case "Fail": {
      const error = value(fields, "Code") ?? fields.required<Expression>("Code", undefined);
      return { kind: "fail", id, input, error, cause: value(fields, "Detail") ?? literal("") };
    }
    case "Choice":
      return readChoice(id, fields, input);
    case "Parallel": {
      const branches = fields.required("Branches", fields.list("Branches", readBranch));
      if (branches.length < 1 || branches.length > mostBranches) {
        throw new ShapeError(fields.at("Branches"), `must have 1 to ${String(mostBranches)} branches`);
      }
      return {
        kind: "parallel",
        ...parts(id, fields, input),
        ...errorRules(fields),
        branches,
        resultKey: "Branches",
      };
    }
    case "Map":
      return readMap(id, fields, input);
    default:
      throw new ShapeError(fields.at("Type"), `${type} is not supported`);
  }
}

function parts(
  id: string,
  fields: Fields,
  input: Expression | undefined,
): {
  id: string;
  input: Expression | undefined;
  output: Expression | undefined;
  next: string | undefined;
} {
  const next = fields.text("Next", { min: 1 });
  const end = fields.flag("End") ?? false;
  if (end === (next !== undefined)) {
    throw new ShapeError(fields.at("Next"), end ? "and End exclude each other" : "or End: true is required");
  }
  return { id, input, output: constructor(fields, "OutputConstructor"), next };
}

function taskParts(fields: Fields): {
  kind: "task";
  callback: boolean;
  timeoutMs: number | undefined;
  parameters: Expression | undefined;
  details: unknown;
} {
  const action = fields.requiredText("Action", { min: 1 });
  const mode = fields.text("TaskMode", {
    oneOf: ["RequestComplete", "WaitForCustomCallback", "WaitForSystemCallback"],
  });
  const seconds = fields.number("TimeoutSeconds", { min: 0 }) ?? seconds0(fields);
  return {
    kind: "task",
    callback: mode === "WaitForCustomCallback",
    timeoutMs: seconds > 0 ? seconds * 1000 : undefined,
    parameters: constructor(fields, "Parameters"),
    details: { action },
  };
}

// `Timeout` is the field's name in some of the vendor's pages, and text in others.
function seconds0(fields: Fields): number {
  const written = fields.raw("Timeout");
  const seconds = typeof written === "string" ? Number(written) : (written ?? 0);
  if (typeof seconds !== "number" || !(seconds >= 0)) {
    throw new ShapeError(fields.at("Timeout"), "must be a number of seconds");
  }
  return seconds;
}

function waitParts(fields: Fields): Pick<WaitState, "kind" | "durationMs" | "until" | "unitMs"> {
  const durationMs = value(fields, "Seconds");
  const until = value(fields, "UntilDateTime");
  if (!durationMs && !until) throw new ShapeError(fields.at("Seconds"), "is required");
  return { kind: "wait", durationMs, until: durationMs ? undefined : until, unitMs: 1000 };
}

function readChoice(id: string, fields: Fields, input: Expression | undefined): State {
  const branches = fields.required(
    "Branches",
    fields.list("Branches", (json, path) => {
      const branch = new Fields(json, path);
      branch.text("Name");
      branch.text("Description");
      const when = readCondition(branch.requiredText("Condition"), referencePaths);
      const next = branch.requiredText("Next", { min: 1 });
      branch.rejectUnknown();
      return { when, next };
    }),
  );
  const fallback = fields.requiredText("Default", { min: 1 });
  return { kind: "choice", id, input, arms: [...branches, { next: fallback }] };
}

function readBranch(json: unknown, path: string): Sequence {
  const fields = new Fields(json, path);
  fields.text("Name");
  fields.text("Description");
  const sequence = readSequence(fields);
  fields.rejectUnknown();
  return sequence;
}

function readMap(id: string, fields: Fields, input: Expression | undefined): State {
  const itemsPath = fields.requiredText("ItemsPath", { min: 1 });
  const processor = fields.required("Processor", fields.object("Processor"));
  const body = readBranch(processor, fields.at("Processor"));
  const distributed = fields.object("ProcessorConfig");
  const count = { min: 0, integer: true };
  return {
    kind: "map",
    ...parts(id, fields, input),
    ...errorRules(fields),
    items: readPath(itemsPath, referencePaths),
    itemInput: constructor(fields, "ItemConstructor"),
    body,
    // The vendor's pages have both spellings.
    concurrency: fields.number("MaxConcurrency", count) ?? fields.number("MaxConcuccency", count),
    toleratedFailures: fields.number("ToleratedFailedCount", count),
    toleratedFailurePercent: fields.number("ToleratedFailedPercentage", { min: 0, max: 100 }),
    resultKey: "Items",
    details: distributed ? { processorConfig: distributed } : undefined,
  };
}

function errorRules(fields: Fields): { retries: RetryRule[]; catches: CatchRule[] } {
  const retries = fields.list("Retry", (json, path): RetryRule => {
    const rule = new Fields(json, path);
    rule.text("Description");
    const seconds = { min: 0, max: 86_400 };
    const longest = rule.number("MaxBackoffSeconds", seconds);
    const made = {
      errors: readErrors(rule),
      maxRetries: rule.requiredNumber("MaxAttempts", { min: 0, integer: true }),
      intervalMs: rule.requiredNumber("IntervalSeconds", seconds) * 1000,
      multiplier: rule.number("BackoffRate", { min: 0 }) ?? 1,
      maxIntervalMs: longest === undefined ? undefined : longest * 1000,
    };
    rule.rejectUnknown();
    return made;
  });
  const catches = fields.list("Catch", (json, path): CatchRule => {
    const rule = new Fields(json, path);
    rule.text("Description");
    const made = {
      errors: readErrors(rule),
      next: rule.requiredText("Next", { min: 1 }),
      output: constructor(rule, "OutputConstructor") ?? errorOutput,
    };
    rule.rejectUnknown();
    return made;
  });
  return { retries: retries ?? [], catches: catches ?? [] };
}

function readErrors(rule: Fields): string[] {
  const errors = rule.required(
    "Errors",
    rule.list("Errors", (error, path) => readText(error, path, { min: 1 })),
  );
  return errors.map((error) => (error === allErrors ? "*" : error));
}

const literal = (constant: unknown): Expression => ({ kind: "literal", value: constant });

// `Name` with a constant, or `Name.$` with an expression.
function value(fields: Fields, name: string): Expression | undefined {
  const path = fields.text(`${name}.$`);
  if (path !== undefined) return readPath(path, referencePaths);
  const constant = fields.raw(name);
  return constant === undefined ? undefined : literal(constant);
}

function constructor(fields: Fields, name: string): Expression | undefined {
  const path = fields.text(`${name}.$`);
  if (path !== undefined) return readPath(path, referencePaths);
  const source = fields.object(name);
  return source && readConstructor(source);
}

// In a constructor, `field.$` is an expression and everything else is constant.
function readConstructor(source: unknown): Expression {
  if (Array.isArray(source)) return { kind: "list", items: source.map(readConstructor) };
  if (!isJsonObject(source)) return literal(source);
  const made: Record<string, Expression> = {};
  for (const [name, written] of Object.entries(source)) {
    if (name.endsWith(".$") && typeof written === "string")
      made[name.slice(0, -2)] = readPath(written, referencePaths);
    else made[name] = readConstructor(written);
  }
  return { kind: "object", fields: made };
}
