/**
 * Where a Huawei Cloud service is: region, endpoint, project, IAM and STS, from argument, profile, configuration or
 * environment. Pure: makes no request.
 */
import { ConfigurationError } from "../../ground/errors";
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
import { demandNoRefusedSettings, findRefusedSettings } from "../vendorSettings";
import type { HuaweiIdentity } from "./identity";
import { findIdentity } from "./identity";
import { huaweiSettings } from "./settingsTable";
import { huaweiPlainHttp } from "./transport";

/** A service of Huawei Cloud. */
export interface HuaweiService {
  /** As in host names and variables, e.g. `aom`. */
  readonly name: string;
  /** For messages, e.g. `Huawei Cloud AOM`. */
  readonly title: string;
  /** The name in `huaweicloud:endpoints` of the vendor's provider, where it differs from {@link name}. */
  readonly endpointName?: string;
}

/** Where to send requests. */
export interface HuaweiLocation {
  /** Absent where an endpoint was given and no region. */
  readonly region: string | undefined;
  readonly endpoint: string;
  readonly iamEndpoint: string;
  readonly stsEndpoint: string;
  /** Absent where the project has to be found by its name. */
  readonly projectId: string | undefined;
  /** The project's name and the setting that gives it; absent where neither it nor a region is set. */
  readonly projectName: Found | undefined;
}

function regionSettings(words: SettingWords): string {
  const configuration = nameSetting(words, "huaweicloud:region");
  return `the argument "region", the ${configuration}, or the environment variable HW_REGION_NAME`;
}

/**
 * What is wrong with the settings and the location; empty where nothing is.
 * @param unknown arguments whose value is not known yet: nothing is said about them.
 */
export function checkLocation(
  service: HuaweiService,
  args: Arguments,
  settings: Settings,
  unknown: ReadonlySet<string>,
): ArgumentProblem[] {
  const refused = findRefusedSettings(settings, huaweiSettings);
  if (refused.length > 0) return refused;
  let identity: HuaweiIdentity;
  try {
    identity = findIdentity(settings);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return [{ argument: undefined, reason: error.message }];
  }
  if (unknown.has("region") || unknown.has("endpoint")) return [];
  return problemsOf(() => locate(service, args, settings, identity));
}

/**
 * Resolves the location.
 * @throws ConfigurationError where a setting is refused, neither an endpoint nor a region is set, or one is malformed.
 */
export function resolveLocation(
  service: HuaweiService,
  args: Arguments,
  settings: Settings,
  identity: HuaweiIdentity = findIdentity(settings),
): HuaweiLocation {
  demandNoRefusedSettings(settings, huaweiSettings);
  return locate(service, args, settings, identity);
}

function locate(
  service: HuaweiService,
  args: Arguments,
  settings: Settings,
  identity: HuaweiIdentity,
): HuaweiLocation {
  const region = findRegion(args, settings, identity);
  const endpoint = findEndpoint(service, args, settings, region);
  if (!endpoint && !region) throw noRegion(regionSettings(settings.words));
  const site = findSite(settings, region?.value);
  return {
    region: region?.value,
    endpoint: endpoint
      ? checkEndpoint(endpoint, huaweiPlainHttp(settings))
      : `https://${service.name}.${region?.value ?? ""}.${site}`,
    iamEndpoint: findIamEndpoint(settings, identity, region?.value, site),
    stsEndpoint: findStsEndpoint(settings, region?.value, site),
    ...findProject(args, settings, identity, region),
  };
}

/**
 * What the settings alone tell of the place where executions are: the account, by its id or its name, and the project's
 * id. An execution in another account or project is another one.
 * @throws ConfigurationError where a setting is wrong.
 */
export function placeOf(settings: Settings): Readonly<Record<string, string>> {
  const identity = findIdentity(settings);
  const { projectId } = findProject({}, settings, identity, undefined);
  return { ...accountOf(identity), ...(projectId === undefined ? {} : { projectId }) };
}

/** The account in which an identity acts, as far as the settings tell it. */
export function accountOf({
  agency,
  credential,
  domainId,
}: HuaweiIdentity): Readonly<Record<string, string>> {
  if (agency?.kind === "agencyToken") return { accountName: agency.domainName };
  const ofUser = credential.kind === "password" ? credential.domain : domainId && { id: domainId };
  const domain = agency ? agency.domain : ofUser;
  if (!domain) return {};
  return "id" in domain ? { accountId: domain.id } : { accountName: domain.name };
}

interface ProjectSettings {
  readonly projectId: string | undefined;
  readonly projectName: Found | undefined;
}

