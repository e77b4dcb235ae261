/**
 * Errors about settings speak the words of the front that asked: a stack's own configuration, or the settings of a
 * package's provider.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { BackendDefinition } from "../../provider/src/execution/service";
import type { SettingWords } from "../../provider/src/execution/settingWords";
import {
  defaultProviderWords,
  explicitProviderWords,
  stackSettingWords,
} from "../../provider/src/fronts/shared/settingWords";
import { check, formatProblem } from "../../provider/src/lifecycle";
import { configuredRateLimits } from "../../provider/src/services/rateLimits";
import type { ServiceName } from "../../provider/src/services/registry";
import { services } from "../../provider/src/services/registry";
import { never, settingsOf, testSession } from "../support/sessions";

type Config = Record<string, string>;

const args = {
  aom: { workflowId: "wf-1" },
  functiongraph: { workflowId: "wf-1" },
  coc: { documentId: "DM-1" },
  cloudflow: { flowName: "deploy" },
  stepfunctions: { stateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:deploy" },
} as const;

const key = { "huaweicloud:accessKey": "AK", "huaweicloud:secretKey": "secret" };
const aliKey = { "alicloud:accessKey": "AK", "alicloud:secretKey": "secret" };

/** The problem that check reports for a configuration, in the given words. */
function problemOf(service: ServiceName, config: Config, words: SettingWords): string {
  const [problem] = check(services[service], args[service], settingsOf({ config }, words));
  if (!problem) throw new Error("nothing is wrong");
  return formatProblem(problem);
}

