/**
 * Access keys of vendors whose requests are signed by a key pair: read from an answer, renewed before they end, and replaced
 * once where a service calls them expired.
 */
import type { RequestSummary } from "../ground/errors";
import { AuthenticationError, ResponseFormatError } from "../ground/errors";
import type { BackendContext } from "../execution/service";
import type { SendOptions } from "../http/httpClient";
import type { Authorization, HttpAnswer, HttpRequest, SignableRequest } from "../http/request";
import { servedAtMs } from "../http/servedAt";
import type { ObtainedCredentials } from "./temporaryCredentials";
import { TemporaryCredentials } from "./temporaryCredentials";

/** The id that tells key pairs apart. */
interface AccessKey {
  readonly accessKeyId: string;
}

/** The keys of one identity in this process. */
export interface AccessKeySource<Key extends AccessKey> {
  /**
   * The keys that are valid now.
   * @throws ConfigurationError when there are none anywhere; ServiceError or TransportError when they can't be
   *   obtained; RequestInterruptedError when `signal` aborts.
   */
  get(signal: AbortSignal): Promise<Key>;
  /** Forgets keys that a service called expired; true if the next call obtains new ones. */
  forget(accessKeyId: string): boolean;
}

/** The renewal of temporary keys. */
export interface Renewal<Key extends AccessKey> {
  /** For the error of a request that is interrupted while it waits for them. */
  readonly summary: RequestSummary;
  readonly obtain: (signal: AbortSignal) => Promise<ObtainedCredentials<Key>>;
  /** The parts of a key that no message may show. */
  readonly secretsOf: (key: Key) => readonly (string | undefined)[];
}

/** Keys that are renewed before they end. */
export function renewedKeys<Key extends AccessKey>(
  { summary, obtain, secretsOf }: Renewal<Key>,
  { clock, credentials: known }: Pick<BackendContext, "clock" | "credentials">,
): AccessKeySource<Key> {
  const obtainKnown = async (signal: AbortSignal): Promise<ObtainedCredentials<Key>> => {
    const obtained = await obtain(signal);
    known.add(...secretsOf(obtained.value));
    return obtained;
  };
  const credentials = new TemporaryCredentials<Key>({ summary, obtain: obtainKnown }, clock);
  return {
    get: (signal) => credentials.get(signal),
    forget: (accessKeyId) => {
      credentials.forget((value) => value.accessKeyId === accessKeyId);
      return true;
    },
  };
}

/**
 * Reads temporary keys from an answer.
 * @param valueOf gives the text of a member of the answer's credentials; anything else where the member is missing.
 * @param keyOf makes the key from the members.
 * @throws ResponseFormatError when a member is missing; the error quotes nothing of the answer.
 */
export function readTemporaryKeys<Key>(
  answer: HttpAnswer,
  request: RequestSummary,
  valueOf: (name: string) => unknown,
  keyOf: (member: (name: string) => string) => Key,
): ObtainedCredentials<Key> {
  const member = (name: string): string => {
    const value = valueOf(name);
    if (typeof value === "string" && value !== "") return value;
    throw malformedAnswer(request, `has no ${name}`);
  };
  const expiresAtMs = Date.parse(member("Expiration"));
  if (Number.isNaN(expiresAtMs)) throw malformedAnswer(request, "has an Expiration that is not a time");
  return { value: keyOf(member), expiresAtMs, servedAtMs: servedAtMs(answer) };
}

/**
 * The error for an answer about credentials that differs from the service's documentation.
 * @param problem continues `the answer of <address> …`.
 */
export function malformedAnswer(request: RequestSummary, problem: string): ResponseFormatError {
  return new ResponseFormatError(
    `${request.operation}: the answer of ${request.url} ${problem}: check the address.`,
    request,
  );
}

/** The signing and sending of a request. */
export interface KeySending<Key extends AccessKey> {
  readonly source: Pick<AccessKeySource<Key>, "get" | "forget">;
  readonly http: BackendContext["http"];
  readonly sign: (request: SignableRequest, key: Key) => Authorization | Promise<Authorization>;
  /** The codes by which services refuse keys that have ended. */
  readonly expiredKeyCodes: ReadonlySet<string>;
}

/**
 * Signs a request and sends it; errors as HttpClient.send. Keys that are refused as expired are replaced once, even
 * before their stated end: a refused request was not handled, so even a start may be sent again.
 */
export async function sendByKey<Key extends AccessKey>(
  request: HttpRequest,
  options: Omit<SendOptions, "authorize">,
  { source, http, sign, expiredKeyCodes }: KeySending<Key>,
): Promise<HttpAnswer> {
  let used: Key | undefined;
  const authorize = async (signable: SignableRequest, signal: AbortSignal): Promise<Authorization> => {
    used = await source.get(signal);
    return sign(signable, used);
  };
  const isExpired = (error: unknown): boolean =>
    error instanceof AuthenticationError &&
    error.request.operation === request.operation &&
    expiredKeyCodes.has(error.serviceCode ?? "");
  try {
    return await http.send(request, { ...options, authorize });
  } catch (error) {
    if (!isExpired(error) || used === undefined || !source.forget(used.accessKeyId)) throw error;
    return await http.send(request, { ...options, authorize });
  }
}
