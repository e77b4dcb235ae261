/**
 * Errors as gRPC carries them. Their texts are well-formed and bounded: half of a character in one would take the process
 * with it, and a trailer above 12 MB the connection, each with every execution that is under way.
 */
import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { codeOf, messageOf } from "../../ground/errors";
import { toMessage } from "../../ground/text";
import { describeError } from "../../lifecycle";
import { initReasons } from "../shared/initReasons";
import type { Privacy } from "../shared/privacy";
import { toStruct } from "./properties";

type Bag = Readonly<Record<string, unknown>>;

/** An error in the shape in which gRPC sends one. */
export interface Failure {
  readonly code: grpc.status;
  readonly details: string;
  readonly metadata?: grpc.Metadata;
}

/** There is an execution, but not as wanted: the engine saves the id, the outputs and the reasons. */
export class InitFailed extends Error {
  readonly id: string;
  readonly outputs: Bag;
  /** Never empty; only these are shown. */
  readonly reasons: readonly [string, ...string[]];
  /** For a read: the inputs to keep. */
  readonly inputs: Bag | undefined;
  /** True if the next deployment is to read it before it compares: it may have settled meanwhile. */
  readonly refreshBeforeUpdate: boolean;

  constructor(
    id: string,
    outputs: Bag,
    reasons: readonly string[],
    { inputs, refreshBeforeUpdate = false }: { inputs?: Bag | undefined; refreshBeforeUpdate?: boolean } = {},
  ) {
    const safe = initReasons(reasons);
    super(safe[0]);
    this.name = "InitFailed";
    this.id = id;
    this.outputs = outputs;
    this.reasons = safe;
    this.inputs = inputs;
    this.refreshBeforeUpdate = refreshBeforeUpdate;
  }
}

/** A call that is answered with an error. */
export class Refused extends Error {
  /** `UNKNOWN` if something may have been done; another code if surely nothing was. */
  readonly code: grpc.status;

  constructor(code: grpc.status, message: string) {
    super(toMessage(message));
    this.name = "Refused";
    this.code = code;
  }
}

/** Any error as text, with its code. */
export function describeThrown(error: unknown): string {
  return describeError({ message: messageOf(error), code: codeOf(error) });
}

/** The answer to a call that has failed. A code for a wrong argument or setting says that nothing was done. */
export function refusalOf(error: unknown, { hide }: Pick<Privacy, "hide">): Refused {
  const { INVALID_ARGUMENT, FAILED_PRECONDITION, UNKNOWN } = grpc.status;
  const code = codeOf(error);
  const status =
    code === "WFX-INPUT" ? INVALID_ARGUMENT : code === "WFX-CONFIGURATION" ? FAILED_PRECONDITION : UNKNOWN;
  return new Refused(status, hide(describeThrown(error)));
}

/**
 * The answer to a call that threw this error. Only the project's own errors give a code: any number in another error
 * could be one.
 */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof InitFailed) return initFailure(thrown);
  const isOurs = thrown instanceof Refused;
  const text = toMessage(thrown instanceof Error ? thrown.message : String(thrown));
  return {
    code: isOurs ? thrown.code : grpc.status.UNKNOWN,
    details: text === "" ? "the provider failed without a message" : text,
  };
}

// The reasons travel as a detail of the status. The status itself has the first one: all of them twice would be too much.
function initFailure({ id, outputs, reasons, inputs, refreshBeforeUpdate }: InitFailed): Failure {
  const detail = new ErrorResourceInitFailed();
  detail.setId(id);
  detail.setProperties(toStruct(outputs));
  detail.setReasonsList([...reasons]);
  if (inputs !== undefined) detail.setInputs(toStruct(inputs));
  detail.setRefreshBeforeUpdate(refreshBeforeUpdate);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(reasons[0]);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: reasons[0], metadata };
}
