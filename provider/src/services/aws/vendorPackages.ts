/**
 * The vendor's packages, which an install without AWS leaves out: optional peers, each loaded at its first use. If a package is
 * missing, the error names the command that installs it.
 */
import { ConfigurationError } from "../../ground/errors";

/** The signer, as the package exports it. */
export type SignerPackage = typeof import("@smithy/signature-v4");
/** The chain of credentials, as the package exports it. */
export type ChainPackage = typeof import("@aws-sdk/credential-providers");

/** The name of the package that signs requests. */
export const signerPackage = "@smithy/signature-v4";
/** The name of the package that has the chain of credentials. */
export const chainPackage = "@aws-sdk/credential-providers";

// With the major versions of the peer ranges: a later one would not fit.
const signerToInstall = `${signerPackage}@5`;
const chainToInstall = `${chainPackage}@3`;

/**
 * Loads the signer.
 * @throws ConfigurationError when the package is not installed.
 */
export function loadSigner(): Promise<SignerPackage> {
  return orSayHowToInstall(import("@smithy/signature-v4"), {
    need: `requests to AWS need the package ${signerPackage}`,
    install: signerToInstall,
  });
}

/**
 * Loads the chain of credentials.
 * @throws ConfigurationError when the package is not installed.
 */
export function loadChain(): Promise<ChainPackage> {
  // The package warns of each version of Node that it is going to leave; npm warns the person who installs it.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  return orSayHowToInstall(import("@aws-sdk/credential-providers"), {
    need: `credentials for AWS other than keys need the package ${chainPackage}`,
    // Requests with these credentials are signed: one command installs all that they need.
    install: `${chainToInstall} ${signerToInstall}`,
  });
}

async function orSayHowToInstall<Module>(
  loading: Promise<Module>,
  { need, install }: { readonly need: string; readonly install: string },
): Promise<Module> {
  try {
    return await loading;
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code !== "MODULE_NOT_FOUND" && code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new ConfigurationError(
      `${need}, which is not installed. Install it in the project of the Pulumi program: npm install ${install}`,
      { cause: error },
    );
  }
}
