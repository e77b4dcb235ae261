/**
 * The caller on Alibaba Cloud where several settings give one, by each kind of profile, for as long as a deployment
 * lasts, and when something is wrong.
 */
import { ConfigurationError, NotFoundError } from "../../provider/src/ground/errors";
import type { BackendDefinition } from "../../provider/src/lifecycle";
import { RunRegister, check, create } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { acmeAccountId, annKeys } from "../emulator/acme";
import { demoKeyPair, temporaryKeys } from "../emulator/emulatorClient";
import { fakeClock } from "../support/fakeClock";
import { recordingReporter } from "../support/lifecycleHosts";
import { never } from "../support/sessions";
import type { Sources } from "./alibabaScene";
import { commandFile, useScene } from "./alibabaScene";

const scene = useScene();

const home = "~/.aliyun/config.json";
const sdkFile = "~/.alibabacloud/credentials";
const roleArn = (name: string): string => `acs:ram::${acmeAccountId}:role/${name}`;
const providerArn = `acs:ram::${acmeAccountId}:oidc-provider/github`;
const demoKeys = { access_key_id: demoKeyPair.accessKey, access_key_secret: demoKeyPair.secretKey };
const annEnvironment = { ALICLOUD_ACCESS_KEY: annKeys.accessKey, ALICLOUD_SECRET_KEY: annKeys.secretKey };
const demoConfig = {
  "alicloud:accessKey": demoKeyPair.accessKey,
  "alicloud:secretKey": demoKeyPair.secretKey,
};
const assumeRole = { "alicloud:assumeRole": JSON.stringify({ roleArn: roleArn("deployer") }) };
const oidcConfig = {
  "alicloud:assumeRoleWithOidc": JSON.stringify({
    oidcProviderArn: providerArn,
    roleArn: roleArn("ci"),
    oidcTokenFile: "/token",
  }),
};

const operations = (): string[] => scene.sent.map(({ operation }) => operation);
const idToken = async (expiresInSeconds = 600): Promise<string> =>
  (await scene.control("POST", "/id-tokens", { idp: "github", subject: "repo:acme/app", expiresInSeconds }))
    .idToken;
const putMachine = (kind: "alibabaEcs" | "alibabaUri", more: object = {}): Promise<unknown> =>
  scene.control("PUT", `/machines/${kind}`, { domain: "acme", role: "machine", ...more });
const refusal = async (sources: Sources): Promise<Error> => {
  const thrown = await scene.list(sources).catch((error: unknown) => error);
  if (thrown instanceof Error) return thrown;
  throw new Error("nothing was refused");
};

