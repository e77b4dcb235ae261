/**
 * Every setting of Alibaba Cloud's provider: each row of the table is honoured, as the emulator's record of who acted or what
 * was sent shows, or refused by its name, or makes no difference.
 */
import { check } from "../../provider/src/lifecycle";
import { resolveLocation } from "../../provider/src/services/alibaba/location";
import { alibabaSettings } from "../../provider/src/services/alibaba/settingsTable";
import { services } from "../../provider/src/services/registry";
import { acmeAccountId, annKeys } from "../emulator/acme";
import { demoKeyPair, temporaryKeys } from "../emulator/emulatorClient";
import { settingsOf } from "../support/sessions";
import type { Scene, Sources } from "./alibabaScene";
import { commandFile, useScene } from "./alibabaScene";

const scene = useScene();

const demo = { "alicloud:accessKey": demoKeyPair.accessKey, "alicloud:secretKey": demoKeyPair.secretKey };
const temporary = {
  "alicloud:accessKey": temporaryKeys.accessKey,
  "alicloud:secretKey": temporaryKeys.secretKey,
  "alicloud:securityToken": temporaryKeys.securityToken!,
};
const roleArn = (name: string): string => `acs:ram::${acmeAccountId}:role/${name}`;
const providerArn = `acs:ram::${acmeAccountId}:oidc-provider/github`;
const role = (fields: object): Record<string, string> => ({
  ...demo,
  "alicloud:assumeRole": JSON.stringify(fields),
});
const oidc = (fields: object): Record<string, string> => ({
  "alicloud:assumeRoleWithOidc": JSON.stringify({
    oidcProviderArn: providerArn,
    roleArn: roleArn("ci"),
    oidcTokenFile: "/token",
    ...fields,
  }),
});
const annProfile = {
  name: "ann",
  mode: "AK",
  access_key_id: annKeys.accessKey,
  access_key_secret: annKeys.secretKey,
  region_id: "cn-shanghai",
};
const annFile = commandFile("other", annProfile);

const idToken = async (): Promise<string> =>
  (await scene.control("POST", "/id-tokens", { idp: "github", subject: "repo:acme/app" })).idToken;
const putMachine = (kind: "alibabaEcs" | "alibabaUri", more: object = {}): Promise<unknown> =>
  scene.control("PUT", `/machines/${kind}`, { domain: "acme", role: "machine", ...more });
const sentFor = (operation: string): Scene["sent"][number] =>
  scene.sent.find((request) => request.operation === operation)!;

/** Shows what a setting does, and fails where it does not. */
type Proof = () => Promise<void>;

/** Shows that the named caller acts with these settings. */
const acts =
  (sources: Sources | (() => Promise<Sources>), who: string | RegExp): Proof =>
  async () => {
    const actor = await scene.actor(typeof sources === "function" ? await sources() : sources);
    expect(actor).toEqual(typeof who === "string" ? who : expect.stringMatching(who));
  };
/** Refused in check, when a service is opened, and by functions alike. */
const refuses =
  (sources: Sources, message: string): Proof =>
  async () => {
    const problems = check(services.cloudflow, { flowName: "f" }, scene.settings(sources));
    expect(problems).toMatchObject([{ reason: expect.stringContaining(message) }]);
    await expect(scene.list(sources)).rejects.toThrow(message);
    expect(scene.sent).toEqual([]);
  };
/** The host that the first request of an operation goes to. */
const asks =
  (sources: Sources | (() => Sources), operation: string, address: string): Proof =>
  async () => {
    // Nothing is sent to a real service: the answers do not matter.
    const given = typeof sources === "function" ? sources() : sources;
    const asked: string[] = [];
    const session = scene.session(given, {
      fetch: (url, init) => {
        const action = new URL(url).searchParams.get("Action");
        asked.push(
          `${action ?? (init.headers as Record<string, string>)["x-acs-action"]!} ${url.split("/?")[0]!}`,
        );
        return Promise.reject(Object.assign(new Error("not sent"), { code: "ERR_TLS_TEST" }));
      },
    });
    const backend = await session.connect(
      services.cloudflow,
      { flowName: "f" },
      new AbortController().signal,
    );
    await expect(backend.listPage({}, { limit: 1 }, new AbortController().signal)).rejects.toThrow();
    // The account may be asked for beside it.
    expect(asked.find((each) => each.startsWith(`${operation} `))).toBe(`${operation} ${address}`);
  };
