// The generated parts of a service's reference page, from the argument table and the TSDoc of what a program imports.
import { describeInParts } from "../schema/descriptions.mjs";
import { tableOf } from "./marks.mjs";
import { TypeNames } from "./typeNames.mjs";

/** @typedef {import("typescript").Symbol} TypeScriptSymbol */
/** @typedef {import("typescript").Type} Type */
/** @typedef {import("../schema/programTypes.mjs").ProgramTypes} ProgramTypes */
/** @typedef {{ required?: boolean, replaces?: boolean, rule: { type: string, words?: readonly string[] } }} ArgumentRow */

/** Of rules whose type says more than the TypeScript type: both forms have one name in the type. */
const TYPES = /** @type {Readonly<Record<string, string>>} */ ({ json: "map or JSON text", map: "map" });

/** A default that is a value. */
const LITERAL = /^(?:"[^"]*"|\[[^\]]*\]|\{\}|\d+)/;

/** Makes the parts of one page. */
export class ServicePage {
  /** @type {ProgramTypes} */
  #types;
  /** @type {string} */
  #service;
  /** @type {TypeNames} */
  #names;

  /**
   * @param {ProgramTypes} types
   * @param {string} service the module's name
   */
  constructor(types, service) {
    this.#types = types;
    this.#service = service;
    this.#names = new TypeNames(types);
  }

  /**
   * All parts, by the names in the page's marks.
   * @param {Readonly<Record<string, ArgumentRow>>} table the service's arguments
   * @returns {Record<string, string>} Markdown
   * @throws {Error} where a comment and the table disagree about a change
   */
  parts(table) {
    const parts = {
      arguments: this.#arguments(table),
      outputs: this.#outputs(table),
      functions: this.#functions(),
    };
    // Last: the others have met the types.
    return { ...parts, types: this.#namedTypes() };
  }

  /**
   * @param {Readonly<Record<string, ArgumentRow>>} table
   * @returns {string}
   */
  #arguments(table) {
    const members = this.#members(this.#types.declared(this.#exported("WorkflowExecutionArgs")));
    const isRequired = (/** @type {TypeScriptSymbol} */ { name }) => table[name]?.required === true;
    const rows = [...members.filter(isRequired), ...members.filter((member) => !isRequired(member))].map(
      (member) => {
        const row = table[member.name];
        if (row === undefined)
          throw new Error(`${this.#service}: the table has no argument "${member.name}"`);
        const { comment, value } = this.#describe(member);
        const { text, change } = splitChange(comment);
        if (change !== undefined && /does not run/.test(change) === (row.replaces === true)) {
          throw new Error(
            `${this.#service}.${member.name}: comment and table disagree about a change: ${change}`,
          );
        }
        return [
          `\`${member.name}\``,
          TYPES[row.rule.type] ?? this.#names.nameOf(this.#types.typeOf(member)),
          row.required === true ? "required" : value === "" ? "none" : value,
          text,
          change ?? (row.replaces === true ? "runs the workflow again" : "runs nothing"),
        ];
      },
    );
    return tableOf(["argument", "type", "default", "meaning", "a change"], rows);
  }