describe("the order is the official provider's", () => {
  const profile = { [home]: commandFile("default", { name: "default", mode: "AK", ...demoKeys }) };

  test("of three pairs of variables ALICLOUD_ counts first, ALIBABACLOUD_ last; halves are not mixed", async () => {
    const first = annEnvironment;
    const second = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: demoKeyPair.accessKey,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: demoKeyPair.secretKey,
    };
    const third = { ALIBABACLOUD_ACCESS_KEY_ID: "other", ALIBABACLOUD_ACCESS_KEY_SECRET: "other" };
    expect(await scene.actor({ environment: { ...third, ...second, ...first } })).toBe("acme/ann");
    expect(await scene.actor({ environment: { ...third, ...second } })).toBe("demo/demo");
    const half = { ALICLOUD_ACCESS_KEY: annKeys.accessKey, ...second };
    expect((await refusal({ environment: half })).message).toContain(
      "environment variable ALICLOUD_ACCESS_KEY is set, environment variable ALICLOUD_SECRET_KEY is not",
    );
  });

  test("configuration, then keys of the environment, then a profile, a URI, the server's role, an id token, the unnamed profile", async () => {
    await putMachine("alibabaEcs");
    await putMachine("alibabaUri");
    let environment: Record<string, string> = {
      ...annEnvironment,
      ALICLOUD_PROFILE: "other",
      ALICLOUD_CREDENTIALS_URI: `${scene.url}/alibaba/credentials`,
      ALICLOUD_ECS_ROLE_NAME: "machine",
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: providerArn,
      ALIBABA_CLOUD_ROLE_ARN: roleArn("ci"),
      ALIBABA_CLOUD_OIDC_TOKEN: await idToken(),
    };
    const other = { name: "other", mode: "RamRoleArn", ...demoKeys, ram_role_arn: roleArn("deployer") };
    const files = {
      [home]: commandFile("default", { name: "default", mode: "AK", ...demoKeys }, other),
    };
    const seen = [await scene.actor({ config: demoConfig, environment, files })];
    for (const names of [
      ["ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY"],
      ["ALICLOUD_PROFILE"],
      ["ALICLOUD_CREDENTIALS_URI"],
      ["ALICLOUD_ECS_ROLE_NAME"],
      ["ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN"],
    ]) {
      seen.push(await scene.actor({ environment, files }));
      environment = Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)));
    }
    seen.push(await scene.actor({ environment, files }), await scene.actor({ environment }));
    expect(seen).toEqual([
      "demo/demo",
      "acme/ann",
      "acme/deployer (terraform)",
      expect.stringMatching(/^acme\/machine \(uri-/),
      expect.stringMatching(/^acme\/machine \(i-/),
      "acme/ci (terraform)",
      "demo/demo",
      expect.stringMatching(/^acme\/machine \(i-/),
    ]);
  });

  test("a role of the configuration is put on top of whatever is found", async () => {
    await putMachine("alibabaEcs");
    expect(await scene.actor({ config: assumeRole, files: profile })).toBe("acme/deployer (terraform)");
    // deployer may be second: the profile's role is replaced, not chained.
    const second = JSON.stringify({ roleArn: roleArn("second") });
    const chained = {
      name: "c",
      mode: "ChainableRamRoleArn",
      source_profile: "b",
      ram_role_arn: roleArn("deployer"),
    };
    const files = { [home]: commandFile("c", chained, { name: "b", mode: "AK", ...demoKeys }) };
    const thrown = await refusal({ config: { "alicloud:assumeRole": second }, files });
    expect(thrown.message).toContain("AssumeRole was refused: HTTP 403, NoPermission");
  });
});

describe("two identities that compete are refused, and both are named", () => {
  const files = { "/token": "t" };
  test.each<[string, Sources, string]>([
    [
      "keys and an id token",
      { config: { ...demoConfig, ...oidcConfig }, files },
      "configuration alicloud:accessKey and configuration alicloud:assumeRoleWithOidc both set",
    ],
    [
      "keys and the server's role",
      { config: { ...demoConfig, "alicloud:ecsRoleName": "machine" } },
      "configuration alicloud:accessKey and configuration alicloud:ecsRoleName both set",
    ],
    [
      "keys and a profile",
      { config: { ...demoConfig, "alicloud:profile": "p" } },
      "configuration alicloud:accessKey and configuration alicloud:profile both set",
    ],
    [
      "a profile and a URI",
      { config: { "alicloud:profile": "p", "alicloud:credentialsUri": "http://127.0.0.1:1/" } },
      "configuration alicloud:profile and configuration alicloud:credentialsUri both set",
    ],
    [
      "the configuration's id token and keys of the environment, which the official provider takes in silence",
      { config: oidcConfig, environment: annEnvironment, files },
      "environment variable ALICLOUD_ACCESS_KEY and configuration alicloud:assumeRoleWithOidc both set",
    ],
  ])("%s", async (_what, sources, message) => {
    const problems = check(services.cloudflow, { flowName: "f" }, scene.settings(sources));
    expect(problems).toEqual([{ argument: undefined, reason: expect.stringContaining(message) }]);
    expect((await refusal(sources)).message).toContain(
      `${message} the identity for Alibaba Cloud: remove one of them`,
    );
    expect(scene.sent).toEqual([]);
  });

  test("what the environment adds to the configuration's identity is no rival", async () => {
    const environment = { ...annEnvironment, ALICLOUD_PROFILE: "none", ALIBABA_CLOUD_ECS_METADATA: "none" };
    expect(await scene.actor({ config: demoConfig, environment })).toBe("demo/demo");
  });
});