// An id before a name, and a name before the region's own project, wherever they are set: as in the vendor's provider.
function findProject(
  args: Arguments,
  settings: Settings,
  { agency, cliProfile, sdkProfile }: HuaweiIdentity,
  region: Found | undefined,
): ProjectSettings {
  const byId = (id: Found | undefined): ProjectSettings | undefined =>
    id && { projectId: id.value, projectName: undefined };
  const byName = (projectName: Found | undefined): ProjectSettings => ({ projectId: undefined, projectName });
  const given = byId(fromArgument("projectId", args["projectId"]));
  if (given) return given;
  if (agency?.kind === "agencyToken" && agency.projectName !== undefined) {
    const source = settings.words.write("huaweicloud:delegatedProject");
    return byName({ value: agency.projectName, source });
  }
  // What comes with a key is that key's project, not one of the account whose agency is assumed.
  const isAssumed = agency !== undefined;
  const ofKey = (found: Found | undefined): Found | undefined => (isAssumed ? undefined : found);
  const id = firstFound(
    ofKey(cliProfile?.field("projectId")),
    fromConfig(settings, "huaweicloud:projectId"),
    fromEnvironment(settings, "HW_PROJECT_ID", "OS_PROJECT_ID"),
    fromConfig(settings, "huaweicloud:tenantId"),
    fromEnvironment(settings, "OS_TENANT_ID"),
  );
  const name = firstFound(
    fromConfig(settings, "huaweicloud:projectName"),
    fromEnvironment(settings, "HW_PROJECT_NAME", "OS_PROJECT_NAME"),
    fromConfig(settings, "huaweicloud:tenantName"),
    fromEnvironment(settings, "OS_TENANT_NAME"),
  );
  if (id || name) return byId(id) ?? byName(name);
  const fromSdk = firstFound(
    ofKey(fromEnvironment(settings, "HUAWEICLOUD_SDK_PROJECT_ID")),
    ofKey(profileValue(sdkProfile, "project_id")),
  );
  return byId(fromSdk) ?? byName(region);
}

function findRegion(args: Arguments, settings: Settings, { cliProfile }: HuaweiIdentity): Found | undefined {
  const found = firstFound(
    fromArgument("region", args["region"]),
    cliProfile?.field("region"),
    fromConfig(settings, "huaweicloud:region"),
    fromEnvironment(settings, "HW_REGION_NAME", "OS_REGION_NAME"),
  );
  // It becomes a part of every host name.
  if (!found || /^[a-z\d]+(-[a-z\d]+)*$/i.test(found.value)) return found;
  const reason = `(from ${found.source}) must be a region like cn-north-4: letters, digits and "-".`;
  throw new LocationError(`the region ${reason}`, { argument: "region", reason });
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
  const names = [service.endpointName, service.name].filter((name) => name !== undefined);
  return firstFound(
    fromArgument("endpoint", args["endpoint"]),
    withScheme(configuredEndpoint(settings, "huaweicloud:endpoints", ...names)),
    withScheme(override && { ...override, value: override.value.split(",")[0]?.trim() ?? "" }),
  );
}

// All hosts of a site end alike. European accounts are not known elsewhere.
function findSite(settings: Settings, region: string | undefined): string {
  const found = firstFound(fromConfig(settings, "huaweicloud:cloud"), fromEnvironment(settings, "HW_CLOUD"));
  if (!found) return region?.startsWith("eu-west-1") === true ? "myhuaweicloud.eu" : "myhuaweicloud.com";
  if (/^[a-z\d-]+(\.[a-z\d-]+)+$/i.test(found.value)) return found.value;
  throw new ConfigurationError(
    `the cloud (from ${found.source}) must be the suffix of all its host names, such as myhuaweicloud.com, without a scheme or a path.`,
  );
}

// The vendor's provider obtains tokens and looks projects up at `authUrl`, whatever `endpoints.iam` says.
function findIamEndpoint(
  settings: Settings,
  { sdkProfile }: HuaweiIdentity,
  region: string | undefined,
  site: string,
): string {
  const found = firstFound(
    fromConfig(settings, "huaweicloud:authUrl"),
    fromEnvironment(settings, "HW_AUTH_URL", "OS_AUTH_URL"),
    withScheme(configuredEndpoint(settings, "huaweicloud:endpoints", "iam")),
    withScheme(fromEnvironment(settings, "HUAWEICLOUD_SDK_IAM_ENDPOINT")),
    // Others' passwords are not sent there: it belongs to the profile's own credentials.
    withScheme(profileValue(sdkProfile, "iam_endpoint")),
  );
  if (!found) return region === undefined ? `https://iam.${site}` : `https://iam.${region}.${site}`;
  // Other tools' settings carry the version in the address.
  return checkIdentityEndpoint(found, "IAM", huaweiPlainHttp(settings)).replace(/\/v3\/?$/, "");
}

// The service is in these regions only; elsewhere the SDKs ask the first of them.
const stsRegions: readonly string[] = [
  ...["cn-north-4", "cn-south-1", "cn-east-3", "cn-southwest-2"],
  ...["ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4"],
  ...["sa-brazil-1", "la-south-2", "af-south-1", "tr-west-1"],
];
const mainSite = "myhuaweicloud.com";

function findStsEndpoint(settings: Settings, region: string | undefined, site: string): string {
  const found = firstFound(
    withScheme(configuredEndpoint(settings, "huaweicloud:endpoints", "sts")),
    withScheme(fromEnvironment(settings, "HUAWEICLOUD_SDK_STS_ENDPOINT")),
  );
  if (found) return checkIdentityEndpoint(found, "STS", huaweiPlainHttp(settings));
  const isServed = region !== undefined && (site !== mainSite || stsRegions.includes(region));
  return `https://sts.${isServed ? region : "cn-north-4"}.${site}`;
}

function profileValue(
  profile: HuaweiIdentity["sdkProfile"],
  key: "project_id" | "iam_endpoint",
): Found | undefined {
  const value = profile?.values[key];
  return value === undefined ? undefined : { value, source: `profile ${profile?.path ?? ""}` };
}
