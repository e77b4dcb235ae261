/** Reads accounts from the JSON of a seed file or of the control API, and says which field is wrong. */
import { Fields, readText, ShapeError } from "../ground/jsonShape";
import { derivedDigits, derivedId } from "./account";
import { isRsaPublicKey } from "./idTokens";
import type { AccessKey, Account, AssumableRole, IdentityProvider, Project, Trust, User } from "./account";

/** A principal that may assume a role, as JSON. */
export type SeedTrust =
  /** `domain` alone: every principal that acts in that account; else that user, or sessions of that agency or role. */
  | { domain: string; user?: string; agency?: string; role?: string }
  /** Bearers of an id token of that identity provider; `subject` may have `*`. @default any subject */
  | { idp: string; subject?: string };

/** An agency of Huawei Cloud or a RAM role of Alibaba Cloud, as JSON. */
export interface SeedRole {
  name: string;
  id?: string;
  /** @default everybody in the same account */
  trusts?: SeedTrust[];
  /** Names or ids of the projects that an agency opens. @default all of the account */
  projects?: string[];
  /** Longest session through an STS, 3600 to 43200. @default 3600 */
  maxSessionSeconds?: number;
  /** The external id that every AssumeRole request for the role has to give. */
  externalId?: string;
}

/** An identity provider (OIDC), as JSON. */
export interface SeedIdentityProvider {
  /** Unique over all accounts. */
  name: string;
  issuer: string;
  audiences: string[];
  /** Public keys as JWK. @default the emulator signs the provider's id tokens itself */
  keys?: Record<string, unknown>[];
}

/** An account of both clouds, as JSON. */
export interface SeedAccount {
  /** Huawei Cloud's account name. */
  domain: string;
  domainId?: string;
  /** Alibaba Cloud's id of the account. @default 16 digits made from the domain's name */
  accountId?: string;
  users?: { name: string; password: string; id?: string }[];
  /** @default `user`: the first user; without any, the key is the account's own */
  accessKeys?: { accessKey: string; secretKey: string; securityToken?: string; user?: string }[];
  projects?: { id: string; name: string }[];
  /** Huawei Cloud. */
  agencies?: SeedRole[];
  /** Alibaba Cloud. */
  roles?: SeedRole[];
  identityProviders?: SeedIdentityProvider[];
}

/**
 * Reads the accounts of a seed.
 * @throws {ShapeError} when a field is wrong
 */
export function readAccounts(fields: Fields): Account[] {
  return fields.list("accounts", (json, path) => readAccount(json, path)) ?? [];
}

/**
 * Reads one account.
 * @param knownDomain - the domain's name where the JSON need not say it
 * @throws {ShapeError} when a field is wrong
 */
export function readAccount(json: unknown, path: string, knownDomain?: string): Account {
  const fields = new Fields(json, path);
  const domainName = fields.text("domain", { min: 1, max: 64 }) ?? fields.required("domain", knownDomain);
  if (knownDomain !== undefined && domainName !== knownDomain) {
    throw new ShapeError(fields.at("domain"), `must be ${JSON.stringify(knownDomain)} or left out`);
  }
  const users = fields.list("users", (item, at) => readUser(item, at, domainName)) ?? [];
  const roles = (name: "agencies" | "roles"): AssumableRole[] => {
    const list = fields.list(name, (item, at) => readRole(item, at, name, domainName)) ?? [];
    rejectTwice(
      list.map((role) => role.name),
      fields.at(name),
    );
    return list;
  };
  const account: Account = {
    domainName,
    domainId: fields.text("domainId", { min: 1, max: 64 }) ?? derivedId("domain", domainName),
    accountId:
      fields.text("accountId", { pattern: /^\d{1,20}$/, patternText: "must have 1 to 20 digits" }) ??
      derivedDigits(16, "account", domainName),
    users,
    accessKeys: fields.list("accessKeys", (item, at) => readAccessKey(item, at, users)) ?? [],
    projects: fields.list("projects", readProject) ?? [],
    agencies: roles("agencies"),
    roles: roles("roles"),
    identityProviders: fields.list("identityProviders", readIdentityProvider) ?? [],
  };
  fields.rejectUnknown();
  return account;
}

/**
 * Refuses accounts that share a value that has to be unique.
 * @throws {ShapeError} when two accounts do; names the value
 */
export function rejectRepeated(accounts: readonly Account[]): void {
  const names = accounts.flatMap((account) => [
    `domain ${account.domainName}`,
    `domain id ${account.domainId}`,
    `account id ${account.accountId}`,
    ...account.accessKeys.map(({ accessKey }) => `access key ${accessKey}`),
    ...account.projects.map(({ id }) => `project ${id}`),
    ...account.identityProviders.map(({ name }) => `identity provider ${name}`),
  ]);
  rejectTwice(names, "accounts", " (the demo account is included)");
}