describe("profiles", () => {
  const modes: [string, object, string | RegExp][] = [
    ["AK", { ...demoKeys }, "demo/demo"],
    [
      "StsToken",
      {
        access_key_id: temporaryKeys.accessKey,
        access_key_secret: temporaryKeys.secretKey,
        sts_token: temporaryKeys.securityToken,
      },
      "demo/demo",
    ],
    // The vendor's code does not send a token that a profile of this mode has.
    [
      "RamRoleArn",
      {
        ...demoKeys,
        sts_token: "left over",
        ram_role_arn: roleArn("deployer"),
        ram_session_name: "cli",
        expired_seconds: 900,
      },
      "acme/deployer (cli)",
    ],
    ["EcsRamRole", { ram_role_name: "machine" }, /^acme\/machine \(i-/],
    ["EcsRamRole", { ram_role_name: "" }, /^acme\/machine \(i-/],
    [
      "OIDC",
      {
        oidc_provider_arn: providerArn,
        oidc_token_file: "/token",
        ram_role_arn: roleArn("ci"),
        ram_session_name: "job",
      },
      "acme/ci (job)",
    ],
    [
      "ChainableRamRoleArn",
      { source_profile: "middle", ram_role_arn: roleArn("second"), ram_session_name: "end" },
      "acme/second (end)",
    ],
  ];
  test.each(modes)("mode %s of the JSON file %#", async (mode, fields, who) => {
    await putMachine("alibabaEcs");
    const middle = { name: "middle", mode: "RamRoleArn", ...demoKeys, ram_role_arn: roleArn("deployer") };
    const files = {
      "/token": `${await idToken()}\n`,
      [home]: commandFile("p", { name: "p", mode, ...fields }, middle),
    };
    const expected: unknown = typeof who === "string" ? who : expect.stringMatching(who);
    expect(await scene.actor({ files })).toEqual(expected);
    expect(await scene.actor({ config: { "alicloud:profile": "p" }, files })).toEqual(expected);
  });

  test.each([
    [
      "access_key",
      `access_key_id=${demoKeyPair.accessKey}\naccess_key_secret=${demoKeyPair.secretKey}`,
      "demo/demo",
    ],
    ["ecs_ram_role", "role_name=machine", /^acme\/machine \(i-/],
    [
      "ram_role_arn",
      `access_key_id=${demoKeyPair.accessKey}\naccess_key_secret=${demoKeyPair.secretKey}\nrole_arn=${roleArn("deployer")}\nrole_session_name=sdk`,
      "acme/deployer (sdk)",
    ],
  ])("type %s of the INI file", async (type, lines, who) => {
    await putMachine("alibabaEcs");
    const text = `[default]\ntype=${type}\n${lines}\n[named]\ntype=${type}\n${lines}\n`;
    const expected: unknown = typeof who === "string" ? who : expect.stringMatching(who);
    expect(await scene.actor({ files: { [sdkFile]: text } })).toEqual(expected);
    expect(
      await scene.actor({ config: { "alicloud:profile": "named" }, files: { [sdkFile]: text } }),
    ).toEqual(expected);
    // For the official provider this variable names the JSON file; the file's content decides.
    const environment = { ALIBABA_CLOUD_CREDENTIALS_FILE: "/sdk.ini" };
    expect(await scene.actor({ environment, files: { "/sdk.ini": text } })).toEqual(expected);
  });

  test.each([
    ["CloudSSO", { cloud_sso_sign_in_url: "https://x" }, "it needs an interactive login"],
    ["OAuth", { oauth_site_type: "CN" }, "it needs an interactive login"],
    ["External", { process_command: "get-keys" }, "it runs a command"],
    ["Telepathy", { thoughts: "pure" }, "Use a profile with one of AK, StsToken"],
  ])("mode %s is refused by name", async (mode, fields, why) => {
    const files = { [home]: commandFile("p", { name: "p", mode, ...fields }) };
    for (const sources of [{ files }, { files, config: { "alicloud:profile": "p" } }]) {
      const { message } = await refusal(sources);
      expect(message).toContain(
        `the profile "p" of ${home} has the mode "${mode}", which this package does not support`,
      );
      expect(message).toContain(why);
    }
    expect(scene.sent).toEqual([]);
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "a secret is missing",
      { [home]: commandFile("p", { name: "p", mode: "AK", access_key_id: "a" }) },
      `access_key_secret of the profile "p" of ${home} is not`,
    ],
    [
      "a chain refers to itself",
      {
        [home]: commandFile(
          "p",
          { name: "p", mode: "ChainableRamRoleArn", source_profile: "q", ram_role_arn: roleArn("x") },
          { name: "q", mode: "ChainableRamRoleArn", source_profile: "p", ram_role_arn: roleArn("x") },
        ),
      },
      "refers to itself (p → q → p)",
    ],
    [
      "a chain leads nowhere",
      {
        [home]: commandFile("p", {
          name: "p",
          mode: "ChainableRamRoleArn",
          source_profile: "q",
          ram_role_arn: "r",
        }),
      },
      `the source_profile "q" of the profile "p" of ${home} is not in the file`,
    ],
    ["the file is cut", { [home]: '{"profiles":[{"access_key_secret":"s3cret' }, `${home} is not valid JSON`],
    [
      "the type is unknown",
      { [sdkFile]: "[default]\ntype=rsa_key_pair\nprivate_key_file=/k\n" },
      `the profile "default" of ${sdkFile} has the type "rsa_key_pair"`,
    ],
  ])("%s: the error names file, profile and field, and no secret", async (_what, files, message) => {
    const thrown = await refusal({ files });
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(thrown.message).toContain(message);
    expect(thrown.message).not.toContain("s3cret");
  });

  test("a named file or profile that is not there is an error, an unnamed one is not", async () => {
    expect((await refusal({ config: { "alicloud:profile": "bob" } })).message).toContain(
      `the profile "bob" (from configuration alicloud:profile) is not in ${home} or ${sdkFile}`,
    );
    expect((await refusal({ config: { "alicloud:sharedCredentialsFile": "/none" } })).message).toContain(
      "the profile file /none (from configuration alicloud:sharedCredentialsFile) can't be read",
    );
    // As `aliyun configure` leaves it when nobody has entered anything.
    const files = { [home]: commandFile("default", { name: "default", mode: "AK", access_key_id: "" }) };
    expect((await refusal({ files })).message).toContain(`${home} (no profile "default")`);
  });
});

test("without credentials anywhere the error names every source that was tried", async () => {
  const thrown = await refusal({});
  expect(thrown).toBeInstanceOf(ConfigurationError);
  for (const name of [
    "alicloud:accessKey",
    "alicloud:profile",
    "credentialsUri",
    "ecsRoleName",
    "assumeRoleWithOidc",
    "ALICLOUD_ACCESS_KEY",
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABACLOUD_ACCESS_KEY_ID",
    "ALICLOUD_PROFILE",
    "ALIBABA_CLOUD_PROFILE",
    "ALICLOUD_CREDENTIALS_URI",
    "ALIBABA_CLOUD_CREDENTIALS_URI",
    "ALICLOUD_ECS_ROLE_NAME",
    "ALIBABA_CLOUD_ECS_METADATA",
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
    `${home} (not found)`,
    `${sdkFile} (not found)`,
    "http://100.100.100.200 (ListRamRoles was refused: HTTP 404",
  ]) {
    expect(thrown.message).toContain(name);
  }
  // Nobody else was asked: no address that is not set, and the metadata service once.
  expect(new Set(scene.sent.map(({ url }) => new URL(url).host))).toEqual(new Set(["100.100.100.200"]));
});

describe("keys are obtained once and shared", () => {
  const kinds: [string, string, (number: number) => Promise<Sources>][] = [
    ["a role", "AssumeRole", () => Promise.resolve({ config: { ...demoConfig, ...assumeRole } })],
    [
      "an id token",
      "AssumeRoleWithOIDC",
      async () => ({ config: oidcConfig, files: { "/token": await idToken() } }),
    ],
    [
      "a profile",
      "AssumeRole",
      () =>
        Promise.resolve({
          files: {
            [home]: commandFile("p", {
              name: "p",
              mode: "RamRoleArn",
              ...demoKeys,
              ram_role_arn: roleArn("deployer"),
            }),
          },
        }),
    ],
    [
      "a URI",
      "/alibaba/credentials",
      async () => {
        await putMachine("alibabaUri");
        return { config: { "alicloud:credentialsUri": `${scene.url}/alibaba/credentials` } };
      },
    ],
    [
      "the server's role, which nothing names",
      "/latest/meta-data/ram/security-credentials/machine",
      async () => {
        await putMachine("alibabaEcs", { metadataTokens: "required" });
        return {};
      },
    ],
  ];
  test.each(kinds)(
    "four resources at once, by %s: four succeed, one look-up",
    async (_what, operation, sources) => {
      const session = scene.session(await sources(4));
      const backends = await Promise.all(
        [1, 2, 3, 4].map(() => session.connect(services.cloudflow, { flowName: "flow" }, never)),
      );
      await Promise.all(backends.map((backend) => backend.listUnsettled(never)));
      expect(operations().filter((each) => each === operation)).toHaveLength(1);
      expect(operations().filter((each) => each === "ListExecutions").length).toBeGreaterThanOrEqual(4);
    },
  );

  test("two roles in one process are two identities", async () => {
    const config = { ...demoConfig, ...assumeRole };
    await scene.list({ config });
    await scene.list({
      config: {
        ...config,
        "alicloud:assumeRole": JSON.stringify({ roleArn: roleArn("partner"), externalId: "order-66" }),
      },
    });
    const { actors } = await scene.control("GET", "/actors?operation=ListExecutions");
    expect(actors.map(({ who }: { who: string }) => who)).toEqual([
      "acme/deployer (terraform)",
      "acme/partner (terraform)",
    ]);
  });
});

describe("a wait outlives its keys", () => {
  /** Waits two hours for a flow, with the emulator's clock taken along. */
  async function waitTwoHours(sources: Sources): Promise<void> {
    await scene.control("PUT", "/workflows/long", {
      service: "cloudflow",
      projectId: "a0000000000000000000000000000001",
      nodes: [{ id: "work", durationMs: 2 * 3_600_000 }],
    });
    let nowMs = Date.parse("2026-11-21T06:00:00Z");
    const advance = async (ms: number): Promise<void> => {
      nowMs += ms;
      await scene.control("POST", "/clock", { now: nowMs });
    };
    await advance(0);
    const clock = { ...fakeClock(), now: () => nowMs, sleep: (ms: number) => advance(ms) };
    const { capabilities, ...rest } = services.cloudflow as BackendDefinition;
    const outcome = await create(
      { flowName: "long", timeoutSeconds: 3 * 3600 },
      {
        // A long poll lasts real seconds, in which nothing passes where the clock stands still.
        definition: { ...rest, capabilities: { ...capabilities, longPollSeconds: 0 } },
        session: scene.session(sources, { clock, random: () => 0.5 }),
        reporter: recordingReporter(),
        signal: never,
        urn: "urn:pulumi:test::test::type::execution",
        register: new RunRegister(),
        secretArguments: [],
      },
    );
    expect(outcome).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
    const { requests } = await scene.control("GET", "/requests?service=cloudflow");
    expect(new Set(requests.map(({ status }: { status: number }) => status))).toEqual(new Set([200]));
  }

  test("of a role of fifteen minutes: renewed every ten, never refused", async () => {
    const role = JSON.stringify({ roleArn: roleArn("deployer"), sessionExpiration: 900 });
    await waitTwoHours({ config: { ...demoConfig, "alicloud:assumeRole": role } });
    const renewals = operations().filter((each) => each === "AssumeRole").length;
    expect(renewals).toBeGreaterThanOrEqual(8);
    expect(renewals).toBeLessThanOrEqual(13);
  });

  test("of a server's role of fifteen minutes", async () => {
    await putMachine("alibabaEcs", { lifetimeSeconds: 900, renewBeforeSeconds: 400 });
    await waitTwoHours({});
    const renewals = operations().filter((each) => each.endsWith("/machine")).length;
    expect(renewals).toBeGreaterThanOrEqual(8);
    expect(renewals).toBeLessThanOrEqual(30);
  });

  test("of an id token's role: the file is read for each renewal, and may end in a line break", async () => {
    const read: string[] = [];
    const tokens: string[] = [];
    const settings = scene.settings({
      config: {
        "alicloud:assumeRoleWithOidc": JSON.stringify({
          oidcProviderArn: providerArn,
          roleArn: roleArn("ci"),
          oidcTokenFile: "/token",
          sessionExpiration: 900,
        }),
      },
    });
    const clock = fakeClock();
    await scene.control("POST", "/clock", { now: clock.now() });
    tokens.push(`${await idToken()}\n`);
    const session = scene.session(
      {},
      {
        clock,
        settings: {
          ...settings,
          readFile: (path) => {
            if (path !== "/token") return undefined;
            read.push(path);
            return tokens.at(-1);
          },
        },
      },
    );
    const list = async (): Promise<unknown> => {
      const backend = await session.connect(services.cloudflow, { flowName: "flow" }, never);
      return backend.listUnsettled(never);
    };
    await list();
    clock.advance(13 * 60_000);
    await scene.control("POST", "/clock", { now: clock.now() });
    tokens.push(`${await idToken()}\r\n`);
    await list();
    expect(read).toHaveLength(2);
    const sent = scene.sent.filter(({ operation }) => operation === "AssumeRoleWithOIDC");
    expect(sent.map(({ body }) => body.get("OIDCToken"))).toEqual(tokens.map((token) => token.trim()));
  });

  test("keys that the service calls expired before their time are replaced, and the request is sent again", async () => {
    const session = scene.session({ config: { ...demoConfig, ...assumeRole } });
    const backend = await session.connect(services.cloudflow, { flowName: "flow" }, never);
    await backend.listPage({}, { limit: 1 }, never);
    await scene.control("POST", "/faults", { operation: "StartExecution", action: "expireToken" });
    const started = await backend.start({ runName: "run-1", signal: never });
    expect(started.executionId).toBe("run-1");
    expect(operations().filter((each) => each === "AssumeRole")).toHaveLength(2);
    const { executions } = await scene.control("GET", "/executions?service=cloudflow");
    expect(executions).toHaveLength(1);
  });

  test("so are the keys with which a role is assumed", async () => {
    const account = await scene.control("PUT", "/accounts/own", {
      roles: [{ name: "machine" }, { name: "next" }],
    });
    await putMachine("alibabaEcs", { domain: "own" });
    const next = account.roles.find(({ name }: { name: string }) => name === "next").arn;
    const config = { "alicloud:assumeRole": JSON.stringify({ roleArn: next }) };
    const session = scene.session({ config });
    const backend = await session.connect(services.cloudflow, { flowName: "flow" }, never);
    await scene.control("POST", "/faults", { operation: "AssumeRole", action: "expireToken" });
    // Only acme has the flow: a caller that gets this answer was admitted.
    await expect(backend.listPage({}, { limit: 1 }, never)).rejects.toThrow(NotFoundError);
    expect(operations().filter((each) => each.endsWith("/machine"))).toHaveLength(2);
  });

  test("a renewal that fails for a while does not end a wait whose keys are still good", async () => {
    const clock = fakeClock();
    await scene.control("POST", "/clock", { now: clock.now() });
    const role = JSON.stringify({ roleArn: roleArn("deployer"), sessionExpiration: 900 });
    const session = scene.session({ config: { ...demoConfig, "alicloud:assumeRole": role } }, { clock });
    const backend = await session.connect(services.cloudflow, { flowName: "flow" }, never);
    await backend.listPage({}, { limit: 1 }, never);
    await scene.control("POST", "/faults", {
      operation: "AssumeRole",
      action: "status",
      status: 503,
      count: null,
    });
    clock.advance(12 * 60_000);
    await scene.control("POST", "/clock", { now: clock.now() });
    await expect(backend.listPage({}, { limit: 1 }, never)).resolves.toBeDefined();
    expect(operations().filter((each) => each === "AssumeRole").length).toBeGreaterThan(1);
  });
});

describe("what goes wrong on the way to keys", () => {
  test("a role that is not there is no execution that is not there", async () => {
    const config = { ...demoConfig, "alicloud:assumeRole": JSON.stringify({ roleArn: roleArn("nobody") }) };
    const session = scene.session({ config });
    const backend = await session.connect(services.cloudflow, { flowName: "flow" }, never);
    for (const work of [backend.describe("run-1", { signal: never }), backend.stop("run-1", never)]) {
      const thrown: unknown = await work.then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(thrown).not.toBeInstanceOf(NotFoundError);
      expect((thrown as Error).message).toMatch(
        /AssumeRole was refused: HTTP 404, EntityNotExist\.Role.*Check configuration alicloud:assumeRole/,
      );
    }
  });

  test.each([
    ["a server without a role", { role: undefined }, "ListRamRoles was refused: HTTP 404"],
    ["another role than the server's", {}, 'Check that the server has the RAM role "other".'],
  ])("%s is said as that", async (what, machine, message) => {
    await putMachine("alibabaEcs", machine);
    const config: Record<string, string> = what.startsWith("another")
      ? { "alicloud:ecsRoleName": "other" }
      : {};
    expect((await refusal({ config })).message).toContain(message);
  });

  test("an answer of a URI without Code Success is not taken", async () => {
    const answer = {
      AccessKeyId: demoKeyPair.accessKey,
      AccessKeySecret: "s3cret-1",
      SecurityToken: "s3cret-2",
    };
    const body = JSON.stringify({ ...answer, Expiration: "2099-01-01T00:00:00Z" });
    await putMachine("alibabaUri");
    await scene.control("POST", "/faults", { operation: "GetCredentialsByUri", action: "invalidJson", body });
    const uri = `${scene.url}/alibaba/credentials?key=s3cret-3`;
    const thrown = await refusal({ config: { "alicloud:credentialsUri": uri } });
    expect(thrown.message).toMatch(/the answer of .*\/alibaba\/credentials has no Expiration/);
    expect(thrown.message).not.toContain("s3cret");
  });

  test("an expired id token is refused by the STS, and the error quotes nothing of it", async () => {
    const token = await idToken(1);
    await scene.control("POST", "/clock", { advanceMs: 5_000 });
    const thrown = await refusal({ config: oidcConfig, files: { "/token": token } });
    expect(thrown.message).toContain("AuthenticationFail.OIDCToken.Expired");
    expect(thrown.message).not.toContain(token.slice(0, 40));
  });

  test("obtained secrets are known as such, whoever repeats them", async () => {
    const token = await idToken();
    const session = scene.session({ config: oidcConfig, files: { "/token": token } });
    const backend = await session.connect(services.cloudflow, { flowName: "flow" }, never);
    await backend.listPage({}, { limit: 1 }, never);
    const signed = scene.sent.find(({ operation }) => operation === "ListExecutions")!;
    expect(session.credentials.texts).toEqual(
      expect.arrayContaining([token, signed.headers["x-acs-security-token"]]),
    );
    expect(session.credentials.texts.length).toBeGreaterThanOrEqual(3);
  });
});
