// Descriptions of the schema, from TSDoc: without the parts that only TypeScript has, and with settings by the names
// that the plugin gives them.
import ts from "typescript";

const PAGES = "https://github.com/pulumi-runbook/pulumi-runbook/blob/main/docs/";

const LINK_TO_MEMBER = /See \{@link (\w+)\.(\w+)\}\./g;

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
  const { comment, value } = describeInParts(symbol, checker, findMember);
  const texts = [comment, value === "" ? "" : `Default: ${value}.`];
  return forEveryLanguage(texts.filter((text) => text !== "").join(" "));
}

/**
 * The comment and the default of a member, as TypeScript has them. A comment that only links to another member has that
 * member's.
 * @param {ts.Symbol} symbol
 * @param {ts.TypeChecker} checker
 * @param {FindMember} findMember
 * @returns {{ comment: string, value: string }} empty where there is none
 * @throws {Error} where the comment links to a member that does not exist
 */
export function describeInParts(symbol, checker, findMember) {
  const own = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  let value = defaultOf(symbol, checker);
  const comment = own.replace(LINK_TO_MEMBER, (_, type, member) => {
    const other = describeInParts(linked(symbol, findMember, type, member), checker, findMember);
    value = value === "" ? other.value : value;
    return other.comment;
  });
  return { comment: paragraphs(comment), value };
}

/**
 * @param {ts.Symbol} symbol the member whose comment links
 * @param {FindMember} findMember
 * @param {string} type
 * @param {string} member
 * @returns {ts.Symbol}
 */
function linked(symbol, findMember, type, member) {
  const found = findMember(type, member);
  if (found === undefined) {
    throw new Error(`${symbol.name}: its comment links to ${type}.${member}, which does not exist`);
  }
  return found;
}

/**
 * @param {ts.Symbol} symbol
 * @param {ts.TypeChecker} checker
 * @returns {string} the text behind `@default`, without a full stop; empty where there is none
 */
function defaultOf(symbol, checker) {
  const tag = symbol.getJsDocTags(checker).find(({ name }) => name === "default");
  return oneLine(ts.displayPartsToString(tag?.text)).replace(/\.$/, "");
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
