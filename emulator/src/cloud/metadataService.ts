/**
 * The parts that the metadata services of the vendors' machines share. Each service answers only while such a machine
 * exists, and issues tokens of the second version under the vendor's header names.
 */
import { textReply } from "../http/exchange";
import type { Call, Reply } from "../http/exchange";
import { RouteTable } from "../http/router";
import type { Route } from "../http/router";
import type { MatchedOperation, Service } from "../http/service";
import type { EmulatorState } from "./state";
import type { Machine } from "../accounts/machine";

/** Nothing is published: enough for every client of one machine. */
const rateLimit = { tokens: 50, perSecond: 20 };
const longestTokenSeconds = 21_600;

/** A request of a machine. */
export interface MetadataRequest {
  readonly state: EmulatorState;
  readonly call: Call;
  readonly machine: Machine;
  /** Of the route's path. */
  readonly params: Readonly<Record<string, string>>;
}

/** An operation, and the kind of machine that has it. */
export interface MetadataRoute extends Route {
  readonly operation: string;
  readonly machine: Machine["kind"];
  readonly handle: (request: MetadataRequest) => Reply;
}

/**
 * Makes the service of one vendor's machines.
 * @param tokenHeader in lower case, in which requests carry their token.
 */
export function metadataService(
  state: EmulatorState,
  { name, title }: Pick<Service, "name" | "title">,
  routes: readonly MetadataRoute[],
  tokenHeader: string,
): Service {
  const table = new RouteTable(routes);
  return {
    name,
    title,
    routes: table.names(),
    match(call: Call): MatchedOperation | undefined {
      const match = table.match(call.method, call.path);
      const machine = match && state.machines.get(match.route.machine);
      if (!match || !machine) return undefined;
      const { operation, handle } = match.route;
      const respond = (): Reply => {
        const waitMs = state.buckets.take(name, operation, machine.domain, rateLimit);
        if (waitMs > 0) return textReply(429, "Too Many Requests");
        return handle({ state, call, machine, params: match.params });
      };
      return { operation, respond };
    },
    faultReply: (status) => textReply(status, `${String(status)} caused by a configured fault`),
    expireToken(call: Call): Reply | undefined {
      const token = call.headers[tokenHeader];
      return token !== undefined && state.machines.expireToken(token)
        ? textReply(401, "Unauthorized")
        : undefined;
    },
  };
}

/**
 * Makes the operation that hands out tokens.
 * @param lifeHeader as the vendor writes it: in it a request says how many seconds the token is to last.
 */
export function tokenOperation(lifeHeader: string): MetadataRoute["handle"] {
  return ({ state, call, machine }) => {
    if (machine.metadataTokens === "absent") return textReply(404, "Not Found");
    // A proxy must not get a token for others.
    if (call.headers["x-forwarded-for"] !== undefined) return textReply(403, "Forbidden");
    const seconds = Number(call.headers[lifeHeader.toLowerCase()] ?? "");
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > longestTokenSeconds) {
      return textReply(400, `${lifeHeader} must be 1 to ${String(longestTokenSeconds)}`);
    }
    return textReply(200, state.machines.issueToken(seconds));
  };
}
