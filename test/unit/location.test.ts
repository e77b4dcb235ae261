/**
 * The place of a service of Huawei Cloud: region, endpoint, IAM endpoint and project from argument, configuration,
 * environment and profile, in that order.
 */
import type { HuaweiLocation } from "../../provider/src/services/huawei/location";
import { checkLocation, resolveLocation } from "../../provider/src/services/huawei/location";
import { ConfigurationError, messageOf } from "../../provider/src/ground/errors";
import type { Arguments } from "../../provider/src/lifecycle";
import { settingsOf } from "../support/sessions";

type Sources = Parameters<typeof settingsOf>[0];

const aom = { name: "aom", title: "Huawei Cloud AOM" };
const resolve = (args: Arguments, sources: Sources = {}): HuaweiLocation =>
  resolveLocation(aom, args, settingsOf(sources));

function refusal(args: Arguments, sources: Sources = {}): string {
  try {
    resolve(args, sources);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return messageOf(error);
  }
  throw new Error("nothing was refused");
}

const profilePath = "~/.huaweicloud/credentials";
const everywhere: Required<Sources> = {
  config: {
    "huaweicloud:region": "cn-east-3",
    "huaweicloud:projectId": "project-of-config",
    "huaweicloud:endpoints": JSON.stringify({ aom: "https://aom.config", iam: "https://iam.config" }),
    "huaweicloud:authUrl": "https://iam.authurl/v3",
  },
  environment: {
    HW_REGION_NAME: "cn-north-4",
    HUAWEICLOUD_SDK_PROJECT_ID: "project-of-sdk",
    HW_PROJECT_ID: "project-of-hw",
    HUAWEICLOUD_SDK_REGION_AOM_CN_NORTH_4: "https://aom.north",
    HUAWEICLOUD_SDK_REGION_AOM_CN_EAST_3: "https://aom.east",
    HUAWEICLOUD_SDK_IAM_ENDPOINT: "https://iam.sdk",
    HW_AUTH_URL: "https://iam.hw/v3",
  },
  files: { [profilePath]: "[basic]\nproject_id = project-of-profile\niam_endpoint = https://iam.profile\n" },
};

/** All sources without some settings. */
function without(...names: string[]): Sources {
  const drop = (bag: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(bag).filter(([name]) => !names.includes(name)));
  return {
    config: drop(everywhere.config),
    environment: drop(everywhere.environment),
    files: drop(everywhere.files),
  };
}

test("a region alone gives the vendor's addresses", () => {
  expect(resolve({ region: "cn-north-4" })).toEqual({
    region: "cn-north-4",
    endpoint: "https://aom.cn-north-4.myhuaweicloud.com",
    iamEndpoint: "https://iam.cn-north-4.myhuaweicloud.com",
    stsEndpoint: "https://sts.cn-north-4.myhuaweicloud.com",
    projectId: undefined,
    projectName: { value: "cn-north-4", source: 'argument "region"' },
  });
});

test("an endpoint alone needs no region; tokens then come from the global IAM", () => {
  expect(resolve({ endpoint: "http://127.0.0.1:8787" })).toEqual({
    region: undefined,
    endpoint: "http://127.0.0.1:8787",
    iamEndpoint: "https://iam.myhuaweicloud.com",
    stsEndpoint: "https://sts.cn-north-4.myhuaweicloud.com",
    projectId: undefined,
    projectName: undefined,
  });
});

test("the region: argument, then configuration, then HW_REGION_NAME", () => {
  expect(resolve({ region: "cn-north-4" }, everywhere).region).toBe("cn-north-4");
  expect(resolve({}, everywhere).region).toBe("cn-east-3");
  expect(resolve({}, without("huaweicloud:region")).region).toBe("cn-north-4");
});

