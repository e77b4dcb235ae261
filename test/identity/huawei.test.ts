/**
 * Every setting of the vendor's provider for Huawei Cloud that decides who acts or where: honoured, as the emulator's own
 * record shows, or refused by name. A setting of the table without a case here fails the last tests.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { huaweiSettings } from "../../provider/src/services/huawei/settingsTable";
import { ConfigurationError } from "../../provider/src/ground/errors";
import { check, formatProblem } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { acmeDomainId, acmeProject, annKeys } from "../emulator/acme";
import { demoProjectId, listAll, never, settingsOf } from "../support/sessions";
import type { Acting, Sources } from "./huaweiWorld";
import { HuaweiWorld, demoKeys } from "./huaweiWorld";

let world: HuaweiWorld;
beforeAll(async () => {
  world = await HuaweiWorld.open();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const demo: Acting = { who: "demo/demo", project: "cn-north-4" };
const ann: Acting = { who: "acme/ann", project: "cn-north-4" };
// The session is named after the machine.
const machine = { who: expect.stringMatching(/^acme\/machine \(.+\)$/), project: "cn-north-4" };
const deployer = (session?: string): Acting => ({
  who: session === undefined ? "acme/deployer" : `acme/deployer (${session})`,
  project: "cn-north-4_dev",
});

const inRegion = { HW_REGION_NAME: "cn-north-4" };
const demoPair = { "huaweicloud:accessKey": demoKeys.accessKey, "huaweicloud:secretKey": demoKeys.secretKey };
const annPair = { "huaweicloud:accessKey": annKeys.accessKey, "huaweicloud:secretKey": annKeys.secretKey };
const annUser = { HW_USER_NAME: "ann", HW_USER_PASSWORD: "ann-password-1", HW_DOMAIN_NAME: "acme" };
const temporary = ["EMULATORTEMPORARY0001", "emulator-temporary-secret-0001", "emulator-security-token-0001"];
const annId = "ann00000000000000000000000000001";
const json = JSON.stringify;

/** Settings of the provider in both places where it reads them. */
const config = (settings: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      `huaweicloud:${key}`,
      typeof value === "string" ? value : json(value),
    ]),
  );

interface Case {
  readonly name: string;
  readonly sources: Sources | (() => Promise<Sources>);
  readonly acts?: object;
  readonly asks?: readonly string[];
  readonly before?: () => Promise<unknown>;
  /** Checks the requests that were sent. */
  readonly sees?: () => void;
}

