/**
 * The caller on AWS, and its region: the order of the official provider, roles, profiles by the vendor's own chain, and
 * errors that name setting and remedy.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError, TransportError } from "../../provider/src/ground/errors";
import { check } from "../../provider/src/lifecycle";
import { openChain } from "../../provider/src/services/aws/chain";
import { findIdentity } from "../../provider/src/services/aws/identity";
import { resolveSts } from "../../provider/src/services/aws/location";
import { awsSettings } from "../../provider/src/services/aws/settingsTable";
import { awsTransport } from "../../provider/src/services/aws/transport";
import { services } from "../../provider/src/services/registry";
import { never, settingsOf, testSession } from "../support/sessions";

type Texts = Record<string, string>;
const args = { stateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:deploy" };
const roleArn = "arn:aws:iam::123456789012:role/deployer";
const identity = (config: Texts, environment: Texts = {}, files: Texts = {}): unknown =>
  findIdentity(settingsOf({ config, environment, files }));
const problems = (config: Texts, environment: Texts = {}, files: Texts = {}): string[] =>
  check(services.stepfunctions, args, settingsOf({ config, environment, files })).map(({ reason }) => reason);

const keys = { "aws:accessKey": "AKIACONFIG", "aws:secretKey": "of-config" };
const variables = { AWS_ACCESS_KEY_ID: "AKIAENV", AWS_SECRET_ACCESS_KEY: "of-env" };
const pod = { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: "/token" };

describe("the order of the official provider", () => {
  test.each<[string, Texts, Texts, object]>([
    [
      "keys of the configuration first",
      keys,
      variables,
      { kind: "keys", credential: { accessKeyId: "AKIACONFIG" } },
    ],
    [
      "its web identity",
      { "aws:assumeRoleWithWebIdentity": JSON.stringify({ roleArn, webIdentityToken: "t" }) },
      variables,
      { kind: "webIdentity" },
    ],
    [
      "its profile, before keys of the environment",
      { "aws:profile": "dev" },
      variables,
      { kind: "profile", name: "dev" },
    ],
    [
      "keys of the environment, before a profile there",
      {},
      { ...variables, AWS_PROFILE: "dev" },
      { kind: "keys", credential: { accessKeyId: "AKIAENV" } },
    ],
    [
      "a profile of the environment, before a web identity there",
      {},
      { ...pod, AWS_PROFILE: "dev" },
      { kind: "profile", name: "dev" },
    ],
    [
      "the second variable for a profile",
      {},
      { AWS_DEFAULT_PROFILE: "dev" },
      { kind: "profile", name: "dev" },
    ],
    [
      "a web identity of the environment",
      {},
      pod,
      { kind: "webIdentity", request: { token: { file: "/token" } } },
    ],
    [
      "a token that some tool has left behind is no identity",
      {},
      { AWS_SESSION_TOKEN: "old" },
      { kind: "chain" },
    ],
    ["the vendor's chain", {}, {}, { kind: "chain" }],
  ])("%s", (_what, config, environment, expected) => {
    expect(identity(config, environment)).toMatchObject(expected);
  });

  test("roles are assumed on top, in their order; an empty one is none", () => {
    const roles = [
      {
        roleArn,
        duration: "1h30m",
        externalId: "x",
        tags: { team: "db" },
        policy: { Version: "2012-10-17" },
      },
      { role_arn: "" },
      { role_arn: roleArn.replace("deployer", "second"), session_name: "s-2" },
    ];
    expect(identity({ ...keys, "aws:assumeRoles": JSON.stringify(roles) })).toMatchObject({
      kind: "role",
      role: { roleArn: roleArn.replace("deployer", "second"), sessionName: "s-2", seconds: 3_600 },
      base: {
        kind: "role",
        role: {
          seconds: 5_400,
          externalId: "x",
          policy: '{"Version":"2012-10-17"}',
          sessionName: "pulumi-runbook",
        },
        base: { kind: "keys" },
      },
    });
    // The older form: an object.
    expect(identity({ ...keys, "aws:assumeRole": JSON.stringify({ roleArn }) })).toMatchObject({
      kind: "role",
    });
  });
});

describe("what is wrong is named, with its remedy, before anything is sent", () => {
  test.each<[Texts, Texts, string | RegExp]>([
    [{ "aws:accessKey": "A" }, {}, /configuration aws:accessKey is set, configuration aws:secretKey is not/],
    [{ "aws:token": "T" }, variables, /aws:token is set, .*aws:accessKey and .*aws:secretKey are not/],
    [
      {},
      { AWS_ACCESS_KEY_ID: "A" },
      /AWS_ACCESS_KEY_ID is set, environment variable AWS_SECRET_ACCESS_KEY is not/,
    ],
    [
      { ...keys, "aws:profile": "dev" },
      {},
      "configuration aws:accessKey and configuration aws:profile both say who acts on AWS",
    ],
    [{ "aws:assumeRoles": "[]", "aws:assumeRole": "{}" }, {}, "are both set: remove one of them"],
    [{ "aws:assumeRoles": "admin" }, {}, "pulumi config set --path aws:assumeRoles[0].roleArn <ARN>"],
    [
      { "aws:assumeRoles": '[{"roleArn":"admin"}]' },
      {},
      'aws:assumeRoles.roleArn must be like "arn:aws:iam::',
    ],
    [
      { "aws:assumeRoles": `[{"roleArn":"${roleArn}","duration":"3600"}]` },
      {},
      'duration must be a duration like "1h30m"',
    ],
    [{ "aws:assumeRoles": `[{"roleArn":"${roleArn}","duration":"13h"}]` }, {}, "from 15m to 12h"],
    [{ "aws:assumeRoles": `[{"roleArn":"${roleArn}","user":"x"}]` }, {}, "has the unknown field user"],
    [
      { "aws:assumeRoleWithWebIdentity": JSON.stringify({ roleArn }) },
      {},
      "has no token: set its webIdentityTokenFile",
    ],
    [{}, { AWS_WEB_IDENTITY_TOKEN_FILE: "/t" }, "environment variable AWS_ROLE_ARN is not"],
    [{ "aws:sharedConfigFiles": '["/a","/b"]' }, {}, "must be one path, not 2"],
    [{ "aws:httpsProxy": "http://p:3128" }, {}, "Set the environment variable HTTPS_PROXY in its place."],
    [{ "aws:insecure": "true" }, {}, "Set aws:customCaBundle to the authority of the server in its place."],
    [
      { ...keys, "aws:endpoints": '[{"sfn":"http://10.0.0.1"}]' },
      {},
      "or set the configuration aws:allowInsecureHttp to true",
    ],
  ])("%j %j", (config, environment, expected) => {
    expect(problems(config, environment).join("\n")).toMatch(expected);
  });

  test("values that say what is done anyway are no problem", () => {
    expect(problems({ ...keys, "aws:insecure": "false", "aws:skipMetadataApiCheck": "false" })).toEqual([]);
  });

  test("each refused setting is refused; each ignored or honoured one is not refused by the table", () => {
    for (const { key, treatment } of awsSettings.table) {
      if (key === undefined || treatment === "honoured") continue;
      const said = problems({ ...keys, [`aws:${key}`]: "x" }).join("\n");
      if (treatment === "refused")
        expect(said).toContain(`aws:${key} is set, which this package does not support`);
      else expect(said).toBe("");
    }
  });
});

describe("a profile of the vendor's configuration file", () => {
  const files = {
    "~/.aws/config":
      "[default]\nregion = us-west-2\n[profile dev]\nendpoint_url = http://localhost:4566\nuse_fips_endpoint = true\nregion = eu-north-1\n[profile s]\nservices = local\n",
  };

  test("says where services are, unless a setting does or forbids it", () => {
    const at = (config: Texts, environment: Texts): string =>
      resolveSts({ partition: "aws", region: "eu-west-1" }, settingsOf({ config, environment, files }))
        .endpoint;
    expect(at({ "aws:profile": "dev" }, {})).toBe("http://localhost:4566");
    expect(at({ "aws:profile": "dev" }, { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" })).toBe(
      "https://sts-fips.eu-north-1.amazonaws.com",
    );
    expect(at({}, {})).toBe("https://sts.us-west-2.amazonaws.com");
    expect(at({ "aws:stsRegion": "eu-south-1" }, { AWS_REGION: "us-east-2" })).toBe(
      "https://sts.eu-south-1.amazonaws.com",
    );
    expect(at({}, { AWS_ENDPOINT_URL_STS: "http://localhost:1" })).toBe("http://localhost:1");
  });

  test("a list of services is refused by name", () => {
    expect(problems({ "aws:profile": "s" }, {}, files).join()).toContain(
      'services of the profile "s" of ~/.aws/config is set',
    );
  });

  test("an authority of a file that can't be read is named", () => {
    expect(() => awsTransport(settingsOf({ config: { "aws:customCaBundle": "/nowhere.pem" } }))).toThrow(
      /aws:customCaBundle is neither PEM text nor a file/,
    );
  });
});

describe("the vendor's own chain", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "aws-"));
    writeFileSync(
      join(folder, "credentials"),
      "[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = of-dev\naws_session_token = token-of-dev\n",
    );
    writeFileSync(join(folder, "config"), "[profile empty]\nregion = eu-west-1\n");
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const files = (): { configFile: string; credentialsFile: string } => ({
    configFile: join(folder, "config"),
    credentialsFile: join(folder, "credentials"),
  });
  const { words } = settingsOf({});
  const notAsked = (): Promise<never> => Promise.reject(new Error("no role is assumed here"));
  const assumers = { roleAssumer: notAsked, roleAssumerWithWebIdentity: notAsked };
  const context = { words, region: "eu-west-1", assumers: () => assumers };

  test("reads a profile", async () => {
    const get = openChain({ kind: "profile", name: "dev", files: files(), source: "x" }, context);
    expect((await get(never)).value).toEqual({
      accessKeyId: "AKIADEV",
      secretAccessKey: "of-dev",
      sessionToken: "token-of-dev",
    });
  });

  test("a profile that is not there ends in an error, not with somebody else's rights", async () => {
    const get = openChain(
      { kind: "profile", name: "nobody", files: files(), source: "configuration aws:profile" },
      context,
    );
    await expect(get(never)).rejects.toThrow(ConfigurationError);
    await expect(get(never)).rejects.toThrow(
      'the profile "nobody" (from configuration aws:profile) gives no credentials',
    );
  });

  test("what may pass is told apart from what is not there", async () => {
    const broken = { fromIni: () => () => Promise.reject(new Error("socket hang up")) } as never;
    const load = (): Promise<never> => Promise.resolve(broken);
    const get = openChain(
      { kind: "profile", name: "dev", files: files(), source: "x" },
      { ...context, load },
    );
    await expect(get(never)).rejects.toMatchObject({ retryable: true, constructor: TransportError });
  });

  test("an interruption ends the wait for it", async () => {
    const load = (): Promise<never> =>
      Promise.resolve({ fromNodeProviderChain: () => () => new Promise(() => undefined) } as never);
    const cancelled = new AbortController();
    const got = openChain(
      { kind: "chain", files: { configFile: undefined, credentialsFile: undefined } },
      { ...context, load },
    )(cancelled.signal);
    setImmediate(() => {
      cancelled.abort();
    });
    await expect(got).rejects.toThrow("interrupted");
  });

  test("is not loaded where there are keys; where it is not installed, the error names the command", async () => {
    const session = (config: Texts): ReturnType<typeof testSession> =>
      testSession(settingsOf({ config }), {
        fetch: () => Promise.reject(new Error("no network here")),
      });
    jest.doMock("@aws-sdk/credential-providers", () => {
      throw Object.assign(new Error("Cannot find module"), { code: "MODULE_NOT_FOUND" });
    });
    try {
      const describe = async (config: Texts): Promise<unknown> =>
        (await session(config).connect(services.stepfunctions, args, never)).describe("e", {
          signal: never,
          attempts: 1,
        });
      await expect(describe(keys)).rejects.toThrow("no network here");
      await expect(describe({ "aws:profile": "dev" })).rejects.toThrow(
        /need the package @aws-sdk\/credential-providers, which is not installed.*npm install @aws-sdk\/credential-providers/,
      );
    } finally {
      jest.dontMock("@aws-sdk/credential-providers");
    }
  });
});
