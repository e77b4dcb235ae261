/**
 * The location of a Huawei Cloud service: region, endpoint, project, IAM and STS, from argument, profile, configuration
 * or environment. Pure: makes no request.
 */
import { ConfigurationError } from "../../ground/errors";
import type { ArgumentProblem, Arguments } from "../../execution/argument";
import { LocationError, problemsOf } from "../../execution/problems";
import { checkEndpoint, noRegion, withScheme } from "../location";
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
import { suffixOf } from "./hostSuffix";
import type { HuaweiIdentity } from "./identity";
import { findIdentity } from "./identity";
import { findIamEndpoint, findStsEndpoint, profileValue } from "./identityEndpoints";
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
  /**
   * Of a service that has one address for all regions of a site: which site is meant, undefined if nothing tells. Left
   * out for services with an address in each region.
   */
  siteOf?(asked: AskedSite): ServiceSite | undefined;
}

/** The facts that tell a site. */
export interface AskedSite {
  readonly args: Arguments;
  readonly region: string | undefined;
  /** The suffix of host names that the settings give. */
  readonly cloud: string | undefined;
}

/** One of the vendor's sites, for a service that has one address there. */
export interface ServiceSite {
  /** As programs and outputs have it, e.g. `international`. */
  readonly name: string;
  readonly endpoint: string;
  /** The region that stands for the site in the vendor's SDKs, and in their variables. */
  readonly region: string;
  /** The suffix of the site's host names. */
  readonly suffix: string;
  /** The region of its IAM; undefined if the address without a region is right. */
  readonly iamRegion: string | undefined;
}

/** The destination of requests. */
export interface HuaweiLocation {
  /** Of a service with one address for each site; undefined for other services, and where nothing tells the site. */
  readonly site: ServiceSite | undefined;
  /** Absent if an endpoint was given and no region. */
  readonly region: string | undefined;
  readonly endpoint: string;
  readonly iamEndpoint: string;
  readonly stsEndpoint: string;
  /** Absent if the project has to be found by its name. */
  readonly projectId: string | undefined;
  /** The project's name and the setting that gives it; absent if neither it nor a region is set. */
  readonly projectName: Found | undefined;
}

// The settings of a region, or of the site that stands for one.
function settingsFor(argument: "region" | "site", words: SettingWords): string {
  const configuration = nameSetting(words, "huaweicloud:region");
  return `the argument "${argument}", the ${configuration}, or the environment variable HW_REGION_NAME`;
}

/**
 * The problems of the settings and the location; empty if there are none.
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
  if (["region", "endpoint", "site"].some((name) => unknown.has(name))) return [];
  return problemsOf(() => locate(service, args, settings, identity));
}

/**
 * Resolves the location.
 * @throws ConfigurationError when a setting is refused, neither an endpoint nor a region is set, or one is malformed.
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
  const site = siteFor(service, args, settings, region);
  const servedRegion = site?.region ?? region?.value;
  const given = findEndpoint(service, args, settings, servedRegion);
  const suffix = site?.suffix ?? findCloud(settings)?.value ?? suffixOf(region?.value);
  const endpoint = given
    ? checkEndpoint(given, huaweiPlainHttp(settings))
    : service.siteOf
      ? site?.endpoint
      : region && `https://${service.name}.${region.value}.${suffix}`;
  if (endpoint === undefined) {
    throw service.siteOf ? noSite(settings.words) : noRegion(settingsFor("region", settings.words));
  }
  return {
    region: region?.value,
    site,
    endpoint,
    iamEndpoint: findIamEndpoint(settings, identity, site ? site.iamRegion : region?.value, suffix),
    stsEndpoint: findStsEndpoint(settings, servedRegion, suffix),
    ...findProject(args, settings, identity, region),
  };
}

/**
 * The site of a service that has one address for each site, as settings and arguments tell it.
 * @throws ConfigurationError when a setting is malformed.
 */
export function findSite(service: HuaweiService, args: Arguments, settings: Settings): string | undefined {
  return siteFor(service, args, settings, findRegion(args, settings, findIdentity(settings)))?.name;
}

function siteFor(
  service: HuaweiService,
  args: Arguments,
  settings: Settings,
  region: Found | undefined,
): ServiceSite | undefined {
  return service.siteOf?.({ args, region: region?.value, cloud: findCloud(settings)?.value });
}

function noSite(words: SettingWords): LocationError {
  const settings = settingsFor("site", words);
  return new LocationError(`no site is set: set ${settings}.`, {
    argument: "site",
    reason: `is not set, and no region tells it: set ${settings}.`,
  });
}

/**
 * The place of executions as far as the settings alone tell: the account, by its id or its name, and the project's id.
 * An execution in another account or project is another execution.
 * @throws ConfigurationError when a setting is wrong.
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
  // The project beside a key is that key's project, not a project of the account whose agency is assumed.
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
  region: string | undefined,
): Found | undefined {
  // The vendor's own override; a list is separated by commas, the first counts.
  const variable = `HUAWEICLOUD_SDK_REGION_${service.name}_${region ?? ""}`.toUpperCase().replace(/-/g, "_");
  const override = region === undefined ? undefined : fromEnvironment(settings, variable);
  const names = [service.endpointName, service.name].filter((name) => name !== undefined);
  return firstFound(
    fromArgument("endpoint", args["endpoint"]),
    withScheme(configuredEndpoint(settings, "huaweicloud:endpoints", ...names)),
    withScheme(override && { ...override, value: override.value.split(",")[0]?.trim() ?? "" }),
  );
}

function findCloud(settings: Settings): Found | undefined {
  const found = firstFound(fromConfig(settings, "huaweicloud:cloud"), fromEnvironment(settings, "HW_CLOUD"));
  if (!found || /^[a-z\d-]+(\.[a-z\d-]+)+$/i.test(found.value)) return found;
  throw new ConfigurationError(
    `the cloud (from ${found.source}) must be the suffix of all its host names, such as myhuaweicloud.com, without a scheme or a path.`,
  );
}
