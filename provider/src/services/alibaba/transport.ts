/**
 * The transport of requests to Alibaba Cloud. The official provider has no setting for authorities: Node's own are
 * used.
 */
import { ConfigurationError } from "../../ground/errors";
import type { PlainHttp, Transport } from "../../http/transport";
import { nameSetting } from "../../execution/settingWords";
import type { Settings } from "../../execution/settings";
import { firstFound, fromConfig, fromEnvironment } from "../../execution/settings";

/**
 * The transport that the settings ask for.
 * @throws ConfigurationError when the protocol is neither HTTP nor HTTPS.
 */
export function alibabaTransport(settings: Settings): Transport {
  return { plainHttp: alibabaPlainHttp(settings), authority: "NODE_EXTRA_CA_CERTS" };
}

/**
 * The permission for addresses of Alibaba Cloud's services to begin with `http://`: by the official provider's
 * `protocol`.
 * @throws ConfigurationError when the protocol is neither HTTP nor HTTPS.
 */
export function alibabaPlainHttp(settings: Settings): PlainHttp {
  const found = firstFound(
    fromConfig(settings, "alicloud:protocol"),
    fromEnvironment(settings, "ALICLOUD_PROTOCOL"),
  );
  const protocol = found?.value.trim().toUpperCase() ?? "HTTPS";
  if (protocol !== "HTTP" && protocol !== "HTTPS") {
    throw new ConfigurationError(
      `${found?.source ?? ""} is neither HTTP nor HTTPS: correct it, or remove it for HTTPS.`,
    );
  }
  return {
    isAllowed: protocol === "HTTP",
    setting: `the ${nameSetting(settings.words, "alicloud:protocol")} (or ALICLOUD_PROTOCOL) to HTTP`,
  };
}
