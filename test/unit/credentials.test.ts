/**
 * Credentials of Huawei Cloud: every source, their order, halves that are refused by name, and no secret in a message.
 */
import { findIdentity } from "../../provider/src/services/huawei/identity";
import { stackSettingWords } from "../../provider/src/fronts/shared/settingWords";
import { processSettings } from "../../provider/src/fronts/shared/settings";
import type { HuaweiCredential } from "../../provider/src/services/huawei/credentials";
import type { Settings } from "../../provider/src/lifecycle";
import { ConfigurationError } from "../../provider/src/ground/errors";
import { settingsOf } from "../support/sessions";

type Sources = Parameters<typeof settingsOf>[0];

const findCredential = (settings: Settings): HuaweiCredential => findIdentity(settings).credential;
const find = (sources: Sources): HuaweiCredential => findCredential(settingsOf(sources));

/** The message of the refusal. */
function refusal(sources: Sources): string {
  try {
    find(sources);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

const profilePath = "~/.huaweicloud/credentials";
const keys = (accessKey: string, secretKey: string, securityToken?: string): unknown => ({
  kind: "accessKey",
  accessKey,
  secretKey,
  securityToken,
});

describe("each source by itself", () => {
  test.each<[string, Sources, unknown]>([
    ["a token of the configuration", { config: { "huaweicloud:token": "t" } }, { kind: "token", token: "t" }],
    [
      "keys of the configuration",
      { config: { "huaweicloud:accessKey": "a", "huaweicloud:secretKey": "s" } },
      keys("a", "s"),
    ],
    [
      "temporary keys of the configuration",
      {
        config: {
          "huaweicloud:accessKey": "a",
          "huaweicloud:secretKey": "s",
          "huaweicloud:securityToken": "x",
        },
      },
      keys("a", "s", "x"),
    ],
    [
      "a user of the configuration",
      {
        config: {
          "huaweicloud:userName": "u",
          "huaweicloud:password": "p",
          "huaweicloud:domainName": "d",
        },
      },
      { kind: "password", user: { name: "u" }, password: "p", domain: { name: "d" } },
    ],
    [
      "keys of the vendor's variables",
      { environment: { HUAWEICLOUD_SDK_AK: "a", HUAWEICLOUD_SDK_SK: "s" } },
      keys("a", "s"),
    ],
    [
      "temporary keys of the vendor's variables",
      {
        environment: {
          HUAWEICLOUD_SDK_AK: "a",
          HUAWEICLOUD_SDK_SK: "s",
          HUAWEICLOUD_SDK_SECURITY_TOKEN: "x",
        },
      },
      keys("a", "s", "x"),
    ],
    [
      "a token of Terraform's variables",
      { environment: { HW_AUTH_TOKEN: "t" } },
      { kind: "token", token: "t" },
    ],
    [
      "keys of Terraform's variables",
      { environment: { HW_ACCESS_KEY: "a", HW_SECRET_KEY: "s", HW_SECURITY_TOKEN: "x" } },
      keys("a", "s", "x"),
    ],
    [
      "a user of Terraform's variables",
      { environment: { HW_USER_NAME: "u", HW_USER_PASSWORD: "p", HW_DOMAIN_NAME: "d" } },
      { kind: "password", user: { name: "u" }, password: "p", domain: { name: "d" } },
    ],
    ["keys of the profile file", { files: { [profilePath]: "[basic]\nak = a\nsk = s\n" } }, keys("a", "s")],
    [
      "temporary keys of the profile file",
      { files: { [profilePath]: "[basic]\nak = a\nsk = s\nsecurity_token = x==\n" } },
      keys("a", "s", "x=="),
    ],
    [
      "the profile file that a variable names",
      {
        environment: { HUAWEICLOUD_SDK_CREDENTIALS_FILE: "/etc/profile.ini" },
        files: {
          "/etc/profile.ini": "[basic]\nak = a\nsk = s\n",
          [profilePath]: "[basic]\nak = b\nsk = r\n",
        },
      },
      keys("a", "s"),
    ],
  ])("takes %s", (_source, sources, expected) => {
    expect(find(sources)).toEqual(expected);
  });
});

test("sources count in their order: configuration, HW_*, OS_*, the SDKs' variables, the samples', profile file", () => {
  const pair = (prefix: string, id: string, secret: string, value: string): Record<string, string> => ({
    [`${prefix}${id}`]: value,
    [`${prefix}${secret}`]: `secret-${value}`,
  });
  const config = pair("huaweicloud:", "accessKey", "secretKey", "1");
  const inOrder = [
    pair("HW_", "ACCESS_KEY", "SECRET_KEY", "2"),
    pair("OS_", "ACCESS_KEY", "SECRET_KEY", "3"),
    pair("HUAWEICLOUD_SDK_", "AK", "SK", "4"),
    pair("CLOUD_SDK_", "AK", "SK", "5"),
  ];
  const files = { [profilePath]: "[basic]\nak = 6\nsk = secret-6\n" };
  const from = (first: number): Record<string, string> =>
    Object.assign({}, ...inOrder.slice(first)) as Record<string, string>;
  expect(find({ config, environment: from(0), files })).toEqual(keys("1", "secret-1"));
  for (const first of [0, 1, 2, 3]) {
    const value = String(first + 2);
    expect(find({ environment: from(first), files })).toEqual(keys(value, `secret-${value}`));
  }
  expect(find({ environment: from(4), files })).toEqual(keys("6", "secret-6"));
});

describe("two identities in one source are refused by the names of both settings", () => {
  const user = { "huaweicloud:userName": "u", "huaweicloud:password": "p", "huaweicloud:domainName": "d" };
  const pair = { "huaweicloud:accessKey": "a", "huaweicloud:secretKey": "s" };
  const oidc = { "huaweicloud:assumeRoleWithOidc": JSON.stringify({ idpId: "i", idToken: "t" }) };
  const cliPath = "~/.hcloud/config.json";
  const cli = JSON.stringify({
    current: "default",
    profiles: [{ name: "default", mode: "AKSK", accessKeyId: "a", secretAccessKey: "s" }],
  });
  test.each<[string, Sources, string, string]>([
    [
      "a token and keys",
      { config: { ...pair, "huaweicloud:token": "t" } },
      "huaweicloud:token",
      "huaweicloud:accessKey",
    ],
    ["keys and a user", { config: { ...pair, ...user } }, "huaweicloud:accessKey", "huaweicloud:userName"],
    [
      "keys and an id token",
      { config: { ...pair, ...oidc } },
      "huaweicloud:accessKey",
      "assumeRoleWithOidc.idpId",
    ],
    [
      "keys and a profile",
      { config: { ...pair, "huaweicloud:profile": "default" }, files: { [cliPath]: cli } },
      "huaweicloud:accessKey",
      "huaweicloud:profile",
    ],
    [
      "keys of the configuration and a profile of a variable, which the vendor's provider would prefer",
      { config: pair, environment: { HW_PROFILE: "default" }, files: { [cliPath]: cli } },
      "huaweicloud:accessKey",
      "HW_PROFILE",
    ],
    [
      "keys and an id token of the SDKs' variables",
      {
        environment: {
          HUAWEICLOUD_SDK_AK: "a",
          HUAWEICLOUD_SDK_SK: "s",
          HUAWEICLOUD_SDK_IDP_ID: "i",
          HUAWEICLOUD_SDK_ID_TOKEN_FILE: "/t",
        },
      },
      "HUAWEICLOUD_SDK_AK",
      "HUAWEICLOUD_SDK_IDP_ID",
    ],
    [
      "a role and an agency of the older settings",
      {
        config: {
          ...pair,
          "huaweicloud:assumeRole": JSON.stringify({ agencyName: "a", domainName: "d" }),
          "huaweicloud:agencyName": "b",
          "huaweicloud:agencyDomainName": "d",
        },
      },
      "huaweicloud:assumeRole.agencyName",
      "huaweicloud:agencyName",
    ],
    [
      "a role and that of the profile",
      {
        config: {
          "huaweicloud:profile": "default",
          "huaweicloud:assumeRole": JSON.stringify({ agencyName: "a", domainName: "d" }),
        },
        files: {
          [cliPath]: cli.replace('"mode"', '"agencyName":"x","agencyDomainName":"y","mode"'),
        },
      },
      "huaweicloud:assumeRole.agencyName",
      'profile "default" of ~/.hcloud/config.json, agencyName',
    ],
  ])("%s", (_what, sources, first, second) => {
    const message = refusal(sources);
    expect(message).toContain(first);
    expect(message).toContain(second);
    expect(message).toContain("remove one of them");
  });

  test("parts of one that stands behind a complete one do not matter", () => {
    expect(find({ config: { ...pair, "huaweicloud:userName": "u" } })).toEqual(keys("a", "s"));
    expect(find({ config: { ...pair, "huaweicloud:domainName": "d" } })).toEqual(keys("a", "s"));
  });

  test("a user by name and by id are two users", () => {
    expect(refusal({ config: { ...user, "huaweicloud:userId": "i" } })).toContain("huaweicloud:userId");
  });
});

test("a security token of another source is not mixed in", () => {
  expect(
    find({
      config: { "huaweicloud:accessKey": "a", "huaweicloud:secretKey": "s" },
      environment: { HUAWEICLOUD_SDK_SECURITY_TOKEN: "x", HW_SECURITY_TOKEN: "y" },
    }),
  ).toEqual(keys("a", "s"));
});

describe("half of a pair is refused, with the names of both settings and none of the values", () => {
  const value = "v4lue-of-a-secret";
  // The other sources are complete: none of them may fill the gap.
  const files = { [profilePath]: `[basic]\nak = ${value}\nsk = ${value}\n` };
  const complete = { HW_ACCESS_KEY: value, HW_SECRET_KEY: value };
  test.each<[string, Sources, string, string]>([
    [
      "an access key of the configuration",
      {
        config: { "huaweicloud:accessKey": value },
        environment: { ...complete, HUAWEICLOUD_SDK_SK: value },
        files,
      },
      "configuration huaweicloud:accessKey is set",
      "configuration huaweicloud:secretKey is not",
    ],
    [
      "a secret key of the configuration",
      { config: { "huaweicloud:secretKey": value }, environment: complete, files },
      "configuration huaweicloud:secretKey is set",
      "configuration huaweicloud:accessKey is not",
    ],
    [
      "an access key of the vendor's variables",
      { environment: { HUAWEICLOUD_SDK_AK: value, CLOUD_SDK_AK: value, CLOUD_SDK_SK: value }, files },
      "environment variable HUAWEICLOUD_SDK_AK is set",
      "environment variable HUAWEICLOUD_SDK_SK is not",
    ],
    [
      "a secret key of Terraform's variables",
      { environment: { HW_SECRET_KEY: value }, files },
      "environment variable HW_SECRET_KEY is set",
      "environment variable HW_ACCESS_KEY is not",
    ],
    [
      "a user of the configuration without a password",
      { config: { "huaweicloud:userName": value, "huaweicloud:domainName": value }, environment: complete },
      "configuration huaweicloud:userName and configuration huaweicloud:domainName are set",
      "configuration huaweicloud:password is not",
    ],
    [
      "a user of Terraform's variables without a domain",
      { environment: { HW_USER_NAME: value, HW_USER_PASSWORD: value }, files },
      "environment variable HW_USER_NAME and environment variable HW_USER_PASSWORD are set",
      "environment variable HW_DOMAIN_NAME is not",
    ],
    [
      "a password of Terraform's variables alone",
      { environment: { HW_USER_PASSWORD: value } },
      "environment variable HW_USER_PASSWORD is set",
      "environment variable HW_USER_NAME and environment variable HW_DOMAIN_NAME are not",
    ],
    [
      "an access key of the profile file",
      { files: { [profilePath]: `[basic]\nak = ${value}\nsk =\n` } },
      `profile ${profilePath}, [basic] ak is set`,
      `profile ${profilePath}, [basic] sk is not`,
    ],
  ])("%s", (_half, sources, present, missing) => {
    const message = refusal(sources);
    expect(message).toContain(present);
    expect(message).toContain(missing);
    expect(message).not.toContain(value);
  });

  test("of three settings the message does not say both", () => {
    expect(refusal({ environment: { HW_USER_PASSWORD: value } })).not.toContain("both");
  });

  test.each([
    [{ config: { "huaweicloud:securityToken": value }, environment: complete }, "huaweicloud:accessKey"],
    [{ environment: { HUAWEICLOUD_SDK_SECURITY_TOKEN: value }, files }, "HUAWEICLOUD_SDK_AK"],
    [{ environment: { HW_SECURITY_TOKEN: value }, files }, "HW_ACCESS_KEY"],
    [{ files: { [profilePath]: `[basic]\nsecurity_token = ${value}\n` } }, "[basic] ak"],
  ] as [Sources, string][])("a part that is useless alone %#", (sources, missing) => {
    const message = refusal(sources);
    expect(message).toContain(missing);
    expect(message).toContain("Set all of them, or unset all.");
    expect(message).not.toContain(value);
  });
});

test("where nothing is set, the machine itself is asked: its metadata service is the last source", () => {
  expect(find({})).toEqual({ kind: "ecs", isAsked: false });
});

test("a domain alone is no credential", () => {
  const environment = { HW_ACCESS_KEY: "a", HW_SECRET_KEY: "s", HW_DOMAIN_NAME: "d" };
  expect(find({ config: { "huaweicloud:domainName": "d" }, environment })).toEqual(keys("a", "s"));
});

describe("the profile file", () => {
  test("only its section [basic] counts; empty values are absent", () => {
    for (const text of ["[global]\nak = a\nsk = s\n", "[basic]\nak =\nsk =\n", ""]) {
      expect(find({ files: { [profilePath]: text } })).toEqual({ kind: "ecs", isAsked: false });
    }
  });

  test("comments, other sections, quotes and the line ends of Windows are read", () => {
    const text = '; made by hand\r\n[global]\r\nak = g\r\n\r\n[basic]\r\n# the key\r\nak=a\r\nsk = "s"\r\n';
    expect(find({ files: { [profilePath]: text } })).toEqual(keys("a", "s"));
  });

  test("one that a variable names and that can't be read is an error with both names", () => {
    const message = refusal({ environment: { HUAWEICLOUD_SDK_CREDENTIALS_FILE: "/nowhere/profile.ini" } });
    expect(message).toContain("HUAWEICLOUD_SDK_CREDENTIALS_FILE");
    expect(message).toContain("/nowhere/profile.ini");
    expect(message).toContain("correct the variable or unset it");
  });

  test("it is not even looked at where a source before it has credentials", () => {
    const looked: string[] = [];
    const settings = settingsOf({ environment: { HW_AUTH_TOKEN: "t" } });
    const readFile = (path: string): undefined => {
      looked.push(path);
    };
    expect(findCredential({ ...settings, readFile })).toMatchObject({ kind: "token" });
    expect(looked).toEqual([]);
  });
});

describe("the settings of a real process", () => {
  const names = ["HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HW_AUTH_TOKEN"] as const;
  const before = names.map((name) => process.env[name]);
  afterEach(() => {
    names.forEach((name, index) => {
      if (before[index] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[index];
    });
  });

  test("variables are read at the moment of use; empty ones and empty configuration are absent", () => {
    const settings = processSettings(() => "", stackSettingWords);
    process.env["HW_AUTH_TOKEN"] = "";
    process.env["HUAWEICLOUD_SDK_AK"] = "a";
    process.env["HUAWEICLOUD_SDK_SK"] = "s";
    expect(findCredential(settings)).toEqual(keys("a", "s"));
    process.env["HW_AUTH_TOKEN"] = "t";
    expect(findCredential(settings)).toEqual({ kind: "token", token: "t" });
  });

  test("a file that is not there is absent", () => {
    expect(
      processSettings(() => undefined, stackSettingWords).readFile(`${__filename}.nowhere`),
    ).toBeUndefined();
    expect(processSettings(() => undefined, stackSettingWords).readFile(__filename)).toContain(
      "a file that is not there is absent",
    );
  });
});
