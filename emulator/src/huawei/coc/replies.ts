/** COC's good answers: `data`, which a list has a `total` beside, and perhaps a code that says that all is well. */
import { jsonReply } from "../../http/exchange";
import type { Reply } from "../../http/exchange";
import type { JsonObject } from "../../ground/jsonShape";
import type { CocRequest } from "./operation";

/**
 * An answer with data.
 * @param data - undefined where there is none, which is the service's answer for an unknown object.
 */
export function dataReply(data: unknown, { quirks }: CocRequest): Reply {
  return jsonReply(200, { ...codeBody(quirks), ...(data === undefined ? {} : { data }) });
}

/** An answer with a page of a list. */
export function listReply(rows: readonly JsonObject[], total: number, { quirks }: CocRequest): Reply {
  return jsonReply(200, {
    ...codeBody(quirks),
    data: rows.length === 0 && quirks["nullLists"] ? null : rows,
    ...(quirks["noTotal"] ? {} : { total }),
  });
}

function codeBody(quirks: CocRequest["quirks"]): JsonObject {
  return quirks["successCodes"] ? { error_code: "COC.00000000", error_msg: "success" } : {};
}
