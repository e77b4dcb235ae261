// TypeScript types as types of Pulumi's schema. Object types and enumerations are collected on the way.
import ts from "typescript";
import { describe } from "./descriptions.mjs";

/** @typedef {import("./programTypes.mjs").ProgramTypes} ProgramTypes */
/** @typedef {{ type?: string, $ref?: string, items?: TypeSpec, additionalProperties?: TypeSpec }} TypeSpec */
/** @typedef {TypeSpec & { description?: string, secret?: true, willReplaceOnChanges?: true }} PropertySpec */
/** @typedef {{ properties: Record<string, PropertySpec>, required: string[] }} ObjectSpec */
/** @typedef {{ name?: string, value: string }} EnumValue */
/** @typedef {{ type: string, description?: string, enum?: EnumValue[] } & Partial<ObjectSpec>} NamedType */

/** Types that a program can give instead of a value: the value itself comes later. */
const LATER = /^(Promise|OutputInstance|OutputImpl|Output)$/;

/** Words in a comment by which a setting is a secret. */
const SECRET = /\bKept as a secret\b/;

/** Words in a comment by which a number may be absent: in other languages, such a number is left out. */
const PERHAPS_NO_NUMBER = /\bNaN\b/;

/** Of these types a value may be absent: some languages fail where a required one is. */
const ABSENT = ts.TypeFlags.Undefined | ts.TypeFlags.Any | ts.TypeFlags.Unknown;

const ANY = { $ref: "pulumi.json#/Any" };

/** Reads types, and keeps those that the schema has to name. */
export class TypeSpecs {
  /** @type {Record<string, NamedType>} by token */
  named = {};
  /** @type {ProgramTypes} */
  #types;
  /** @type {string} */
  #package;
  /** @type {ReadonlySet<string>} */
  #services;
  /** @type {Map<string, ts.Symbol>} aliases of words, by these words */
  #aliases = new Map();

  /**
   * @param {ProgramTypes} types
   * @param {{ packageName: string, services: readonly string[] }} options
   */
  constructor(types, { packageName, services }) {
    this.#types = types;
    this.#package = packageName;
    this.#services = new Set(services);
    for (const symbol of types.exportsOf("types")) {
      const words = wordsOf(types.declared(symbol));
      if (words !== undefined) {
        this.#aliases.set(words.join(), types.original(symbol));
      }
    }
  }