test("the endpoint: argument, then configuration, then the vendor's variable of the region, then the region", () => {
  const args = { region: "cn-north-4" };
  expect(resolve({ ...args, endpoint: "https://aom.argument" }, everywhere).endpoint).toBe(
    "https://aom.argument",
  );
  expect(resolve(args, everywhere).endpoint).toBe("https://aom.config");
  expect(resolve(args, without("huaweicloud:endpoints")).endpoint).toBe("https://aom.north");
  expect(resolve({ region: "cn-east-3" }, without("huaweicloud:endpoints")).endpoint).toBe(
    "https://aom.east",
  );
  expect(resolve(args, { config: { "huaweicloud:endpoints": "{}" } }).endpoint).toBe(
    "https://aom.cn-north-4.myhuaweicloud.com",
  );
});

test("of a list in the vendor's variable the first address counts", () => {
  const environment = {
    HUAWEICLOUD_SDK_REGION_AOM_CN_NORTH_4: " http://127.0.0.1:9000 , http://127.0.0.1:9001",
  };
  expect(resolve({ region: "cn-north-4" }, { environment }).endpoint).toBe("http://127.0.0.1:9000");
});

test("a host alone in the vendor's own variables is asked by https, as the vendor's SDKs do", () => {
  const environment = {
    HUAWEICLOUD_SDK_REGION_AOM_CN_NORTH_4: "127.0.0.1:9000",
    HUAWEICLOUD_SDK_IAM_ENDPOINT: "iam.example",
  };
  expect(resolve({ region: "cn-north-4" }, { environment })).toMatchObject({
    endpoint: "https://127.0.0.1:9000",
    iamEndpoint: "https://iam.example",
  });
});

test("a region that the reference does not list is good where the vendor's variable names an endpoint for it", () => {
  const environment = { HUAWEICLOUD_SDK_REGION_AOM_MARS_1: "https://aom.mars" };
  expect(resolve({ region: "mars-1" }, { environment })).toMatchObject({
    region: "mars-1",
    endpoint: "https://aom.mars",
  });
});

test("the IAM endpoint: authUrl wherever it is set, then endpoints.iam, the SDKs' variable, profile, region", () => {
  const names: string[] = [];
  const iamWithout = (...more: string[]): string => {
    names.push(...more);
    return resolve({ region: "cn-north-4", endpoint: "https://a" }, without(...names)).iamEndpoint;
  };
  expect(iamWithout()).toBe("https://iam.authurl");
  expect(iamWithout("huaweicloud:authUrl")).toBe("https://iam.hw");
  expect(iamWithout("HW_AUTH_URL")).toBe("https://iam.config");
  expect(iamWithout("huaweicloud:endpoints")).toBe("https://iam.sdk");
  expect(iamWithout("HUAWEICLOUD_SDK_IAM_ENDPOINT")).toBe("https://iam.profile");
  expect(iamWithout(profilePath)).toBe("https://iam.cn-north-4.myhuaweicloud.com");
});

test.each(["https://iam.x/v3", "https://iam.x:443/v3/", "https://iam.x"])(
  "the version at the end of %s is not part of the IAM endpoint",
  (value) => {
    const { iamEndpoint } = resolve({ region: "cn-north-4" }, { environment: { HW_AUTH_URL: value } });
    expect(iamEndpoint).toBe(value.replace(/\/v3\/?$/, ""));
  },
);

test("the project: argument, then configuration, HW_PROJECT_ID, the SDKs' variable, profile, the region's", () => {
  const args = { region: "cn-north-4" };
  const names: string[] = [];
  const projectWithout = (...more: string[]): string | undefined => {
    names.push(...more);
    const { projectId, projectName } = resolve(args, without(...names));
    return projectId ?? `named ${projectName?.value ?? ""}`;
  };
  expect(resolve({ ...args, projectId: "project-of-argument" }, everywhere).projectId).toBe(
    "project-of-argument",
  );
  expect(projectWithout()).toBe("project-of-config");
  expect(projectWithout("huaweicloud:projectId")).toBe("project-of-hw");
  expect(projectWithout("HW_PROJECT_ID")).toBe("project-of-sdk");
  expect(projectWithout("HUAWEICLOUD_SDK_PROJECT_ID")).toBe("project-of-profile");
  expect(projectWithout(profilePath)).toBe("named cn-north-4");
});

