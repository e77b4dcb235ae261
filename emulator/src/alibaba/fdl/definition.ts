/**
 * Reads a flow definition (FDL, either dialect, YAML or JSON) into a program. A field that is wrong or not supported is
 * refused with its name and the name of its state.
 */
import type { ErrorNames, Program } from "../../player/program";
import { isJsonObject, ShapeError } from "../../ground/jsonShape";
import type { JsonObject } from "../../ground/jsonShape";
import { ExpressionError } from "./expressions";
import { readStateMachine } from "./stateMachine";
import { readSteps } from "./steps";
import { parseYaml, YamlError } from "./yaml";

/** A definition that cannot be used; the message says why. */
export class DefinitionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DefinitionError";
  }
}

/** A definition that has been read. */
export interface FlowDefinition {
  /** The flow's name in the definition; old definitions need none. */
  readonly name: string | undefined;
  readonly program: Program;
}

const errorNames: ErrorNames = {
  taskFailed: "FnF.TaskFailed",
  taskTimedOut: "FnF.TaskTimeout",
  noChoiceMatched: "FnF.NoChoiceMatched",
  badData: "FnF.InvalidData",
  tooManyEvents: "FnF.EventLimitExceeded",
};

/** The most that a definition may have. */
const longestBytes = 64 * 1024;

/**
 * Reads a definition.
 * @throws {DefinitionError} when the definition is too long, or wrong anywhere
 */
export function readDefinition(text: string): FlowDefinition {
  if (Buffer.byteLength(text) > longestBytes)
    throw new DefinitionError(`has more than ${String(longestBytes)} bytes`);
  try {
    const source = parseYaml(text);
    if (!isJsonObject(source)) throw new DefinitionError("is not a mapping");
    const { name, program } = readDialect(source);
    return { name, program: { ...program, errorNames: errorNames } };
  } catch (error) {
    if (error instanceof YamlError || error instanceof ShapeError || error instanceof ExpressionError) {
      throw new DefinitionError(error.message);
    }
    throw error;
  }
}

function readDialect(source: JsonObject): FlowDefinition {
  if (source["Type"] === "StateMachine") return readStateMachine(source);
  if (source["type"] === "flow") return readSteps(source);
  throw new DefinitionError('needs "Type: StateMachine" or "type: flow"');
}