const sends =
  (sources: Sources | (() => Promise<Sources>), operation: string, parameter: string, value: string): Proof =>
  async () => {
    await scene.list(typeof sources === "function" ? await sources() : sources);
    expect(sentFor(operation).body.get(parameter)).toBe(value);
  };

const withToken = (sources: Sources) => async (): Promise<Sources> => ({
  ...sources,
  files: { "/token": `${await idToken()}\n` },
});
/** A variable of a pair of keys, which needs the other one beside it. */
const keysOf = (id: string, secret: string): Proof =>
  acts({ environment: { [id]: annKeys.accessKey, [secret]: annKeys.secretKey } }, "acme/ann");
const tokenOf = (id: string, secret: string, token: string): Proof => {
  const { accessKey, secretKey, securityToken } = temporaryKeys;
  return acts(
    { environment: { [id]: accessKey, [secret]: secretKey, [token]: securityToken! } },
    "demo/demo",
  );
};
const pairs = [
  ["ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"],
  ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"],
  ["ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"],
] as const;
const policy = '{"Version":"1","Statement":[]}';
const noEndpoints = { "alicloud:endpoints": "{}" };

const proofs: Readonly<Record<string, readonly Proof[]>> = {
  accessKey: [acts({ config: demo }, "demo/demo"), ...pairs.map(([id, secret]) => keysOf(id, secret))],
  secretKey: [
    acts(
      { config: { "alicloud:access_key": annKeys.accessKey, "alicloud:secret_key": annKeys.secretKey } },
      "acme/ann",
    ),
    ...pairs.map(([id, secret]) => keysOf(id, secret)),
  ],
  securityToken: [
    acts({ config: temporary }, "demo/demo"),
    ...pairs.map(([id, secret, token]) => tokenOf(id, secret, token)),
  ],
  profile: [
    acts({ config: { "alicloud:profile": "ann" }, files: { "~/.aliyun/config.json": annFile } }, "acme/ann"),
    ...["ALICLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE"].map((name) =>
      acts({ environment: { [name]: "ann" }, files: { "~/.aliyun/config.json": annFile } }, "acme/ann"),
    ),
    refuses(
      { config: { "alicloud:profile": "bob" } },
      'the profile "bob" (from configuration alicloud:profile)',
    ),
  ],
  sharedCredentialsFile: [
    acts(
      {
        config: { "alicloud:profile": "ann", "alicloud:sharedCredentialsFile": "/f" },
        files: { "/f": annFile },
      },
      "acme/ann",
    ),
    ...["ALICLOUD_SHARED_CREDENTIALS_FILE", "ALIBABA_CLOUD_CREDENTIALS_FILE"].map((name) =>
      acts({ environment: { [name]: "/f", ALICLOUD_PROFILE: "ann" }, files: { "/f": annFile } }, "acme/ann"),
    ),
  ],
  credentialsUri: [
    ...(["config", "ALICLOUD_CREDENTIALS_URI", "ALIBABA_CLOUD_CREDENTIALS_URI"] as const).map((name) =>
      acts(async () => {
        await putMachine("alibabaUri");
        const uri = `${scene.url}/alibaba/credentials`;
        if (name === "config") return { config: { "alicloud:credentialsUri": uri } };
        return { environment: { [name]: uri } };
      }, /^acme\/machine \(uri-/),
    ),
    refuses(
      { config: { "alicloud:credentialsUri": "http://keys.example/x?token=s3cret" } },
      "the address (from configuration alicloud:credentialsUri) begins with http://",
    ),
    ...["keys", "http://127.0.0.1/%zz", "ftp://127.0.0.1/", "http://me:s3cret@127.0.0.1/"].map((uri) =>
      refuses({ config: { "alicloud:credentialsUri": uri } }, "alicloud:credentialsUri must be an address"),
    ),
  ],
  ecsRoleName: [
    ...(["config", "ALICLOUD_ECS_ROLE_NAME", "ALIBABA_CLOUD_ECS_METADATA"] as const).map((name) =>
      acts(async () => {
        await putMachine("alibabaEcs", { metadataTokens: "required" });
        if (name === "config") return { config: { "alicloud:ecsRoleName": "machine" } };
        return { environment: { [name]: "machine" } };
      }, /^acme\/machine \(i-/),
    ),
  ],
  assumeRole: [
    acts({ config: role({ roleArn: roleArn("deployer") }) }, "acme/deployer (terraform)"),
    acts(
      { config: { ...demo, "alicloud:assume_role": JSON.stringify([{ role_arn: roleArn("deployer") }]) } },
      "acme/deployer (terraform)",
    ),
    refuses(
      { config: role({ rolearn: "x" }) },
      "configuration alicloud:assumeRole has the unknown field rolearn (known: ",
    ),
    refuses({ config: role({}) }, "configuration alicloud:assumeRole has no roleArn"),
  ],
  "assumeRole.roleArn": [
    ...["ALICLOUD_ASSUME_ROLE_ARN", "ALIBABA_CLOUD_ROLE_ARN"].map((name) =>
      acts({ config: role({}), environment: { [name]: roleArn("deployer") } }, "acme/deployer (terraform)"),
    ),
    // Without the object no variable counts; empty text means no role, also against the variables.
    acts({ config: demo, environment: { ALICLOUD_ASSUME_ROLE_ARN: roleArn("deployer") } }, "demo/demo"),
    acts(
      { config: role({ roleArn: "" }), environment: { ALIBABA_CLOUD_ROLE_ARN: roleArn("deployer") } },
      "demo/demo",
    ),
    refuses({ config: role({ roleArn: "deployer" }) }, "alicloud:assumeRole.roleArn must be like"),
  ],
  "assumeRole.sessionName": [
    acts(
      { config: role({ roleArn: roleArn("deployer"), sessionName: "build-7" }) },
      "acme/deployer (build-7)",
    ),
    ...["ALICLOUD_ASSUME_ROLE_SESSION_NAME", "ALIBABA_CLOUD_ROLE_SESSION_NAME"].map((name) =>
      acts(
        { config: role({ roleArn: roleArn("deployer") }), environment: { [name]: "build-8" } },
        "acme/deployer (build-8)",
      ),
    ),
    refuses(
      { config: role({ roleArn: roleArn("deployer"), sessionName: "a b" }) },
      "alicloud:assumeRole.sessionName must be",
    ),
  ],
  "assumeRole.sessionExpiration": [
    sends(
      { config: role({ roleArn: roleArn("deployer"), sessionExpiration: 900 }) },
      "AssumeRole",
      "DurationSeconds",
      "900",
    ),
    sends(
      {
        config: role({ roleArn: roleArn("deployer") }),
        environment: { ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION: "1800" },
      },
      "AssumeRole",
      "DurationSeconds",
      "1800",
    ),
    sends({ config: role({ roleArn: roleArn("deployer") }) }, "AssumeRole", "DurationSeconds", "3600"),
    refuses(
      { config: role({ roleArn: roleArn("deployer"), sessionExpiration: 60 }) },
      "alicloud:assumeRole.sessionExpiration must be a whole number of seconds from 900 to 43200",
    ),
  ],
  "assumeRole.policy": [
    sends({ config: role({ roleArn: roleArn("deployer"), policy }) }, "AssumeRole", "Policy", policy),
    sends(
      { config: role({ roleArn: roleArn("deployer"), policy: JSON.parse(policy) }) },
      "AssumeRole",
      "Policy",
      policy,
    ),
    refuses(
      { config: role({ roleArn: roleArn("deployer"), policy: "none" }) },
      "alicloud:assumeRole.policy must be a policy as a JSON object",
    ),
  ],
  "assumeRole.externalId": [
    acts(
      { config: role({ roleArn: roleArn("partner"), externalId: "order-66" }) },
      "acme/partner (terraform)",
    ),
    async () => {
      await expect(scene.list({ config: role({ roleArn: roleArn("partner") }) })).rejects.toThrow(
        /AssumeRole was refused: HTTP 403, NoPermission.*Check configuration alicloud:assumeRole/,
      );
    },
  ],
  assumeRoleWithOidc: [
    acts(withToken({ config: oidc({}) }), "acme/ci (terraform)"),
    async () => {
      await scene.list(await withToken({ config: oidc({}) })());
      const { headers, url } = sentFor("AssumeRoleWithOIDC");
      expect([headers["authorization"], new URL(url).searchParams.get("Signature")]).toEqual([
        undefined,
        null,
      ]);
    },
    refuses(
      { config: oidc({ roleARN: "x" }) },
      "alicloud:assumeRoleWithOidc has the unknown field roleARN (known: ",
    ),
  ],
  "assumeRoleWithOidc.oidcProviderArn": [
    acts(
      withToken({
        config: oidc({ oidcProviderArn: undefined }),
        environment: { ALIBABA_CLOUD_OIDC_PROVIDER_ARN: providerArn },
      }),
      "acme/ci (terraform)",
    ),
    refuses(
      { config: oidc({ oidcProviderArn: undefined }) },
      "configuration alicloud:assumeRoleWithOidc.oidcProviderArn is not",
    ),
  ],
  "assumeRoleWithOidc.roleArn": [
    acts(
      withToken({
        config: oidc({ roleArn: undefined }),
        environment: { ALIBABA_CLOUD_ROLE_ARN: roleArn("ci") },
      }),
      "acme/ci (terraform)",
    ),
  ],
  "assumeRoleWithOidc.oidcTokenFile": [
    acts(
      withToken({
        config: oidc({ oidcTokenFile: undefined }),
        environment: { ALIBABA_CLOUD_OIDC_TOKEN_FILE: "/token" },
      }),
      "acme/ci (terraform)",
    ),
    async () => {
      await expect(scene.list({ config: oidc({}) })).rejects.toThrow(
        "the token file /token (from configuration alicloud:assumeRoleWithOidc.oidcTokenFile) can't be read",
      );
    },
  ],
  "assumeRoleWithOidc.oidcToken": [
    acts(
      async () => ({ config: oidc({ oidcTokenFile: undefined, oidcToken: await idToken() }) }),
      "acme/ci (terraform)",
    ),
    acts(
      async () => ({
        config: oidc({ oidcTokenFile: undefined }),
        environment: { ALIBABA_CLOUD_OIDC_TOKEN: await idToken() },
      }),
      "acme/ci (terraform)",
    ),
  ],
  "assumeRoleWithOidc.roleSessionName": [
    acts(withToken({ config: oidc({ roleSessionName: "job-1" }) }), "acme/ci (job-1)"),
    acts(
      withToken({ config: oidc({}), environment: { ALIBABA_CLOUD_ROLE_SESSION_NAME: "job-2" } }),
      "acme/ci (job-2)",
    ),
  ],
  "assumeRoleWithOidc.sessionExpiration": [
    sends(
      withToken({ config: oidc({ sessionExpiration: "901" }) }),
      "AssumeRoleWithOIDC",
      "DurationSeconds",
      "901",
    ),
  ],
  "assumeRoleWithOidc.policy": [
    sends(withToken({ config: oidc({ policy }) }), "AssumeRoleWithOIDC", "Policy", policy),
  ],
  accountId: [
    ...(["config", "ALICLOUD_ACCOUNT_ID", "ALIBABA_CLOUD_ACCOUNT_ID"] as const).flatMap((name) => {
      const keys = { "alicloud:accessKey": annKeys.accessKey, "alicloud:secretKey": annKeys.secretKey };
      const demanding = (id: string): Sources =>
        name === "config"
          ? { config: { ...keys, "alicloud:accountId": id } }
          : { config: keys, environment: { [name]: id } };
      return [
        acts(demanding(acmeAccountId), "acme/ann"),
        async () => {
          await expect(scene.list(demanding("42"))).rejects.toThrow(
            `${name === "config" ? "configuration alicloud:accountId" : `environment variable ${name}`} is 42, but the ` +
              `credentials (configuration alicloud:accessKey) belong to account ${acmeAccountId}: correct one of them`,
          );
          expect(scene.sent.map(({ operation }) => operation)).toEqual(["GetCallerIdentity"]);
        },
      ];
    }),
    refuses(
      { config: { ...role({ roleArn: roleArn("deployer") }), "alicloud:accountId": "42" } },
      `configuration alicloud:accountId is 42, but the credentials (configuration alicloud:assumeRole) belong to account ${acmeAccountId}`,
    ),
    refuses(
      { config: { ...demo, "alicloud:accountId": "acme" } },
      "alicloud:accountId must be the account's id",
    ),
  ],
  region: [
    asks({ config: { ...demo, ...noEndpoints } }, "ListExecutions", "https://cn-hangzhou.fnf.aliyuncs.com"),
    ...["ALICLOUD_REGION", "ALIBABA_CLOUD_REGION"].map((name) =>
      asks(
        {
          config: { ...demo, ...noEndpoints, "alicloud:region": "" },
          environment: { [name]: "ap-southeast-7" },
        },
        "ListExecutions",
        "https://ap-southeast-7.fnf.aliyuncs.com",
      ),
    ),
    asks(
      {
        config: { ...noEndpoints, "alicloud:region": "" },
        environment: { ALICLOUD_PROFILE: "ann" },
        files: { "~/.aliyun/config.json": annFile },
      },
      "ListExecutions",
      "https://cn-shanghai.fnf.aliyuncs.com",
    ),
    () => {
      const settings = scene.settings({ config: { ...demo, ...noEndpoints, "alicloud:region": "" } });
      expect(check(services.cloudflow, { flowName: "f" }, settings)).toEqual([
        {
          argument: "region",
          reason: expect.stringMatching(/^is not set anywhere: .* region_id of the profile/),
        },
      ]);
      return Promise.resolve();
    },
  ],
  skipRegionValidation: ["true", "false"].map((skip) =>
    asks(
      {
        config: {
          ...demo,
          ...noEndpoints,
          "alicloud:region": "mars-north-1",
          "alicloud:skipRegionValidation": skip,
        },
      },
      "ListExecutions",
      "https://mars-north-1.fnf.aliyuncs.com",
    ),
  ),
  endpoints: [
    asks(
      { config: { ...demo, "alicloud:endpoints": '[{"fnf":"fnf.list","oos":"x"}]' } },
      "ListExecutions",
      "https://fnf.list",
    ),
    asks(
      { config: { ...demo, "alicloud:endpoints": '{"fnf":"fnf.map:8443"}' } },
      "ListExecutions",
      "https://fnf.map:8443",
    ),
    asks(
      { config: { ...role({ roleArn: roleArn("x") }), "alicloud:endpoints": '[{"sts":"sts.list"}]' } },
      "AssumeRole",
      "https://sts.list",
    ),
    ...["FNF_ENDPOINT", "ALIBABA_CLOUD_ENDPOINT_FNF"].map((name) =>
      asks(
        { config: { ...demo, ...noEndpoints }, environment: { [name]: "fnf.variable" } },
        "ListExecutions",
        "https://fnf.variable",
      ),
    ),
    ...["STS_ENDPOINT", "ALIBABA_CLOUD_ENDPOINT_STS"].map((name) =>
      asks(
        {
          config: { ...role({ roleArn: roleArn("x") }), ...noEndpoints },
          environment: { [name]: "sts.variable" },
        },
        "AssumeRole",
        "https://sts.variable",
      ),
    ),
  ],
  protocol: [
    refuses(
      {
        config: { ...role({ roleArn: roleArn("x") }), "alicloud:endpoints": '{"sts":"http://sts.example"}' },
      },
      "the STS endpoint (from configuration alicloud:endpoints.sts) begins with http://",
    ),
    acts(() => {
      const host = new URL(scene.url).host;
      return Promise.resolve({
        config: {
          ...role({ roleArn: roleArn("deployer") }),
          "alicloud:protocol": "HTTP",
          "alicloud:endpoints": JSON.stringify([{ fnf: host, sts: host }]),
        },
      });
    }, "acme/deployer (terraform)"),
    asks(
      {
        config: { ...demo, "alicloud:endpoints": '{"fnf":"fnf.host"}' },
        environment: { ALICLOUD_PROTOCOL: "HTTP" },
      },
      "ListExecutions",
      "http://fnf.host",
    ),
    asks(
      { config: { ...demo, "alicloud:protocol": "HTTPS", "alicloud:endpoints": '{"fnf":"fnf.host"}' } },
      "ListExecutions",
      "https://fnf.host",
    ),
    refuses(
      { config: { ...demo, "alicloud:protocol": "FTP" } },
      "configuration alicloud:protocol is neither HTTP nor HTTPS",
    ),
  ],
  accountType: [
    () => {
      const site = (sources: Sources): boolean =>
        resolveLocation({ region: "cn-hangzhou" }, settingsOf(sources)).isInternational;
      expect(site({})).toBe(false);
      expect(site({ config: { "alicloud:accountType": "Domestic" } })).toBe(false);
      expect(site({ config: { "alicloud:accountType": "International" } })).toBe(true);
      expect(site({ environment: { ALIBABA_CLOUD_ACCOUNT_TYPE: "International" } })).toBe(true);
      return Promise.resolve();
    },
  ],
  ALIBABA_CLOUD_STS_REGION: [
    asks(
      {
        config: { ...role({ roleArn: roleArn("x") }), ...noEndpoints },
        environment: { ALIBABA_CLOUD_STS_REGION: "cn-beijing" },
      },
      "AssumeRole",
      "https://sts.cn-beijing.aliyuncs.com",
    ),
    asks(
      { config: { ...role({ roleArn: roleArn("x") }), ...noEndpoints } },
      "AssumeRole",
      "https://sts.cn-hangzhou.aliyuncs.com",
    ),
  ],
  ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED: [
    // A profile says it by itself.
    ...(
      [
        [{ sts_region: "cn-beijing" }, "sts.cn-beijing.aliyuncs.com"],
        [{ enable_vpc: true }, "sts-vpc.cn-hangzhou.aliyuncs.com"],
        [{ sts_endpoint: "sts.profile", sts_region: "cn-beijing" }, "sts.profile"],
      ] as const
    ).map(([hints, host]) =>
      asks(
        {
          config: noEndpoints,
          files: {
            "~/.aliyun/config.json": commandFile("p", {
              ...annProfile,
              name: "p",
              mode: "RamRoleArn",
              ram_role_arn: roleArn("x"),
              ...hints,
            }),
          },
        },
        "AssumeRole",
        `https://${host}`,
      ),
    ),
    asks(
      {
        config: { ...role({ roleArn: roleArn("x") }), ...noEndpoints },
        environment: { ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED: "true" },
      },
      "AssumeRole",
      "https://sts-vpc.cn-hangzhou.aliyuncs.com",
    ),
  ],
  ALIBABA_CLOUD_CLI_PROFILE_DISABLED: [
    acts({ files: { "~/.aliyun/config.json": commandFile("ann", annProfile) } }, "acme/ann"),
    async () => {
      const files = { "~/.aliyun/config.json": commandFile("ann", annProfile) };
      const environment = { ALIBABA_CLOUD_CLI_PROFILE_DISABLED: "true" };
      await expect(scene.list({ files, environment })).rejects.toThrow(
        "no credentials for Alibaba Cloud are set",
      );
    },
  ],
  ALIBABA_CLOUD_ECS_METADATA_DISABLED: [
    acts(async () => {
      await putMachine("alibabaEcs");
      return {};
    }, /^acme\/machine \(i-/),
    async () => {
      await putMachine("alibabaEcs");
      const environment = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" };
      await expect(scene.list({ environment })).rejects.toThrow("http://100.100.100.200 (switched off)");
      expect(scene.sent).toEqual([]);
    },
  ],
  ALIBABA_CLOUD_IMDSV1_DISABLED: [
    acts(async () => {
      await putMachine("alibabaEcs", { metadataTokens: "absent" });
      return { config: { "alicloud:ecsRoleName": "machine" } };
    }, /^acme\/machine \(i-/),
    async () => {
      await putMachine("alibabaEcs", { metadataTokens: "absent" });
      const environment = { ALIBABA_CLOUD_IMDSV1_DISABLED: "true" };
      const config = { "alicloud:ecsRoleName": "machine" };
      await expect(scene.list({ config, environment })).rejects.toThrow(
        "CreateMetadataToken was refused: HTTP 404",
      );
    },
  ],
};

const nameOf = ({ key, variables }: (typeof alibabaSettings.table)[number]): string => key ?? variables[0]!;
const rowsOf = (treatment: string): [string, (typeof alibabaSettings.table)[number]][] =>
  alibabaSettings.table.filter((row) => row.treatment === treatment).map((row) => [nameOf(row), row]);

test("each honoured setting has a proof, and nothing else has", () => {
  expect(Object.keys(proofs).sort()).toEqual(
    rowsOf("honoured")
      .map(([name]) => name)
      .sort(),
  );
});

test.each(
  Object.entries(proofs).flatMap(([name, all]) =>
    all.map((proof, index) => ({ name, index: index + 1, proof })),
  ),
)("$name is honoured ($index)", ({ proof }) => proof());

test.each(rowsOf("refused"))(
  "%s is refused by name, from the configuration and each variable",
  async (_, row) => {
    const { key, variables, note } = row;
    const configured: Sources[] =
      key === undefined ? [] : [{ config: { ...demo, [`alicloud:${key}`]: "true" } }];
    if (key !== undefined) await refuses(configured[0]!, `configuration alicloud:${key} is set`)();
    for (const variable of variables) {
      const sources = { config: demo, environment: { [variable]: "true" } };
      await refuses(
        sources,
        `environment variable ${variable} is set, which this package does not support. ${note.replaceAll("`", "")}`,
      )();
    }
  },
);

test.each(rowsOf("ignored"))("%s makes no difference", async (_, { key, variables }) => {
  const environment = Object.fromEntries(variables.map((variable) => [variable, "7"]));
  const sources = { config: { ...demo, [`alicloud:${String(key)}`]: "7" }, environment };
  expect(check(services.cloudflow, { flowName: "f" }, scene.settings(sources))).toEqual([]);
  await scene.list({ config: demo });
  await scene.list(sources);
  const lists = scene.sent.filter(({ operation }) => operation === "ListExecutions");
  const [without, withIt] = lists.map(({ url, headers: { authorization, ...headers } }) => ({
    url,
    signer: authorization?.split(",")[0],
    headers: Object.keys(headers),
  }));
  expect(withIt).toEqual(without);
});
