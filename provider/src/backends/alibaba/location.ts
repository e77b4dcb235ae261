/**
 * Where Alibaba Cloud's CloudFlow is: region and endpoint, from argument, configuration or environment. Pure.
 */
import type { ArgumentProblem, Arguments } from "../backend";
import { checkEndpoint, noRegion, otherRegion, problemsOf, withScheme } from "../location";
import type { Settings } from "../settings";
import { configuredEndpoint, firstFound, fromArgument, fromConfig, fromEnvironment } from "../settings";
import { alibabaPlainHttp } from "./transport";

/** Where to send requests. */
export interface AlibabaLocation {
  /** Absent where an endpoint was given and no region. */
  readonly region: string | undefined;
  readonly endpoint: string;
}

/** Regions that serve CloudFlow, as the vendor's reference lists them. */
export const cloudFlowRegions = [
  "cn-hangzhou",
  "cn-shanghai",
  "cn-beijing",
  "cn-qingdao",
  "cn-shenzhen",
  "ap-southeast-1",
  "us-west-1",
] as const;

const regionSettings = `the argument "region", the configuration alicloud:region, or the environment variable ALIBABA_CLOUD_REGION`;

/**
 * What is wrong with the location; empty where it can be resolved.
 * @param unknown arguments whose value is not known yet: nothing is said about them.
 */
export function checkLocation(
  args: Arguments,
  settings: Settings,
  unknown: ReadonlySet<string>,
): ArgumentProblem[] {
  if (unknown.has("region") || unknown.has("endpoint")) return [];
  return problemsOf(() => resolveLocation(args, settings));
}

/**
 * Resolves the location.
 * @throws ConfigurationError where neither an endpoint nor a known region is set, or the endpoint is no address.
 */
export function resolveLocation(args: Arguments, settings: Settings): AlibabaLocation {
  const region = firstFound(
    fromArgument("region", args["region"]),
    fromConfig(settings, "alicloud:region"),
    fromEnvironment(settings, "ALIBABA_CLOUD_REGION", "ALICLOUD_REGION"),
  );
  const endpoint = firstFound(
    fromArgument("endpoint", args["endpoint"]),
    // Other tools' settings carry the host alone.
    withScheme(configuredEndpoint(settings, "alicloud:endpoints", "fnf")),
    withScheme(fromEnvironment(settings, "FNF_ENDPOINT")),
  );
  if (endpoint)
    return { region: region?.value, endpoint: checkEndpoint(endpoint, alibabaPlainHttp(settings)) };
  if (!region) throw noRegion(regionSettings);
  if (!(cloudFlowRegions as readonly string[]).includes(region.value)) {
    throw otherRegion(region, "Alibaba Cloud CloudFlow", cloudFlowRegions);
  }
  // Not the other way round: the vendor's own clients build fnf.<region> for regions missing from their table,
  // and that is another host.
  return { region: region.value, endpoint: `https://${region.value}.fnf.aliyuncs.com` };
}
