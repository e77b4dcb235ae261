/**
 * Keys that a machine of Huawei Cloud gives to every process on it: an ECS by its metadata service, a pod of CCE by its
 * agent. Both are asked directly, never through a proxy.
 */
import type { RequestSummary } from "../../ground/errors";
import { ConfigurationError, ServiceError, TransportError } from "../../ground/errors";
import type { HttpClient } from "../../http/httpClient";
import type { HttpAnswer, HttpRequest } from "../../http/request";
import { summarize } from "../../http/request";
import type { SettingWords } from "../../execution/settingWords";
import type { CredentialSource, ObtainedCredentials } from "../temporaryCredentials";
import { readTokenFile } from "../tokenFile";
import type { HuaweiKeys, PodCredential } from "./credentials";
import { triedSources } from "./identity";
import {
  buildMetadataTokenRequest,
  buildPodKeysRequest,
  buildSecurityKeyRequest,
  parseKeys,
} from "./keyRequests";

// Answers that say "the first version only".
const firstVersionOnly: ReadonlySet<number | undefined> = new Set([404, 405, 503]);
const noAgency = "Please configure Cloud Service Agency first";

/**
 * The keys of the ECS that this process runs on.
 * @param isAsked true if a setting asks for them; false if they are the last source to try.
 * @param words the names of settings, for an error when there is no credential at all.
 */
export function ecsKeys(
  http: HttpClient,
  isAsked: boolean,
  words: SettingWords,
): CredentialSource<HuaweiKeys> {
  let wasThere = false;
  return {
    summary: summarize(buildSecurityKeyRequest(undefined)),
    obtain: async (signal) => {
      try {
        const obtained = await askMetadata(http, signal);
        wasThere = true;
        return obtained;
      } catch (error) {
        // On an ECS that has given keys, a fault of the metadata service is a fault like any other: it may pass.
        if (wasThere || signal.aborted) throw error;
        if (!(error instanceof TransportError || error instanceof ServiceError)) throw error;
        throw noKeys(error, isAsked, words);
      }
    },
  };
}

async function askMetadata(http: HttpClient, signal: AbortSignal): Promise<ObtainedCredentials<HuaweiKeys>> {
  const ask = async (): Promise<ObtainedCredentials<HuaweiKeys>> => {
    const request = buildSecurityKeyRequest(await metadataToken(http, signal));
    return parseKeys(await send(http, request, 3, signal), summarize(request));
  };
  try {
    return await ask();
  } catch (error) {
    // A token that has just been lost, as by a restart of the service.
    if (!(error instanceof ServiceError) || error.status !== 401 || saysNoAgency(error)) throw error;
    return await ask();
  }
}

async function metadataToken(http: HttpClient, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { text } = await send(http, buildMetadataTokenRequest(), 1, signal);
    return text.trim();
  } catch (error) {
    if (error instanceof ServiceError && firstVersionOnly.has(error.status)) return undefined;
    throw error;
  }
}

function saysNoAgency({ serviceMessage }: ServiceError): boolean {
  return serviceMessage?.includes(noAgency) === true;
}

function noKeys(
  error: TransportError | ServiceError,
  isAsked: boolean,
  words: SettingWords,
): ConfigurationError {
  if (error instanceof ServiceError && saysNoAgency(error)) {
    const message =
      "this ECS has no agency to act as: set one in the console (Management Information, Agency), or set credentials.";
    return new ConfigurationError(message, { cause: error });
  }
  const answer = `the metadata service of an ECS (http://169.254.169.254: ${describe(error)})`;
  const write = (name: string): string => words.write(`huaweicloud:${name}`);
  const message = isAsked
    ? `the profile uses the agency of this machine, but there are no keys from ${answer}: use the profile on an ECS, or choose another profile.`
    : "no credentials for Huawei Cloud are set. Set one of: " +
      `an access key (${words.assign("huaweicloud:accessKey", "…")} and ` +
      `${words.assign("huaweicloud:secretKey", "…", true)}), ` +
      `a token (${write("token")}), a user (${write("domainName")}, ${write("userName")} and ${write("password")}), ` +
      `or a profile of KooCLI (${write("profile")}). ` +
      `Tried, in this order: ${[...triedSources(words), answer].join("; ")}.`;
  return new ConfigurationError(message, { cause: error });
}

function describe(error: TransportError | ServiceError): string {
  return error instanceof ServiceError ? `HTTP ${String(error.status)}` : "no answer";
}

/**
 * The keys of a pod.
 * @param readFile reads the file of the pod's token, which is replaced from time to time.
 * @param remember is told the token before it is sent.
 */
export function podKeys(
  http: HttpClient,
  { uri, tokenFile }: PodCredential,
  readFile: (path: string) => string | undefined,
  remember: (secret: string) => void,
): CredentialSource<HuaweiKeys> {
  return {
    summary: summarize(buildPodKeysRequest(uri, "")),
    obtain: async (signal) => {
      const token = readTokenFile(tokenFile, readFile);
      remember(token);
      const request = buildPodKeysRequest(uri, token);
      return parseKeys(await send(http, request, 3, signal), summarize(request));
    },
  };
}

async function send(
  http: HttpClient,
  request: HttpRequest,
  attempts: number,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  return http.send(request, { toServiceError, attempts, signal });
}

// Plain texts. They are no word of the cloud on the credentials of a user, so the class is the common one.
function toServiceError(answer: HttpAnswer, request: RequestSummary): ServiceError {
  return new ServiceError({
    status: answer.status,
    serviceCode: undefined,
    serviceMessage: answer.text,
    requestId: answer.header("x-request-id"),
    retryAfterMs: undefined,
    request,
    remedy: undefined,
  });
}
