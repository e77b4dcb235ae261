/**
 * How requests to Huawei Cloud travel: trusted authorities, a certificate of the client, and permission for `http://`.
 */
import { ConfigurationError } from "../../errors";
import type { PlainHttp, Transport } from "../../http/transport";
import type { Settings } from "../settings";
import { firstFound, fromConfig, fromEnvironment } from "../settings";
import { isSetTrue, readTlsIdentity } from "../transportSettings";

/**
 * The transport that the settings ask for.
 * @throws ConfigurationError where a setting is wrong, or asks for connections without a check of the server.
 */
export function huaweiTransport(settings: Settings): Transport {
  const insecure = firstFound(
    fromConfig(settings, "huaweicloud:insecure"),
    fromEnvironment(settings, "HW_INSECURE", "OS_INSECURE"),
  );
  if (isSetTrue(insecure)) {
    throw new ConfigurationError(
      `${insecure?.source ?? ""} asks for connections that do not check the server, which this package does not make: ` +
        `tokens and passwords would go to whoever answers. Remove it, and set huaweicloud:cacertFile to the server's authority.`,
    );
  }
  return {
    tls: readTlsIdentity(settings, {
      ca: firstFound(fromConfig(settings, "huaweicloud:cacertFile"), fromEnvironment(settings, "OS_CACERT")),
      cert: firstFound(fromConfig(settings, "huaweicloud:cert"), fromEnvironment(settings, "OS_CERT")),
      key: firstFound(fromConfig(settings, "huaweicloud:key"), fromEnvironment(settings, "OS_KEY")),
    }),
    plainHttp: huaweiPlainHttp(settings),
    authority: "the configuration huaweicloud:cacertFile (or OS_CACERT)",
    clientCertificate: "the configuration huaweicloud:cert and huaweicloud:key (or OS_CERT and OS_KEY)",
  };
}

/**
 * Whether addresses of Huawei Cloud's services may begin with `http://`.
 * @throws ConfigurationError where the setting is neither true nor false.
 */
export function huaweiPlainHttp(settings: Settings): PlainHttp {
  const found = firstFound(
    fromConfig(settings, "huaweicloud:allowInsecureHttp"),
    fromEnvironment(settings, "HW_ALLOW_INSECURE_HTTP"),
  );
  return {
    isAllowed: isSetTrue(found),
    setting: "the configuration huaweicloud:allowInsecureHttp (or HW_ALLOW_INSECURE_HTTP) to true",
  };
}
