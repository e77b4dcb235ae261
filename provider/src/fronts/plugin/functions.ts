/**
 * The functions of the services' modules: `runbook:aom:getWorkflowExecution` and so on. Each service has its own.
 */
import * as grpc from "@grpc/grpc-js";
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import { unlessAborted } from "../../ground/onAbort";
import type { BackendDefinition } from "../../lifecycle";
import { isMap } from "../../lifecycle";
import {
  getExecutionHistory,
  getWorkflowExecution,
  getWorkflowExecutions,
  retryWorkflowExecution,
} from "../shared/executionFunctions";
import { toPlainOutputs } from "../shared/plainOutputs";
import { withoutCredentials } from "../shared/privacy";
import { secretOf } from "../shared/wireMarkers";
import type { Deployment } from "./deployment";
import { Refused } from "./failures";
import type { Properties } from "./properties";
import { toStruct } from "./properties";

const shared = { getWorkflowExecution, getWorkflowExecutions } as const;
const functions = { ...shared, getExecutionHistory, retryWorkflowExecution } as const;

/** Name of a function, e.g. `getWorkflowExecutions`. */
export type FunctionName = keyof typeof functions;

/** True for the name of a function of a service. */
export function isFunction({ capabilities }: BackendDefinition, name: string): name is FunctionName {
  return Object.hasOwn(shared, name) || (capabilities.functions ?? []).some((own) => own === name);
}

/** The call of a function. */
export interface FunctionCall {
  readonly name: FunctionName;
  readonly given: Properties;
  /** True in a preview, as far as the engine says so. */
  readonly isPreview: boolean;
}

/**
 * Answers a function. All that it gives is a secret where an argument is. In a preview nothing is changed.
 * @throws InputError, ConfigurationError, NotFoundError and others, as the lifecycle does; Refused when the engine does
 *   not say which deployments are previews, and the function changes something.
 */
export async function invoke(
  definition: BackendDefinition,
  { name, given: { args, secretPaths }, isPreview }: FunctionCall,
  { session, host, knowsPreviews }: Deployment,
): Promise<protocol.InvokeResponse> {
  if (name === "retryWorkflowExecution") {
    if (isPreview) return new protocol.InvokeResponse();
    if (!knowsPreviews) throw new Refused(grpc.status.FAILED_PRECONDITION, unknownPreview);
  }
  const asked: Promise<unknown> = functions[name](definition, args, session);
  // A request has no end of its own that is soon enough for Ctrl-C.
  const found = await unlessAborted(
    asked,
    host.signal,
    () => new Refused(grpc.status.CANCELLED, `${definition.service}.${name}: interrupted`),
  );
  const plain = toPlainOutputs(withoutCredentials(isMap(found) ? withoutNaN(found) : {}, session));
  const isSecret = secretPaths.length > 0;
  const given = Object.entries(plain).map(
    ([key, value]) => [key, isSecret ? secretOf(value) : value] as const,
  );
  const response = new protocol.InvokeResponse();
  response.setReturn(toStruct(Object.fromEntries(given)));
  return response;
}

const unknownPreview =
  "this version of Pulumi does not tell the plugin what is a preview, in which failed steps must not run again: update Pulumi, or " +
  "run them again in the service's console";

// Leaves out values that are not a number, for other languages: their SDKs read a number or nothing.
function withoutNaN(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = Object.entries(value).filter(([, item]) => !Number.isNaN(item));
  return Object.fromEntries(known.map(([key, item]) => [key, Array.isArray(item) ? item.map(each) : item]));
}

function each(item: unknown): unknown {
  return isMap(item) ? withoutNaN(item) : item;
}
