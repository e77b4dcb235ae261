/** Accounts and machines as JSON, for the control API. No secrets. */
import type { JsonObject } from "../ground/jsonShape";
import { agencyUrn, providerArn, providerUrn, roleArn } from "./account";
import type { Account, Trust } from "./account";
import type { Machine } from "./machine";

/** A machine, in the form of its JSON. */
export function describeMachine({
  kind,
  roleName,
  metadataTokens,
  idp,
  answer,
  ...machine
}: Machine): JsonObject {
  return {
    ...machine,
    [kind.startsWith("huawei") ? "agency" : "role"]: roleName,
    ...(kind.endsWith("Ecs") ? { metadataTokens } : {}),
    ...(kind === "huaweiPod" ? { idp, answer } : {}),
  };
}

function describeTrust(trust: Trust, list: "agency" | "role"): JsonObject {
  switch (trust.kind) {
    case "account":
      return { domain: trust.domain };
    case "user":
      return { domain: trust.domain, user: trust.user };
    case "session":
      return { domain: trust.domain, [list]: trust.role };
    case "idToken":
      return { idp: trust.idp, subject: trust.subject };
  }
}

/** The part of an account that a client has to know, without secrets. */
export function describeAccount(account: Account): JsonObject {
  return {
    domain: account.domainName,
    domainId: account.domainId,
    accountId: account.accountId,
    users: account.users.map(({ id, name }) => ({ id, name })),
    accessKeys: account.accessKeys.map(({ accessKey, userName, securityToken }) => ({
      accessKey,
      user: userName,
      temporary: securityToken !== undefined,
    })),
    projects: account.projects,
    agencies: account.agencies.map((agency) => ({
      urn: agencyUrn(account, agency),
      ...agency,
      trusts: agency.trusts.map((trust) => describeTrust(trust, "agency")),
    })),
    roles: account.roles.map((role) => ({
      arn: roleArn(account, role),
      ...role,
      trusts: role.trusts.map((trust) => describeTrust(trust, "role")),
    })),
    identityProviders: account.identityProviders.map((provider) => ({
      ...provider,
      urn: providerUrn(account, provider),
      arn: providerArn(account, provider),
    })),
  };
}
