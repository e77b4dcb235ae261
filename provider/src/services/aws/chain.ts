/**
 * The vendor's own chain of credentials, for profiles, single sign-on, containers and servers: an optional package, loaded at the
 * moment of use.
 */
import {
  ConfigurationError,
  RequestInterruptedError,
  TransportError,
  WorkflowExecutionError,
  messageOf,
} from "../../ground/errors";
import type { RequestSummary } from "../../ground/errors";
import { unlessAborted } from "../../ground/onAbort";
import type { SettingWords } from "../../execution/settingWords";
import type { ObtainedCredentials } from "../temporaryCredentials";
import type { AwsCredential, AwsIdentity } from "./credential";
import type { RoleAssumers } from "./profileRoles";
import type { ChainPackage } from "./vendorPackages";
import { chainPackage, loadChain } from "./vendorPackages";

type ChainIdentity = Extract<AwsIdentity, { kind: "profile" | "chain" }>;

/** For the error of a request that is interrupted while it waits for the chain. */
export const chainSummary: RequestSummary = {
  operation: "AWS credentials",
  method: "GET",
  url: chainPackage,
};

/** The surroundings of the chain. */
export interface ChainContext {
  readonly words: SettingWords;
  /** Region of single sign-on, where the profile names none. */
  readonly region: string;
  /** The functions that assume the roles that a profile names. */
  readonly assumers: (signal: AbortSignal) => RoleAssumers;
  /** Loads the package. @default import */
  readonly load?: (() => Promise<ChainPackage>) | undefined;
}

/**
 * Opens the source of the keys of a profile, or of the identity that the chain finds: each time anew, because the
 * caller keeps the keys.
 */
export function openChain(
  identity: ChainIdentity,
  context: ChainContext,
): (signal: AbortSignal) => Promise<ObtainedCredentials<AwsCredential>> {
  return async (signal) => {
    const providers = await (context.load ?? loadChain)();
    const provide = makeProvider(providers, identity, { ...context, signal });
    try {
      const interrupted = (): Error => new RequestInterruptedError(chainSummary, { mayHaveArrived: false });
      const found = await unlessAborted(provide(), signal, interrupted);
      return {
        value: {
          accessKeyId: found.accessKeyId,
          secretAccessKey: found.secretAccessKey,
          sessionToken: found.sessionToken,
        },
        expiresAtMs: found.expiration?.getTime(),
      };
    } catch (error) {
      throw toOurs(error, identity, context);
    }
  };
}

function makeProvider(
  providers: ChainPackage,
  identity: ChainIdentity,
  { region, assumers, signal }: ChainContext & { readonly signal: AbortSignal },
): ReturnType<ChainPackage["fromNodeProviderChain"]> {
  const { configFile, credentialsFile } = identity.files;
  const options = {
    ...(configFile === undefined ? {} : { configFilepath: configFile }),
    ...(credentialsFile === undefined ? {} : { filepath: credentialsFile }),
    clientConfig: { region },
    ...assumers(signal),
  };
  // A profile that is named and not there must not end with the rights of the server.
  if (identity.kind === "profile") return providers.fromIni({ ...options, profile: identity.name });
  return providers.fromNodeProviderChain(options);
}

// The package's own errors say that there are no credentials. Any other error may pass.
function toOurs(error: unknown, identity: ChainIdentity, { words }: ChainContext): Error {
  if (error instanceof WorkflowExecutionError) return error;
  const said = messageOf(error).replace(/\.$/, "");
  const { name } = error as { readonly name?: unknown };
  if (name !== "CredentialsProviderError" && name !== "TokenProviderError") {
    return new TransportError(`AWS credentials: ${said}`, chainSummary, {
      mayHaveArrived: false,
      cause: error,
    });
  }
  if (identity.kind === "profile") {
    return new ConfigurationError(
      `the profile "${identity.name}" (from ${identity.source}) gives no credentials for AWS: ${said}. ` +
        "Correct the profile or the setting.",
      { cause: error },
    );
  }
  return new ConfigurationError(
    "no credentials for AWS are set. Set an access key " +
      `(${words.assign("aws:accessKey", "…")} and ${words.assign("aws:secretKey", "…", true)}), or ${words.write("aws:profile")}. ` +
      `Nothing was found in the ${words.several}; in the environment variables AWS_ACCESS_KEY_ID, AWS_PROFILE, ` +
      `AWS_DEFAULT_PROFILE and AWS_WEB_IDENTITY_TOKEN_FILE; nor by ${chainPackage} in the vendor's files, the container and the ` +
      `server (${said}).`,
    { cause: error },
  );
}
