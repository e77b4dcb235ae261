/**
 * The place of a state machine: its ARN tells region and account, settings may name another address of the service.
 * Makes no request.
 */
import type { ArgumentProblem, Arguments } from "../../../execution/argument";
import { LocationError, problemsOf } from "../../../execution/problems";
import type { Settings } from "../../../execution/settings";
import { InputError } from "../../../ground/errors";
import { checkAccount } from "../account";
import type { AwsService } from "../location";
import { resolveEndpoint } from "../location";
import type { StatesPlace } from "./api";
import { parseStateMachineArn } from "./arns";

const states: AwsService = { endpointNames: ["sfn", "stepfunctions"], variable: "SFN", host: "states" };

/**
 * The problems of the place; empty if it can be resolved.
 * @param unknown arguments whose value is not known yet: nothing is said about them.
 */
export function checkPlace(
  args: Arguments,
  settings: Settings,
  unknown: ReadonlySet<string>,
): ArgumentProblem[] {
  // The rule of the ARN reports problems of the ARN itself.
  if (unknown.has("endpoint") || parseStateMachineArn(String(args["stateMachineArn"])) === undefined)
    return [];
  return problemsOf(() => placeOf(args, settings));
}

/**
 * Resolves the place.
 * @throws LocationError when the argument `region` is not the state machine's, or an address is malformed.
 * @throws ConfigurationError when a setting is wrong, or forbids the account.
 */
export function placeOf(args: Arguments, settings: Settings): StatesPlace {
  const machine = parseStateMachineArn(String(args["stateMachineArn"]));
  if (!machine) throw new InputError("stateMachineArn is not the ARN of a state machine: correct it.");
  const { region } = args;
  if (typeof region === "string" && region !== machine.region) {
    const reason = `is "${region}", but stateMachineArn is in "${machine.region}": leave the region out, or correct one of them.`;
    throw new LocationError(`the region ${reason}`, { argument: "region", reason });
  }
  checkAccount(settings, machine.accountId);
  const endpoint = resolveEndpoint(states, machine, args, settings);
  return { machine, endpoint, syncEndpoint: syncEndpointOf(endpoint) };
}

// The vendor's own hosts have a twin for synchronous runs. An address of the program's own, such as that of a simulator or of a
// VPC endpoint, is taken as it stands.
function syncEndpointOf(endpoint: string): string {
  return endpoint.replace(
    /^(https?:\/\/)(states(-fips)?\.[^/]*(amazonaws\.com(\.cn)?|api\.aws))/i,
    "$1sync-$2",
  );
}
