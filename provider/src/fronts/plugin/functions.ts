/**
 * The functions of the services' modules: `runbook:aom:getWorkflowExecution` and so on.
 */
import * as grpc from "@grpc/grpc-js";
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import { unlessAborted } from "../../ground/onAbort";
import type { BackendDefinition } from "../../lifecycle";
import { isMap } from "../../lifecycle";
import { getWorkflowExecution, getWorkflowExecutions } from "../shared/executionFunctions";
import { toPlainOutputs } from "../shared/plainOutputs";
import { withoutCredentials } from "../shared/privacy";
import { secretOf } from "../shared/wireMarkers";
import type { Deployment } from "./deployment";
import { Refused } from "./failures";
import type { Properties } from "./properties";
import { toStruct } from "./properties";

const functions = { getWorkflowExecution, getWorkflowExecutions } as const;

/** Name of a function, e.g. `getWorkflowExecutions`. */
export type FunctionName = keyof typeof functions;

/** True for the name of a function. */
export function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(functions, name);
}

/**
 * Answers a function. All that it gives is a secret where an argument is.
 * @throws InputError, ConfigurationError, NotFoundError and others, as the lifecycle does.
 */
export async function invoke(
  definition: BackendDefinition,
  name: FunctionName,
  { args, secretPaths }: Properties,
  { session, host }: Deployment,
): Promise<protocol.InvokeResponse> {
  const asked: Promise<unknown> = functions[name](definition, args, session);
  // A look has no end of its own that is soon enough for Ctrl-C.
  const found = await unlessAborted(
    asked,
    host.signal,
    () => new Refused(grpc.status.CANCELLED, `${definition.service}.${name}: interrupted`),
  );
  const plain = toPlainOutputs(withoutCredentials(isMap(found) ? found : {}, session));
  const isSecret = secretPaths.length > 0;
  const given = Object.entries(plain).map(
    ([key, value]) => [key, isSecret ? secretOf(value) : value] as const,
  );
  const response = new protocol.InvokeResponse();
  response.setReturn(toStruct(Object.fromEntries(given)));
  return response;
}