const cases: readonly {
  readonly service: ServiceName;
  readonly config: Config;
  readonly stack: string;
  readonly byDefault: string;
  readonly explicit: string;
}[] = [
  {
    service: "aom",
    config: key,
    stack: `"region" is not set anywhere: set the argument "region", the configuration huaweicloud:region, or the environment variable HW_REGION_NAME.`,
    byDefault: `"region" is not set anywhere: set the argument "region", the configuration runbook:huaweicloud.region, or the environment variable HW_REGION_NAME.`,
    explicit: `"region" is not set anywhere: set the argument "region", the provider argument huaweicloud.region, or the environment variable HW_REGION_NAME.`,
  },
  {
    service: "cloudflow",
    config: { ...aliKey, "alicloud:region": "Nowhere!" },
    stack: `"region" (from configuration alicloud:region) must be a region such as "cn-hangzhou", not "Nowhere!".`,
    byDefault: `"region" (from configuration runbook:alicloud.region) must be a region such as "cn-hangzhou", not "Nowhere!".`,
    explicit: `"region" (from provider argument alicloud.region) must be a region such as "cn-hangzhou", not "Nowhere!".`,
  },
  {
    service: "cloudflow",
    config: { "alicloud:accessKey": "AK" },
    stack:
      "credentials for Alibaba Cloud are incomplete: configuration alicloud:accessKey is set, configuration alicloud:secretKey is not. Set both, or unset both.",
    byDefault:
      "credentials for Alibaba Cloud are incomplete: configuration runbook:alicloud.accessKey is set, configuration runbook:alicloud.secretKey is not. Set both, or unset both.",
    explicit:
      "credentials for Alibaba Cloud are incomplete: provider argument alicloud.accessKey is set, provider argument alicloud.secretKey is not. Set both, or unset both.",
  },
  {
    service: "functiongraph",
    config: { ...key, "huaweicloud:region": "cn-north-4", "huaweicloud:endpoints": "fgs" },
    stack:
      "configuration huaweicloud:endpoints is not a map from service to address. Set it with: pulumi config set --path huaweicloud:endpoints.fgs https://…",
    byDefault:
      "configuration runbook:huaweicloud.endpoints is not a map from service to address. Set it with: pulumi config set --path runbook:huaweicloud.endpoints.fgs https://…",
    explicit:
      "provider argument huaweicloud.endpoints is not a map from service to address. Set it with: provider argument huaweicloud.endpoints.fgs = https://…",
  },
  {
    service: "aom",
    config: { ...key, "huaweicloud:assumeRole": "deployer" },
    stack:
      "configuration huaweicloud:assumeRole is not an object. Set its values with: pulumi config set --path huaweicloud:assumeRole.<name> <value>",
    byDefault:
      "configuration runbook:huaweicloud.assumeRole is not an object. Set its values with: pulumi config set --path runbook:huaweicloud.assumeRole.<name> <value>",
    explicit:
      "provider argument huaweicloud.assumeRole is not an object. Set its values with: provider argument huaweicloud.assumeRole.<name> = <value>",
  },
  {
    service: "aom",
    config: { ...key, "huaweicloud:insecure": "true" },
    stack:
      "configuration huaweicloud:insecure is set, which this package does not support. Certificates are always checked, or credentials would go to whoever answers; remove it and set huaweicloud:cacertFile to the server's authority.",
    byDefault:
      "configuration runbook:huaweicloud.insecure is set, which this package does not support. Certificates are always checked, or credentials would go to whoever answers; remove it and set runbook:huaweicloud.cacertFile to the server's authority.",
    explicit:
      "provider argument huaweicloud.insecure is set, which this package does not support. Certificates are always checked, or credentials would go to whoever answers; remove it and set huaweicloud.cacertFile to the server's authority.",
  },
  {
    service: "aom",
    config: { ...key, "huaweicloud:region": "cn-north-4", "huaweicloud:authUrl": "http://iam.example.com" },
    stack:
      "the IAM endpoint (from configuration huaweicloud:authUrl) begins with http://, which would send credentials to iam.example.com without encryption: use https://, or set the configuration huaweicloud:allowInsecureHttp (or HW_ALLOW_INSECURE_HTTP) to true to allow it.",
    byDefault:
      "the IAM endpoint (from configuration runbook:huaweicloud.authUrl) begins with http://, which would send credentials to iam.example.com without encryption: use https://, or set the configuration runbook:huaweicloud.allowInsecureHttp (or HW_ALLOW_INSECURE_HTTP) to true to allow it.",
    explicit:
      "the IAM endpoint (from provider argument huaweicloud.authUrl) begins with http://, which would send credentials to iam.example.com without encryption: use https://, or set the provider argument huaweicloud.allowInsecureHttp (or HW_ALLOW_INSECURE_HTTP) to true to allow it.",
  },
  {
    service: "aom",
    config: { ...key, "huaweicloud:agencyName": "deployer" },
    stack:
      "configuration huaweicloud:agencyName has no effect alone: set huaweicloud:agencyName and huaweicloud:agencyDomainName, or unset it.",
    byDefault:
      "configuration runbook:huaweicloud.agencyName has no effect alone: set runbook:huaweicloud.agencyName and runbook:huaweicloud.agencyDomainName, or unset it.",
    explicit:
      "provider argument huaweicloud.agencyName has no effect alone: set huaweicloud.agencyName and huaweicloud.agencyDomainName, or unset it.",
  },
];

it.each(cases)("check names settings as their reader writes them: $stack", (row) => {
  const said = (words: SettingWords): string => problemOf(row.service, row.config, words);
  expect(said(stackSettingWords)).toBe(row.stack);
  expect(said(defaultProviderWords("runbook"))).toBe(row.byDefault);
  expect(said(explicitProviderWords)).toBe(row.explicit);
});

it("a wrong setting that is found later is named alike", () => {
  const said = (words: SettingWords): unknown => {
    const settings = settingsOf({ config: { "alicloud:requestLimits": "many" } }, words);
    const published = { tokens: 1, perSecond: 1 };
    try {
      return configuredRateLimits(settings, "alicloud:requestLimits", () => published);
    } catch (error) {
      return (error as Error).message;
    }
  };
  const shape = `must be a map from operation to {"tokens": at least 1, "perSecond": more than 0}. Set it with:`;
  const more = "(and the same for perSecond)";
  expect(said(stackSettingWords)).toBe(
    `configuration alicloud:requestLimits ${shape} pulumi config set --path alicloud:requestLimits.<operation>.tokens 20 ${more}`,
  );
  expect(said(explicitProviderWords)).toBe(
    `provider argument alicloud.requestLimits ${shape} provider argument alicloud.requestLimits.<operation>.tokens = 20 ${more}`,
  );
});

