/**
 * The transport of requests to Huawei Cloud: trusted authorities, a certificate of the client, and permission for
 * `http://`.
 */
import type { PlainHttp, Transport } from "../../http/transport";
import { nameSetting } from "../../execution/settingWords";
import type { Settings } from "../../execution/settings";
import { firstFound, fromConfig, fromEnvironment } from "../../execution/settings";
import { isSetTrue, readTlsIdentity } from "../transportSettings";

/**
 * The transport that the settings ask for.
 * @throws ConfigurationError when a setting is wrong.
 */
export function huaweiTransport(settings: Settings): Transport {
  const { words } = settings;
  const [cert, key] = [words.write("huaweicloud:cert"), words.write("huaweicloud:key")];
  return {
    tls: readTlsIdentity(settings, {
      ca: firstFound(fromConfig(settings, "huaweicloud:cacertFile"), fromEnvironment(settings, "OS_CACERT")),
      cert: firstFound(fromConfig(settings, "huaweicloud:cert"), fromEnvironment(settings, "OS_CERT")),
      key: firstFound(fromConfig(settings, "huaweicloud:key"), fromEnvironment(settings, "OS_KEY")),
    }),
    plainHttp: huaweiPlainHttp(settings),
    authority: `the ${nameSetting(words, "huaweicloud:cacertFile")} (or OS_CACERT)`,
    clientCertificate: `the ${words.several} ${cert} and ${key} (or OS_CERT and OS_KEY)`,
  };
}

/**
 * The permission for addresses of Huawei Cloud's services to begin with `http://`.
 * @throws ConfigurationError when the setting is neither true nor false.
 */
export function huaweiPlainHttp(settings: Settings): PlainHttp {
  const key = "huaweicloud:allowInsecureHttp";
  const found = firstFound(fromConfig(settings, key), fromEnvironment(settings, "HW_ALLOW_INSECURE_HTTP"));
  return {
    isAllowed: isSetTrue(found),
    setting: `the ${nameSetting(settings.words, key)} (or HW_ALLOW_INSECURE_HTTP) to true`,
  };
}
