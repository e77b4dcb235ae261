/**
 * A credential of Alibaba Cloud, and its sources.
 */
import type { AccessKeySource } from "../accessKeys";
import type { AlibabaAccessKey } from "./signer";
import type { AlibabaProfile } from "./profiles";
import type { OidcRequest, RoleRequest } from "./roles";

/** A key pair, and the token of a temporary one. */
export interface AlibabaCredential extends AlibabaAccessKey {
  readonly securityToken: string | undefined;
}

/** The acting identity. `source` is the place where the identity is set, for messages. */
export type AlibabaIdentity =
  /** Keys as they are. */
  | { readonly kind: "keys"; readonly credential: AlibabaCredential; readonly source: string }
  /** A role that another identity assumes. */
  | {
      readonly kind: "role";
      readonly role: RoleRequest;
      readonly base: AlibabaIdentity;
      readonly sts: StsHints;
    }
  /** A role that the bearer of an id token assumes. */
  | { readonly kind: "oidc"; readonly oidc: OidcRequest; readonly sts: StsHints }
  /** An address that hands out keys. */
  | { readonly kind: "uri"; readonly uri: string; readonly source: string }
  /** The role of the server on which the deployment runs; its name is asked for where it is absent. */
  | { readonly kind: "machine"; readonly roleName: string | undefined; readonly source: string }
  /** Nothing is set. The server's role may still be there, unless that is switched off. */
  | { readonly kind: "none"; readonly tried: readonly string[]; readonly mayAskMachine: boolean };

/** The part of a profile that names the STS for its roles. */
export interface StsHints {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly isInVpc?: boolean | undefined;
}

/** The result of a source: an identity, and the role that a profile puts on top of the identity. */
export interface Base {
  readonly base: AlibabaIdentity;
  readonly role?: { readonly role: RoleRequest; readonly sts: StsHints } | undefined;
  readonly profile?: AlibabaProfile | undefined;
}

/** The keys of one identity in this process. */
export interface CredentialSource extends AccessKeySource<AlibabaCredential> {
  /** Tells identities apart; no secret can be read from it. */
  readonly key: string;
}
