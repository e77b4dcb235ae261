/**
 * The location of Alibaba Cloud's CloudFlow: region and endpoint, from argument, configuration, environment or profile;
 * and the endpoint of the STS. Makes no request.
 */
import type { ArgumentProblem, Arguments } from "../../execution/argument";
import { LocationError, problemsOf } from "../../execution/problems";
import { checkEndpoint, checkIdentityEndpoint, noRegion, withScheme } from "../location";
import type { SettingWords } from "../../execution/settingWords";
import { nameSetting } from "../../execution/settingWords";
import type { Found, Settings } from "../../execution/settings";
import {
  configuredEndpoint,
  firstFound,
  fromArgument,
  fromConfig,
  fromEnvironment,
} from "../../execution/settings";
import type { StsHints } from "./credential";
import { findIdentity } from "./identity";
import { isTrue } from "./profiles";
import { alibabaPlainHttp } from "./transport";

/** The destination of requests. */
export interface AlibabaLocation {
  /** Absent if an endpoint was given and no region. */
  readonly region: string | undefined;
  readonly endpoint: string;
  /** True if the account is one of the international site, which has another console. */
  readonly isInternational: boolean;
}

/** A service's name in `alicloud:endpoints`, and the variables for its endpoint. */
const fnfNames = ["fnf", "FNF_ENDPOINT", "ALIBABA_CLOUD_ENDPOINT_FNF"] as const;
const stsNames = ["sts", "STS_ENDPOINT", "ALIBABA_CLOUD_ENDPOINT_STS"] as const;

function regionSettings(words: SettingWords): string {
  return (
    `the argument "region", the ${nameSetting(words, "alicloud:region")}, the environment variable ALICLOUD_REGION or ` +
    "ALIBABA_CLOUD_REGION, or region_id of the profile"
  );
}

/**
 * The problems of the location; empty if it can be resolved.
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
 * Resolves the location. Any region that has the form of one is taken: which ones serve CloudFlow, the vendor changes
 * without notice.
 * @throws ConfigurationError when neither an endpoint nor a region is set, or one of them is malformed.
 */
export function resolveLocation(args: Arguments, settings: Settings): AlibabaLocation {
  const given = firstFound(fromArgument("region", args["region"]), configuredRegion(settings));
  const region = given && checkedRegion(given);
  const endpoint = firstFound(fromArgument("endpoint", args["endpoint"]), ownEndpoint(settings, ...fnfNames));
  const isInternational = isOfInternationalSite(settings);
  if (endpoint) {
    return { region, endpoint: checkEndpoint(endpoint, alibabaPlainHttp(settings)), isInternational };
  }
  if (region === undefined) throw noRegion(regionSettings(settings.words));
  // Not the other way round: the vendor's own clients build fnf.<region> for regions missing from their table,
  // and that is another host.
  return { region, endpoint: `${schemeOf(settings)}://${region}.fnf.aliyuncs.com`, isInternational };
}

/**
 * True if the STS of the same cloud is known: one is named, or the service is where the vendor has it. A CloudFlow of the
 * program's own, such as an emulator, says nothing about an STS.
 */
export function isStsAtHand(args: Arguments, settings: Settings): boolean {
  return (
    ownEndpoint(settings, ...stsNames) !== undefined ||
    firstFound(fromArgument("endpoint", args["endpoint"]), ownEndpoint(settings, ...fnfNames)) === undefined
  );
}

/**
 * The endpoint of the STS for roles: a set endpoint, else a profile's, else the region's, else the central one.
 * @throws ConfigurationError when an endpoint is malformed.
 */
export function resolveStsEndpoint(settings: Settings, hints: StsHints): string {
  const scheme = schemeOf(settings);
  const set =
    ownEndpoint(settings, ...stsNames) ??
    withScheme(
      hints.endpoint === undefined ? undefined : { value: hints.endpoint, source: "the profile" },
      scheme,
    );
  if (set) return checkIdentityEndpoint(set, "STS", alibabaPlainHttp(settings));
  const found =
    hints.region === undefined
      ? firstFound(fromEnvironment(settings, "ALIBABA_CLOUD_STS_REGION"), configuredRegion(settings))
      : { value: hints.region, source: "sts_region of the profile" };
  if (!found) return `${scheme}://sts.aliyuncs.com`;
  const isInVpc =
    hints.isInVpc === true || isTrue(settings.environment("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED"));
  return `${scheme}://${isInVpc ? "sts-vpc" : "sts"}.${checkedRegion(found)}.aliyuncs.com`;
}

function configuredRegion(settings: Settings): Found | undefined {
  return (
    firstFound(
      fromConfig(settings, "alicloud:region"),
      fromEnvironment(settings, "ALICLOUD_REGION", "ALIBABA_CLOUD_REGION"),
    ) ?? profileRegion(settings)
  );
}

// Read only where nothing before it had an answer.
function profileRegion(settings: Settings): Found | undefined {
  const { profile } = findIdentity(settings);
  const region = profile?.fields["region_id"];
  return typeof region === "string" && region !== ""
    ? { value: region, source: `profile "${profile?.name ?? ""}" of ${profile?.path ?? ""}` }
    : undefined;
}

// It becomes a part of the host.
function checkedRegion(region: Found): string {
  if (/^[a-z\d]+(-[a-z\d]+)*$/.test(region.value)) return region.value;
  const reason = `(from ${region.source}) must be a region such as "cn-hangzhou", not "${region.value}".`;
  throw new LocationError(`the region ${reason}`, { argument: "region", reason });
}

// Other tools' settings carry the host alone.
function ownEndpoint(
  settings: Settings,
  service: string,
  ...variables: readonly string[]
): Found | undefined {
  const scheme = schemeOf(settings);
  return firstFound(
    withScheme(configuredEndpoint(settings, "alicloud:endpoints", service), scheme),
    withScheme(fromEnvironment(settings, ...variables), scheme),
  );
}

// Regions do not tell the site: accounts of both have all of them. Unset means Domestic, as in the official provider.
function isOfInternationalSite(settings: Settings): boolean {
  const type = firstFound(
    fromConfig(settings, "alicloud:accountType"),
    fromEnvironment(settings, "ALIBABA_CLOUD_ACCOUNT_TYPE"),
  );
  return type?.value.trim().toLowerCase() === "international";
}

// The setting `protocol` that allows http also selects http, as with the official provider.
function schemeOf(settings: Settings): "http" | "https" {
  return alibabaPlainHttp(settings).isAllowed ? "http" : "https";
}
