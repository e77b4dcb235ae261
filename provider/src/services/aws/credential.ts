/**
 * A credential of AWS, and its sources.
 */
import type { AccessKeySource } from "../accessKeys";
import type { RoleRequest, WebIdentityRequest } from "./roles";

/** A key pair, and the token of a temporary one. */
export interface AwsCredential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/** The acting identity. `source` is the place where the identity is set, for messages. */
export type AwsIdentity =
  /** Keys as they are. */
  | { readonly kind: "keys"; readonly credential: AwsCredential; readonly source: string }
  /** A role that another identity assumes. */
  | { readonly kind: "role"; readonly role: RoleRequest; readonly base: AwsIdentity }
  /** A role that the bearer of a web identity token assumes. */
  | { readonly kind: "webIdentity"; readonly request: WebIdentityRequest }
  /** A profile, by the vendor's own package. */
  | { readonly kind: "profile"; readonly name: string; readonly files: ChainFiles; readonly source: string }
  /** Nothing is set: the vendor's own chain reads its files, the container and the server. */
  | { readonly kind: "chain"; readonly files: ChainFiles };

/** Files of profiles other than the vendor's own. */
export interface ChainFiles {
  readonly configFile: string | undefined;
  readonly credentialsFile: string | undefined;
}

/** The keys of one identity in this process. */
export type CredentialSource = AccessKeySource<AwsCredential>;
