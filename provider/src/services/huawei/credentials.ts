/**
 * The ways to authenticate at Huawei Cloud, and how one source of settings is read for them. A source must have all
 * parts of a credential: the vendor's provider fills gaps from other sources, which can make an identity that nobody
 * has chosen.
 */
import { ConfigurationError } from "../../ground/errors";
import type { HuaweiAccessKey } from "./signer";
import type { Found } from "../../execution/settings";
import { incompleteCredentials } from "../../execution/settings";
import type { TokenFile } from "../tokenFile";

/** Something of an account, by its name or by its id. */
export type NameOrId = { readonly name: string } | { readonly id: string };

/** An access key, permanent or temporary. */
export interface HuaweiKeys extends HuaweiAccessKey {
  /** Of a temporary key. */
  readonly securityToken: string | undefined;
}

/** A user of an account. */
export interface PasswordCredential {
  readonly kind: "password";
  readonly user: NameOrId;
  readonly password: string;
  /** The account; not needed with the user's id. */
  readonly domain: NameOrId | undefined;
}

/** An id token, or the file that has the present one. */
export type IdTokenPlace = { readonly text: string } | TokenFile;

/** A token of an identity provider, by the protocol of IAM v3. */
export interface IdTokenCredential {
  readonly kind: "idToken";
  readonly idpId: string;
  readonly idToken: IdTokenPlace;
}

/** A token of an identity provider for an agency, by the security token service. */
export interface OidcCredential {
  readonly kind: "oidc";
  readonly providerUrn: string;
  readonly agencyUrn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly policy: string | undefined;
  readonly policyIds: readonly string[];
  readonly idToken: IdTokenPlace;
}

/** The agency of a pod of CCE. */
export interface PodCredential {
  readonly kind: "pod";
  readonly uri: string;
  readonly tokenFile: TokenFile;
}

/** The credential that asks, before a role is assumed. */
export type HuaweiCredential =
  /** A token that somebody else obtained; it can't be renewed. */
  | { readonly kind: "token"; readonly token: string }
  | PasswordCredential
  | (HuaweiKeys & { readonly kind: "accessKey" })
  | IdTokenCredential
  | OidcCredential
  | PodCredential
  /** The agency of the ECS that this process runs on; asked for by a setting, or the last source to try. */
  | { readonly kind: "ecs"; readonly isAsked: boolean };

/** A credential and where it was found. */
export interface FoundCredential {
  readonly credential: HuaweiCredential;
  /** The setting that names it, for messages: `configuration huaweicloud:accessKey`. */
  readonly source: string;
}

/** The parts of credentials. */
export type Part =
  | "token"
  | "accessKey"
  | "secretKey"
  | "securityToken"
  | "userName"
  | "userId"
  | "password"
  | "domainName"
  | "domainId"
  | "idpId"
  | "idToken"
  | "idTokenFile";

/** One source of settings. */
export interface CredentialSettings {
  /** The part's value; absent if it is not set or the source has no such part. */
  readonly find: (part: Part) => Found | undefined;
  /** The source's name for a part, for messages about a missing part. */
  readonly nameOf: (part: Part) => string;
}

type Parts = readonly [Part, ...Part[]];

/**
 * The credentials of one source, those that the vendor's provider prefers first. Parts of one that stands behind a
 * complete one do not matter, as there.
 * @throws ConfigurationError when the first one that has any part lacks another.
 */
export function credentialsIn(source: CredentialSettings): readonly FoundCredential[] {
  const found: FoundCredential[] = [];
  for (const read of [readToken, readKeys, readUser, readIdToken]) {
    const result = read(source);
    if (!result) continue;
    if ("credential" in result) found.push(result);
    else if (found.length === 0) throw incomplete(source, result.missingOf);
  }
  return found;
}

type Reading = FoundCredential | { readonly missingOf: Parts } | undefined;

function readToken({ find }: CredentialSettings): Reading {
  const token = find("token");
  return token && { credential: { kind: "token", token: token.value }, source: token.source };
}

function readKeys({ find }: CredentialSettings): Reading {
  const [accessKey, secretKey, securityToken] = [find("accessKey"), find("secretKey"), find("securityToken")];
  if (accessKey && secretKey) {
    const keys = { accessKey: accessKey.value, secretKey: secretKey.value };
    const credential = { kind: "accessKey", ...keys, securityToken: securityToken?.value } as const;
    return { credential, source: accessKey.source };
  }
  // A security token alone is of no use; another source's keys must not answer in its place.
  if (securityToken) return { missingOf: ["accessKey", "secretKey", "securityToken"] };
  return accessKey || secretKey ? { missingOf: ["accessKey", "secretKey"] } : undefined;
}

function readUser({ find }: CredentialSettings): Reading {
  const [userName, userId, password] = [find("userName"), find("userId"), find("password")];
  // A domain alone is no credential: beside keys it only names their account.
  if (!userName && !userId && !password) return undefined;
  if (userName && userId) {
    throw new ConfigurationError(`${userName.source} and ${userId.source} are both set: remove one of them.`);
  }
  const domain = nameOrId(find("domainName"), find("domainId"));
  const user = nameOrId(userName, userId);
  const isComplete = user && password && (domain ?? userId);
  if (!isComplete) {
    return { missingOf: userId ? ["userId", "password"] : ["userName", "password", "domainName"] };
  }
  const credential = { kind: "password", user, password: password.value, domain } as const;
  return { credential, source: (userName ?? userId ?? password).source };
}

function readIdToken({ find }: CredentialSettings): Reading {
  const [idpId, idToken, idTokenFile] = [find("idpId"), find("idToken"), find("idTokenFile")];
  const place = idTokenPlace(idToken, idTokenFile);
  if (idpId && place) {
    return { credential: { kind: "idToken", idpId: idpId.value, idToken: place }, source: idpId.source };
  }
  return idpId || place
    ? { missingOf: idToken ? ["idpId", "idToken"] : ["idpId", "idTokenFile"] }
    : undefined;
}

/** The place of an id token; undefined if neither is set. The text takes precedence, as in the vendor's provider. */
export function idTokenPlace(text: Found | undefined, file: Found | undefined): IdTokenPlace | undefined {
  if (text) return { text: text.value };
  return file && { file: file.value, source: file.source };
}

/** A name or an id; the id takes precedence, as in the vendor's provider. */
export function nameOrId(name: Found | undefined, id: Found | undefined): NameOrId | undefined {
  if (id) return { id: id.value };
  return name && { name: name.value };
}

function incomplete({ find, nameOf }: CredentialSettings, parts: Parts): ConfigurationError {
  return incompleteCredentials(
    "Huawei Cloud",
    parts.map((part) => ({ name: nameOf(part), value: find(part)?.value })),
  );
}

/** The error for two identities, if no setting chooses one of them. */
export function competingIdentities(first: string, second: string): ConfigurationError {
  return new ConfigurationError(
    `${first} and ${second} both set the identity for Huawei Cloud: remove one of them.`,
  );
}
