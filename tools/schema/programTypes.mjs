// The types that a TypeScript program imports, as the compiler reads them: modules, their interfaces, classes and functions.
import { basename, join, relative } from "node:path";
import ts from "typescript";

/** Opens the modules of provider/src/program. */
export class ProgramTypes {
  /** @type {ts.Program} */
  #program;
  /** @type {ts.TypeChecker} */
  checker;
  /** @type {string} */
  #source;

  /**
   * @param {string} repository
   * @param {readonly string[]} services names of the services' modules
   */
  constructor(repository, services) {
    this.#source = join(repository, "provider", "src");
    const folder = join(this.#source, "program");
    const configuration = ts.readConfigFile(join(repository, "tsconfig.base.json"), ts.sys.readFile).config;
    const { options } = ts.parseJsonConfigFileContent({ ...configuration, files: [] }, ts.sys, repository);
    const files = [...services, "types", "explicitProvider"].map((name) => join(folder, `${name}.ts`));
    this.#program = ts.createProgram(files, { ...options, noEmit: true });
    this.checker = this.#program.getTypeChecker();
  }

  /**
   * @param {string} module name of a file of program/
   * @returns {readonly ts.Symbol[]} its exports
   */
  exportsOf(module) {
    const file = this.#program.getSourceFile(join(this.#source, "program", `${module}.ts`));
    const symbol = file && this.checker.getSymbolAtLocation(file);
    return symbol === undefined ? [] : this.checker.getExportsOfModule(symbol);
  }

  /**
   * @param {string} module
   * @param {string} name
   * @returns {ts.Symbol}
   * @throws {Error} where the module has no such export
   */
  exported(module, name) {
    const found = this.exportsOf(module).find((symbol) => symbol.name === name);
    if (found === undefined) {
      throw new Error(`provider/src/program/${module}.ts exports no ${name}`);
    }
    return this.original(found);
  }

  /**
   * The type that an interface, a class or an alias declares.
   * @param {ts.Symbol} symbol
   * @returns {ts.Type}
   */
  declared(symbol) {
    return this.checker.getDeclaredTypeOfSymbol(this.original(symbol));
  }

  /**
   * The type of a function or a member.
   * @param {ts.Symbol} symbol
   * @returns {ts.Type}
   */
  typeOf(symbol) {
    return this.checker.getTypeOfSymbol(this.original(symbol));
  }

  /**
   * A link's target: a member of a type that the module of `near` exports.
   * @param {ts.Symbol} near
   * @param {string} type
   * @param {string} member
   * @returns {ts.Symbol | undefined}
   */
  member(near, type, member) {
    const file = near.declarations?.[0]?.getSourceFile().fileName ?? "";
    const owner = this.exportsOf(basename(file, ".ts")).find((symbol) => symbol.name === type);
    return owner && this.checker.getPropertyOfType(this.declared(owner), member);
  }

  /**
   * The file that declares a symbol, relative to provider/src, with "/".
   * @param {ts.Symbol} symbol
   * @returns {string}
   */
  fileOf(symbol) {
    const file = symbol.declarations?.[0]?.getSourceFile().fileName ?? "";
    return relative(this.#source, file).replaceAll("\\", "/");
  }

  /**
   * Checks that a member may be left out.
   * @param {ts.Symbol} symbol
   * @returns {boolean}
   */
  isOptional(symbol) {
    return Boolean(symbol.flags & ts.SymbolFlags.Optional);
  }

  /**
   * The symbol that an export passes on.
   * @param {ts.Symbol} symbol
   * @returns {ts.Symbol}
   */
  original(symbol) {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }
}