test("a project's id takes precedence over a name, wherever they are set; both over the SDKs' variable", () => {
  const project = (sources: Sources): string | undefined => {
    const { projectId, projectName } = resolve({ region: "cn-north-4" }, sources);
    return projectId ?? projectName?.value;
  };
  const named = { config: { "huaweicloud:projectName": "cn-north-4_dev" } };
  expect(project({ ...named, environment: { OS_PROJECT_ID: "id" } })).toBe("id");
  expect(project({ ...named, environment: { OS_TENANT_ID: "id" } })).toBe("id");
  expect(project({ ...named, environment: { HUAWEICLOUD_SDK_PROJECT_ID: "id" } })).toBe("cn-north-4_dev");
  expect(project({ environment: { OS_TENANT_NAME: "cn-north-4_old" } })).toBe("cn-north-4_old");
});

test("the project that comes with a key is not looked for in the account whose agency is assumed", () => {
  const files = { [profilePath]: "[basic]\nak = a\nsk = s\nproject_id = of-the-key\n" };
  const role = { "huaweicloud:assumeRole": JSON.stringify({ agencyName: "a", domainName: "d" }) };
  const args = { region: "cn-north-4" };
  expect(resolve(args, { files }).projectId).toBe("of-the-key");
  expect(resolve(args, { files, config: role }).projectId).toBeUndefined();
  const given = { ...role, "huaweicloud:projectId": "of-the-agency" };
  expect(resolve(args, { files, config: given }).projectId).toBe("of-the-agency");
});

describe("all hosts end as the site's do", () => {
  const ends = (args: Arguments, sources: Sources = {}): string[] => {
    const { endpoint, iamEndpoint, stsEndpoint } = resolve(args, sources);
    return [endpoint, iamEndpoint, stsEndpoint];
  };
  test("the European site is known by its region", () => {
    expect(ends({ region: "eu-west-101" })).toEqual([
      "https://aom.eu-west-101.myhuaweicloud.eu",
      "https://iam.eu-west-101.myhuaweicloud.eu",
      "https://sts.eu-west-101.myhuaweicloud.eu",
    ]);
    expect(ends({ region: "eu-west-0" })[0]).toBe("https://aom.eu-west-0.myhuaweicloud.com");
  });

  test.each<Sources>([
    { config: { "huaweicloud:cloud": "g42cloud.com" } },
    { environment: { HW_CLOUD: "g42cloud.com" } },
    { config: { "huaweicloud:cloud": "g42cloud.com" }, environment: { HW_CLOUD: "other.com" } },
  ])("another one is set by cloud %#", (sources) => {
    expect(ends({ region: "ae-ad-1" }, sources)).toEqual([
      "https://aom.ae-ad-1.g42cloud.com",
      "https://iam.ae-ad-1.g42cloud.com",
      "https://sts.ae-ad-1.g42cloud.com",
    ]);
  });

  test.each(["https://g42cloud.com", "g42cloud.com/x", "g42cloud", "a b.com", "user@g42cloud.com"])(
    "%s is no end of a host name",
    (cloud) => {
      expect(refusal({ region: "ae-ad-1" }, { environment: { HW_CLOUD: cloud } })).toMatch(
        /^the cloud \(from environment variable HW_CLOUD\) must be/,
      );
    },
  );

  test("where a region has no STS, that of the first one is asked, as the SDKs do", () => {
    expect(ends({ region: "cn-north-1" })[2]).toBe("https://sts.cn-north-4.myhuaweicloud.com");
    expect(ends({ region: "tr-west-1" })[2]).toBe("https://sts.tr-west-1.myhuaweicloud.com");
  });
});