const cases: Case[] = [
  // The caller.
  {
    name: "token",
    sources: async () => ({ config: config({ token: await world.token() }), environment: inRegion }),
    acts: demo,
  },
  ...["HW_AUTH_TOKEN", "OS_AUTH_TOKEN"].map((name) => ({
    name,
    sources: async () => ({ environment: { ...inRegion, [name]: await world.token() } }),
    acts: demo,
  })),
  { name: "accessKey, secretKey", sources: { config: annPair, environment: inRegion }, acts: ann },
  {
    name: "access_key, secret_key, as the vendor's README writes them",
    sources: {
      config: config({ access_key: annKeys.accessKey, secret_key: annKeys.secretKey, region: "cn-north-4" }),
    },
    acts: ann,
  },
  ...[
    ["HW_ACCESS_KEY", "HW_SECRET_KEY"],
    ["OS_ACCESS_KEY", "OS_SECRET_KEY"],
    ["HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"],
    ["CLOUD_SDK_AK", "CLOUD_SDK_SK"],
  ].map(([id, secret]) => ({
    name: `${id!}, ${secret!}`,
    sources: { environment: { ...inRegion, [id!]: annKeys.accessKey, [secret!]: annKeys.secretKey } },
    acts: ann,
  })),
  ...[
    ["HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_SECURITY_TOKEN"],
    ["HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"],
  ].map((names) => ({
    name: names.at(-1)!,
    sources: {
      environment: {
        ...inRegion,
        ...Object.fromEntries(names.map((name, index) => [name, temporary[index]!])),
      },
    },
    acts: demo,
  })),
  {
    name: "securityToken",
    sources: {
      config: config({ accessKey: temporary[0], secretKey: temporary[1], securityToken: temporary[2] }),
      environment: inRegion,
    },
    acts: demo,
  },
  {
    name: "userName, password, domainName",
    sources: {
      config: config({ userName: "ann", password: "ann-password-1", domainName: "acme" }),
      environment: inRegion,
    },
    acts: ann,
  },
  {
    name: "user_name and domain_id",
    sources: {
      config: config({ user_name: "ann", password: "ann-password-1", domainId: acmeDomainId }),
      environment: inRegion,
    },
    acts: ann,
  },
  {
    name: "userId, which needs no domain",
    sources: { config: config({ userId: annId, password: "ann-password-1" }), environment: inRegion },
    acts: ann,
    sees: () => {
      const [login] = world.sent.filter(({ url }) => url.pathname === "/v3/auth/tokens");
      expect(JSON.parse(login!.body).auth.identity.password.user).toEqual({
        id: annId,
        password: "ann-password-1",
      });
    },
  },
  ...[
    ["HW_USER_NAME", "HW_USER_PASSWORD", "HW_DOMAIN_NAME", "ann", "acme"],
    ["HW_USER_NAME", "HW_USER_PASSWORD", "HW_DOMAIN_ID", "ann", acmeDomainId],
    ["HW_USER_ID", "HW_USER_PASSWORD", "HW_DOMAIN_NAME", annId, "acme"],
    ["OS_USER_ID", "OS_PASSWORD", "OS_DOMAIN_NAME", annId, "acme"],
    ...["OS_DOMAIN_NAME", "OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"].map((name) => [
      ...["OS_USERNAME", "OS_PASSWORD", name, "ann", "acme"],
    ]),
    ...["OS_DOMAIN_ID", "OS_USER_DOMAIN_ID", "OS_PROJECT_DOMAIN_ID"].map((name) => [
      ...["OS_USERNAME", "OS_PASSWORD", name, "ann", acmeDomainId],
    ]),
  ].map(([user, password, domain, userValue, domainValue]) => ({
    name: `${user!}, ${password!}, ${domain!}`,
    sources: {
      environment: {
        ...inRegion,
        ...{ [user!]: userValue!, [password!]: "ann-password-1", [domain!]: domainValue! },
      },
    },
    acts: ann,
  })),
  ...[
    { config: { ...annPair, "huaweicloud:domainId": acmeDomainId }, environment: inRegion },
    { config: annPair, environment: { ...inRegion, HW_DOMAIN_ID: acmeDomainId } },
    {
      environment: {
        ...inRegion,
        HUAWEICLOUD_SDK_AK: annKeys.accessKey,
        HUAWEICLOUD_SDK_SK: annKeys.secretKey,
        HUAWEICLOUD_SDK_DOMAIN_ID: acmeDomainId,
      },
    },
  ].map((sources, index) => ({
    name: `the id of the domain beside a key goes to IAM only (${String(index)})`,
    sources,
    acts: ann,
    sees: () => {
      const ids = world.sent.map(({ url, headers }) => [url.host.split(".")[0], headers["x-domain-id"]]);
      expect(ids.filter(([host]) => host === "iam")).toEqual([["iam", acmeDomainId]]);
      expect(ids.filter(([host]) => host === "aom").map(([, id]) => id)).toEqual(
        expect.arrayContaining([undefined]),
      );
    },
  })),
  {
    name: "the profile file of the SDKs",
    sources: {
      environment: { ...inRegion, HUAWEICLOUD_SDK_CREDENTIALS_FILE: "/etc/huawei" },
      files: { "/etc/huawei": `[basic]\nak = ${annKeys.accessKey}\nsk = ${annKeys.secretKey}\n` },
    },
    acts: ann,
  },
  {
    name: "the profile file of the SDKs, with an id token",
    sources: async () => ({
      environment: inRegion,
      files: {
        "~/.huaweicloud/credentials": "[basic]\nidp_id = github\nid_token_file = /token\n",
        "/token": await world.idToken(),
      },
    }),
    acts: { who: "acme/repo:acme/app", project: "cn-north-4" },
  },

  // Agencies.
  {
    name: "assumeRole by the account's name: IAM v3",
    sources: {
      config: {
        ...demoPair,
        ...config({
          assumeRole: { agencyName: "deployer", domainName: "acme" },
          projectName: "cn-north-4_dev",
        }),
      },
      environment: inRegion,
    },
    acts: deployer(),
    sees: () => {
      expectDuration("/v3.0/OS-CREDENTIAL/securitytokens", 3600);
    },
  },
  {
    name: "assumeRole by the account's id: the security token service",
    sources: {
      config: {
        ...demoPair,
        ...config({
          assume_role: [{ agency_name: "deployer", domain_id: acmeDomainId, duration: 7200 }],
          project_name: "cn-north-4_dev",
        }),
      },
      environment: inRegion,
    },
    acts: deployer("deployer"),
    sees: () => {
      expectDuration("/v5/agencies/assume", 7200);
    },
  },
  ...(
    [
      [{ HW_ASSUME_ROLE_DOMAIN_NAME: "acme" }, undefined],
      [{ HW_ASSUME_ROLE_DOMAIN_ID: acmeDomainId, HW_ASSUME_ROLE_DURATION: "1800" }, "deployer"],
    ] as const
  ).map(([domain, session]) => ({
    name: `HW_ASSUME_ROLE_AGENCY_NAME, ${Object.keys(domain).join(", ")}`,
    sources: {
      config: demoPair,
      environment: {
        ...inRegion,
        ...domain,
        HW_ASSUME_ROLE_AGENCY_NAME: "deployer",
        HW_PROJECT_NAME: "cn-north-4_dev",
      },
    },
    acts: deployer(session),
    sees: () => {
      if (session !== undefined) expectDuration("/v5/agencies/assume", 1800);
    },
  })),
  ...["by name", "by id"].map((how) => ({
    name: `assumeRole ${how} on top of a user`,
    sources: {
      config: config({
        userName: "demo",
        password: "demo-password-1",
        domainName: "demo",
        assumeRole: {
          agencyName: "deployer",
          ...(how === "by name" ? { domainName: "acme" } : { domainId: acmeDomainId }),
        },
        projectName: "cn-north-4_dev",
      }),
      environment: inRegion,
    },
    acts: how === "by name" ? deployer() : deployer("deployer"),
  })),
  {
    name: "assumeRole on top of a token",
    sources: async () => ({
      config: config({
        token: await world.token(),
        assumeRole: { agencyName: "deployer", domainName: "acme" },
        projectName: "cn-north-4_dev",
      }),
      environment: inRegion,
    }),
    acts: deployer(),
  },
  {
    name: "assumeRole on top of the machine's agency",
    before: () => world.machine("huaweiEcs", { agency: "deployer" }),
    sources: {
      config: config({ assumeRole: { agencyName: "second", domainName: "acme" } }),
      environment: inRegion,
    },
    acts: { who: "acme/second", project: "cn-north-4" },
  },
  {
    name: "agencyName, agencyDomainName, delegatedProject: the agency's token",
    sources: {
      config: {
        ...demoPair,
        ...config({ agencyName: "deployer", agencyDomainName: "acme", delegatedProject: "cn-north-4_dev" }),
      },
      environment: inRegion,
    },
    acts: deployer(),
    sees: () => {
      const last = world.sent.at(-1)!;
      expect(last.headers["x-auth-token"]).toBeDefined();
      expect(last.headers["authorization"]).toBeUndefined();
    },
  },
  {
    name: "OS_AGENCY_NAME, OS_AGENCY_DOMAIN_NAME, OS_DELEGATED_PROJECT",
    sources: {
      environment: {
        ...{
          HW_REGION_NAME: "cn-north-4",
          HW_ACCESS_KEY: demoKeys.accessKey,
          HW_SECRET_KEY: demoKeys.secretKey,
        },
        OS_AGENCY_NAME: "deployer",
        OS_AGENCY_DOMAIN_NAME: "acme",
        OS_DELEGATED_PROJECT: "cn-north-4_dev",
      },
    },
    acts: deployer(),
  },

  // Id tokens and machines.
  {
    name: "assumeRoleWithOidc",
    sources: async () => ({
      config: config({ assumeRoleWithOidc: { idpId: "github", idToken: await world.idToken() } }),
      environment: inRegion,
    }),
    acts: { who: "acme/repo:acme/app", project: "cn-north-4" },
  },
  ...[true, false].map((isText) => ({
    name: `HW_ASSUME_ROLE_IDP_ID with ${isText ? "HW_ASSUME_ROLE_ID_TOKEN" : "HW_ASSUME_ROLE_ID_TOKEN_FILE"}`,
    sources: async () => ({
      environment: {
        ...inRegion,
        HW_ASSUME_ROLE_IDP_ID: "github",
        ...(isText
          ? { HW_ASSUME_ROLE_ID_TOKEN: await world.idToken() }
          : { HW_ASSUME_ROLE_ID_TOKEN_FILE: "/token" }),
      },
      files: { "/token": `${await world.idToken()}\n` },
    }),
    acts: { who: "acme/repo:acme/app", project: "cn-north-4" },
  })),
  {
    name: "HUAWEICLOUD_SDK_IDP_ID, HUAWEICLOUD_SDK_ID_TOKEN_FILE",
    sources: async () => ({
      environment: {
        ...inRegion,
        HUAWEICLOUD_SDK_IDP_ID: "github",
        HUAWEICLOUD_SDK_ID_TOKEN_FILE: "/token",
      },
      files: { "/token": await world.idToken() },
    }),
    acts: { who: "acme/repo:acme/app", project: "cn-north-4" },
  },
  ...[true, false].map((isText) => ({
    name: `HUAWEICLOUD_OIDC_*, the token ${isText ? "as text" : "in a file"}`,
    sources: async () => ({
      environment: {
        ...inRegion,
        HUAWEICLOUD_OIDC_PROVIDER_URN: `iam::${acmeDomainId}:oidcProvider:github`,
        HUAWEICLOUD_OIDC_AGENCY_URN: `iam::${acmeDomainId}:agency:ci`,
        HUAWEICLOUD_OIDC_SESSION_NAME: "job-7",
        HUAWEICLOUD_OIDC_DURATION_SECONDS: "1200",
        HUAWEICLOUD_OIDC_POLICY: '{"Version":"5.0"}',
        HUAWEICLOUD_OIDC_POLICY_IDS: "p1, p2",
        ...(isText
          ? { HUAWEICLOUD_OIDC_ID_TOKEN: await world.idToken() }
          : { HUAWEICLOUD_OIDC_TOKEN_FILE: "/token" }),
      },
      files: { "/token": await world.idToken() },
    }),
    acts: { who: "acme/ci (job-7)", project: "cn-north-4" },
    sees: () => {
      const [request] = world.sent.filter(({ url }) => url.pathname === "/v5/agencies/assume-with-oidc");
      expect(JSON.parse(request!.body)).toMatchObject({
        duration_seconds: 1200,
        policy: '{"Version":"5.0"}',
        policy_ids: ["p1", "p2"],
      });
      expect(request!.headers["authorization"]).toBeUndefined();
    },
  })),
  {
    name: "HC_CONTAINER_CREDENTIALS_FULL_URI, HC_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    before: () => world.machine("huaweiPod"),
    sources: async () => ({
      environment: {
        ...inRegion,
        HC_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.169.254/v1/pod-identity/credentials",
        HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/token",
      },
      files: { "/token": await world.idToken() },
    }),
    acts: machine,
  },
  ...["optional", "required", "absent"].map((metadataTokens) => ({
    name: `an ECS whose metadata tokens are ${metadataTokens}`,
    before: () => world.machine("huaweiEcs", { metadataTokens }),
    sources: { environment: inRegion },
    acts: machine,
  })),

  // Profiles of KooCLI.
  {
    name: "profile: its key, its region and its project before the configuration's",
    sources: {
      config: config({ profile: "acme", region: "cn-east-3", projectId: "of-the-configuration" }),
      files: cliFile("default", {
        name: "acme",
        mode: "AKSK",
        accessKeyId: annKeys.accessKey,
        secretAccessKey: annKeys.secretKey,
        region: "cn-north-4",
        projectId: acmeProject,
      }),
    },
    acts: ann,
    asks: ["aom.cn-north-4.myhuaweicloud.com"],
  },
  {
    name: "HW_PROFILE, in the file that HW_SHARED_CONFIG_FILE names",
    sources: {
      environment: { ...inRegion, HW_PROFILE: "sso", HW_SHARED_CONFIG_FILE: "/etc/hcloud.json" },
      files: {
        "/etc/hcloud.json": json({
          profiles: [
            {
              name: "sso",
              mode: "SSO",
              ssoAuth: {
                stsToken: {
                  accessKeyId: temporary[0],
                  secretAccessKey: temporary[1],
                  securityToken: temporary[2],
                },
              },
            },
          ],
        }),
      },
    },
    acts: demo,
  },
  {
    name: "sharedConfigFile alone: the current profile, of the machine's agency",
    before: () => world.machine("huaweiEcs"),
    sources: {
      config: config({ sharedConfigFile: "~/.hcloud/config.json" }),
      environment: inRegion,
      files: cliFile("ecs", { name: "ecs", mode: "ecsAgency" }),
    },
    acts: machine,
  },
  {
    name: "a profile with an agency",
    sources: {
      config: config({ profile: "deploy", projectName: "cn-north-4_dev" }),
      environment: inRegion,
      files: cliFile("deploy", {
        name: "deploy",
        accessKeyId: demoKeys.accessKey,
        secretAccessKey: demoKeys.secretKey,
        agencyName: "deployer",
        agencyDomainName: "acme",
        projectId: demoProjectId,
      }),
    },
    acts: deployer(),
  },

  // The place.
  { name: "region", sources: { config: { ...annPair, "huaweicloud:region": "cn-north-4" } }, acts: ann },
  ...["HW_REGION_NAME", "OS_REGION_NAME"].map((name) => ({
    name,
    sources: { config: annPair, environment: { [name]: "cn-north-4" } },
    acts: ann,
    asks: ["iam.cn-north-4.myhuaweicloud.com", "aom.cn-north-4.myhuaweicloud.com"],
  })),
  ...["projectId", "tenantId"].map((key) => ({
    name: key,
    sources: { config: { ...annPair, [`huaweicloud:${key}`]: acmeProject }, environment: inRegion },
    acts: ann,
    asks: ["aom.cn-north-4.myhuaweicloud.com"],
  })),
  ...["HW_PROJECT_ID", "OS_PROJECT_ID", "OS_TENANT_ID", "HUAWEICLOUD_SDK_PROJECT_ID"].map((name) => ({
    name,
    sources: { config: annPair, environment: { ...inRegion, [name]: acmeProject } },
    acts: ann,
    asks: ["aom.cn-north-4.myhuaweicloud.com"],
  })),
  ...["projectName", "tenantName"].map((key) => ({
    name: key,
    sources: { config: { ...annPair, [`huaweicloud:${key}`]: "cn-north-4_dev" }, environment: inRegion },
    acts: { ...ann, project: "cn-north-4_dev" },
  })),
  ...["HW_PROJECT_NAME", "OS_PROJECT_NAME", "OS_TENANT_NAME"].map((name) => ({
    name,
    sources: { environment: { ...inRegion, ...annUser, [name]: "cn-north-4_dev" } },
    acts: { ...ann, project: "cn-north-4_dev" },
  })),
  {
    name: "authUrl, before endpoints.iam",
    sources: {
      config: {
        ...annPair,
        ...config({
          authUrl: "https://iam.own.example/v3",
          endpoints: { iam: "https://iam.cn-east-3.myhuaweicloud.com" },
        }),
      },
      environment: inRegion,
    },
    acts: ann,
    asks: ["iam.own.example", "aom.cn-north-4.myhuaweicloud.com"],
  },
  ...["HW_AUTH_URL", "OS_AUTH_URL"].map((name) => ({
    name,
    sources: { config: annPair, environment: { ...inRegion, [name]: "https://iam.own.example" } },
    acts: ann,
    asks: ["iam.own.example", "aom.cn-north-4.myhuaweicloud.com"],
  })),
  {
    name: "HUAWEICLOUD_SDK_IAM_ENDPOINT",
    sources: {
      config: annPair,
      environment: { ...inRegion, HUAWEICLOUD_SDK_IAM_ENDPOINT: "iam.own.example" },
    },
    acts: ann,
    asks: ["iam.own.example", "aom.cn-north-4.myhuaweicloud.com"],
  },
  ...[config({ cloud: "cloud.example" }), {}].map((more, index) => ({
    name: index === 0 ? "cloud" : "HW_CLOUD",
    sources: {
      config: {
        ...demoPair,
        ...more,
        ...config({
          assumeRole: { agencyName: "deployer", domainId: acmeDomainId },
          projectName: "cn-north-4_dev",
        }),
      },
      environment: { ...inRegion, ...(index === 0 ? {} : { HW_CLOUD: "cloud.example" }) },
    },
    acts: deployer("deployer"),
    asks: ["sts.cn-north-4.cloud.example", "iam.cn-north-4.cloud.example", "aom.cn-north-4.cloud.example"],
  })),
  {
    name: "endpoints",
    sources: {
      config: {
        ...demoPair,
        ...config({
          endpoints: {
            aom: "aom.own.example",
            iam: "https://iam.own.example/",
            sts: "https://sts.own.example",
          },
          assumeRole: { agencyName: "deployer", domainId: acmeDomainId },
          projectName: "cn-north-4_dev",
        }),
      },
      environment: inRegion,
    },
    acts: deployer("deployer"),
    asks: ["sts.own.example", "iam.own.example", "aom.own.example"],
  },
  {
    name: "HUAWEICLOUD_SDK_STS_ENDPOINT, HUAWEICLOUD_SDK_REGION_AOM_CN_NORTH_4",
    sources: {
      config: {
        ...demoPair,
        ...config({
          assumeRole: { agencyName: "deployer", domainId: acmeDomainId },
          projectName: "cn-north-4_dev",
        }),
      },
      environment: {
        ...inRegion,
        HUAWEICLOUD_SDK_STS_ENDPOINT: "https://sts.own.example",
        HUAWEICLOUD_SDK_REGION_AOM_CN_NORTH_4: "https://aom.own.example",
      },
    },
    acts: deployer("deployer"),
    asks: ["sts.own.example", "iam.cn-north-4.myhuaweicloud.com", "aom.own.example"],
  },
  ...[config({ enterpriseProjectId: "ep-7" }), {}].map((more, index) => ({
    name: index === 0 ? "enterpriseProjectId" : "HW_ENTERPRISE_PROJECT_ID",
    sources: {
      config: { ...annPair, ...more },
      environment: { ...inRegion, ...(index === 0 ? {} : { HW_ENTERPRISE_PROJECT_ID: "ep-7" }) },
    },
    acts: ann,
    sees: () => {
      const lists = world.sent.filter(({ url }) => url.pathname.endsWith("/executions"));
      expect(lists[0]!.url.searchParams.get("x_enterprise_project_id")).toBe("ep-7");
    },
  })),
];

