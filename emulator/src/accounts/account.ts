/**
 * Accounts of both clouds: their users, the keys that sign, the roles that can be assumed, and their projects. Huawei
 * Cloud calls an account a domain and a role an agency.
 */
import { derivedHex } from "../ground/identifiers";

/** A user of an account. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly password: string;
}

/** A permanent access key, or with a security token a temporary one that never expires. */
export interface AccessKey {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string | undefined;
  /** Empty for a key of the account itself. */
  readonly userName: string;
}

/** A project of Huawei Cloud. */
export interface Project {
  /** 32 characters. */
  readonly id: string;
  /** A region such as `cn-north-4`, or for a sub-project `cn-north-4_name`. */
  readonly name: string;
}

/** One line of a trust policy: a principal that may assume a role. */
export type Trust =
  /** Every principal that acts in the account. */
  | { readonly kind: "account"; readonly domain: string }
  | { readonly kind: "user"; readonly domain: string; readonly user: string }
  /** Sessions of another agency or role: role chaining. */
  | { readonly kind: "session"; readonly domain: string; readonly role: string }
  /** Bearers of an id token of the provider. `subject` may have `*`; without it any subject will do. */
  | { readonly kind: "idToken"; readonly idp: string; readonly subject: string | undefined };

/** An agency of Huawei Cloud, or a RAM role of Alibaba Cloud. */
export interface AssumableRole {
  readonly id: string;
  readonly name: string;
  readonly trusts: readonly Trust[];
  /** Names or ids of the projects that it opens; `undefined` for all of the account. Huawei Cloud only. */
  readonly projects: readonly string[] | undefined;
  /** Longest session through an STS, in seconds. */
  readonly maxSessionSeconds: number;
  /** The external id that every AssumeRole request for the role has to give. */
  readonly externalId: string | undefined;
}

/** A third party that knows the account's users and signs id tokens (OIDC). */
export interface IdentityProvider {
  /** Unique over all accounts, as on Huawei Cloud. */
  readonly name: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Public keys as JWK; `undefined`: the emulator signs the provider's tokens itself. */
  readonly keys: readonly Readonly<Record<string, unknown>>[] | undefined;
}

/** An account; Huawei Cloud calls it a domain. */
export interface Account {
  readonly domainId: string;
  readonly domainName: string;
  /** Alibaba Cloud's id of the account: 16 digits. */
  readonly accountId: string;
  readonly users: readonly User[];
  readonly accessKeys: readonly AccessKey[];
  readonly projects: readonly Project[];
  /** Huawei Cloud. */
  readonly agencies: readonly AssumableRole[];
  /** Alibaba Cloud. */
  readonly roles: readonly AssumableRole[];
  readonly identityProviders: readonly IdentityProvider[];
}

/** The cloud whose APIs a credential is for. */
export type Cloud = "huawei" | "alibaba";

/** The roles that can be assumed on one of the clouds. */
export function rolesOf(account: Account, cloud: Cloud): readonly AssumableRole[] {
  return cloud === "huawei" ? account.agencies : account.roles;
}

/** The projects of the account that a role opens. */
export function projectsOf(account: Account, { projects }: AssumableRole): readonly Project[] {
  if (!projects) return account.projects;
  return account.projects.filter(({ id, name }) => projects.includes(id) || projects.includes(name));
}

/** The id of the project that a sub-project belongs to; of any other project the domain's. */
export function parentOf(account: Account, { name }: Project): string {
  const region = name.split("_")[0];
  const parent = region === name ? undefined : account.projects.find((project) => project.name === region);
  return parent?.id ?? account.domainId;
}

/** An id of 32 hex digits, always the same for the same parts. */
export function derivedId(...parts: readonly string[]): string {
  return derivedHex(...parts).slice(0, 32);
}

/** Alibaba Cloud's ids are digits; always the same for the same parts. */
export function derivedDigits(length: number, ...parts: readonly string[]): string {
  const digits = BigInt(`0x${derivedHex(...parts)}`).toString();
  return `1${digits.slice(-(length - 1))}`;
}

/** `iam::{domain}:agency:{name}`. */
export function agencyUrn(account: Account, agency: Pick<AssumableRole, "name">): string {
  return `iam::${account.domainId}:agency:${agency.name}`;
}

/** `acs:ram::{account}:role/{name}`. */
export function roleArn(account: Account, role: Pick<AssumableRole, "name">): string {
  return `acs:ram::${account.accountId}:role/${role.name}`;
}

/** `iam::{domain}:oidcProvider:{name}`. */
export function providerUrn(account: Account, provider: Pick<IdentityProvider, "name">): string {
  return `iam::${account.domainId}:oidcProvider:${provider.name}`;
}

/** `acs:ram::{account}:oidc-provider/{name}`. */
export function providerArn(account: Account, provider: Pick<IdentityProvider, "name">): string {
  return `acs:ram::${account.accountId}:oidc-provider/${provider.name}`;
}