test("FunctionGraph's endpoint has the vendor's name, or ours; two that differ are refused", () => {
  const functionGraph = { name: "functiongraph", title: "F", endpointName: "fgs" };
  const at = (endpoints: unknown): string =>
    resolveLocation(
      functionGraph,
      { region: "cn-north-4" },
      settingsOf({ config: { "huaweicloud:endpoints": JSON.stringify(endpoints) } }),
    ).endpoint;
  expect(at({ fgs: "https://a.example" })).toBe("https://a.example");
  expect(at({ functiongraph: "https://b.example" })).toBe("https://b.example");
  expect(at([{ fgs: "c.example" }])).toBe("https://c.example");
  expect(at({})).toBe("https://functiongraph.cn-north-4.myhuaweicloud.com");
  expect(() => at({ fgs: "https://a.example", functiongraph: "https://b.example" })).toThrow(
    /endpoints\.fgs and .*endpoints\.functiongraph are both set, with different values/,
  );
});

describe("what is wrong is said with the place and the remedy", () => {
  test("nothing is set: all three places of the region are named", () => {
    const message = refusal({});
    expect(message).toContain('argument "region"');
    expect(message).toContain("configuration huaweicloud:region");
    expect(message).toContain("environment variable HW_REGION_NAME");
  });

  test.each(["cn-north-4", "ap-southeast-3", "la-north-2", "mars-1"])(
    "no region is refused because of a list: %s",
    (region) => {
      expect(resolve({ region }).endpoint).toBe(`https://aom.${region}.myhuaweicloud.com`);
    },
  );

  test.each<[string, Arguments, Sources]>([
    ['argument "region"', { region: "evil.example/" }, {}],
    ["configuration huaweicloud:region", {}, { config: { "huaweicloud:region": "evil.example/" } }],
    ["environment variable HW_REGION_NAME", {}, { environment: { HW_REGION_NAME: "evil.example/" } }],
    ["environment variable OS_REGION_NAME", {}, { environment: { OS_REGION_NAME: "RegionOne!" } }],
  ])("a region that would lead to another host, from %s", (source, args, sources) => {
    expect(refusal(args, sources)).toContain(`(from ${source}) must be a region like cn-north-4`);
    expect(checkLocation(aom, args, settingsOf(sources), new Set())).toMatchObject([{ argument: "region" }]);
  });

  test("an address in huaweicloud:endpoints that is no text is not passed over", () => {
    const config = { "huaweicloud:endpoints": JSON.stringify({ aom: { url: "https://aom.example" } }) };
    expect(refusal({ region: "cn-north-4" }, { config })).toContain(
      "configuration huaweicloud:endpoints.aom is not text: set it to an address, or remove it.",
    );
  });

  test.each(["https://aom.example", '["https://aom.example"]', "{", "null", "7"])(
    "huaweicloud:endpoints that is %s is no map; the command that sets one is named",
    (value) => {
      const message = refusal({ region: "cn-north-4" }, { config: { "huaweicloud:endpoints": value } });
      expect(message).toContain("huaweicloud:endpoints is not a map");
      expect(message).toContain("pulumi config set --path huaweicloud:endpoints.aom");
    },
  );

  test("check says it of the region, and nothing of arguments that are not known yet", () => {
    const settings = settingsOf({});
    expect(checkLocation(aom, {}, settings, new Set())).toEqual([
      { argument: "region", reason: expect.stringMatching(/^is not set anywhere: /) },
    ]);
    expect(checkLocation(aom, {}, settings, new Set(["region"]))).toEqual([]);
    expect(checkLocation(aom, {}, settings, new Set(["endpoint"]))).toEqual([]);
    expect(checkLocation(aom, {}, settings, new Set(["workflowId"]))).toHaveLength(1);
    expect(checkLocation(aom, { region: "cn-north-4" }, settings, new Set())).toEqual([]);
  });

  test("outside of check the message names what is not set", () => {
    expect(refusal({})).toMatch(/^(the |no )?region /i);
  });

  test.each<[string, Sources]>([
    [
      "huaweicloud:endpoints",
      { config: { "huaweicloud:endpoints": JSON.stringify({ aom: "ftp://aom.example" }) } },
    ],
    [
      "huaweicloud:endpoints",
      { config: { "huaweicloud:endpoints": JSON.stringify({ iam: "ftp://iam.example" }) } },
    ],
    [
      "HUAWEICLOUD_SDK_REGION_AOM_CN_NORTH_4",
      { environment: { HUAWEICLOUD_SDK_REGION_AOM_CN_NORTH_4: ",http://127.0.0.1:9001" } },
    ],
    ["HUAWEICLOUD_SDK_IAM_ENDPOINT", { environment: { HUAWEICLOUD_SDK_IAM_ENDPOINT: "ftp://iam.example" } }],
    ["HW_AUTH_URL", { environment: { HW_AUTH_URL: "iam.example/v3" } }],
  ])("an address in %s that is none is refused by the setting's name", (name, sources) => {
    expect(refusal({ region: "cn-north-4" }, sources)).toContain(name);
    const [problem] = checkLocation(aom, { region: "cn-north-4" }, settingsOf(sources), new Set());
    expect(problem!.reason).toContain(name);
  });

  test.each<Record<string, string>>([
    { HUAWEICLOUD_SDK_REGION_AOM_CN_NORTH_4: "https://me:s3cret@aom.example" },
    { HUAWEICLOUD_SDK_REGION_AOM_CN_NORTH_4: "me:s3cret@aom.example" },
    { HUAWEICLOUD_SDK_IAM_ENDPOINT: "https://me:s3cret@" },
    { HW_AUTH_URL: "me:s3cret@iam.example" },
    { HW_AUTH_URL: "http://me:s3cret@iam.example" },
  ])("a password in an address is refused and not repeated %#", (environment) => {
    const message = refusal({ region: "cn-north-4" }, { environment });
    expect(message).toContain(Object.keys(environment)[0]);
    expect(message).not.toContain("s3cret");
  });

  test("check says it of the endpoint where it is the service's, else of the setting alone", () => {
    const problem = (environment: Record<string, string>): unknown =>
      checkLocation(aom, { region: "cn-north-4" }, settingsOf({ environment }), new Set())[0];
    expect(problem({ HUAWEICLOUD_SDK_REGION_AOM_CN_NORTH_4: "ftp://a" })).toMatchObject({
      argument: "endpoint",
      reason: expect.stringMatching(/^\(from environment variable HUAWEICLOUD_SDK_.*\) must be an address/),
    });
    expect(problem({ HW_AUTH_URL: "iam" })).toMatchObject({
      argument: undefined,
      reason: expect.stringMatching(/^the IAM endpoint \(from .* HW_AUTH_URL\) must be/),
    });
  });

  test("a profile that is named but not there is no matter where the credentials come from elsewhere", () => {
    const sources = {
      config: { "huaweicloud:accessKey": "a", "huaweicloud:secretKey": "s" },
      environment: { HUAWEICLOUD_SDK_CREDENTIALS_FILE: "/nowhere/profile.ini" },
    };
    expect(resolve({ region: "cn-north-4" }, sources).projectId).toBeUndefined();
    expect(refusal({ region: "cn-north-4" }, { environment: sources.environment })).toMatch(
      /^the file that HUAWEICLOUD_SDK_CREDENTIALS_FILE names/,
    );
  });

  test("credentials of the configuration are not sent to the profile's IAM endpoint", () => {
    const config = {
      "huaweicloud:userName": "u",
      "huaweicloud:password": "p",
      "huaweicloud:domainName": "d",
    };
    const files = {
      [profilePath]: "[basic]\nak = a\nsk = s\niam_endpoint = https://iam.other\nproject_id = other\n",
    };
    expect(resolve({ region: "cn-north-4" }, { config, files })).toMatchObject({
      iamEndpoint: "https://iam.cn-north-4.myhuaweicloud.com",
      projectId: undefined,
    });
  });

  test("check says of credentials that can't be used what is wrong with them", () => {
    const settings = settingsOf({ config: { "huaweicloud:accessKey": "a" } });
    expect(checkLocation(aom, { region: "cn-north-4" }, settings, new Set(["region"]))).toEqual([
      { argument: undefined, reason: expect.stringMatching(/huaweicloud:secretKey is not/) },
    ]);
  });
});
