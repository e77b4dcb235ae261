// Puts declarations into the namespaces that export them. API Extractor writes all of a package into one scope, where the
// second `WorkflowExecution` becomes `WorkflowExecution_2`: a name that users would read in errors and tooltips.
import ts from "typescript";
import { SetupError } from "./progress.mjs";

/**
 * @param {string} text a rolled-up declaration file with namespaces such as `declare namespace aom { export { a, b_2 as b } }`
 * @returns {string} the same with `declare namespace aom { export … a; export … b; }`
 * @throws {SetupError} when a declaration that belongs into a namespace is used outside of that
 */
export function nestNamespaces(text) {
  const source = ts.createSourceFile("index.d.ts", text, ts.ScriptTarget.Latest, true);
  const namespaces = source.statements.filter(ts.isModuleDeclaration);
  const owners = new Map(namespaces.flatMap((namespace) => exportsOf(namespace)));
  const own = (/** @type {ts.Statement} */ statement) => owners.get(nameOf(statement) ?? "");
  checkUses(source, owners, own);

  const moved = new Set(source.statements.filter((statement) => own(statement) !== undefined));
  const parts = source.statements
    .filter((statement) => !moved.has(statement))
    .map((statement) => {
      if (!ts.isModuleDeclaration(statement)) {
        return statement.getFullText(source);
      }
      const members = [...moved].filter((member) => own(member)?.namespace === statement);
      const body = members
        .map((member) => memberText(member, source, owners))
        .join("")
        .trimStart();
      const head = text.slice(statement.getFullStart(), statement.name.end);
      return `${head} {\n${body.replace(/^(?=.)/gm, "    ")}\n}`;
    });
  return `${parts.join("")}\n`;
}

/**
 * A name in the one scope, with the name under which a namespace exports it.
 * @typedef {{ namespace: ts.ModuleDeclaration, name: string }} Owner
 */

/**
 * @param {ts.ModuleDeclaration} namespace
 * @returns {[string, Owner][]}
 */
function exportsOf(namespace) {
  const body =
    namespace.body !== undefined && ts.isModuleBlock(namespace.body) ? namespace.body.statements : [];
  return body.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause) {
      return [];
    }
    const clause = statement.exportClause;
    const elements = ts.isNamedExports(clause) ? clause.elements : [];
    return elements.map(
      ({ name, propertyName }) =>
        /** @type {[string, Owner]} */ ([(propertyName ?? name).text, { namespace, name: name.text }]),
    );
  });
}

/**
 * @param {ts.Statement} statement
 * @returns {string | undefined}
 */
function nameOf(statement) {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations[0]?.name.getText();
  }
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isNamed ? statement.name?.text : undefined;
}

/**
 * @param {ts.SourceFile} source
 * @param {Map<string, Owner>} owners
 * @param {(statement: ts.Statement) => Owner | undefined} own
 */
function checkUses(source, owners, own) {
  for (const statement of source.statements) {
    if (ts.isModuleDeclaration(statement)) {
      continue;
    }
    const home = own(statement)?.namespace;
    const visit = (/** @type {ts.Node} */ node) => {
      if (ts.isIdentifier(node) && isReference(node)) {
        const owner = owners.get(node.text);
        if (owner !== undefined && owner.namespace !== home) {
          throw new SetupError(
            `The public types use ${owner.name} of the module ${owner.namespace.name.text} outside of it.`,
            "Export the type from the module that both share.",
          );
        }
        if (owner === undefined && namesIn(home, owners).has(node.text)) {
          throw new SetupError(
            `The module ${home?.name.text} has a ${node.text} of its own and uses the one that all modules share.`,
            "Give one of them another name.",
          );
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(statement);
  }
}

/**
 * @param {ts.ModuleDeclaration | undefined} namespace
 * @param {Map<string, Owner>} owners
 * @returns {Set<string>} the exports of a namespace
 */
function namesIn(namespace, owners) {
  const inside = [...owners.values()].filter((owner) => owner.namespace === namespace);
  return new Set(inside.map(({ name }) => name));
}

/**
 * Checks that an identifier refers to a declaration of the file, and is not a member's or a parameter's own name.
 * @param {ts.Node} node
 * @returns {boolean}
 */
function isReference(node) {
  const { parent } = node;
  return (
    ts.isTypeReferenceNode(parent) || ts.isExpressionWithTypeArguments(parent) || ts.isTypeQueryNode(parent)
  );
}

/**
 * @param {ts.Statement} member
 * @param {ts.SourceFile} source
 * @param {Map<string, Owner>} owners
 * @returns {string}
 */
function memberText(member, source, owners) {
  const renamed = member
    .getFullText(source)
    .replace(/\b\w+_\d+\b/g, (name) => owners.get(name)?.name ?? name);
  return renamed.replace(/^(?:export )?declare /m, "export ");
}