function rejectTwice(names: readonly string[], path: string, remark = ""): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new ShapeError(path, `${name} is defined twice${remark}`);
    seen.add(name);
  }
}

function readUser(json: unknown, path: string, domainName: string): User {
  const fields = new Fields(json, path);
  const name = fields.requiredText("name", { min: 1, max: 64 });
  const user: User = {
    name,
    password: fields.requiredText("password", { min: 1 }),
    id: fields.text("id", { min: 1, max: 64 }) ?? derivedId("user", domainName, name),
  };
  fields.rejectUnknown();
  return user;
}

function readAccessKey(json: unknown, path: string, users: readonly User[]): AccessKey {
  const fields = new Fields(json, path);
  const userName = fields.text("user") ?? users[0]?.name ?? "";
  if (userName !== "" && !users.some(({ name }) => name === userName)) {
    throw new ShapeError(fields.at("user"), `is not a user of the account: ${userName}`);
  }
  const key: AccessKey = {
    accessKey: fields.requiredText("accessKey", {
      pattern: /^[^,\s]+$/,
      patternText: "must have no commas and no spaces",
    }),
    secretKey: fields.requiredText("secretKey", { min: 1 }),
    securityToken: fields.text("securityToken", { min: 1 }),
    userName,
  };
  fields.rejectUnknown();
  return key;
}

function readProject(json: unknown, path: string): Project {
  const fields = new Fields(json, path);
  const id = fields.requiredText("id", {
    pattern: /^[\w-]{32}$/,
    patternText: "must have exactly 32 letters or digits",
  });
  const project = { id, name: fields.requiredText("name", { min: 1, max: 64 }) };
  fields.rejectUnknown();
  return project;
}

function readRole(
  json: unknown,
  path: string,
  list: "agencies" | "roles",
  domainName: string,
): AssumableRole {
  const fields = new Fields(json, path);
  const name = fields.requiredText("name", {
    pattern: /^[\w.-]{1,64}$/,
    patternText: "must have 1 to 64 letters, digits, _, . and -",
  });
  const role: AssumableRole = {
    name,
    id:
      fields.text("id", { min: 1, max: 64 }) ??
      (list === "agencies"
        ? derivedId("agency", domainName, name)
        : derivedDigits(18, "role", domainName, name)),
    trusts: fields.list("trusts", readTrust) ?? [{ kind: "account", domain: domainName }],
    projects: list === "agencies" ? fields.list("projects", (item, at) => readText(item, at)) : undefined,
    maxSessionSeconds: fields.number("maxSessionSeconds", { min: 3600, max: 43_200, integer: true }) ?? 3600,
    externalId: fields.text("externalId", { min: 2, max: 1224 }),
  };
  fields.rejectUnknown();
  return role;
}

function readTrust(json: unknown, path: string): Trust {
  const fields = new Fields(json, path);
  const trust = fields.has("idp") ? readIdTokenTrust(fields) : readAccountTrust(fields);
  fields.rejectUnknown();
  return trust;
}

function readIdTokenTrust(fields: Fields): Trust {
  return {
    kind: "idToken",
    idp: fields.requiredText("idp", { min: 1 }),
    subject: fields.text("subject", { min: 1 }),
  };
}

function readAccountTrust(fields: Fields): Trust {
  const domain = fields.requiredText("domain", { min: 1 });
  const user = fields.text("user", { min: 1 });
  const role = fields.text("agency", { min: 1 }) ?? fields.text("role", { min: 1 });
  if (user !== undefined && role !== undefined) {
    throw new ShapeError(fields.path, "must have at most one of user, agency and role");
  }
  if (user !== undefined) return { kind: "user", domain, user };
  return role === undefined ? { kind: "account", domain } : { kind: "session", domain, role };
}

function readIdentityProvider(json: unknown, path: string): IdentityProvider {
  const fields = new Fields(json, path);
  const provider: IdentityProvider = {
    name: fields.requiredText("name", {
      pattern: /^[\w.-]{1,64}$/,
      patternText: "must have 1 to 64 letters, digits, _, . and -",
    }),
    issuer: fields.requiredText("issuer", { min: 1 }),
    audiences: fields.required(
      "audiences",
      fields.list("audiences", (item, at) => readText(item, at, { min: 1 })),
    ),
    keys: fields.list("keys", readPublicKey),
  };
  if (provider.audiences.length === 0) throw new ShapeError(fields.at("audiences"), "must have at least one");
  fields.rejectUnknown();
  return provider;
}

function readPublicKey(json: unknown, path: string): Record<string, unknown> {
  const { source } = new Fields(json, path);
  if (!isRsaPublicKey(source)) throw new ShapeError(path, "must be an RSA public key as JWK");
  return source;
}
