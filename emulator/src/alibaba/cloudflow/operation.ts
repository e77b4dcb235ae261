/** The parts that every CloudFlow operation has: its name, its token bucket, and the arguments of its handler. */
import { jsonReply } from "../../http/exchange";
import type { Call, Reply } from "../../http/exchange";
import type { JsonObject } from "../../ground/jsonShape";
import type { ActiveQuirks } from "../../cloud/quirks";
import type { EmulatorState } from "../../cloud/state";
import type { RateLimit } from "../../http/tokenBuckets";
import type { AlibabaIdentity } from "../authentication";
import type { Parameters } from "./parameters";

/** The service's name in the store, the log and the faults. */
export const cloudFlow = "cloudflow";

/** An authenticated request. */
export interface CloudFlowRequest {
  readonly state: EmulatorState;
  readonly call: Call;
  readonly identity: AlibabaIdentity;
  /** The project under which the store keeps the account's flows. */
  readonly projectId: string;
  readonly parameters: Parameters;
  readonly quirks: ActiveQuirks;
  readonly requestId: string;
}

/** An operation, and how it answers. */
export interface CloudFlowOperation {
  /** The vendor's name. */
  readonly action: string;
  /** As the SDKs send it; both methods are accepted. */
  readonly method: "GET" | "POST";
  /** The published rate. @default 10 at once, 2 per second */
  readonly rateLimit?: RateLimit;
  readonly handle: (request: CloudFlowRequest) => Reply | Promise<Reply>;
}

/** A good answer: the fields given, without those that are `undefined`, and the request's id. */
export function answer(request: CloudFlowRequest, fields: JsonObject): Reply {
  const { requestId } = request;
  return jsonReply(200, { ...fields, RequestId: requestId }, { "x-acs-request-id": requestId });
}

/** RFC 3339 with milliseconds. */
export function timeText(time: number): string {
  return new Date(time).toISOString();
}
