/**
 * Where a Huawei Cloud service is: region, endpoint, project and IAM endpoint, from argument, configuration,
 * environment or profile. Pure: makes no request.
 */
import { ConfigurationError } from "../../errors";
import { plainHttpProblem } from "../../http/transport";
import type { ArgumentProblem, Arguments } from "../backend";
import { checkEndpoint, noRegion, otherRegion, problemsOf, withScheme } from "../location";
import { address } from "../rules";
import type { Found, Settings } from "../settings";
import { configuredEndpoint, firstFound, fromArgument, fromConfig, fromEnvironment } from "../settings";
import { findProfileInUse } from "./credentials";
import { huaweiPlainHttp } from "./transport";

/** A service of Huawei Cloud. */
export interface HuaweiService {
  /** As in host names and variables, e.g. `aom`. */
  readonly name: string;
  /** For messages, e.g. `Huawei Cloud AOM`. */
  readonly title: string;
  /** Regions that serve its workflows, as the vendor's reference names them. */
  readonly regions: readonly string[];
}

/** Where to send requests. */
export interface HuaweiLocation {
  /** Absent where an endpoint was given and no region. */
  readonly region: string | undefined;
  readonly endpoint: string;
  readonly iamEndpoint: string;
  /** Absent where it has to be taken from the token or looked up. */
  readonly projectId: string | undefined;
}

const regionSettings = `the argument "region", the configuration huaweicloud:region, or the environment variable HW_REGION_NAME`;

/**
 * What is wrong with the location; empty where it can be resolved.
 * @param unknown arguments whose value is not known yet: nothing is said about them.
 */
export function checkLocation(
  service: HuaweiService,
  args: Arguments,
  settings: Settings,
  unknown: ReadonlySet<string>,
): ArgumentProblem[] {
  if (unknown.has("region") || unknown.has("endpoint")) return [];
  return problemsOf(() => resolveLocation(service, args, settings));
}

/**
 * Resolves the location.
 * @throws ConfigurationError where neither an endpoint nor a known region is set, or an endpoint is no address.
 */
export function resolveLocation(service: HuaweiService, args: Arguments, settings: Settings): HuaweiLocation {
  const region = findRegion(args, settings);
  const endpoint = findEndpoint(service, args, settings, region);
  if (!endpoint) {
    if (!region) throw noRegion(regionSettings);
    if (!service.regions.includes(region.value)) {
      throw otherRegion(region, `${service.title} workflows`, service.regions);
    }
  }
  return {
    region: region?.value,
    endpoint: endpoint
      ? checkEndpoint(endpoint, huaweiPlainHttp(settings))
      : `https://${service.name}.${region?.value ?? ""}.myhuaweicloud.com`,
    iamEndpoint: findIamEndpoint(settings, region?.value),
    projectId: findProjectId(args, settings)?.value,
  };
}

function findProjectId(args: Arguments, settings: Settings): Found | undefined {
  return (
    firstFound(
      fromArgument("projectId", args["projectId"]),
      fromConfig(settings, "huaweicloud:projectId"),
      fromEnvironment(settings, "HUAWEICLOUD_SDK_PROJECT_ID", "HW_PROJECT_ID"),
    ) ?? profileValue(settings, "project_id")
  );
}

function findRegion(args: Arguments, settings: Settings): Found | undefined {
  return firstFound(
    fromArgument("region", args["region"]),
    fromConfig(settings, "huaweicloud:region"),
    fromEnvironment(settings, "HW_REGION_NAME"),
  );
}

function findEndpoint(
  service: HuaweiService,
  args: Arguments,
  settings: Settings,
  region: Found | undefined,
): Found | undefined {
  // The vendor's own override; a list is separated by commas, the first counts.
  const variable = `HUAWEICLOUD_SDK_REGION_${service.name}_${region?.value ?? ""}`
    .toUpperCase()
    .replace(/-/g, "_");
  const override = region && fromEnvironment(settings, variable);
  return firstFound(
    fromArgument("endpoint", args["endpoint"]),
    configuredEndpoint(settings, "huaweicloud:endpoints", service.name),
    withScheme(override && { ...override, value: override.value.split(",")[0]?.trim() ?? "" }),
  );
}

function findIamEndpoint(settings: Settings, region: string | undefined): string {
  const found =
    firstFound(
      configuredEndpoint(settings, "huaweicloud:endpoints", "iam"),
      fromConfig(settings, "huaweicloud:authUrl"),
      withScheme(fromEnvironment(settings, "HUAWEICLOUD_SDK_IAM_ENDPOINT")),
      fromEnvironment(settings, "HW_AUTH_URL"),
    ) ?? withScheme(profileValue(settings, "iam_endpoint"));
  if (!found) {
    return region === undefined ? "https://iam.myhuaweicloud.com" : `https://iam.${region}.myhuaweicloud.com`;
  }
  const wrong = address(found.value) ?? plainHttpProblem(new URL(found.value), huaweiPlainHttp(settings));
  if (wrong !== undefined) throw new ConfigurationError(`the IAM endpoint (from ${found.source}) ${wrong}`);
  // Other tools' settings carry the version in the address.
  return found.value.trim().replace(/\/v3\/?$/, "");
}

// Read only where nothing before it had an answer. The profile's project and IAM endpoint belong to its credentials:
// others' passwords are not sent there.
function profileValue(settings: Settings, key: "project_id" | "iam_endpoint"): Found | undefined {
  const profile = findProfileInUse(settings);
  const value = profile?.values[key];
  return value === undefined ? undefined : { value, source: `profile ${profile?.path ?? ""}` };
}
