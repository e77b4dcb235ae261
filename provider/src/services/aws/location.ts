/**
 * The location of AWS's services: the address of a service in a region, from argument, configuration, environment or
 * profile. Makes no request.
 */
import { ConfigurationError } from "../../ground/errors";
import type { Arguments } from "../../execution/argument";
import type { Found, Settings } from "../../execution/settings";
import {
  configuredEndpoint,
  firstFound,
  fromArgument,
  fromConfig,
  fromEnvironment,
} from "../../execution/settings";
import { checkEndpoint, checkIdentityEndpoint } from "../location";
import { isSetTrue } from "../transportSettings";
import { profileField } from "./sharedConfig";
import { awsPlainHttp } from "./transport";

/** A service of AWS, as settings name it. */
export interface AwsService {
  /** Names in `aws:endpoints`. */
  readonly endpointNames: readonly string[];
  /** End of the variable `AWS_ENDPOINT_URL_…`. */
  readonly variable: string;
  /** First part of its hosts. */
  readonly host: string;
}

/** A region, and the partition that it is in. */
export interface AwsRegion {
  /** `aws`, `aws-cn`, `aws-us-gov`, …. */
  readonly partition: string;
  readonly region: string;
}

const sts: AwsService = { endpointNames: ["sts"], variable: "STS", host: "sts" };

// Ends of the hosts, by partition: without IPv6, and with.
const domains: Readonly<Record<string, readonly [string, string]>> = {
  aws: ["amazonaws.com", "api.aws"],
  "aws-cn": ["amazonaws.com.cn", "api.amazonwebservices.com.cn"],
  "aws-us-gov": ["amazonaws.com", "api.aws"],
};

/**
 * The address of a service.
 * @throws LocationError when an address of the program's own is malformed.
 * @throws ConfigurationError when a setting is wrong, or the partition's hosts are not known.
 */
export function resolveEndpoint(
  service: AwsService,
  place: AwsRegion,
  args: Arguments,
  settings: Settings,
): string {
  const own = firstFound(fromArgument("endpoint", args["endpoint"]), ownEndpoint(service, settings));
  return own ? checkEndpoint(own, awsPlainHttp(settings)) : vendorEndpoint(service, place, settings);
}

/**
 * The address of the STS that is asked for roles.
 * @param place of the service that the roles are for; the STS of another region is asked where a setting says so.
 * @throws ConfigurationError when a setting is wrong.
 */
export function resolveSts(
  place: AwsRegion,
  settings: Settings,
): { readonly endpoint: string; readonly region: string } {
  const region =
    firstFound(
      fromConfig(settings, "aws:stsRegion"),
      fromConfig(settings, "aws:region"),
      fromEnvironment(settings, "AWS_REGION", "AWS_DEFAULT_REGION"),
    ) ?? profileField(settings, "region");
  if (region && !/^[a-z\d]+(-[a-z\d]+)*$/.test(region.value)) {
    throw new ConfigurationError(`${region.source} is no region like "eu-west-1": correct it.`);
  }
  const there = { ...place, region: region?.value ?? place.region };
  const own = ownEndpoint(sts, settings);
  return {
    region: there.region,
    endpoint: own
      ? checkIdentityEndpoint(own, "STS", awsPlainHttp(settings))
      : vendorEndpoint(sts, there, settings),
  };
}

// The order of the vendor's own tools. `services` of a profile is refused by name, as in no setting of ours.
function ownEndpoint({ endpointNames, variable }: AwsService, settings: Settings): Found | undefined {
  const configured = configuredEndpoint(settings, "aws:endpoints", ...endpointNames);
  if (configured) return configured;
  if (isSetTrue(fromEnvironment(settings, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))) return undefined;
  return (
    fromEnvironment(settings, `AWS_ENDPOINT_URL_${variable}`, "AWS_ENDPOINT_URL") ??
    profileField(settings, "endpoint_url")
  );
}

function vendorEndpoint({ host }: AwsService, { partition, region }: AwsRegion, settings: Settings): string {
  const ends = Object.hasOwn(domains, partition) ? domains[partition] : undefined;
  if (!ends) {
    throw new ConfigurationError(
      `the hosts of the partition "${partition}" are not known: set the argument "endpoint" to the address of the service.`,
    );
  }
  const [plain, dual] = ends;
  const fips = isOn(settings, "useFipsEndpoint", "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint") ? "-fips" : "";
  const isDual = isOn(
    settings,
    "useDualstackEndpoint",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "use_dualstack_endpoint",
  );
  return `https://${host}${fips}.${region}.${isDual ? dual : plain}`;
}

function isOn(settings: Settings, key: string, variable: string, field: string): boolean {
  return isSetTrue(
    firstFound(fromConfig(settings, `aws:${key}`), fromEnvironment(settings, variable)) ??
      profileField(settings, field),
  );
}