  /**
   * The description of a symbol.
   * @param {ts.Symbol} symbol
   * @returns {string}
   */
  describe(symbol) {
    return describe(symbol, this.#types.checker, (type, member) => this.#types.member(symbol, type, member));
  }

  /**
   * The members of a type as properties, in the order of their declaration.
   * @param {ts.Type} type
   * @returns {ObjectSpec}
   */
  members(type) {
    /** @type {ObjectSpec} */
    const object = { properties: {}, required: [] };
    for (const member of this.#types.checker.getPropertiesOfType(type)) {
      const memberType = this.#types.typeOf(member);
      const description = this.describe(member);
      object.properties[member.name] = {
        ...this.#spec(memberType, member),
        ...(description === "" ? {} : { description }),
        ...(SECRET.test(description) ? { secret: true } : {}),
      };
      const comment = ts.displayPartsToString(member.getDocumentationComment(this.#types.checker));
      const isOptional = Boolean(member.flags & ts.SymbolFlags.Optional) || canBe(memberType, ABSENT);
      if (!isOptional && !PERHAPS_NO_NUMBER.test(comment)) {
        object.required.push(member.name);
      }
    }
    return object;
  }

  /**
   * @param {ts.Type} type
   * @param {ts.Symbol} member the member that has the type, for names and messages
   * @returns {TypeSpec}
   */
  #spec(type, member) {
    const parts = partsOf(type);
    if (parts.some(({ flags }) => flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown))) return ANY;
    const lists = parts.filter((part) => this.#types.checker.isArrayType(part));
    const words = parts.filter((part) => part.isStringLiteral());
    if (words.length === parts.length) {
      return this.#enumeration(
        words.map(({ value }) => value),
        member,
      );
    }
    // A list, or one of its words alone: other languages have the list only.
    if (lists.length === 1 && lists.length + words.length === parts.length) {
      const [item] = this.#types.checker.getTypeArguments(/** @type {ts.TypeReference} */ (lists[0]));
      return { type: "array", items: this.#spec(/** @type {ts.Type} */ (item), member) };
    }
    if (parts.every(({ flags }) => flags & ts.TypeFlags.BooleanLike)) return { type: "boolean" };
    const [part] = parts;
    // A map, or the JSON text of one: no language has a type for it.
    if (parts.length > 1 || part === undefined) return ANY;
    if (part.flags & ts.TypeFlags.String) return { type: "string" };
    // Never "integer": it has 32 bits in some languages.
    if (part.flags & ts.TypeFlags.Number) return { type: "number" };
    const values = this.#types.checker.getIndexTypeOfType(part, ts.IndexKind.String);
    if (values !== undefined) return { type: "object", additionalProperties: this.#spec(values, member) };
    return this.#object(part, member);
  }

  /**
   * @param {ts.Type} type
   * @param {ts.Symbol} member
   * @returns {TypeSpec}
   */
  #object(type, member) {
    const symbol = type.aliasSymbol ?? type.symbol;
    if (symbol === undefined || symbol.name.startsWith("__")) {
      throw new Error(`${member.name}: the schema has no type for ${this.#types.checker.typeToString(type)}`);
    }
    const token = this.#token(symbol, symbol.name);
    if (this.named[token] === undefined) {
      this.named[token] = { type: "object" }; // Before its members, which may come back to it.
      const description = this.describe(symbol);
      this.named[token] = {
        ...(description === "" ? {} : { description }),
        type: "object",
        ...this.members(type),
      };
    }
    return { $ref: `#/types/${token}` };
  }

  /**
   * @param {readonly string[]} words
   * @param {ts.Symbol} member
   * @returns {TypeSpec}
   */
  #enumeration(words, member) {
    const sorted = [...words].sort();
    const alias = this.#aliases.get(sorted.join());
    const symbol = alias ?? member;
    const token = this.#token(symbol, alias?.name ?? capitalized(member.name));
    const known = this.named[token];
    const values = sorted.map((value) => ({ ...enumName(value), value }));
    if (known === undefined) {
      const description = this.describe(symbol);
      this.named[token] = {
        ...(description === "" ? {} : { description }),
        type: "string",
        enum: values,
      };
    } else if (
      known.enum
        ?.map(({ value }) => value)
        .sort()
        .join() !== sorted.join()
    ) {
      throw new Error(
        `${token} would have the words of two types: name one of them by an alias in program/types.ts`,
      );
    }
    return { $ref: `#/types/${token}` };
  }

  /**
   * A type that one service declares is in the service's module; all others are in the package's.
   * @param {ts.Symbol} symbol
   * @param {string} name
   * @returns {string}
   */
  #token(symbol, name) {
    const folders = this.#types.fileOf(symbol).replace(/\.ts$/, "").split("/");
    const module = folders.find((folder) => this.#services.has(folder)) ?? "index";
    return `${this.#package}:${module}:${name}`;
  }
}

/**
 * The types that a value can have once it is known.
 * @param {ts.Type} type
 * @returns {ts.Type[]}
 */
function partsOf(type) {
  return (type.isUnion() ? type.types : [type]).filter(
    ({ flags, symbol, aliasSymbol }) =>
      !(flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)) &&
      !LATER.test(aliasSymbol?.name ?? symbol?.name ?? ""),
  );
}

/**
 * @param {ts.Type} type
 * @returns {string[] | undefined} sorted words, where the type is made of words alone
 */
function wordsOf(type) {
  const parts = type.isUnion() ? type.types : [];
  const words = parts.filter((part) => part.isStringLiteral()).map(({ value }) => value);
  return words.length > 0 && words.length === parts.length ? words.sort() : undefined;
}

/**
 * @param {ts.Type} type
 * @param {ts.TypeFlags} flag
 * @returns {boolean}
 */
function canBe(type, flag) {
  return (type.isUnion() ? type.types : [type]).some(({ flags }) => flags & flag);
}

/**
 * A word that is no identifier has a name of ours: those that generators make up differ.
 * @param {string} word
 * @returns {{ name?: string }}
 */
function enumName(word) {
  if (/^[A-Za-z]\w*$/.test(word)) return {};
  return { name: word.toLowerCase().split(/\W+/).map(capitalized).join("") };
}

/**
 * @param {string} word
 * @returns {string}
 */
function capitalized(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
