/**
 * Who asks: credentials for Alibaba Cloud. Static keys from configuration or environment are read here; all else
 * (roles, profiles, machine identity) is left to the vendor's own credential chain, loaded only then.
 */
import { ConfigurationError, messageOf } from "../../errors";
import type { AlibabaAccessKey } from "../../http/signers/alibabaSigner";
import type { Settings } from "../settings";
import { incompleteCredentials } from "../settings";

/** A key pair, and the token of a temporary one. */
export interface AlibabaCredential extends AlibabaAccessKey {
  readonly securityToken: string | undefined;
}

/** Gives the credentials that are valid now; temporary ones are renewed. */
export type CredentialSource = () => Promise<AlibabaCredential>;

interface Names {
  readonly place: string;
  readonly id: string;
  readonly secret: string;
  readonly token: string;
}

const configuration: Names = {
  place: "configuration",
  id: "alicloud:accessKey",
  secret: "alicloud:secretKey",
  token: "alicloud:securityToken",
};

const environments: readonly Names[] = [
  {
    place: "environment variable",
    id: "ALIBABA_CLOUD_ACCESS_KEY_ID",
    secret: "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    token: "ALIBABA_CLOUD_SECURITY_TOKEN",
  },
  {
    place: "environment variable",
    id: "ALICLOUD_ACCESS_KEY",
    secret: "ALICLOUD_SECRET_KEY",
    token: "ALICLOUD_SECURITY_TOKEN",
  },
];

/**
 * Static keys where a source has them; undefined where the vendor's chain has to be asked.
 * @throws ConfigurationError where a source has half of a pair, or a token without one.
 */
export function findStaticCredential(settings: Settings): AlibabaCredential | undefined {
  return (
    readPair(configuration, settings.config) ??
    environments.map((names) => readPair(names, settings.environment)).find((found) => found !== undefined)
  );
}

/**
 * The source of credentials for the present settings.
 * @throws ConfigurationError (when asked) where there are none anywhere.
 */
export function openCredentialSource(settings: Settings): CredentialSource {
  const found = findStaticCredential(settings);
  if (found) return () => Promise.resolve(found);
  let chain: CredentialChain | undefined;
  return async () => {
    try {
      // The chain keeps and renews temporary keys by itself; one object serves the whole process.
      chain ??= openChain();
      const { accessKeyId, accessKeySecret, securityToken } = await chain.getCredential();
      if (!accessKeyId || !accessKeySecret) throw new Error("it gave no access key");
      return {
        accessKeyId,
        accessKeySecret,
        securityToken: securityToken === "" ? undefined : securityToken,
      };
    } catch (error) {
      throw new ConfigurationError(
        "no credentials for Alibaba Cloud are set. Set an access key (pulumi config set alicloud:accessKey … and " +
          "pulumi config set --secret alicloud:secretKey …, or the environment variables ALIBABA_CLOUD_ACCESS_KEY_ID and " +
          "ALIBABA_CLOUD_ACCESS_KEY_SECRET), or anything that Alibaba Cloud's credential chain knows (OIDC role, " +
          `~/.aliyun/config.json, ~/.alibabacloud/credentials, ECS role, credentials URI). The chain said: ${messageOf(error)}`,
        { cause: error },
      );
    }
  };
}

interface CredentialChain {
  getCredential(): Promise<{
    readonly accessKeyId?: string;
    readonly accessKeySecret?: string;
    readonly securityToken?: string;
  }>;
}

// Loaded late: it takes longer to load than all the rest of this package.
function openChain(): CredentialChain {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { default: Credential } = require("@alicloud/credentials") as typeof import("@alicloud/credentials");
  return new Credential();
}

function readPair(names: Names, look: (name: string) => string | undefined): AlibabaCredential | undefined {
  const accessKeyId = look(names.id);
  const accessKeySecret = look(names.secret);
  const securityToken = look(names.token);
  if (accessKeyId !== undefined && accessKeySecret !== undefined) {
    return { accessKeyId, accessKeySecret, securityToken };
  }
  const pair = [
    { name: `${names.place} ${names.id}`, value: accessKeyId },
    { name: `${names.place} ${names.secret}`, value: accessKeySecret },
  ];
  if (pair.some(({ value }) => value !== undefined)) throw incompleteCredentials("Alibaba Cloud", pair);
  if (securityToken === undefined) return undefined;
  // Alone it is of no use; another source's credentials must not answer in its place.
  const token = { name: `${names.place} ${names.token}`, value: securityToken };
  throw incompleteCredentials("Alibaba Cloud", [...pair, token]);
}
