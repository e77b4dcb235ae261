/**
 * The endpoints at which identities of Huawei Cloud are obtained: the addresses of IAM and of the security token
 * service. Pure.
 */
import type { Found, Settings } from "../../execution/settings";
import { configuredEndpoint, firstFound, fromConfig, fromEnvironment } from "../../execution/settings";
import { checkIdentityEndpoint, withScheme } from "../location";
import { mainSuffix } from "./hostSuffix";
import type { HuaweiIdentity } from "./identity";
import { huaweiPlainHttp } from "./transport";

/**
 * The address of IAM. The vendor's provider obtains tokens and looks projects up at `authUrl`, even if `endpoints.iam`
 * is set.
 * @param region undefined for the address that is the same for all regions.
 * @param suffix of host names.
 * @throws ConfigurationError when a setting is no address.
 */
export function findIamEndpoint(
  settings: Settings,
  { sdkProfile }: HuaweiIdentity,
  region: string | undefined,
  suffix: string,
): string {
  const found = firstFound(
    fromConfig(settings, "huaweicloud:authUrl"),
    fromEnvironment(settings, "HW_AUTH_URL", "OS_AUTH_URL"),
    withScheme(configuredEndpoint(settings, "huaweicloud:endpoints", "iam")),
    withScheme(fromEnvironment(settings, "HUAWEICLOUD_SDK_IAM_ENDPOINT")),
    // Others' passwords are not sent there: it belongs to the profile's own credentials.
    withScheme(profileValue(sdkProfile, "iam_endpoint")),
  );
  if (!found) return region === undefined ? `https://iam.${suffix}` : `https://iam.${region}.${suffix}`;
  // Other tools' settings carry the version in the address.
  return checkIdentityEndpoint(found, "IAM", huaweiPlainHttp(settings)).replace(/\/v3\/?$/, "");
}

// The service is in these regions only; elsewhere the SDKs ask the first of them.
const stsRegions: readonly string[] = [
  ...["cn-north-4", "cn-south-1", "cn-east-3", "cn-southwest-2"],
  ...["ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4"],
  ...["sa-brazil-1", "la-south-2", "af-south-1", "tr-west-1"],
];

/**
 * The address of the security token service.
 * @param suffix of host names.
 * @throws ConfigurationError when a setting is no address.
 */
export function findStsEndpoint(settings: Settings, region: string | undefined, suffix: string): string {
  const found = firstFound(
    withScheme(configuredEndpoint(settings, "huaweicloud:endpoints", "sts")),
    withScheme(fromEnvironment(settings, "HUAWEICLOUD_SDK_STS_ENDPOINT")),
  );
  if (found) return checkIdentityEndpoint(found, "STS", huaweiPlainHttp(settings));
  const isServed = region !== undefined && (suffix !== mainSuffix || stsRegions.includes(region));
  return `https://sts.${isServed ? region : "cn-north-4"}.${suffix}`;
}

/** A value of the SDKs' profile file, where the identity comes from that. */
export function profileValue(
  profile: HuaweiIdentity["sdkProfile"],
  key: "project_id" | "iam_endpoint",
): Found | undefined {
  const value = profile?.values[key];
  return value === undefined ? undefined : { value, source: `profile ${profile?.path ?? ""}` };
}
