/** The configuration with which a Pulumi stack sends its requests to an emulator. */
import { demoAccessKey, demoProjectId } from "../seed/demo";

/** A value of a stack's configuration, as Pulumi's Automation API takes it. */
export interface PulumiConfigValue {
  readonly value: string;
  /** True if Pulumi encrypts the value. */
  readonly secret?: boolean;
}

/** The reader and the account of the configuration to make. */
export interface PulumiConfigOptions {
  /**
   * The reader of the configuration: the npm package `pulumi-runbook` (`huaweicloud:…`, `alicloud:…`), or the plugin,
   * which has all settings under `runbook:`. @default "package"
   */
  readonly for?: "package" | "plugin";
  /** The account that signs, from a seed. @default the demo account */
  readonly account?: {
    readonly accessKey: string;
    readonly secretKey: string;
    /** Id of the project on Huawei Cloud. */
    readonly projectId: string;
  };
}

/** Names of the services in the vendors' own settings; all of them are at one address. */
const clouds = {
  huaweicloud: {
    region: "cn-north-4",
    endpoints: ["aom", "functiongraph", "coc", "iam", "sts"],
    plainHttp: { name: "allowInsecureHttp", value: "true" },
  },
  alicloud: {
    region: "cn-hangzhou",
    endpoints: ["fnf", "sts"],
    plainHttp: { name: "protocol", value: "HTTP" },
  },
} as const;

const demoAccount = { ...demoAccessKey, projectId: demoProjectId };

/** See {@link ControlClient.pulumiConfig}. */
export function pulumiConfig(
  url: string,
  { for: reader = "package", account = demoAccount }: PulumiConfigOptions,
): Record<string, PulumiConfigValue> {
  const config: Record<string, PulumiConfigValue> = {};
  for (const [cloud, { region, endpoints, plainHttp }] of Object.entries(clouds)) {
    const at = reader === "plugin" ? `runbook:${cloud}.` : `${cloud}:`;
    config[`${at}region`] = { value: region };
    config[`${at}accessKey`] = { value: account.accessKey };
    config[`${at}secretKey`] = { value: account.secretKey, secret: true };
    for (const name of endpoints) config[`${at}endpoints.${name}`] = { value: url };
    if (cloud === "huaweicloud") config[`${at}projectId`] = { value: account.projectId };
    // The provider refuses to send credentials to another machine without TLS, unless a setting allows it.
    if (!isLocal(url)) config[`${at}${plainHttp.name}`] = { value: plainHttp.value };
  }
  return config;
}

/** A setting of `pulumi config --json`. */
interface JsonSetting {
  readonly value: string;
  readonly secret: boolean;
  readonly objectValue?: SettingObject;
}

interface SettingObject {
  [name: string]: string | SettingObject;
}

/**
 * The same configuration in the form of `pulumi config --json`, which `pulumi config set-all --json` reads. An object
 * with a secret in it is secret as a whole, and text: Pulumi reads no secrets within objects there.
 * @param url - base of all services
 */
export function pulumiConfigJson(url: string, options: PulumiConfigOptions): string {
  const objects: SettingObject = {};
  const secretKeys = new Set<string>();
  for (const [path, { value, secret }] of Object.entries(pulumiConfig(url, options))) {
    const names = path.split(".");
    setAt(objects, names, value);
    if (secret === true) secretKeys.add(names[0] ?? "");
  }
  const settings: Record<string, JsonSetting> = {};
  for (const [key, value] of Object.entries(objects)) {
    const secret = secretKeys.has(key);
    if (typeof value === "string") settings[key] = { value, secret };
    else settings[key] = { value: JSON.stringify(value), secret, ...(secret ? {} : { objectValue: value }) };
  }
  return JSON.stringify(settings);
}

function setAt(object: SettingObject, [name, ...rest]: readonly string[], value: string): void {
  if (name === undefined) return;
  if (rest.length === 0) object[name] = value;
  else setAt((object[name] ??= {}) as SettingObject, rest, value);
}

const isLocal = (url: string): boolean =>
  /^https:|^http:\/\/(127\.\d+\.\d+\.\d+|\[::1\]|([^/]*\.)?localhost)(:\d+)?$/.test(url);
