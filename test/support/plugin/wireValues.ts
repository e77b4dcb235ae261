/**
 * Property values as an engine writes them on the wire, with Pulumi's own marks.
 */
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { ServiceName } from "../../../provider/src/services/registry";

/** A bag of properties. */
export type Bag = Record<string, unknown>;

const signature = "4dabf18193072939515e22adb298388d";

/** The engine's text for "not known yet". */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A secret as it is written. */
export function secret(value: unknown): Bag {
  return { [signature]: "1b47061264138c4ac30d75fd1eb44270", value };
}

/** A reference to a resource as it is written. */
export function reference(urn: string, id?: string): Bag {
  return { [signature]: "5cf8f73096256a8f31e491e813e4eb8e", urn, ...(id === undefined ? {} : { id }) };
}

/** An output as it is written. */
export function output(value: Bag): Bag {
  return { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...value };
}

/** URN of a resource of a service. */
export function urnOf(name: string, service: ServiceName = "aom"): string {
  return `urn:pulumi:dev::tests::runbook:${service}:WorkflowExecution::${name}`;
}

/** Properties as the wire has them. */
export function structOf(bag: Bag): Struct {
  return Struct.fromJavaScript(bag as never);
}

/** Properties from the wire; empty where there are none. */
export function bagOf(struct: Struct | undefined): Bag {
  return struct === undefined ? {} : struct.toJavaScript();
}