  /**
   * @param {Readonly<Record<string, ArgumentRow>>} table
   * @returns {string}
   */
  #outputs(table) {
    const shared = this.#outputsOfAll();
    const isShared = (/** @type {TypeScriptSymbol} */ { name }) =>
      shared.some((member) => member.name === name);
    const own = this.#members(this.#types.declared(this.#exported("WorkflowExecution"))).filter(
      (member) => this.#types.fileOf(member) === `program/${this.#service}.ts` && !isShared(member),
    );
    const rows = [...shared, ...own.filter(({ name }) => table[name]?.required !== true)].map((member) =>
      this.#row(member),
    );
    return tableOf(["output", "type", "meaning"], rows);
  }

  /** @returns {string} */
  #functions() {
    return this.#types
      .exportsOf(this.#service)
      .filter(({ name }) => /^[a-z]/.test(name) && !name.endsWith("Output"))
      .map((symbol) => this.#function(this.#types.original(symbol)))
      .join("\n\n");
  }

  /**
   * @param {TypeScriptSymbol} symbol
   * @returns {string}
   */
  #function(symbol) {
    const [signature] = this.#types.typeOf(symbol).getCallSignatures();
    const [args] = signature?.getParameters() ?? [];
    if (signature === undefined || args === undefined)
      throw new Error(`${symbol.name} is no function of arguments`);
    const rows = this.#members(this.#types.typeOf(args)).map((member) => {
      const { comment, value } = this.#describe(member);
      const isOptional = this.#types.isOptional(member);
      return [...this.#row(member).slice(0, 2), isOptional ? value : "required", comment];
    });
    const result = signature.getReturnType();
    const isIterated = result.symbol.name === "AsyncGenerator";
    const hasOutputForm = this.#types
      .exportsOf(this.#service)
      .some(({ name }) => name === `${symbol.name}Output`);
    return [
      `### ${symbol.name}`,
      this.#describe(symbol).comment,
      tableOf(["argument", "type", "default", "meaning"], rows),
      `Result: ${isIterated ? "one by one, " : ""}${this.#names.nameOf(result)}.` +
        (hasOutputForm ? ` \`${symbol.name}Output\` takes outputs of other resources.` : ""),
    ].join("\n\n");
  }

  /** @returns {string} */
  #namedTypes() {
    const outputs = this.#outputsOfAll().map(({ name }) => name);
    const texts = [];
    // Types lead to further types, which the map then has too.
    for (const [name, type] of this.#names.named) {
      const { comment } = this.#describe(type.aliasSymbol ?? type.symbol);
      const members = this.#members(type);
      const hasOutputs = outputs.every((output) => members.some((member) => member.name === output));
      const own = hasOutputs ? members.filter((member) => !outputs.includes(member.name)) : members;
      const table = tableOf(
        ["field", "type", "meaning"],
        own.map((member) => this.#row(member)),
      );
      const more = hasOutputs ? ["It has the [outputs](#outputs) of every service, and:"] : [];
      texts.push([`#### ${name}`, comment, ...more, table].join("\n\n"));
    }
    return texts.join("\n\n");
  }

  /** @returns {readonly TypeScriptSymbol[]} the outputs that all services have */
  #outputsOfAll() {
    return this.#members(this.#types.declared(this.#types.exported("types", "ExecutionOutputs")));
  }

  /**
   * @param {TypeScriptSymbol} member
   * @returns {[string, string, string]} name, type and meaning
   */
  #row(member) {
    return [
      `\`${member.name}\``,
      this.#names.nameOf(this.#types.typeOf(member)),
      this.#describe(member).comment,
    ];
  }

  /**
   * @param {TypeScriptSymbol} symbol
   * @returns {{ comment: string, value: string }}
   */
  #describe(symbol) {
    const { comment, value } = describeInParts(symbol, this.#types.checker, (type, member) =>
      this.#types.member(symbol, type, member),
    );
    return { comment: forPage(comment), value: forPage(value).replace(LITERAL, "`$&`") };
  }

  /**
   * @param {Type} type
   * @returns {readonly TypeScriptSymbol[]}
   */
  #members(type) {
    return this.#types.checker.getPropertiesOfType(type);
  }

  /**
   * @param {string} name
   * @returns {TypeScriptSymbol}
   */
  #exported(name) {
    return this.#types.exported(this.#service, name);
  }
}

/**
 * Separates the part of a comment about a change, which has a column of its own.
 * @param {string} comment
 * @returns {{ text: string, change: string | undefined }}
 */
function splitChange(comment) {
  const change = /(?:^| )A change ([^.]*)\./.exec(comment);
  if (change === null) return { text: comment, change: undefined };
  return { text: comment.replace(change[0], "").trim(), change: change[1] };
}

/**
 * A comment on a page in docs/reference: one line, with links in place of pages' names and of names of types.
 * @param {string} comment
 * @returns {string}
 */
function forPage(comment) {
  return comment
    .replace(/\s*\n\s*/g, " ")
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .replace(/\bdocs\/([\w-]+)\/([\w-]+)\.md\b/g, (_, folder, name) =>
      folder === "reference" ? `[${name}](${name}.md)` : `[${name}](../${folder}/${name}.md)`,
    );
}
