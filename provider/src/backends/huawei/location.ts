/**
 * Where a Huawei Cloud service is: region, endpoint, project and IAM endpoint, from argument, configuration,
 * environment or profile. Pure: makes no request.
 */
import { ConfigurationError } from "../../errors";
import type { ArgumentProblem, Arguments } from "../backend";
import type { Found, Settings } from "../settings";
import { configuredEndpoint, firstFound, fromArgument, fromConfig, fromEnvironment } from "../settings";
import { readProfile } from "./profile";

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
  try {
    resolveLocation(service, args, settings);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return [{ argument: "region", reason: error.message }];
  }
}

/**
 * Resolves the location.
 * @throws ConfigurationError where neither an endpoint nor a known region is set.
 */
export function resolveLocation(service: HuaweiService, args: Arguments, settings: Settings): HuaweiLocation {
  const region = findRegion(args, settings);
  const endpoint = findEndpoint(service, args, settings, region);
  if (!endpoint) {
    if (!region) throw new ConfigurationError(`is not set anywhere: set ${regionSettings}.`);
    if (!service.regions.includes(region.value)) {
      throw new ConfigurationError(
        `is "${region.value}" (from ${region.source}), which is no region that serves ${service.title} workflows ` +
          `(${service.regions.join(", ")}): correct it, or set "endpoint" if yours does.`,
      );
    }
  }
  return {
    region: region?.value,
    endpoint: endpoint?.value ?? `https://${service.name}.${region?.value ?? ""}.myhuaweicloud.com`,
    iamEndpoint: findIamEndpoint(settings, region?.value),
    projectId: firstFound(
      fromArgument("projectId", args["projectId"]),
      fromConfig(settings, "huaweicloud:projectId"),
      fromEnvironment(settings, "HUAWEICLOUD_SDK_PROJECT_ID", "HW_PROJECT_ID"),
      profileValue(settings, "project_id"),
    )?.value,
  };
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
    override && { ...override, value: override.value.split(",")[0]?.trim() ?? "" },
  );
}

function findIamEndpoint(settings: Settings, region: string | undefined): string {
  const found = firstFound(
    configuredEndpoint(settings, "huaweicloud:endpoints", "iam"),
    fromConfig(settings, "huaweicloud:authUrl"),
    fromEnvironment(settings, "HUAWEICLOUD_SDK_IAM_ENDPOINT", "HW_AUTH_URL"),
    profileValue(settings, "iam_endpoint"),
  );
  // Other tools' settings carry the version in the address.
  if (found) return found.value.replace(/\/v3\/?$/, "");
  return region === undefined ? "https://iam.myhuaweicloud.com" : `https://iam.${region}.myhuaweicloud.com`;
}

function profileValue(settings: Settings, key: "project_id" | "iam_endpoint"): Found | undefined {
  const profile = readProfile(settings);
  const value = profile?.values[key];
  return value === undefined ? undefined : { value, source: `profile ${profile?.path ?? ""}` };
}
