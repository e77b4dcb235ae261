/**
 * The transport of requests to AWS: trusted authorities, and permission for `http://`.
 */
import type { PlainHttp, Transport } from "../../http/transport";
import { nameSetting } from "../../execution/settingWords";
import type { Settings } from "../../execution/settings";
import { firstFound, fromConfig, fromEnvironment } from "../../execution/settings";
import { isSetTrue, readTlsIdentity } from "../transportSettings";
import { profileField } from "./sharedConfig";

/**
 * The transport that the settings ask for.
 * @throws ConfigurationError when a setting is wrong.
 */
export function awsTransport(settings: Settings): Transport {
  const ca = firstFound(
    fromConfig(settings, "aws:customCaBundle"),
    fromEnvironment(settings, "AWS_CA_BUNDLE"),
    profileField(settings, "ca_bundle"),
  );
  return {
    tls: readTlsIdentity(settings, { ca, cert: undefined, key: undefined }),
    plainHttp: awsPlainHttp(settings),
    authority: `the ${nameSetting(settings.words, "aws:customCaBundle")} (or AWS_CA_BUNDLE)`,
  };
}

/**
 * The permission for addresses of AWS's services to begin with `http://`. The official provider has no such setting:
 * this one is ours.
 * @throws ConfigurationError when the setting is neither true nor false.
 */
export function awsPlainHttp(settings: Settings): PlainHttp {
  const key = "aws:allowInsecureHttp";
  return {
    isAllowed: isSetTrue(fromConfig(settings, key)),
    setting: `the ${nameSetting(settings.words, key)} to true`,
  };
}
