/** The places where the caller can work: the projects, regions and domains of Huawei IAM. */
import { jsonReply } from "../../http/exchange";
import type { Call, Reply } from "../../http/exchange";
import { parentOf } from "../../accounts/account";
import type { Account, Project } from "../../accounts/account";
import type { JsonObject } from "../../ground/jsonShape";
import { fail, identify } from "./operation";
import type { IamRequest } from "./operation";

const mostPerPage = 5000;

/** KeystoneListProjects: those of the acting account that fit the query. */
export function listProjects(request: IamRequest): Reply {
  const { account, principal } = identify(request);
  const { call } = request;
  const perPage = pageNumber(call, "per_page", mostPerPage);
  const page = pageNumber(call, "page", Number.MAX_SAFE_INTEGER) ?? 1;
  const wanted = (name: string, value: string): boolean => [null, value].includes(call.query.get(name));
  const matching = principal.projects.filter(
    (project) =>
      wanted("name", project.name) &&
      wanted("domain_id", account.domainId) &&
      wanted("parent_id", parentOf(account, project)) &&
      call.query.get("enabled") !== "false" &&
      call.query.get("is_domain") !== "true",
  );
  const shown = perPage === undefined ? matching : matching.slice((page - 1) * perPage, page * perPage);
  return projectList(call, "/v3/projects", account, shown);
}

/** KeystoneListAuthProjects: all that the caller may open. */
export function listAuthProjects(request: IamRequest): Reply {
  const { account, principal } = identify(request);
  return projectList(request.call, "/v3/auth/projects", account, principal.projects);
}

/** KeystoneShowProject. */
export function showProject(request: IamRequest): Reply {
  const { account, principal } = identify(request);
  const { call, params, state } = request;
  const isWanted = ({ id }: Project): boolean => id === params["project_id"];
  const project = principal.projects.find(isWanted);
  if (project) return jsonReply(200, { project: projectBody(call, account, project) });
  const owner = state.accounts.accounts.find(({ projects }) => projects.some(isWanted));
  const foreign = owner?.projects.find(isWanted);
  if (owner && foreign) {
    const way = state.quirks.active()["foreignProject"];
    if (way === "forbidden") fail(403, "You are not authorized to perform the requested action.");
    if (way === "unauthorized") fail(401, "The request you have made requires authentication.");
    if (way === "shown") return jsonReply(200, { project: projectBody(call, owner, foreign) });
  }
  fail(404, `Could not find project: ${params["project_id"] ?? ""}.`);
}

/** KeystoneListRegions: those in which the account has projects. */
export function listRegions(request: IamRequest): Reply {
  const { account } = identify(request);
  const { call } = request;
  const names = [...new Set(account.projects.map(({ name }) => name.split("_")[0] ?? name))];
  return jsonReply(200, {
    links: linksOf(call, "/v3/regions"),
    regions: names.map((id) => ({
      id,
      type: "public",
      description: "",
      parent_region_id: null,
      locales: { "en-us": id, "zh-cn": id },
      links: { self: address(call, `/v3/regions/${id}`) },
    })),
  });
}

/** KeystoneListAuthDomains: the acting account. */
export function listDomains(request: IamRequest): Reply {
  const { account } = identify(request);
  const { call, state } = request;
  const { domainId: id, domainName: name } = account;
  const domains = [{ id, name, enabled: true, description: "", links: {} }];
  return jsonReply(200, {
    links: linksOf(call, "/v3/auth/domains"),
    domains: state.quirks.active()["noAuthDomains"] ? [] : domains,
  });
}

function projectList(call: Call, path: string, account: Account, projects: readonly Project[]): Reply {
  return jsonReply(200, {
    links: linksOf(call, path),
    projects: projects.map((project) => projectBody(call, account, project)),
  });
}

function projectBody(call: Call, account: Account, project: Project): JsonObject {
  return {
    id: project.id,
    name: project.name,
    domain_id: account.domainId,
    parent_id: parentOf(account, project),
    enabled: true,
    is_domain: false,
    description: "",
    links: { self: address(call, `/v3/projects/${project.id}`) },
  };
}

function linksOf(call: Call, path: string): JsonObject {
  return { self: address(call, path), previous: null, next: null };
}

function address(call: Call, path: string): string {
  return `http://${call.headers["host"] ?? "localhost"}${path}`;
}

function pageNumber(call: Call, name: string, max: number): number | undefined {
  const text = call.query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max) fail(400, `${name} must be 1 to ${String(max)}.`);
  return value;
}
