/**
 * The role that an identity assumes: an agency by `assumeRole`, or by the older settings `agencyName` and
 * `agencyDomainName`. Applied on top of any credential.
 */
import { ConfigurationError } from "../../ground/errors";
import type { Found, FoundObject, Settings } from "../../execution/settings";
import { configuredObject, firstFound, fromConfig, fromEnvironment } from "../../execution/settings";
import type { CliProfile } from "./cliProfile";
import type { IdTokenCredential, NameOrId } from "./credentials";
import { competingIdentities, idTokenPlace, nameOrId } from "./credentials";

/** An agency of another account, assumed by temporary keys. */
export interface Role {
  readonly kind: "role";
  readonly agencyName: string;
  /** The account that has the agency. By its id the security token service is used, by its name IAM v3. */
  readonly domain: NameOrId;
  readonly durationSeconds: number;
}

/** An agency whose token is used, as the vendor's provider does with its older settings. */
export interface AgencyToken {
  readonly kind: "agencyToken";
  readonly agencyName: string;
  /** The account that has the agency. */
  readonly domainName: string;
  /** The project to work in, by its name; absent if it is the region's. */
  readonly projectName: string | undefined;
}

/** An agency and the setting that names it. */
export interface FoundAgency {
  readonly agency: Role | AgencyToken;
  readonly source: string;
}

const defaultSeconds = 3600;
// The limits of the lifetime of a role's keys, in seconds, that both protocols accept.
const limits = { min: 900, max: 43_200 };

/**
 * The agency that is to be assumed; undefined if none is.
 * @throws ConfigurationError when a part of it is missing or wrong, or two settings name one.
 */
export function findAgency(settings: Settings, profile: CliProfile | undefined): FoundAgency | undefined {
  const found = [roleOf(settings), roleOfProfile(profile), agencyTokenOf(settings)].filter(
    (each) => each !== undefined,
  );
  const [first, second] = found;
  if (first && second) throw competingIdentities(first.source, second.source);
  return first;
}

/**
 * The identity provider's token that `assumeRoleWithOidc` names; undefined if it names none.
 * @throws ConfigurationError when a part of it is missing.
 */
export function idTokenOf(settings: Settings): { credential: IdTokenCredential; source: string } | undefined {
  const object = oidcObject(settings);
  if (!object) return undefined;
  const [idpId, idToken, idTokenFile] = ["idpId", "idToken", "idTokenFile"].map((name) =>
    textOf(object, name),
  );
  const place = idTokenPlace(idToken, idTokenFile);
  if (!idpId || !place) {
    throw new ConfigurationError(
      `${object.source} needs idpId and one of idToken and idTokenFile: set what is missing, or remove it.`,
    );
  }
  return { credential: { kind: "idToken", idpId: idpId.value, idToken: place }, source: idpId.source };
}

function oidcObject(settings: Settings): FoundObject | undefined {
  const keys = ["huaweicloud:assumeRoleWithOidc", "huaweicloud:assumeRoleWithOidcs"];
  const object = configuredObject(settings, ...keys);
  if (object)
    refuseUnknown(object, ["agencyName", "domainId", "duration", "idpId", "idToken", "idTokenFile"]);
  return object;
}

function roleOf(settings: Settings): FoundAgency | undefined {
  const object = configuredObject(settings, "huaweicloud:assumeRole", "huaweicloud:assumeRoles");
  if (object) refuseUnknown(object, ["agencyName", "domainName", "domainId", "duration"]);
  const oidc = oidcObject(settings);
  const [role, oidcRole] = [object, oidc].map(
    (each) => each && roleIn((name) => textOf(each, name), each.source),
  );
  if (role && oidcRole) throw competingIdentities(role.source, oidcRole.source);
  return role ?? oidcRole ?? roleOfVariables(settings);
}

