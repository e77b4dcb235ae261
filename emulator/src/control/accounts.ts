/** The part of the control API that is about identity: accounts, machines, and id tokens of identity providers. */
import { ReplyError, jsonReply } from "../http/exchange";
import { Fields, ShapeError } from "../ground/jsonShape";
import type { JsonObject } from "../ground/jsonShape";
import { agencyUrn, providerArn, providerUrn, roleArn } from "../accounts/account";
import type { Account, Trust } from "../accounts/account";
import { readAccount, rejectRepeated } from "../accounts/accountReader";
import type { AccountDirectory } from "../accounts/directory";
import type { IdTokens } from "../accounts/idTokens";
import { machineKinds } from "../accounts/machine";
import type { Machine, MachineKind } from "../accounts/machine";
import type { Machines } from "../accounts/machines";

/** What these routes work on. */
export interface IdentityState {
  readonly accounts: AccountDirectory;
  readonly idTokens: IdTokens;
  readonly machines: Machines;
}

/** A route below the root of the control API. */
export interface IdentityRoute {
  readonly method: string;
  readonly path: string;
  /** @param body - reads the request's JSON; `{}` when it has none */
  readonly handle: (params: Readonly<Record<string, string>>, body: () => unknown) => JsonObject | undefined;
}

/** The routes of the control API that are about identity. */
export function identityRoutes({ accounts, idTokens, machines }: IdentityState): IdentityRoute[] {
  return [
    {
      method: "GET",
      path: "/accounts",
      handle: () => ({ accounts: accounts.accounts.map(describeAccount) }),
    },
    {
      method: "PUT",
      path: "/accounts/{domain}",
      handle: ({ domain = "" }, body) => describeAccount(putAccount(accounts, domain, body())),
    },
    {
      method: "DELETE",
      path: "/accounts/{domain}",
      handle: ({ domain = "" }) => {
        accounts.remove(findAccount(accounts, domain));
        return undefined;
      },
    },
    {
      method: "GET",
      path: "/machines",
      handle: () => ({
        machines: Object.fromEntries(
          machines.list().map((machine) => [machine.kind, describeMachine(machine)]),
        ),
      }),
    },
    {
      method: "PUT",
      path: "/machines/{kind}",
      handle: ({ kind }, body) => describeMachine(machines.put(readKind(kind), body())),
    },
    {
      method: "DELETE",
      path: "/machines/{kind}",
      handle: ({ kind }) => {
        machines.remove(readKind(kind));
        return undefined;
      },
    },
    {
      method: "POST",
      path: "/id-tokens",
      handle: (_params, body) => ({ idToken: issueIdToken(accounts, idTokens, body()) }),
    },
  ];
}

function putAccount(accounts: AccountDirectory, domain: string, json: unknown): Account {
  const account = readAccount(json, "", domain);
  rejectRepeated([...accounts.accounts.filter(({ domainName }) => domainName !== domain), account]);
  accounts.put(account);
  return account;
}

function findAccount(accounts: AccountDirectory, domain: string): Account {
  return accounts.byDomain({ name: domain }) ?? notFound(`no account ${domain}`);
}

function readKind(kind: string | undefined): MachineKind {
  return (
    machineKinds.find((known) => known === kind) ??
    notFound(`no machine ${kind ?? ""}: there are ${machineKinds.join(", ")}`)
  );
}

function issueIdToken(accounts: AccountDirectory, idTokens: IdTokens, json: unknown): string {
  const fields = new Fields(json, "");
  const idp = fields.requiredText("idp", { min: 1 });
  const wanted = {
    subject: fields.requiredText("subject", { min: 1 }),
    audience: fields.text("audience", { min: 1 }),
    seconds: fields.number("expiresInSeconds", { integer: true }),
    claims: fields.object("claims"),
  };
  fields.rejectUnknown();
  const { provider } = accounts.identityProvider(idp) ?? notFound(`no identity provider ${idp}`);
  if (provider.keys) throw new ShapeError("idp", `${idp} has keys of its own: only their owner can sign`);
  return idTokens.issue(provider, wanted);
}

function notFound(message: string): never {
  throw new ReplyError(jsonReply(404, { error: message }));
}

// In the form in which it was given.
function describeMachine({ kind, roleName, metadataTokens, idp, answer, ...machine }: Machine): JsonObject {
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

// What a client has to know of an account; no secret.
function describeAccount(account: Account): JsonObject {
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
