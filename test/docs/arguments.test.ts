/**
 * An argument has one home: the tables and the public types agree, and every member has a description. A schema for
 * other languages is made from both.
 */
import { resolve } from "node:path";
import * as ts from "typescript";
import { argumentSpecs } from "../../provider/src/execution/commonArguments";
import type { ArgumentType } from "../../provider/src/execution/argument";
import { outputs } from "../../provider/src/lifecycle";
import type { ServiceName } from "../../provider/src/services/registry";
import { services } from "../../provider/src/services/registry";

const folder = resolve(__dirname, "../../provider/src/program");
const names = Object.keys(services) as ServiceName[];
const files = [...names, "types"].map((name) => resolve(folder, `${name}.ts`));
const program = ts.createProgram(files, {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  skipLibCheck: true,
  types: ["node"],
});
const checker = program.getTypeChecker();

function membersOf(file: string, declaration: string): readonly ts.Symbol[] {
  const source = program.getSourceFile(resolve(folder, `${file}.ts`))!;
  const found = checker
    .getExportsOfModule(checker.getSymbolAtLocation(source)!)
    .find(({ name }) => name === declaration)!;
  return checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(found));
}

/** The type of an argument without `Input<…>`: the members of the union that are no promise, no output, not undefined. */
function shapesOf(member: ts.Symbol): string[] {
  const type = checker.getTypeOfSymbol(member);
  const parts = type.isUnion() ? type.types : [type];
  return parts
    .filter((part) => !(part.flags & ts.TypeFlags.Undefined))
    .map((part) => checker.typeToString(part))
    .filter((text) => !/^(Promise|OutputInstance|OutputImpl|Output)\b/.test(text))
    .sort();
}

const written: Readonly<
  Record<ArgumentType, (shapes: readonly string[], words: readonly string[]) => boolean>
> = {
  string: (shapes, words) =>
    words.length === 0
      ? shapes.join() === "string"
      : shapes.join() ===
        words
          .map((word) => `"${word}"`)
          .sort()
          .join(),
  number: (shapes) => shapes.join() === "number",
  boolean: (shapes) => shapes.join() === "false,true" || shapes.join() === "boolean",
  map: (shapes) => shapes.length === 1 && shapes[0]!.startsWith("Record<string, "),
  json: (shapes) =>
    shapes.length === 2 && shapes.some((shape) => shape.startsWith("Record<")) && shapes.includes("string"),
  words: (shapes, words) => words.every((word) => shapes.some((shape) => shape.includes(`"${word}"`))),
};

describe.each(names)("%s", (service) => {
  const members = membersOf(service, "WorkflowExecutionArgs");
  const specs = argumentSpecs(services[service]);

  test("the table and the public type have the same arguments", () => {
    expect(members.map(({ name }) => name).sort()).toEqual(Object.keys(specs).sort());
  });

  test.each(Object.entries(specs))(
    "%s: the table's type is the public one, and its words",
    (name, { rule, required }) => {
      const member = members.find((one) => one.name === name)!;
      expect([shapesOf(member), written[rule.type](shapesOf(member), rule.words ?? [])]).toEqual([
        shapesOf(member),
        true,
      ]);
      expect(Boolean(member.flags & ts.SymbolFlags.Optional)).toBe(required !== true);
    },
  );

  test("a default that the table has is the documented one", () => {
    for (const [name, { defaultValue }] of Object.entries(specs)) {
      if (defaultValue === undefined) continue;
      const member = members.find((one) => one.name === name)!;
      const tag = member.getJsDocTags(checker).find((one) => one.name === "default");
      expect([name, ts.displayPartsToString(tag?.text).replace(/\s/g, "")]).toEqual([
        name,
        expect.stringContaining(JSON.stringify(defaultValue)),
      ]);
    }
  });

  test.each(["WorkflowExecutionArgs", "GetWorkflowExecutionResult", "GetWorkflowExecutionsArgs"])(
    "every member of %s has a description",
    (declaration) => {
      const bare = membersOf(service, declaration).filter(
        (member) => ts.displayPartsToString(member.getDocumentationComment(checker)) === "",
      );
      expect(bare.map(({ name }) => name)).toEqual([]);
    },
  );

  test("every output is declared and described", () => {
    const declared = membersOf(service, "WorkflowExecution");
    for (const name of outputs) {
      const member = declared.find((one) => one.name === name);
      const text = member && ts.displayPartsToString(member.getDocumentationComment(checker));
      expect([name, text]).toEqual([name, expect.stringMatching(/\S/)]);
    }
  });
});
