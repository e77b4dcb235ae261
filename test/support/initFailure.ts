/**
 * Init failures as an engine reads them: there is an execution, but not as wanted.
 */
import type { Metadata } from "@grpc/grpc-js";
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** An init failure as the engine reads it. */
export interface InitFailure {
  readonly id: string;
  readonly outputs: Record<string, unknown>;
  readonly inputs: Record<string, unknown> | undefined;
  readonly reasons: readonly string[];
  readonly refreshBeforeUpdate: boolean;
}

/** The init failure that an error's metadata have; undefined where they have none. */
export function initFailureOf(metadata: Metadata | undefined): InitFailure | undefined {
  const [details] = metadata?.get("grpc-status-details-bin") ?? [];
  if (details === undefined) return undefined;
  for (const detail of Status.deserializeBinary(details as Buffer).getDetailsList()) {
    if (detail.getTypeName() !== "pulumirpc.ErrorResourceInitFailed") continue;
    const found = protocol.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
    return {
      id: found.getId(),
      outputs: bagOf(found.getProperties()),
      inputs: found.hasInputs() ? bagOf(found.getInputs()) : undefined,
      reasons: found.getReasonsList(),
      refreshBeforeUpdate: found.getRefreshBeforeUpdate(),
    };
  }
  return undefined;
}

function bagOf(struct: Struct | undefined): Record<string, unknown> {
  return struct === undefined ? {} : struct.toJavaScript();
}