function cliFile(current: string, ...profiles: object[]): Record<string, string> {
  return { "~/.hcloud/config.json": json({ current, profiles }) };
}

function expectDuration(path: string, seconds: number): void {
  const [request] = world.sent.filter(({ url }) => url.pathname === path);
  expect(request!.body).toContain(`"duration_seconds":${String(seconds)}`);
}

/** Settings that were set in the cases. */
const shown = new Set<string>();
const note = ({ config: keys = {}, environment = {} }: Sources): void => {
  for (const name of [...Object.keys(keys), ...Object.keys(environment)]) shown.add(name);
};

describe("honoured", () => {
  test.each(cases)("$name", async ({ sources, acts, asks, before, sees }) => {
    await before?.();
    const given = typeof sources === "function" ? await sources() : sources;
    note(given);
    world.sent = [];
    const acting = await world.act(given);
    if (acts) expect(acting).toEqual(acts);
    if (asks) expect(world.asked).toEqual(asks);
    sees?.();
  });

  test("endpoints.fgs, the vendor's name for FunctionGraph", async () => {
    const sources = {
      config: { ...annPair, ...config({ endpoints: [{ fgs: "fgs.own.example" }] }) },
      environment: inRegion,
    };
    const backend = await world
      .session(sources)
      .connect(services.functiongraph, { workflowId: "job" }, never);
    await listAll(backend);
    expect(world.asked).toEqual(["iam.cn-north-4.myhuaweicloud.com", "fgs.own.example"]);
    expect(await world.actorOf("ShowWorkflowExecutionForPage")).toEqual(ann);
  });

  // The use of the certificates is tested with the connections.
  test.each<Sources>([
    { config: config({ cacertFile: "/ca.pem", cert: "/cert.pem", key: "/key.pem" }) },
    { environment: { OS_CACERT: "/ca.pem", OS_CERT: "/cert.pem", OS_KEY: "/key.pem" } },
  ])("cacertFile, cert, key %#", (sources) => {
    note(sources);
    const files = { "/ca.pem": "no certificate" };
    const setting = "config" in sources ? "huaweicloud:cacertFile" : "OS_CACERT";
    expect(() => services.aom.transport(settingsOf({ ...sources, files }))).toThrow(
      new RegExp(`${setting} names a file without PEM text`),
    );
  });
});