function roleOfVariables(settings: Settings): FoundAgency | undefined {
  const variables: Readonly<Record<string, string>> = {
    agencyName: "HW_ASSUME_ROLE_AGENCY_NAME",
    domainName: "HW_ASSUME_ROLE_DOMAIN_NAME",
    domainId: "HW_ASSUME_ROLE_DOMAIN_ID",
    duration: "HW_ASSUME_ROLE_DURATION",
  };
  return roleIn(
    (name) => fromEnvironment(settings, variables[name] ?? ""),
    "the environment variables HW_ASSUME_ROLE_*",
  );
}

/** @param isOptional true if the account alone means nothing, as in profiles that were edited. */
function roleIn(
  find: (name: string) => Found | undefined,
  source: string,
  isOptional = false,
): FoundAgency | undefined {
  const [agencyName, domainName, domainId] = ["agencyName", "domainName", "domainId"].map(find);
  if (!agencyName) {
    // A part without its whole: the author of the setting does not mean to act without an agency.
    const part = isOptional ? undefined : (domainName ?? domainId ?? find("duration"));
    if (!part) return undefined;
    throw new ConfigurationError(
      `${part.source} is set without the agency: set agencyName in ${source}, or unset it.`,
    );
  }
  const domain = nameOrId(domainName, domainId);
  if (!domain) {
    throw new ConfigurationError(
      `${agencyName.source} is set without the account that has the agency: set domainName or domainId in ${source}.`,
    );
  }
  return {
    agency: {
      kind: "role",
      agencyName: agencyName.value,
      domain,
      durationSeconds: secondsOf(find("duration")),
    },
    source: agencyName.source,
  };
}

/**
 * Life of temporary keys in seconds, 3600 by default.
 * @throws ConfigurationError when it is no number that the services take.
 */
export function secondsOf(found: Found | undefined): number {
  if (!found) return defaultSeconds;
  const seconds = Number(found.value);
  if (Number.isInteger(seconds) && seconds >= limits.min && seconds <= limits.max) return seconds;
  throw new ConfigurationError(
    `${found.source} must be a number of seconds from ${String(limits.min)} to ${String(limits.max)}.`,
  );
}

function roleOfProfile(profile: CliProfile | undefined): FoundAgency | undefined {
  const fields: Readonly<Record<string, string>> = {
    agencyName: "agencyName",
    domainName: "agencyDomainName",
    domainId: "agencyDomainId",
  };
  if (!profile) return undefined;
  return roleIn(
    (name) => profile.field(fields[name] ?? ""),
    "the profile (agencyDomainName or agencyDomainId)",
    true,
  );
}

function agencyTokenOf(settings: Settings): FoundAgency | undefined {
  const find = (key: string, variable: string): Found | undefined =>
    firstFound(fromConfig(settings, `huaweicloud:${key}`), fromEnvironment(settings, variable));
  const agencyName = find("agencyName", "OS_AGENCY_NAME");
  const domainName = find("agencyDomainName", "OS_AGENCY_DOMAIN_NAME");
  const project = find("delegatedProject", "OS_DELEGATED_PROJECT");
  const any = agencyName ?? domainName ?? project;
  if (!any) return undefined;
  if (!agencyName || !domainName) {
    throw new ConfigurationError(
      `${any.source} has no effect alone: set ${settings.words.write("huaweicloud:agencyName")} and ` +
        `${settings.words.write("huaweicloud:agencyDomainName")}, or unset it.`,
    );
  }
  return {
    agency: {
      kind: "agencyToken",
      agencyName: agencyName.value,
      domainName: domainName.value,
      projectName: project?.value,
    },
    source: agencyName.source,
  };
}

function textOf({ values, source }: FoundObject, name: string): Found | undefined {
  const value = values[name];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string" || typeof value === "number") {
    return { value: String(value), source: `${source}.${name}` };
  }
  throw new ConfigurationError(`${source}.${name} must be text or a number: correct it, or remove it.`);
}

function refuseUnknown({ values, source }: FoundObject, known: readonly string[]): void {
  const unknown = Object.keys(values).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ConfigurationError(`${source}.${unknown} is unknown (known: ${known.join(", ")}): remove it.`);
}
