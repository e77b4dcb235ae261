/**
 * The common parts of all services' locations: addresses that are checked wherever they come from, and errors that make
 * sense both after an argument's name (in check) and alone (when a service is opened).
 */
import { ConfigurationError } from "../ground/errors";
import type { PlainHttp } from "../http/transport";
import { plainHttpProblem } from "../http/transport";
import { LocationError } from "../execution/problems";
import { address } from "../execution/rules";
import type { Found } from "../execution/settings";

/** The error where no region is set; `settings` names the places to set it. */
export function noRegion(settings: string): LocationError {
  return new LocationError(`no region is set: set ${settings}.`, {
    argument: "region",
    reason: `is not set anywhere: set ${settings}.`,
  });
}

/**
 * The address of a service.
 * @throws LocationError when it is none, or begins with `http://` without permission; it names the setting, and no
 * password that is in the address.
 */
export function checkEndpoint(found: Found, plainHttp: PlainHttp): string {
  const endpoint = found.value.trim();
  const wrong = address(endpoint) ?? plainHttpProblem(new URL(endpoint), plainHttp);
  if (wrong === undefined) return endpoint;
  throw new LocationError(`the endpoint (from ${found.source}) ${wrong}`, {
    argument: "endpoint",
    reason: `(from ${found.source}) ${wrong}`,
  });
}

/**
 * The address of a service by which credentials are obtained: its own message, since the argument "endpoint" is another one.
 * @param title names the service, e.g. `STS`.
 * @throws ConfigurationError when it is none, or begins with `http://` without permission.
 */
export function checkIdentityEndpoint(found: Found, title: string, plainHttp: PlainHttp): string {
  const endpoint = found.value.trim();
  const wrong = address(endpoint) ?? plainHttpProblem(new URL(endpoint), plainHttp);
  if (wrong === undefined) return endpoint;
  throw new ConfigurationError(`the ${title} endpoint (from ${found.source}) ${wrong}`);
}

/**
 * An address with its scheme. The vendors' own tools take a host alone too.
 * @param scheme for a host alone.
 */
export function withScheme(found: Found | undefined, scheme: "http" | "https" = "https"): Found | undefined {
  const value = found?.value.trim();
  if (!found || !value || /^[a-z][a-z\d+.-]*:\/\//i.test(value)) return found;
  return { ...found, value: `${scheme}://${value}` };
}
