/**
 * Requests and answers of all RPC services of Alibaba Cloud: the places of the parameters, and the form of the answer.
 */
import type { Call, Reply } from "../http/exchange";
import { queryParameters } from "./signatures";
import type { Parameter } from "./signatures";
import { xmlReply } from "./xml";

/** The media type of a form body. */
export const formType = "application/x-www-form-urlencoded";

/** A request as it says itself; nothing has been checked. */
export interface RpcRequest {
  readonly call: Call;
  /** Of query and form body. */
  readonly parameters: readonly Parameter[];
  readonly action: string;
  readonly requestId: string;
}

/** Reads a request to `/`; `undefined` when it names no action in query, form body or header. */
export function readRpcRequest(call: Call): RpcRequest | undefined {
  if (call.path !== "/" && call.path !== "") return undefined;
  const inQuery = queryParameters(call.rawQuery);
  const isForm = mediaType(call) === formType;
  const parameters = isForm ? [...inQuery, ...queryParameters(call.body.toString("utf8"))] : inQuery;
  const action = valueOf(parameters, "Action") ?? call.headers["x-acs-action"];
  return action === undefined ? undefined : { call, parameters, action, requestId: requestIdOf(call) };
}

/** A request that could not be read: enough to answer it. */
export function unreadRpcRequest(call: Call, action: string): RpcRequest {
  return { call, parameters: [], action, requestId: requestIdOf(call) };
}

/** The version that the request asks for. */
export function versionOf({ call, parameters }: RpcRequest): string | undefined {
  return valueOf(parameters, "Version") ?? call.headers["x-acs-version"];
}

/** The caller's own id if it has one, else one in the vendor's form. */
export function requestIdOf(call: Call): string {
  const own = new URLSearchParams(call.rawQuery).get("RequestId");
  return own ?? call.requestId.toUpperCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** An empty parameter counts as absent. */
export function valueOf(parameters: readonly Parameter[], wanted: string): string | undefined {
  const value = parameters.find(([name]) => name === wanted)?.[1];
  return value === "" ? undefined : value;
}

/** The media type of the body, in lower case and without parameters. */
export function mediaType(call: Call): string {
  return (call.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

/** The legacy form answers in XML unless it is asked for JSON. */
export function inRequestedFormat({ call, parameters, action }: RpcRequest, reply: Reply): Reply {
  if (call.headers["authorization"] !== undefined) return reply;
  // A request without a signature of either kind says its format like a legacy one, or is of the newer form.
  const isLegacy = call.headers["x-acs-signature-nonce"] === undefined || valueOf(parameters, "Format");
  if (!isLegacy) return reply;
  const format = valueOf(parameters, "Format") ?? "XML";
  return format.toUpperCase() === "JSON" ? reply : xmlReply(action, reply);
}
