/**
 * The principals that act: a user, the account itself, the session of a role, or a federated user. Tokens and temporary
 * keys hold a reference only, so that a principal that is removed from an account can no longer act.
 */
import { derivedId, projectsOf, rolesOf } from "./account";
import type { Account, AssumableRole, Cloud, Project } from "./account";

/** A session of a role: the role, and how its bearer came to it. */
export interface SessionRef {
  readonly kind: "session";
  readonly cloud: Cloud;
  readonly domain: string;
  readonly roleId: string;
  /** The name that the caller that assumed the role has given to the session, if any. */
  readonly session: string | undefined;
  /** The actors that have assumed the role, the first of a chain first. */
  readonly assumedBy: readonly Actor[];
  readonly sourceIdentity?: string | undefined;
}

/** A session of the role in its account. */
export function sessionRef(
  cloud: Cloud,
  account: Account,
  role: AssumableRole,
  opened: Pick<SessionRef, "session" | "assumedBy" | "sourceIdentity">,
): SessionRef {
  return { kind: "session", cloud, domain: account.domainName, roleId: role.id, ...opened };
}

/** A reference to the principal that a credential was issued to. */
export type PrincipalRef =
  | { readonly kind: "root"; readonly domain: string }
  | { readonly kind: "user"; readonly domain: string; readonly user: string }
  | { readonly kind: "federated"; readonly domain: string; readonly idp: string; readonly subject: string }
  | SessionRef;

/** The principal that has done something, for the log; holds no secret. */
export interface Actor {
  /** The account in which it was done, by its domain name. */
  readonly account: string;
  readonly kind: "root" | "user" | "agency" | "role" | "federated";
  /** The user, the agency, the role, or the subject of the id token. */
  readonly name: string;
  /** The name of the role's session. */
  readonly session?: string;
  /** The actors that have assumed the role, as `account/name`, the first of a chain first. */
  readonly assumedBy?: readonly string[];
  /** The identity provider of a federated user. */
  readonly identityProvider?: string;
}

/** The sender of a request, as far as it is known; holds no secret. */
export interface Caller {
  /** The key that the request says it is signed with, whether rightly or not. */
  accessKeyId?: string;
  /** The principal, once the credentials have been verified. */
  actor?: Actor;
  /** The name of the project that it works in. */
  project?: string;
}

/** A reference, looked up. */
export interface Principal {
  readonly ref: PrincipalRef;
  readonly account: Account;
  /** Of the user, the role, or the account. */
  readonly id: string;
  /** As the cloud writes it: a session of an agency is `domain/agency`. */
  readonly name: string;
  /** Of Huawei Cloud, all that it may ever open. */
  readonly projects: readonly Project[];
  /** The role of a session. */
  readonly role?: AssumableRole;
  readonly actor: Actor;
}

/** Finds a reference in its account; `undefined` when the account no longer has such a user, role or provider. */
export function lookUp(account: Account, ref: PrincipalRef): Principal | undefined {
  switch (ref.kind) {
    case "root": {
      const { domainId: id, domainName: name, projects } = account;
      return { ref, account, id, name, projects, actor: { account: name, kind: "root", name } };
    }
    case "user": {
      const user = account.users.find(({ name }) => name === ref.user);
      if (!user) return undefined;
      const actor: Actor = { account: account.domainName, kind: "user", name: user.name };
      return { ref, account, id: user.id, name: user.name, projects: account.projects, actor };
    }
    case "federated":
      return federated(account, ref);
    case "session":
      return sessionOf(account, ref);
  }
}

function federated(
  account: Account,
  ref: PrincipalRef & { readonly kind: "federated" },
): Principal | undefined {
  if (!account.identityProviders.some(({ name }) => name === ref.idp)) return undefined;
  const actor: Actor = {
    account: account.domainName,
    kind: "federated",
    name: ref.subject,
    identityProvider: ref.idp,
  };
  const id = derivedId("federated", ref.idp, ref.subject);
  return { ref, account, id, name: ref.subject, projects: account.projects, actor };
}

function sessionOf(account: Account, ref: SessionRef): Principal | undefined {
  const role = rolesOf(account, ref.cloud).find(({ id }) => id === ref.roleId);
  if (!role) return undefined;
  const { session, assumedBy } = ref;
  const actor: Actor = {
    account: account.domainName,
    kind: ref.cloud === "huawei" ? "agency" : "role",
    name: role.name,
    ...(session === undefined ? {} : { session }),
    ...(assumedBy.length === 0 ? {} : { assumedBy: assumedBy.map(shortName) }),
  };
  return {
    ref,
    account,
    id: role.id,
    name:
      ref.cloud === "huawei" ? `${account.domainName}/${role.name}` : `${role.name}:${session ?? role.name}`,
    projects: projectsOf(account, role),
    role,
    actor,
  };
}

/** `account/name`, with the session behind it when there is one. */
export function shortName({ account, name, session }: Actor): string {
  return session === undefined ? `${account}/${name}` : `${account}/${name} (${session})`;
}

/** The chain of actors that have assumed a role when this principal assumes one. */
export function chainOf({ ref, actor }: Principal): readonly Actor[] {
  return ref.kind === "session" ? [...ref.assumedBy, actor] : [actor];
}