describe("refused by name, in check and at every other use", () => {
  test.each<[string, Sources, RegExp]>([
    [
      "signingAlgorithm",
      { config: config({ signingAlgorithm: "SM2SM3" }) },
      /huaweicloud:signingAlgorithm.*HmacSHA256/,
    ],
    ["HW_SIGNING_ALGORITHM", { environment: { HW_SIGNING_ALGORITHM: "HmacSM3" } }, /HW_SIGNING_ALGORITHM/],
    ["insecure", { config: config({ insecure: "true" }) }, /huaweicloud:insecure.*cacertFile/],
    ["HW_INSECURE", { environment: { HW_INSECURE: "true" } }, /HW_INSECURE/],
    ["OS_INSECURE", { environment: { OS_INSECURE: "true" } }, /OS_INSECURE/],
    [
      "HUAWEICLOUD_SDK_REGIONS_FILE",
      { environment: { HUAWEICLOUD_SDK_REGIONS_FILE: "/regions.yaml" } },
      /HUAWEICLOUD_SDK_REGIONS_FILE.*huaweicloud:endpoints/,
    ],
  ])("%s", async (_name, sources, expected) => {
    note(sources);
    const all = {
      config: { ...annPair, ...sources.config },
      environment: { ...inRegion, ...sources.environment },
    };
    const [problem, ...others] = check(services.aom, { workflowId: "job" }, settingsOf(all));
    expect(formatProblem(problem!)).toMatch(expected);
    expect(others).toEqual([]);
    const error: unknown = await world.act(all).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toMatch(expected);
    expect(world.sent).toEqual([]);
  });

  test.each([{ signingAlgorithm: "HmacSHA256" }, { insecure: "false" }, { insecure: "False" }])(
    "%j is what is done anyway",
    async (same) => {
      expect(await world.act({ config: { ...annPair, ...config(same) }, environment: inRegion })).toEqual(
        ann,
      );
    },
  );

  test("two agencies in a chain: one is to be given", async () => {
    const assumeRole = ["deployer", "second"].map((agencyName) => ({ agencyName, domainName: "acme" }));
    await expect(
      world.act({ config: { ...demoPair, ...config({ assumeRole }) }, environment: inRegion }),
    ).rejects.toThrow(/huaweicloud:assumeRole has 2 entries: keep one/);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "an agency without its account",
      { assumeRole: { agencyName: "a" } },
      /assumeRole\.agencyName is set without the account/,
    ],
    [
      "a duration that is too long",
      { assumeRole: { agencyName: "a", domainName: "b", duration: 43_201 } },
      /assumeRole\.duration must be a number of seconds from 900 to 43200/,
    ],
    [
      "a duration that is neither text nor a number",
      { assumeRole: { agencyName: "a", domainName: "b", duration: [900] } },
      /assumeRole\.duration must be text or a number/,
    ],
    [
      "a field that is not known",
      { assumeRole: { agencyName: "a", externalId: "x" } },
      /assumeRole\.externalId is unknown/,
    ],
    [
      "an id token without its provider",
      { assumeRoleWithOidc: { idToken: "t" } },
      /assumeRoleWithOidc needs idpId/,
    ],
    [
      "a delegated project alone",
      { delegatedProject: "p" },
      /huaweicloud:delegatedProject has no effect alone/,
    ],
    [
      "an agency of the older kind without its account",
      { agencyName: "a" },
      /huaweicloud:agencyName has no effect alone/,
    ],
  ])("%s", (_what, given, expected) => {
    const settings = settingsOf({ config: { ...demoPair, ...config(given) }, environment: inRegion });
    const [problem] = check(services.aom, { workflowId: "job" }, settings);
    expect(formatProblem(problem!)).toMatch(expected);
  });
});

