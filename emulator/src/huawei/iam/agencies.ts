/** Taking on an agency through IAM v3: finds it by the delegating account and its name, and asks its trust policy. */
import type { AssumableRole, Account } from "../../accounts/account";
import { chainOf, sessionRef } from "../../accounts/principal";
import type { SessionRef } from "../../accounts/principal";
import { trustsCaller } from "../../accounts/trust";
import { ShapeError } from "../../ground/jsonShape";
import type { Fields } from "../../ground/jsonShape";
import type { Identity } from "../authentication";
import { fail, identify } from "./operation";
import type { IamRequest, NameOrId } from "./operation";

/** The name of an agency, and its account. */
export interface WantedAgency {
  readonly domain: NameOrId;
  readonly agencyName: string;
}

/**
 * Reads `domain_id` or `domain_name`, and the agency's name; golangsdk calls it `xrole_name`.
 * @throws {ShapeError} when a field is wrong
 */
export function readAgency(fields: Fields): WantedAgency {
  const domain = {
    id: fields.text("domain_id", { min: 1 }),
    name: fields.text("domain_name", { min: 1 }),
  };
  if (domain.id === undefined && domain.name === undefined) {
    throw new ShapeError(fields.path, "must have domain_id or domain_name");
  }
  const agencyName =
    fields.text("agency_name", { min: 1 }) ??
    fields.required("agency_name", fields.text("xrole_name", { min: 1 }));
  return { domain, agencyName };
}

/** The caller that wants to assume an agency: IAM takes a token or, since 2025, a signature. */
export function identifyDelegate(request: IamRequest): Identity {
  const { state, call } = request;
  const byTokenOnly = state.quirks.active()["assumeRoleByTokenOnly"] === true;
  if (byTokenOnly && call.headers["x-auth-token"] === undefined) fail(401, "The X-Auth-Token is invalid!");
  const identity = identify(request);
  if (identity.token?.scope.kind === "unscoped") fail(403, "Action Forbidden");
  return identity;
}

/** Takes on the agency, or answers 404 or 403. */
export function assumeAgency(
  { state }: IamRequest,
  { principal }: Identity,
  wanted: WantedAgency,
  session?: string,
): { readonly account: Account; readonly agency: AssumableRole; readonly holder: SessionRef } {
  const account = state.accounts.byDomain(wanted.domain);
  const agency = account?.agencies.find(({ name }) => name === wanted.agencyName);
  if (!account || !agency) {
    const domain = wanted.domain.name ?? wanted.domain.id ?? "";
    const unknown = `Could not find agency: ${wanted.agencyName} of ${domain}.`;
    return state.quirks.active()["unknownAgencyIs403"] ? fail(403, "Action Forbidden") : fail(404, unknown);
  }
  if (!trustsCaller(agency, principal)) fail(403, "Action Forbidden");
  const holder = sessionRef("huawei", account, agency, { session, assumedBy: chainOf(principal) });
  return { account, agency, holder };
}
