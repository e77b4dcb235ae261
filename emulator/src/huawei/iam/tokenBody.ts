/** IAM's description of a token: its end, its bearer, and its scope. */
import type { JsonObject } from "../../ground/jsonShape";
import type { Account, Project } from "../../accounts/account";
import type { AccountDirectory, IssuedToken } from "../../accounts/directory";
import type { Actor, Principal } from "../../accounts/principal";
import { iamTime } from "./operation";

/** The one protocol that identity providers speak here. */
export const protocol = "oidc";

/** The `token` object of an answer. */
export function tokenBody(
  directory: AccountDirectory,
  issued: IssuedToken,
  principal: Principal,
  options: { readonly catalog: boolean },
): JsonObject {
  const { account } = principal;
  const { scope } = issued;
  const unscoped = scope.kind === "unscoped";
  return {
    issued_at: iamTime(issued.issuedAt),
    expires_at: iamTime(issued.expiresAt),
    methods: issued.methods,
    ...(options.catalog ? { catalog: [] } : {}),
    ...(unscoped ? {} : { roles: [{ id: "0", name: "te_admin" }] }),
    ...(scope.kind === "project" ? projectBody(account, scope.projectId) : {}),
    ...(scope.kind === "domain" ? { domain: domainBody(account) } : {}),
    ...assumedBody(directory, principal),
    user: userBody(principal),
  };
}

/** `{id, name}` of an account. */
export function domainBody({ domainId: id, domainName: name }: Account): JsonObject {
  return { id, name };
}

function projectBody(account: Account, projectId: string): JsonObject {
  const project: Project | undefined = account.projects.find(({ id }) => id === projectId);
  return { project: { id: projectId, name: project?.name ?? "", domain: domainBody(account) } };
}

function userBody({ ref, account, id, name }: Principal): JsonObject {
  const domain = domainBody(account);
  if (ref.kind === "session") return { id, name, domain };
  if (ref.kind !== "federated") return { id, name, password_expires_at: "", domain };
  const federation = { groups: [], identity_provider: { id: ref.idp }, protocol: { id: protocol } };
  return { "OS-FEDERATION": federation, domain, id, name };
}

// The last actor of a chain is the caller that has asked for this token.
function assumedBody(directory: AccountDirectory, { ref }: Principal): JsonObject {
  const last: Actor | undefined = ref.kind === "session" ? ref.assumedBy.at(-1) : undefined;
  const account = last && directory.byDomain({ name: last.account });
  if (!last || !account) return {};
  const user = account.users.find(({ name }) => name === last.name);
  return {
    assumed_by: {
      user: {
        id: user?.id ?? account.domainId,
        name: last.name,
        domain: domainBody(account),
        password_expires_at: "",
      },
    },
  };
}
