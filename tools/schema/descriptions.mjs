// Descriptions of the schema, from TSDoc: without the parts that only TypeScript has, and with settings by the names
// that the plugin gives them.
import ts from "typescript";

const PAGES = "https://github.com/pulumi-runbook/pulumi-runbook/blob/main/docs/";

/**
 * Finds the member that a link names.
 * @callback FindMember
 * @param {string} type
 * @param {string} member
 * @returns {ts.Symbol | undefined}
 */

/**
 * The description of a type or a member: its comment, then its default.
 * @param {ts.Symbol} symbol
 * @param {ts.TypeChecker} checker
 * @param {FindMember} findMember
 * @returns {string} empty where there is neither
 * @throws {Error} where the comment links to a member that does not exist
 */
export function describe(symbol, checker, findMember) {
  return forEveryLanguage(commentOf(symbol, checker, findMember));
}

/**
 * @param {ts.Symbol} symbol
 * @param {ts.TypeChecker} checker
 * @param {FindMember} findMember
 * @returns {string} as TypeScript has it, with the comments that it links to in place of the links
 */
function commentOf(symbol, checker, findMember) {
  const own = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const comment = own.replace(/See \{@link (\w+)\.(\w+)\}\./g, (_, type, member) => {
    const found = findMember(type, member);
    if (found === undefined) {
      throw new Error(`${symbol.name}: its comment links to ${type}.${member}, which does not exist`);
    }
    return commentOf(found, checker, findMember);
  });
  const tag = symbol.getJsDocTags(checker).find(({ name }) => name === "default");
  const value = oneLine(ts.displayPartsToString(tag?.text)).replace(/\.$/, "");
  const texts = [paragraphs(comment), value === "" ? "" : `Default: ${value}.`];
  return texts.filter((text) => text !== "").join(" ");
}

/**
 * @param {string} text
 * @returns {string} with one line for each paragraph
 */
function paragraphs(text) {
  return text
    .split(/\n\s*\n/)
    .map(oneLine)
    .join("\n\n");
}

/**
 * @param {string} text
 * @returns {string}
 */
function oneLine(text) {
  return text.replace(/\s+/g, " ").trim();
}

/**
 * Other languages have no `undefined` and no links of TSDoc, and the plugin reads `runbook:huaweicloud` in place of the
 * namespace `huaweicloud:`.
 * @param {string} text
 * @returns {string}
 */
function forEveryLanguage(text) {
  return text
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .replace(/the stack configuration `(\w+):<name>`/g, "the stack configuration `runbook:$1.<name>`")
    .replace(/configuration `(\w+):(\w+)`/g, "provider setting `$1.$2`")
    .replace(/`(huaweicloud|alicloud|aws):(\w+)`/g, "`$1.$2`")
    .replace(/\bundefined\b/g, "absent")
    .replace(/\b(?:Undefined|NaN)\b/g, "Absent")
    .replace(/\bdocs\/((?:[\w-]+\/)*([\w-]+\.md))\b/g, `[$2](${PAGES}$1)`);
}
