/**
 * Keys from where the deployment runs: the metadata service of a server (ECS), in its second version or else its first, and
 * a credentials URI.
 */
import { ServiceError } from "../../ground/errors";
import type { HttpClient } from "../../http/httpClient";
import type { HttpAnswer, HttpRequest } from "../../http/request";
import { summarize } from "../../http/request";
import type { Clock } from "../../ground/clock";
import type { ObtainedCredentials } from "../temporaryCredentials";
import type { AlibabaCredential } from "./credential";
import {
  buildCreateMetadataToken,
  buildGetCredentialsByUri,
  buildGetRamRoleCredentials,
  buildListRamRoles,
  parseHandedOut,
  readCredentialsUri,
} from "./metadata";
import { toIdentityError } from "./serviceErrors";

/** The means of a request to a metadata service. */
export interface MachineContext {
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** Options for a request to a metadata service. */
export interface MachineOptions {
  /** Asked for where it is absent. */
  readonly roleName: string | undefined;
  /** False if only the second version may be asked. */
  readonly mayUseVersion1: boolean;
  /** The most times that each request may be sent. */
  readonly attempts: number;
}

/**
 * The keys of the server's role.
 * @throws ServiceError when there is no such role; TransportError when nothing answers, as outside of the cloud.
 */
export async function askMachine(
  { roleName, mayUseVersion1, attempts }: MachineOptions,
  { http, clock }: MachineContext,
  signal: AbortSignal,
): Promise<ObtainedCredentials<AlibabaCredential>> {
  const which = roleName === undefined ? "a RAM role" : `the RAM role "${roleName}"`;
  const toServiceError = toIdentityError(clock, `Check that the server has ${which}.`);
  const send = (request: HttpRequest): Promise<HttpAnswer> =>
    http.send(request, { signal, attempts, toServiceError });
  const token = await metadataToken(send, mayUseVersion1);
  const role = roleName ?? firstWord((await send(buildListRamRoles(token))).text);
  const request = buildGetRamRoleCredentials(role, token);
  return parseHandedOut(await send(request), summarize(request));
}

// The first version has no tokens, and says so by some status.
async function metadataToken(
  send: (request: HttpRequest) => Promise<HttpAnswer>,
  mayUseVersion1: boolean,
): Promise<string | undefined> {
  try {
    return (await send(buildCreateMetadataToken())).text.trim();
  } catch (error) {
    if (mayUseVersion1 && error instanceof ServiceError) return undefined;
    throw error;
  }
}

function firstWord(text: string): string {
  return text.trim().split(/\s/)[0] ?? "";
}

/**
 * The keys that a credentials URI hands out.
 * @throws ServiceError, TransportError or ResponseFormatError when it gives none.
 */
export async function askUri(
  uri: string,
  { http, clock }: MachineContext,
  signal: AbortSignal,
): Promise<ObtainedCredentials<AlibabaCredential>> {
  const request = buildGetCredentialsByUri(readCredentialsUri(uri));
  const toServiceError = toIdentityError(clock, "Check the credentials URI.");
  return parseHandedOut(await http.send(request, { signal, toServiceError }), summarize(request));
}
