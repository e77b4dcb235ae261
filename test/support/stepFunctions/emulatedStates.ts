/**
 * AWS Step Functions on the emulator's own server, for tests: scripted state machines, faults, a settable clock. Written from the
 * vendor's service model; users have moto in its place. Shares no code with the provider.
 */
import { randomUUID } from "node:crypto";
import type { Emulator } from "runbook-emulator";
import type { EmulatorOptions } from "../../../emulator/src/emulator";
import { ownVendors, startEmulatorOf } from "../../../emulator/src/emulator";
import { Keyring } from "../../../emulator/src/accounts/keyring";
import type { EmulatorState } from "../../../emulator/src/cloud/state";
import type { Vendor } from "../../../emulator/src/cloud/vendor";
import type { RateLimit } from "../../../emulator/src/http/tokenBuckets";
import { ReplyError } from "../../../emulator/src/http/exchange";
import type { Service } from "../../../emulator/src/http/service";
import { begin, operations, service } from "./operations";
import type { Bag } from "./wire";
import { answer, checkSignature, emulatedAccount, errorReply, refuse, subjectOf } from "./wire";

/** Starts an emulator that serves Step Functions too. */
export function startWithStates(options: EmulatorOptions = {}): Promise<Emulator> {
  return startEmulatorOf([...ownVendors, aws], options);
}

const aws: Vendor = {
  quirks: [],
  secrets: { headers: ["x-amz-security-token"], queryParameters: [] },
  scriptedServices: [service],
  open: (state) => ({ services: [statesService(state)], metadataServices: [], forget: () => undefined }),
};

/** The rate limits of an account's operations in us-east-1, by the vendor's page "Step Functions service quotas". */
const rateLimits: Readonly<Record<string, RateLimit>> = {
  StartExecution: { tokens: 1_300, perSecond: 300 },
  DescribeExecution: { tokens: 300, perSecond: 15 },
  ListExecutions: { tokens: 200, perSecond: 5 },
  StopExecution: { tokens: 1_000, perSecond: 200 },
  GetExecutionHistory: { tokens: 400, perSecond: 20 },
  RedriveExecution: { tokens: 1_300, perSecond: 300 },
};

function statesService(state: EmulatorState): Service {
  const keyring = new Keyring(state.accounts, state.clock, false);
  return {
    name: service,
    title: "AWS Step Functions",
    routes: Object.keys(operations).map((operation) => `POST /#${operation}`),
    match: (call) => {
      const [, operation] = /^AWSStepFunctions\.(\w+)$/.exec(call.headers["x-amz-target"] ?? "") ?? [];
      if (operation === undefined || call.method !== "POST" || call.path !== "/") return undefined;
      return {
        operation,
        subject: subjectOf(call),
        respond: async () => {
          try {
            checkSignature(call, keyring);
            const handle = operations[operation];
            if (!handle) refuse("UnknownOperationException", operation);
            takeToken(state, operation);
            return answer(200, await handle(state, JSON.parse(call.body.toString()) as Bag));
          } catch (error) {
            if (error instanceof ReplyError) return error.reply;
            throw error;
          }
        },
      };
    },
    faultReply: (status) => {
      // The service throttles by 400, and has no 429.
      if (status === 429) return errorReply("ThrottlingException", "Rate exceeded");
      const codes: Readonly<Record<number, string>> = {
        400: "ValidationException",
        403: "AccessDeniedException",
        503: "ServiceUnavailable",
      };
      return errorReply(codes[status] ?? "InternalFailure", "as planned by a fault", status);
    },
    start: ({ workflow, executionId, startedAt, startedBy }) =>
      begin(state, workflow, { name: executionId ?? randomUUID(), input: "{}", startedAt, startedBy }),
  };
}

// The page names no limit for a synchronous run.
function takeToken(state: EmulatorState, operation: string): void {
  const limit = rateLimits[operation];
  if (limit && state.buckets.take(service, operation, emulatedAccount, limit) > 0) {
    refuse("ThrottlingException", "Rate exceeded");
  }
}
