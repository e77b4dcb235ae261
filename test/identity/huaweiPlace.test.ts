/**
 * The caller's account and project are part of the place of an execution: the settings of another account or project
 * mean another execution, new keys of the same account do not.
 */
import { reasonsOf } from "../../provider/src/fronts/dynamic/differences";
import { diff } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { Arguments, Diff } from "../../provider/src/lifecycle";
import { acmeDomainId, acmeProject, acmeSubProject, annKeys } from "../emulator/acme";
import { requestsOf } from "../support/emulators";
import { demoProjectId, never, settingsOf } from "../support/sessions";
import type { Sources } from "./huaweiWorld";
import { HuaweiWorld, demoKeys } from "./huaweiWorld";

let world: HuaweiWorld;
beforeAll(async () => {
  world = await HuaweiWorld.open();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const environment = { HW_REGION_NAME: "cn-north-4" };
const keysOf = ({ accessKey, secretKey }: typeof demoKeys): Record<string, string> => ({
  "huaweicloud:accessKey": accessKey,
  "huaweicloud:secretKey": secretKey,
});
const withRole = (domain: object, more: Record<string, string> = {}): Sources => ({
  config: {
    ...keysOf(demoKeys),
    "huaweicloud:assumeRole": JSON.stringify({ agencyName: "deployer", ...domain }),
    "huaweicloud:projectName": "cn-north-4_dev",
    ...more,
  },
  environment,
});
const ann = (more: Record<string, string> = {}): Sources => ({
  config: { ...keysOf(annKeys), ...more },
  environment,
});
const annAsUser: Sources = {
  config: {
    "huaweicloud:userName": "ann",
    "huaweicloud:password": "ann-password-1",
    "huaweicloud:domainName": "acme",
  },
  environment,
};

const args: Arguments = { workflowId: "job" };

/** The state of an execution that has succeeded where some settings lead. */
async function ranWith(sources: Sources, given: Arguments = args): Promise<Arguments> {
  const { location } = await world.session(sources).connect(services.aom, given, never);
  return { ...given, ...location, executionId: "ex-1", status: "succeeded", rawStatus: "success", steps: [] };
}
const now = (state: Arguments, sources: Sources, given: Arguments = args): Diff =>
  diff(services.aom, "ex-1", state, given, [], [], services.aom.place(settingsOf(sources)));

describe("runs again, and says why", () => {
  test.each<[string, Sources, Sources, string]>([
    [
      "an agency of another account",
      withRole({ domainName: "acme" }),
      withRole({ domainName: "partner" }),
      "accountName changed from acme to partner (settings)",
    ],
    [
      "an agency of another account, by its id",
      withRole({ domainId: acmeDomainId }),
      withRole({ domainId: "partner0000000000000000000000001" }),
      `accountId changed from ${acmeDomainId} to partner0000000000000000000000001 (settings)`,
    ],
    [
      "a user of another account",
      annAsUser,
      { ...annAsUser, config: { ...annAsUser.config, "huaweicloud:domainName": "partner" } },
      "accountName changed from acme to partner (settings)",
    ],
    [
      "another project",
      ann(),
      ann({ "huaweicloud:projectId": acmeSubProject }),
      `projectId changed from ${acmeProject} to ${acmeSubProject} (settings)`,
    ],
  ])("%s", async (_what, before, after, reason) => {
    const change = now(await ranWith(before), after);
    expect(change.action).toBe("rerun");
    expect(reasonsOf(change.changes)).toEqual([reason]);
  });
});

describe("stays where it is", () => {
  test.each<[string, Sources, Sources]>([
    ["the same settings", withRole({ domainName: "acme" }), withRole({ domainName: "acme" })],
    ["the same account, by its id", withRole({ domainName: "acme" }), withRole({ domainId: acmeDomainId })],
    [
      "another agency of the account",
      withRole({ domainName: "acme" }),
      withRole({ domainName: "acme", agencyName: "x" }),
    ],
    ["a new key", ann(), ann({ "huaweicloud:accessKey": "ACMEKEY0000000000002" })],
    ["a user in place of a key", ann(), annAsUser],
    ["the project that it is in, by its id", ann(), ann({ "huaweicloud:projectId": acmeProject })],
    ["another region by default", ann(), { ...ann(), environment: { HW_REGION_NAME: "cn-east-3" } }],
    [
      "another endpoint",
      ann(),
      ann({ "huaweicloud:endpoints": JSON.stringify({ aom: "https://aom.own.example" }) }),
    ],
  ])("%s", async (_what, before, after) => {
    expect(now(await ranWith(before), after).action).toBe("none");
  });

  test("an argument takes precedence over the settings", async () => {
    const given = { ...args, projectId: acmeProject };
    expect(
      now(await ranWith(ann(), given), ann({ "huaweicloud:projectId": acmeSubProject }), given).action,
    ).toBe("none");
  });

  test("an execution of a state that does not name its account yet", async () => {
    const { accountName: _left, ...state } = await ranWith(annAsUser);
    expect(now(state, withRole({ domainName: "partner" })).action).toBe("none");
  });
});

describe("where the settings do not tell the account, IAM is asked", () => {
  const moved = async (state: Arguments, sources: Sources, given: Arguments = args): Promise<Diff> => {
    const place = await world.session(sources).findPlace(services.aom, state, given, never);
    return diff(services.aom, "ex-1", state, given, [], [], place);
  };
  const asDemo: Sources = { config: keysOf(demoKeys), environment };
  // As if another key of the account had stored it: the emulator has one.
  const withoutKey = ({ accountKey: _key, ...state }: Arguments): Arguments => state;
  const asked = async (): Promise<number> =>
    (await requestsOf(world.emulator)).filter(({ operation }) => operation === "KeystoneListAuthDomains")
      .length;

  test("keys of another account are another place", async () => {
    const change = await moved(await ranWith(ann()), asDemo);
    expect(change.action).toBe("rerun");
    expect(reasonsOf(change.changes)).toEqual([
      expect.stringMatching(`^accountId changed from ${acmeDomainId} to \\w+ `),
    ]);
  });

  test.each<[string, Sources]>([
    ["other keys of the account", ann()],
    ["a user of the account", annAsUser],
  ])("%s are the same place", async (_what, sources) => {
    expect((await moved(withoutKey(await ranWith(ann())), sources)).action).toBe("none");
    expect(await asked()).toBe(1);
  });

  test("the key that stored the account is known again, also after a read: nobody is asked", async () => {
    const state = await ranWith(ann());
    expect(JSON.stringify(state)).not.toContain(annKeys.accessKey);
    await world.reset();
    expect((await moved(state, ann())).action).toBe("none");
    const { location } = await world.session(ann()).connect(services.aom, state, never);
    expect((await moved({ ...state, ...location }, ann())).action).toBe("none");
    expect(await requestsOf(world.emulator)).toEqual([]);
    expect((await moved({ ...state, ...location }, asDemo)).action).toBe("rerun");
  });

  test("a key that assumes an agency does not tell the account", async () => {
    const asAgency = await ranWith(withRole({ domainName: "acme" }));
    expect(asAgency["accountId"]).toBe(acmeDomainId);
    expect((await moved(asAgency, asDemo)).action).toBe("rerun");
  });

  describe("an execution whose state has a project, but no account", () => {
    const withProject = { "huaweicloud:projectId": acmeProject };
    const counted = async (operation: string): Promise<number> =>
      (await requestsOf(world.emulator)).filter((request) => request.operation === operation).length;

    test.each<[string, Sources, string]>([
      ["the region's project of another account", asDemo, demoProjectId],
      [
        "a project by its name, of another account",
        { config: { ...keysOf(demoKeys), "huaweicloud:projectName": "cn-north-4" }, environment },
        demoProjectId,
      ],
    ])("%s is another place", async (_what, sources, projectId) => {
      const change = await moved(await ranWith(ann(withProject)), sources);
      expect(change.action).toBe("rerun");
      expect(reasonsOf(change.changes)).toEqual([
        `projectId changed from ${acmeProject} to ${projectId} (settings)`,
      ]);
    });

    test.each<[string, Record<string, string>]>([
      ["its own project, by the region", {}],
      ["its own project, by its name", { "huaweicloud:projectName": "cn-north-4" }],
      [
        "another project of its account, which only a name tells",
        { "huaweicloud:projectName": "cn-north-4_dev" },
      ],
      ["a project that is not there", { "huaweicloud:projectName": "cn-north-4_gone" }],
    ])("%s moves nothing", async (_what, more) => {
      expect((await moved(await ranWith(ann(withProject)), ann(more))).action).toBe("none");
    });

    test.each([
      ["forbidden", "rerun"],
      ["shown", "rerun"],
      ["unauthorized", "none"],
    ])("where IAM answers for another account's project: %s", async (foreignProject, action) => {
      const state = await ranWith(ann(withProject));
      await world.control("PUT", "/quirks", { foreignProject });
      expect((await moved(state, asDemo)).action).toBe(action);
    });

    test("an IAM that refuses a project of the own account is believed: the preview names both projects", async () => {
      const state = await ranWith(ann(withProject));
      const fault = { operation: "KeystoneShowProject", action: "status", status: 403 };
      await world.control("POST", "/faults", fault);
      const change = await moved(state, ann({ "huaweicloud:projectName": "cn-north-4_dev" }));
      expect(reasonsOf(change.changes)).toEqual([
        `projectId changed from ${acmeProject} to ${acmeSubProject} (settings)`,
      ]);
    });

    test.each([
      ["IAM answers 401", { action: "status", status: 401 }],
      ["IAM answers 500", { action: "status", status: 500 }],
      ["a proxy answers 403 in its place", { action: "html", status: 403 }],
    ])("where %s nothing is claimed, and it is asked once", async (_why, answer) => {
      const state = await ranWith(ann(withProject));
      const fault = { operation: "KeystoneShowProject", count: null, ...answer };
      await world.control("POST", "/faults", fault);
      const session = world.session(asDemo);
      const place = (): Promise<unknown> => session.findPlace(services.aom, state, args, never);
      expect(await Promise.all([place(), place()])).toEqual([{}, {}]);
      const times = await counted("KeystoneShowProject");
      expect(times).toBeGreaterThan(0);
      expect(await place()).toEqual({});
      expect(await counted("KeystoneShowProject")).toBe(times);
    });

    test("with an argument that names the project nobody is asked", async () => {
      const given = { ...args, projectId: acmeProject };
      expect((await moved(await ranWith(ann(), given), asDemo, given)).action).toBe("none");
      expect(await counted("KeystoneShowProject")).toBe(0);
      expect(await counted("KeystoneListProjects")).toBe(0);
    });
  });

  test("with an argument that names the project nobody is asked", async () => {
    const given = { ...args, projectId: acmeProject };
    expect((await moved(await ranWith(ann(), given), asDemo, given)).action).toBe("none");
    expect(await asked()).toBe(0);
  });

  test.each<[string, () => Promise<unknown>]>([
    [
      "IAM refuses to say",
      () =>
        world.control("POST", "/faults", {
          operation: "KeystoneListAuthDomains",
          action: "status",
          status: 403,
          count: null,
        }),
    ],
    ["IAM lists no account", () => world.control("PUT", "/quirks", { noAuthDomains: true })],
  ])("where %s nothing is claimed, and it is asked once", async (_why, prepare) => {
    const state = await ranWith(ann());
    await prepare();
    const session = world.session(asDemo);
    const four = [1, 2, 3, 4].map(() => session.findPlace(services.aom, state, args, never));
    expect(await Promise.all(four)).toEqual([{}, {}, {}, {}]);
    expect(await session.findPlace(services.aom, state, args, never)).toEqual({});
    expect(await asked()).toBe(1);
  });
});
