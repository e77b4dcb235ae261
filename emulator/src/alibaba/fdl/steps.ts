/** The older dialect of FDL: `type: flow` with `steps` that follow each other and collect their outputs in `$local`. */
import type {
  CatchRule,
  ChoiceArm,
  Expression,
  Program,
  RetryRule,
  Sequence,
  State,
} from "../../player/program";
import { Fields, readText, ShapeError } from "../../ground/jsonShape";
import { readCondition, readPath } from "./expressions";
import type { Paths } from "./expressions";
import { refuseDanglingNames, taskTokenExpression } from "./references";

const allErrors = "FnF.ALL";

const contextPaths: Paths = [
  { begins: ["$context", "execution", "name"], root: "execution", keys: ["Name"] },
  { begins: ["$context", "execution", "input"], root: "execution", keys: ["Input"] },
  { begins: ["$context", "step", "name"], root: "state", keys: ["name"] },
  { begins: ["$context", "task", "token"], means: taskTokenExpression },
];
/** In `inputMappings`: the values outside the step. */
const outsideStep: Paths = [
  { begins: ["$input"], root: "input", keys: [] },
  { begins: ["$local"], root: "local", keys: [] },
  ...contextPaths,
];
/** In `outputMappings`: the step's own input and result. */
const insideStep: Paths = [
  { begins: ["$input"], root: "input", keys: [] },
  { begins: ["$local"], root: "result", keys: [] },
  ...contextPaths,
];
/** In conditions and values: the step's input. */
const ownStep: Paths = [{ begins: ["$"], root: "input", keys: [] }, ...contextPaths];

const errorOutput: Expression = {
  kind: "object",
  fields: {
    Error: { kind: "path", root: "error", keys: ["code"] },
    Cause: { kind: "path", root: "error", keys: ["cause"] },
  },
};

/**
 * Reads a flow of steps.
 * @throws {ShapeError} when a field is wrong
 * @throws {ExpressionError} when an expression cannot be read
 */
export function readSteps(source: unknown): { name: string | undefined; program: Program } {
  const fields = new Fields(source, "");
  fields.text("type");
  fields.requiredText("version", { oneOf: ["v1", "v1beta1"] });
  const name = fields.text("name", { min: 1, max: 128 });
  fields.text("description");
  const seconds = fields.number("timeoutSeconds", { min: 1 });
  const root = {
    ...readSequence(fields),
    input: mappings(fields, "inputMappings", outsideStep),
    output: mappings(fields, "outputMappings", insideStep),
  };
  fields.rejectUnknown();
  return { name, program: { root, timeoutMs: seconds === undefined ? undefined : seconds * 1000 } };
}

interface ReadStep {
  readonly state: State;
  readonly end: boolean;
}

function readSequence(fields: Fields): Sequence {
  const steps = fields.required("steps", fields.list("steps", readStep));
  const states = steps.map(({ state, end }, index): State => {
    const next = end ? undefined : steps[index + 1]?.state.id;
    return { ...state, next };
  });
  const sequence: Sequence = {
    startAt: states[0]?.id ?? "",
    states,
    data: "collect",
    endsOuter: steps.filter(({ end }) => end).map(({ state }) => state.id),
  };
  refuseDanglingNames(sequence, fields.at("steps"));
  return sequence;
}

function readStep(json: unknown, path: string): ReadStep {
  const unnamed = new Fields(json, path);
  const id = unnamed.requiredText("name", { min: 1, max: 128 });
  // From here on mistakes are named by the step.
  const fields = new Fields(json, `step ${id}`);
  fields.raw("name");
  fields.text("description");
  const type = fields.requiredText("type");
  const end = fields.flag("end") ?? false;
  const common = {
    id,
    input: mappings(fields, "inputMappings", outsideStep),
    output: mappings(fields, "outputMappings", insideStep),
    ...errorRules(fields),
  };
  const state = readKind(type, common, fields);
  fields.rejectUnknown();
  return { state, end };
}

interface StepParts {
  readonly id: string;
  readonly input: Expression | undefined;
  readonly output: Expression | undefined;
  readonly retries: readonly RetryRule[];
  readonly catches: readonly CatchRule[];
}