test.each<[Record<string, string>, RegExp]>([
  [{ HW_ASSUME_ROLE_DOMAIN_NAME: "acme" }, /HW_ASSUME_ROLE_DOMAIN_NAME is set without the agency/],
  [{ HUAWEICLOUD_OIDC_TOKEN_FILE: "/token" }, /HUAWEICLOUD_OIDC_PROVIDER_URN, .* belong together/],
  [{ HC_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/" }, /HC_CONTAINER_.* belong together/],
  [
    { HW_ASSUME_ROLE_ID_TOKEN_FILE: "/token" },
    /HW_ASSUME_ROLE_ID_TOKEN_FILE is set, .*HW_ASSUME_ROLE_IDP_ID is not/,
  ],
])("a part of an identity alone is no reason to take another one: %j", (part, expected) => {
  const settings = settingsOf({ environment: { ...inRegion, ...part } });
  const [problem] = check(services.aom, { workflowId: "job" }, settings);
  expect(formatProblem(problem!)).toMatch(expected);
});

describe("profiles of KooCLI that can't be used are named, with the remedy", () => {
  const refusal = (profile: object, more: Record<string, string> = {}): string => {
    const settings = settingsOf({
      config: config({ profile: "p" }),
      environment: inRegion,
      files: { ...cliFile("p", { name: "p", ...profile }), ...more },
    });
    const [problem] = check(services.aom, { workflowId: "job" }, settings);
    return formatProblem(problem!);
  };
  // 48 bytes, as a cipher gives them.
  const cipher = Buffer.alloc(72, 0xfb).toString("base64");
  test.each<[string, object, RegExp]>([
    [
      "encrypted keys",
      { accessKeyId: cipher, secretAccessKey: cipher },
      /encrypted.*hcloud configure set --cli-auth-encrypt=false/,
    ],
    ["an encrypted secret", { accessKeyId: "AK", secretAccessKey: cipher }, /encrypted/],
    ["another mode", { mode: "token" }, /has the mode "token": only AKSK, SSO and ecsAgency are supported/],
    [
      "mode AssumeRole",
      { mode: "AssumeRole" },
      /mode "AssumeRole".*huaweicloud:profile.*huaweicloud:assumeRole/,
    ],
    ["no key", { mode: "AKSK" }, /no complete key.*hcloud configure set --cli-profile=p/],
    ["a login that is missing", { mode: "SSO" }, /no complete key.*hcloud configure sso --cli-profile=p/],
  ])("%s", (_what, profile, expected) => {
    const message = refusal(profile);
    expect(message).toMatch(expected);
    expect(message).toContain("huaweicloud:profile");
    expect(message).not.toContain(cipher);
  });

  test.each<[string, string, RegExp]>([
    ["no file of that kind", "[default]\nak = a", /is not a KooCLI configuration/],
    ["no such profile", json({ profiles: [{ name: "a" }, { name: "b" }] }), /has no profile "p".*\(a, b\)/],
  ])("%s", (_what, text, expected) => {
    expect(refusal({}, { "~/.hcloud/config.json": text })).toMatch(expected);
  });

  test("a file that is not there", () => {
    const settings = settingsOf({ environment: { ...inRegion, HW_SHARED_CONFIG_FILE: "/nowhere" } });
    const [problem] = check(services.aom, { workflowId: "job" }, settings);
    expect(problem!.reason).toMatch(
      /\/nowhere \(from environment variable HW_SHARED_CONFIG_FILE\) can't be read/,
    );
  });

  test("a file that nobody asks for is not used", async () => {
    const files = cliFile("default", { name: "default", ...demoKeys });
    expect(await world.act({ config: annPair, environment: inRegion, files })).toEqual(ann);
  });
});

describe("no credentials", () => {
  test("the error names every source that was tried, and what the metadata service said", async () => {
    const error: unknown = await world.act({ environment: inRegion }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigurationError);
    const { message } = error as Error;
    for (const name of [
      "pulumi config set huaweicloud:accessKey",
      "huaweicloud:token",
      "huaweicloud:userName",
      "huaweicloud:profile",
      "HW_ACCESS_KEY",
      "OS_ACCESS_KEY",
      "HUAWEICLOUD_SDK_AK",
      "HUAWEICLOUD_OIDC_*",
      "CLOUD_SDK_AK",
      "~/.huaweicloud/credentials",
      "HC_CONTAINER_CREDENTIALS_FULL_URI",
      "http://169.254.169.254: HTTP 404",
    ]) {
      expect(message).toContain(name);
    }
  });

  test("an ECS without an agency is told apart", async () => {
    await world.control("PUT", "/machines/huaweiEcs", { domain: "acme" });
    await expect(world.act({ environment: inRegion })).rejects.toThrow(/this ECS has no agency to act as/);
  });

  test("a pod's address in the clear is refused", async () => {
    const environment = {
      ...inRegion,
      HC_CONTAINER_CREDENTIALS_FULL_URI: "http://credentials.example/",
      HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/token",
    };
    await expect(world.act({ environment })).rejects.toThrow(
      /HC_CONTAINER_CREDENTIALS_FULL_URI\) begins with http/,
    );
    expect(world.sent).toEqual([]);
  });
});

describe("the table", () => {
  const rows = huaweiSettings.table.filter(({ treatment }) => treatment !== "ignored");
  test.each(
    rows.flatMap(({ key, variables }) => [
      ...(key === undefined ? [] : [`huaweicloud:${key}`]),
      ...variables,
    ]),
  )("%s has a case above", (name) => {
    const pattern = name.replace(/<\w+>/g, "\\w+");
    const spellings = [
      pattern,
      pattern.replace(/[A-Z]/g, (letter) => (name.includes(":") ? `_${letter.toLowerCase()}` : letter)),
    ];
    expect(
      [...shown].filter((each) => spellings.some((one) => new RegExp(`^${one}$`).test(each))),
    ).not.toEqual([]);
  });

  test("settings that are ignored stop nothing", async () => {
    const ignored = huaweiSettings.table.filter(({ treatment }) => treatment === "ignored");
    const environment = Object.fromEntries(
      ignored.flatMap(({ variables }) => variables.map((name) => [name, "1"])),
    );
    const keys = config(Object.fromEntries(ignored.map(({ key }) => [key ?? "", "1"])));
    expect(
      await world.act({ config: { ...annPair, ...keys }, environment: { ...environment, ...inRegion } }),
    ).toEqual(ann);
  });

  test("every one that decides who or where is honoured or refused", () => {
    const left = huaweiSettings.table.filter(
      ({ concern, treatment }) => treatment === "ignored" && ["who", "where"].includes(concern),
    );
    expect(left).toEqual([]);
  });

  test("the provider's variables are read nowhere but as the table says", () => {
    const known = new Set(huaweiSettings.table.flatMap(({ variables }) => variables));
    const folder = join(__dirname, "../../provider/src/services/huawei");
    for (const file of ["identity.ts", "location.ts", "roles.ts", "cliProfile.ts", "profile.ts"]) {
      const names =
        readFileSync(join(folder, file), "utf8").match(
          /"(?:HW|OS|HC|CLOUD_SDK|HUAWEICLOUD)_[A-Z_]*[A-Z]"/g,
        ) ?? [];
      for (const name of names)
        expect([file, name, known.has(name.slice(1, -1))]).toEqual([file, name, true]);
    }
  });
});
