// TypeScript types in the words of the reference pages, and the named types that they lead to.
import ts from "typescript";

/** @typedef {import("../schema/programTypes.mjs").ProgramTypes} ProgramTypes */

/** Types that a program can pass in place of a value: the value itself comes later. */
const LATER = /^(Promise|OutputInstance|OutputImpl|Output|AsyncGenerator)$/;

/** Names types, and collects those with members of their own. */
export class TypeNames {
  /** @type {Map<string, ts.Type>} by name, in the order in which they were met */
  named = new Map();
  /** @type {ts.TypeChecker} */
  #checker;
  /** @type {string} */
  #statuses;

  /** @param {ProgramTypes} types */
  constructor(types) {
    this.#checker = types.checker;
    this.#statuses = wordsOf(types.declared(types.exported("types", "ExecutionStatus")));
  }

  /**
   * A type in words, e.g. `list of FailedTarget`. The words do not say that a value may be absent.
   * @param {ts.Type} type
   * @returns {string} Markdown
   */
  nameOf(type) {
    const later = isLater(type) ? this.#argumentOf(type) : undefined;
    if (later !== undefined) return this.nameOf(later);
    const parts = (type.isUnion() ? type.types : [type]).filter(
      (part) => !(part.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)) && !isLater(part),
    );
    if (parts.length === 0) return "nothing";
    if (parts.every(({ flags }) => flags & ts.TypeFlags.BooleanLike)) return "boolean";
    // Every page has a section about the words of a status.
    if (wordsOf(type) === this.#statuses) return "[status](#status)";
    return [...new Set(parts.map((part) => this.#partName(part)))].join(" or ");
  }

  /**
   * @param {ts.Type} part no union
   * @returns {string}
   */
  #partName(part) {
    if (part.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter))
      return "any JSON value";
    if (part.flags & ts.TypeFlags.Void) return "nothing";
    if (part.isStringLiteral()) return `\`${JSON.stringify(part.value)}\``;
    if (part.flags & (ts.TypeFlags.String | ts.TypeFlags.Number)) return this.#checker.typeToString(part);
    if (this.#checker.isArrayType(part)) {
      const item = this.nameOf(this.#argumentOf(part) ?? part);
      return item.includes(" or ") ? `list of (${item})` : `list of ${item}`;
    }
    if (this.#checker.getIndexTypeOfType(part, ts.IndexKind.String) !== undefined) return "map";
    const name = (part.aliasSymbol ?? part.symbol).name;
    if (name.startsWith("__"))
      throw new Error(`${this.#checker.typeToString(part)} has no name for the pages`);
    this.named.set(name, part);
    return `[${name}](#${name.toLowerCase()})`;
  }

  /**
   * @param {ts.Type} type
   * @returns {ts.Type | undefined}
   */
  #argumentOf(type) {
    return (
      type.aliasTypeArguments?.[0] ??
      this.#checker.getTypeArguments(/** @type {ts.TypeReference} */ (type))[0]
    );
  }
}

/**
 * @param {ts.Type} type
 * @returns {boolean}
 */
function isLater(type) {
  return LATER.test((type.aliasSymbol ?? type.symbol)?.name ?? "");
}

/**
 * @param {ts.Type} type
 * @returns {string} the words of a union, in one text for each set of words
 */
function wordsOf(type) {
  return (type.isUnion() ? type.types : [type])
    .flatMap((part) => (part.isStringLiteral() ? [part.value] : []))
    .sort()
    .join();
}