function readKind(type: string, common: StepParts, fields: Fields): State {
  switch (type) {
    case "task": {
      const resourceArn = fields.requiredText("resourceArn", { min: 1 });
      const pattern = fields.text("pattern", { oneOf: ["requestResponse", "sync", "waitForCallback"] });
      const seconds = fields.number("timeoutSeconds", { min: 1 });
      const serviceParams = fields.object("serviceParams");
      return {
        kind: "task",
        ...common,
        callback: pattern === "waitForCallback",
        timeoutMs: seconds === undefined ? undefined : seconds * 1000,
        details: { resourceArn, serviceParams },
      };
    }
    case "pass":
      return { kind: "pass", ...common };
    case "succeed":
      return { kind: "succeed", ...common };
    case "fail":
      return {
        kind: "fail",
        ...common,
        error: { kind: "literal", value: fields.requiredText("error", { min: 1 }) },
        cause: { kind: "literal", value: fields.text("cause") ?? "" },
      };
    case "wait": {
      const durationMs = value(fields, "duration");
      const until = value(fields, "timestamp");
      if (!durationMs && !until) throw new ShapeError(fields.at("duration"), "is required");
      return { kind: "wait", ...common, durationMs, until: durationMs ? undefined : until, unitMs: 1000 };
    }
    case "choice":
      return { kind: "choice", ...common, arms: readArms(fields), noMatch: "next" };
    case "parallel": {
      const branches = fields.required(
        "branches",
        fields.list("branches", (json, path) => readPart(json, path)),
      );
      return { kind: "parallel", ...common, branches };
    }
    case "foreach":
      return readForeach(common, fields);
    default:
      throw new ShapeError(fields.at("type"), `${type} is not supported`);
  }
}

function readPart(json: unknown, path: string): Sequence {
  const fields = new Fields(json, path);
  const sequence = readSequence(fields);
  fields.rejectUnknown();
  return sequence;
}

function readArms(fields: Fields): ChoiceArm[] {
  const readArm = (json: unknown, path: string, withCondition: boolean): ChoiceArm => {
    const arm = new Fields(json, path);
    const when = withCondition ? readCondition(arm.requiredText("condition"), ownStep) : undefined;
    const body = arm.has("steps") ? readSequence(arm) : undefined;
    const next = arm.text("goto", { min: 1 });
    arm.rejectUnknown();
    return { when, body, next };
  };
  const arms = fields.required(
    "choices",
    fields.list("choices", (json, path) => readArm(json, path, true)),
  );
  const fallback = fields.object("default");
  return fallback ? [...arms, readArm(fallback, fields.at("default"), false)] : arms;
}

function readForeach(common: StepParts, fields: Fields): State {
  const mapping = new Fields(
    fields.required("iterationMapping", fields.object("iterationMapping")),
    fields.at("iterationMapping"),
  );
  const items = readPath(mapping.requiredText("collection"), ownStep);
  const item = mapping.requiredText("item", { min: 1 });
  const index = mapping.text("index", { min: 1 });
  mapping.rejectUnknown();
  const own: Record<string, Expression> = { [item]: { kind: "path", root: "item", keys: [] } };
  if (index !== undefined) own[index] = { kind: "path", root: "index", keys: [] };
  return {
    kind: "map",
    ...common,
    items,
    body: readSequence(fields),
    itemInput: {
      kind: "merge",
      parts: [
        { kind: "path", root: "input", keys: [] },
        { kind: "object", fields: own },
      ],
    },
  };
}

function errorRules(fields: Fields): { retries: RetryRule[]; catches: CatchRule[] } {
  const retries = fields.list("retry", (json, path): RetryRule => {
    const rule = new Fields(json, path);
    const made = {
      errors: readErrors(rule),
      maxRetries: rule.number("maxAttempts", { min: 0, integer: true }) ?? 3,
      intervalMs: (rule.number("intervalSeconds", { min: 0 }) ?? 1) * 1000,
      multiplier: rule.number("multiplier", { min: 0 }) ?? 2,
    };
    rule.rejectUnknown();
    return made;
  });
  const catches = fields.list("catch", (json, path): CatchRule => {
    const rule = new Fields(json, path);
    const made = { errors: readErrors(rule), next: rule.requiredText("goto"), output: errorOutput };
    rule.rejectUnknown();
    return made;
  });
  return { retries: retries ?? [], catches: catches ?? [] };
}

function readErrors(rule: Fields): string[] {
  const errors = rule.required(
    "errors",
    rule.list("errors", (error, path) => readText(error, path, { min: 1 })),
  );
  return errors.map((error) => (error === allErrors ? "*" : error));
}

// A constant, or a path such as `$.seconds`.
function value(fields: Fields, name: string): Expression | undefined {
  const written = fields.raw(name);
  if (written === undefined) return undefined;
  if (typeof written === "string" && written.startsWith("$")) return readPath(written, ownStep);
  return { kind: "literal", value: written };
}

function mappings(fields: Fields, name: string, paths: Paths): Expression | undefined {
  const made: Record<string, Expression> = {};
  const list = fields.list(name, (json, path) => {
    const mapping = new Fields(json, path);
    const target = mapping.requiredText("target", { min: 1 });
    const source = mapping.raw("source");
    mapping.rejectUnknown();
    made[target] =
      typeof source === "string" && source.startsWith("$")
        ? readPath(source, paths)
        : { kind: "literal", value: source ?? null };
  });
  return list && { kind: "object", fields: made };
}