describe("who has set no credentials reads how to set them", () => {
  const said = async (service: ServiceName, words: SettingWords): Promise<string> => {
    // Nothing answers on a machine that is none of the cloud's.
    const fetch = (): Promise<never> => Promise.reject(new Error("no route"));
    const settings = settingsOf({ environment: { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" } }, words);
    const where = { ...args[service], region: "cn-north-4" };
    const open = async (): Promise<unknown> => {
      const definition: BackendDefinition = services[service];
      const backend = await testSession(settings, { fetch }).connect(definition, where, never);
      return backend.describe("e-1", { signal: never });
    };
    return open().then(
      () => "it was opened",
      (error: unknown) => (error as Error).message,
    );
  };

  it.each([
    [
      stackSettingWords,
      "an access key (pulumi config set huaweicloud:accessKey … and pulumi config set --secret huaweicloud:secretKey …), a token (huaweicloud:token), a user (huaweicloud:domainName, huaweicloud:userName and huaweicloud:password), or a profile of KooCLI (huaweicloud:profile). Tried, in this order: the configuration huaweicloud:* (accessKey",
    ],
    [
      defaultProviderWords("runbook"),
      "an access key (pulumi config set --path runbook:huaweicloud.accessKey … and pulumi config set --path --secret runbook:huaweicloud.secretKey …), a token (runbook:huaweicloud.token), a user (runbook:huaweicloud.domainName, runbook:huaweicloud.userName and runbook:huaweicloud.password), or a profile of KooCLI (runbook:huaweicloud.profile). Tried, in this order: the configuration runbook:huaweicloud.* (accessKey",
    ],
    [
      explicitProviderWords,
      "an access key (provider argument huaweicloud.accessKey = … and provider argument huaweicloud.secretKey = …), a token (huaweicloud.token), a user (huaweicloud.domainName, huaweicloud.userName and huaweicloud.password), or a profile of KooCLI (huaweicloud.profile). Tried, in this order: the provider arguments huaweicloud.* (accessKey",
    ],
  ])("for Huawei Cloud", async (words, text) => {
    expect(await said("aom", words)).toContain(text);
  });

  it.each([
    [
      stackSettingWords,
      "Set an access key (pulumi config set alicloud:accessKey … and pulumi config set --secret alicloud:secretKey …), or one of alicloud:profile, credentialsUri, ecsRoleName and assumeRoleWithOidc. The provider found none in the configuration; in the",
    ],
    [
      explicitProviderWords,
      "Set an access key (provider argument alicloud.accessKey = … and provider argument alicloud.secretKey = …), or one of alicloud.profile, credentialsUri, ecsRoleName and assumeRoleWithOidc. The provider found none in the provider arguments; in the",
    ],
  ])("for Alibaba Cloud", async (words, text) => {
    expect(await said("cloudflow", words)).toContain(text);
  });
});

it("no text of a service names a setting in the words of one front", () => {
  const folder = join(__dirname, "../../provider/src/services");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  expect(files.length).toBeGreaterThan(40);
  const own = files.flatMap((name) => {
    const code = readFileSync(join(folder, name), "utf8").replace(/\/\*\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
    // A key alone is a key; in the tables, backquotes mark what findRefusedSettings writes anew.
    const texts = [...code.matchAll(/"[^"\n]*"|`[^`]*`/g)].map(([text]) => text.slice(1, -1));
    return texts
      .filter((text) => !/^\w+:\S+$/.test(text) && !name.includes("settingsTable"))
      .filter((text) => /(huaweicloud|alicloud):(\w|\*)/.test(text.replace(/\$\{[^}]*\}/g, "")))
      .map((text) => `${name}: ${text}`);
  });
  expect(own).toEqual([]);
});
