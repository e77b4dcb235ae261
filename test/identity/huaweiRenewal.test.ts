/**
 * Keys that live for minutes: obtained once for all who need them, renewed before they end however long a wait is, and
 * replaced when they are refused early.
 */
import { TransportError } from "../../provider/src/ground/errors";
import type { LifecycleHost } from "../../provider/src/lifecycle";
import { RunRegister, create } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { acmeDomainId } from "../emulator/acme";
import type { LoggedRequest } from "../support/emulators";
import { requestsOf } from "../support/emulators";
import { recordingReporter } from "../support/lifecycleHosts";
import { listAll, never, settingsOf, startOn } from "../support/sessions";
import type { Sources } from "./huaweiWorld";
import { HuaweiWorld, demoKeys } from "./huaweiWorld";

let world: HuaweiWorld;
beforeAll(async () => {
  world = await HuaweiWorld.open();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const minuteMs = 60_000;
const environment = { HW_REGION_NAME: "cn-north-4" };
const keys = { HW_ACCESS_KEY: demoKeys.accessKey, HW_SECRET_KEY: demoKeys.secretKey };
const role = (more: object, project = "cn-north-4_dev"): Record<string, string> => ({
  "huaweicloud:assumeRole": JSON.stringify({ agencyName: "deployer", duration: 900, ...more }),
  "huaweicloud:projectName": project,
});

/** Of a machine whose keys live for 15 minutes. */
const onEcs = async (more: object = {}): Promise<Sources> => {
  await world.machine("huaweiEcs", { lifetimeSeconds: 900, ...more });
  return { environment };
};

const identities: readonly [string, string, () => Promise<Sources>][] = [
  [
    "an agency by name",
    "CreateTemporaryAccessKeyByAgency",
    async () => ({ config: role({ domainName: "acme" }), environment: { ...environment, ...keys } }),
  ],
  [
    "an agency by id",
    "AssumeAgency",
    async () => ({ config: role({ domainId: acmeDomainId }), environment: { ...environment, ...keys } }),
  ],
  [
    "an agency on top of a user",
    "CreateTemporaryAccessKeyByAgency",
    async () => ({
      config: role({ domainName: "acme" }),
      environment: {
        ...environment,
        HW_USER_NAME: "demo",
        HW_USER_PASSWORD: "demo-password-1",
        HW_DOMAIN_NAME: "demo",
      },
    }),
  ],
  ["an ECS", "GetSecurityKey", onEcs],
  [
    "an agency on top of an ECS",
    "CreateTemporaryAccessKeyByAgency",
    async () => ({
      ...(await onEcs({ agency: "deployer" })),
      config: role({ agencyName: "second", domainName: "acme" }, "cn-north-4"),
    }),
  ],
  [
    "an id token for an agency",
    "AssumeAgencyWithOIDC",
    async () => ({
      environment: {
        ...environment,
        HUAWEICLOUD_OIDC_PROVIDER_URN: `iam::${acmeDomainId}:oidcProvider:github`,
        HUAWEICLOUD_OIDC_AGENCY_URN: `iam::${acmeDomainId}:agency:ci`,
        HUAWEICLOUD_OIDC_DURATION_SECONDS: "900",
        HUAWEICLOUD_OIDC_TOKEN_FILE: "/token",
      },
      files: { "/token": await world.idToken(4 * 3600) },
    }),
  ],
];

const asked = async (operation: string): Promise<LoggedRequest[]> =>
  (await requestsOf(world.emulator)).filter((request) => request.operation === operation);

describe.each(identities)("%s", (_name, operation, prepare) => {
  test("four resources at once make one look-up, and all four succeed", async () => {
    const session = world.session(await prepare());
    const open = (): Promise<unknown> =>
      session.connect(services.aom, { workflowId: "job" }, never).then((backend) => listAll(backend));
    expect(await Promise.all([1, 2, 3, 4].map(open))).toEqual([[], [], [], []]);
    expect(await asked(operation)).toHaveLength(1);
  });

  test("a wait of two hours is never interrupted: the keys of 15 minutes are renewed in time", async () => {
    const session = world.session(await prepare());
    const backend = await session.connect(services.aom, { workflowId: "job" }, never);
    const { projectId } = backend.location;
    await world.control("PUT", "/workflows/job", {
      projectId,
      nodes: [{ id: "work", durationMs: 120 * minuteMs }],
    });
    const host: LifecycleHost = {
      definition: services.aom,
      session,
      reporter: recordingReporter(),
      signal: never,
      urn: "urn:pulumi:test::test::type::execution",
      register: new RunRegister({ clock: world.clock, lock: (_workflow, work) => work(() => true) }),
      secretArguments: [],
    };
    const outcome = await create({ workflowId: "job", timeoutSeconds: 3 * 3600 }, host);
    expect(outcome).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
    const all = await requestsOf(world.emulator);
    expect(all.filter(({ status }) => status >= 400)).toEqual([]);
    // Every ten minutes; a little later where no request was due.
    const renewals = await asked(operation);
    expect(renewals.length).toBeGreaterThanOrEqual(9);
    expect(renewals.length).toBeLessThanOrEqual(14);
  });
});

test("keys that are refused early are replaced once, and the request is sent again: a start too", async () => {
  const sources = { config: role({ domainName: "acme" }), environment: { ...environment, ...keys } };
  const session = world.session(sources);
  const backend = await session.connect(services.aom, { workflowId: "job" }, never);
  const { projectId } = backend.location;
  await world.control("PUT", "/workflows/job", { projectId, nodes: [{ id: "work", durationMs: 10 }] });
  await world.control("POST", "/faults", { operation: "ExecuteWorkflow", action: "expireToken" });
  const id = await startOn(backend);
  expect(await listAll(backend)).toMatchObject([{ executionId: id }]);
  expect(await asked("CreateTemporaryAccessKeyByAgency")).toHaveLength(2);
});

const user = { HW_USER_NAME: "demo", HW_USER_PASSWORD: "demo-password-1", HW_DOMAIN_NAME: "demo" };

test.each<[string, () => Promise<Sources>, string]>([
  [
    "a user's token",
    () => Promise.resolve({ config: role({ domainName: "acme" }), environment: { ...environment, ...user } }),
    "KeystoneCreateUserTokenByPassword",
  ],
  [
    "a machine's keys",
    async () => ({
      ...(await onEcs({ agency: "deployer" })),
      config: role({ agencyName: "second", domainName: "acme" }, "cn-north-4"),
    }),
    "GetSecurityKey",
  ],
])("%s that IAM refuses when an agency is assumed is replaced once", async (_what, prepare, operation) => {
  const session = world.session(await prepare());
  const backend = await session.connect(services.aom, { workflowId: "job" }, never);
  await world.clock.advance(11 * minuteMs);
  const before = (await asked(operation)).length;
  await world.control("POST", "/faults", {
    operation: "CreateTemporaryAccessKeyByAgency",
    action: "expireToken",
  });
  // Past the end of the agency's keys: only new ones serve.
  await world.clock.advance(5 * minuteMs);
  expect(await listAll(backend)).toEqual([]);
  expect((await asked("CreateTemporaryAccessKeyByAgency")).map(({ status }) => status)).toEqual([
    201, 401, 201,
  ]);
  expect((await asked(operation)).length).toBeGreaterThan(before);
});

test("a metadata service that fails after it has given keys is a fault that may pass, not a lack of settings", async () => {
  const backend = await world.session(await onEcs()).connect(services.aom, { workflowId: "job" }, never);
  await world.control("POST", "/faults", { operation: "ListWorkflowExecutions", action: "expireToken" });
  await world.control("POST", "/faults", {
    operation: "CreateMetadataToken",
    action: "dropBefore",
    count: null,
  });
  await expect(listAll(backend)).rejects.toThrow(TransportError);
  await world.control("DELETE", "/faults");
  expect(await listAll(backend)).toEqual([]);
});

test("an agency that does not trust the caller is refused with what to check, before anything is started", async () => {
  const sources = {
    config: role({ agencyName: "second", domainName: "acme" }),
    environment: { ...environment, ...keys },
  };
  await expect(world.act(sources)).rejects.toThrow(
    /CreateTemporaryAccessKeyByAgency was refused: HTTP 403.*Check that the agency "second" of the account acme lets these credentials assume it/s,
  );
  await expect(
    world.act({ ...sources, config: role({ agencyName: "nobody", domainName: "acme" }) }),
  ).rejects.toThrow(/There is no such agency: check the agency "nobody" of the account acme/);
});

test("where IAM takes no signature for an agency's keys, that is said with the agency; a user's token is taken", async () => {
  await world.control("PUT", "/quirks", { assumeRoleByTokenOnly: true });
  const config = role({ domainName: "acme" });
  await expect(world.act({ config, environment: { ...environment, ...keys } })).rejects.toThrow(
    /CreateTemporaryAccessKeyByAgency was refused: HTTP 401.*the agency "deployer" of the account acme/s,
  );
  const acting = await world.act({ config, environment: { ...environment, ...user } });
  expect(acting.who).toBe("acme/deployer");
});

test("the file of an id token is read at each renewal", async () => {
  const files: Record<string, string> = { "/token": await world.idToken(900) };
  const settings = settingsOf({
    environment: {
      ...environment,
      HUAWEICLOUD_OIDC_PROVIDER_URN: `iam::${acmeDomainId}:oidcProvider:github`,
      HUAWEICLOUD_OIDC_AGENCY_URN: `iam::${acmeDomainId}:agency:ci`,
      HUAWEICLOUD_OIDC_TOKEN_FILE: "/token",
    },
    files,
  });
  const backend = await world.session(settings).connect(services.aom, { workflowId: "job" }, never);
  await world.clock.advance(55 * minuteMs);
  files["/token"] = await world.idToken(900);
  expect(await listAll(backend)).toEqual([]);
  expect((await asked("AssumeAgencyWithOIDC")).map(({ status }) => status)).toEqual([200, 200]);
});

test.each<[string, Sources]>([
  [
    "environment variable HUAWEICLOUD_OIDC_TOKEN_FILE",
    {
      environment: {
        ...environment,
        HUAWEICLOUD_OIDC_PROVIDER_URN: `iam::${acmeDomainId}:oidcProvider:github`,
        HUAWEICLOUD_OIDC_AGENCY_URN: `iam::${acmeDomainId}:agency:ci`,
        HUAWEICLOUD_OIDC_TOKEN_FILE: "/token",
      },
    },
  ],
  [
    "configuration huaweicloud:assumeRoleWithOidc.idTokenFile",
    {
      config: {
        "huaweicloud:assumeRoleWithOidc": JSON.stringify({ idpId: "github", idTokenFile: "/token" }),
      },
      environment,
    },
  ],
])("a file of an id token that can't be read is named with its setting: %s", async (setting, sources) => {
  await expect(world.act(sources)).rejects.toThrow(
    `the token file /token (from ${setting}) can't be read: correct the setting or the file.`,
  );
});

test("a metadata service that fails for a while does not matter while the present keys are good", async () => {
  const backend = await world.session(await onEcs()).connect(services.aom, { workflowId: "job" }, never);
  await world.clock.advance(11 * minuteMs);
  await world.control("POST", "/faults", {
    operation: "CreateMetadataToken",
    action: "dropBefore",
    count: null,
  });
  expect(await listAll(backend)).toEqual([]);
  await world.control("DELETE", "/faults");
  await world.clock.advance(minuteMs);
  expect(await listAll(backend)).toEqual([]);
  expect((await requestsOf(world.emulator)).filter(({ status }) => status >= 400)).toEqual([]);
});

test("secrets that were obtained are known as such, and stand in no message", async () => {
  const token = await world.idToken();
  const sources = {
    config: {
      ...role({ domainName: "acme" }, "cn-north-4"),
      "huaweicloud:assumeRoleWithOidc": JSON.stringify({ idpId: "github", idToken: token }),
    },
    environment,
  };
  const session = world.session(sources);
  const error: unknown = await session
    .connect(services.aom, { workflowId: "job" }, never)
    .catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(/refused/);
  const texts = session.credentials.texts;
  // The id token, the token that it was exchanged for, and the secret parts of the keys.
  expect(texts).toContain(token);
  expect(texts).toHaveLength(4);
  for (const text of texts) expect(String(error)).not.toContain(text);
});

test.each([
  ["half of an answer", { action: "invalidJson" }],
  ["a connection that breaks", { action: "truncate", count: null }],
])("keys in %s are not quoted", async (_what, fault) => {
  await world.control("POST", "/faults", { operation: "CreateTemporaryAccessKeyByAgency", ...fault });
  const sources = { config: role({ domainName: "acme" }), environment: { ...environment, ...keys } };
  const error: unknown = await world.act(sources).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(/CreateTemporaryAccessKeyByAgency/);
  expect(String(error)).not.toMatch(/"secret"|"securitytoken"|HST/);
});
