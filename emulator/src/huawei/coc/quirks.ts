/**
 * The oddities of COC's answers that can be switched on through the control API; all are off by default. Those with a name
 * of the other lists (unknownStatus, upperCaseStatus, listDelayMs, detailDelayMs, unknownExecutionIs400, oldestFirst,
 * timeWindowIgnored, largestPage) hold here too.
 */
import type { QuirkDefinition } from "../../cloud/quirks";

const flag = (name: string, description: string): QuirkDefinition => ({ name, kind: "flag", description });

/** The other ways in which COC is said to behave, or may. */
export const cocQuirks: readonly QuirkDefinition[] = [
  flag("noDescription", "COC executions do not show the `description` of their start"),
  flag("emptyDescription", "the `description` of a COC execution is always empty"),
  {
    name: "descriptionLength",
    kind: "number",
    description: "COC keeps only this many characters of a `description`",
  },
  flag("unknownExecutionIs404", "an unknown COC execution answers 404, not 200 without `data`"),
  flag("unknownDocumentIs404", "an unknown COC job answers 404, not 400"),
  flag("successCodes", "good answers of COC have `error_code` `COC.00000000` too"),
  flag("noTotal", "lists of COC have no `total`"),
  flag("nullLists", "an empty list of COC has `data` null"),
  flag("stepsAhead", "COC lists the steps of an execution before their turn, as `Pending`"),
  flag("scopeRequired", "COC refuses signed requests without X-Domain-Id and X-Project-Id"),
];
