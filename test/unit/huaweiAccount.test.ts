/**
 * An account of Huawei Cloud against the emulator's real IAM: tokens obtained once, renewed in time, replaced when
 * they die early; keys; and where the project comes from.
 */
import type { Emulator, EmulatorOptions } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import type { Backend } from "../../provider/src/execution/service";
import {
  AuthenticationError,
  ConfigurationError,
  RequestInterruptedError,
} from "../../provider/src/ground/errors";
import type { Session } from "../../provider/src/lifecycle";
import { openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { EmulatedClock } from "../support/emulatedClock";
import { emulatedClock } from "../support/emulatedClock";
import type { LoggedRequest } from "../support/emulators";
import { control, requestsOf } from "../support/emulators";
import { demoProjectId, listAll, never, settingsOf, startOn } from "../support/sessions";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const demoUser = {
  "huaweicloud:userName": "demo",
  "huaweicloud:password": "demo-password-1",
  "huaweicloud:domainName": "demo",
};
const demoKeys = {
  "huaweicloud:accessKey": "EMULATORACCESSKEY0001",
  "huaweicloud:secretKey": "emulator-secret-key-0001",
};

let emulator: Emulator;
let clock: EmulatedClock;

async function open(options: EmulatorOptions = {}): Promise<void> {
  emulator = await startEmulator(options);
  clock = await emulatedClock(emulator);
}
beforeEach(() => open());
afterEach(() => emulator.close());

const sessionOf = (config: Record<string, string>): Session =>
  openSession({
    settings: settingsOf({
      config: {
        "huaweicloud:endpoints": JSON.stringify({ aom: emulator.url, iam: emulator.url }),
        ...config,
      },
    }),
    clock,
    random: () => 0.5,
  });

const connect = (
  session: Session,
  args: Record<string, unknown> = { region: "cn-north-4" },
): Promise<Backend> => session.connect(services.aom, { workflowId: "demo-succeeds", ...args }, never);

const inProject = { region: "cn-north-4", projectId: demoProjectId };

const asked = async (operation: string): Promise<LoggedRequest[]> =>
  (await requestsOf(emulator)).filter((request) => request.operation === operation);
const askedForToken = (): Promise<LoggedRequest[]> => asked("KeystoneCreateUserTokenByPassword");
const askedForProjects = (): Promise<LoggedRequest[]> => asked("KeystoneListProjects");
const fault = (description: Record<string, unknown>): Promise<unknown> =>
  control(emulator, "POST", "/faults", description);

const reasonOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** A token as if somebody else had obtained it. */
async function obtainToken(): Promise<string> {
  const response = await fetch(`${emulator.url}/v3/auth/tokens`, {
    method: "POST",
    body: JSON.stringify({
      auth: {
        identity: {
          methods: ["password"],
          password: { user: { name: "demo", password: "demo-password-1", domain: { name: "demo" } } },
        },
        scope: { project: { name: "cn-north-4" } },
      },
    }),
  });
  await control(emulator, "DELETE", "/requests");
  return response.headers.get("x-subject-token")!;
}

describe("a given token", () => {
  test("is sent as it is; none is obtained", async () => {
    const token = await obtainToken();
    const backend = await connect(sessionOf({ "huaweicloud:token": token }), inProject);
    expect(await listAll(backend)).toEqual([]);
    expect(await askedForToken()).toEqual([]);
  });

  test("opens the look-up of the project too", async () => {
    const session = sessionOf({ "huaweicloud:token": await obtainToken() });
    expect((await connect(session)).location).toMatchObject(inProject);
    expect(await askedForProjects()).toHaveLength(1);
  });

  test("that has expired is not renewed: the error says how to get one that is", async () => {
    const token = await obtainToken();
    await clock.advance(25 * hourMs);
    const backend = await connect(sessionOf({ "huaweicloud:token": token }), inProject);
    const error = await reasonOf(listAll(backend));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect((error as Error).message).toMatch(
      /token expires.*The token is no longer valid: obtain a new one/s,
    );
    expect((error as Error).message).not.toContain(token);
    expect(await asked("ListWorkflowExecutions")).toHaveLength(1);
  });
});

describe("a user with a password", () => {
  test("obtains one token for many parallel requests, and the project comes with it", async () => {
    const session = sessionOf(demoUser);
    const backends = await Promise.all(Array.from({ length: 20 }, () => connect(session)));
    await Promise.all(backends.map((backend) => listAll(backend)));
    expect(backends[0]!.location).toMatchObject(inProject);
    expect(await askedForToken()).toHaveLength(1);
    expect(await askedForProjects()).toEqual([]);
    expect(await asked("ListWorkflowExecutions")).toHaveLength(20);
  });

  test("obtains one token for many parallel requests where the project is given", async () => {
    const backend = await connect(sessionOf(demoUser), inProject);
    expect(await askedForToken()).toEqual([]);
    await Promise.all(Array.from({ length: 20 }, () => listAll(backend)));
    expect(await askedForToken()).toHaveLength(1);
  });

  test("renews the token ten minutes before it expires, not sooner, and before it is refused", async () => {
    const backend = await connect(sessionOf(demoUser));
    await clock.advance(24 * hourMs - 11 * minuteMs);
    await listAll(backend);
    expect(await askedForToken()).toHaveLength(1);
    await clock.advance(2 * minuteMs);
    await Promise.all(Array.from({ length: 20 }, () => listAll(backend)));
    expect(await askedForToken()).toHaveLength(2);
    expect((await requestsOf(emulator)).filter(({ status }) => status >= 400)).toEqual([]);
  });

  test("goes on with the present token where its renewal fails, and tries again later", async () => {
    const backend = await connect(sessionOf(demoUser));
    await clock.advance(24 * hourMs - 5 * minuteMs);
    await fault({
      operation: "KeystoneCreateUserTokenByPassword",
      action: "status",
      status: 503,
      count: null,
    });
    expect(await listAll(backend)).toEqual([]);
    await control(emulator, "DELETE", "/faults");
    await clock.advance(minuteMs);
    expect(await listAll(backend)).toEqual([]);
    expect((await askedForToken()).at(-1)).toMatchObject({ status: 201 });
  });

  test.each([30, -30])("logs in once, also where this machine's clock is off by %i hours", async (hours) => {
    const { settings } = sessionOf(demoUser);
    const skewed = { ...clock, now: () => clock.now() + hours * hourMs };
    const backend = await connect(openSession({ settings, clock: skewed, random: () => 0.5 }));
    for (let index = 0; index < 3; index += 1) await listAll(backend);
    expect(await askedForToken()).toHaveLength(1);
  });

  test("renews the token once for requests that come one after the other while it is renewed", async () => {
    const backend = await connect(sessionOf(demoUser), inProject);
    await listAll(backend);
    await clock.advance(24 * hourMs - minuteMs);
    const requests: Promise<unknown>[] = [];
    for (let index = 0; index < 20; index += 1) {
      requests.push(listAll(backend));
      await Promise.resolve();
    }
    await Promise.all(requests);
    expect(await askedForToken()).toHaveLength(2);
  });

  test("a token that dies early is replaced once and the request sent again, a start too", async () => {
    const session = sessionOf(demoUser);
    const backend = await connect(session);
    await fault({ operation: "ListWorkflowExecutions", action: "expireToken" });
    expect(await listAll(backend)).toEqual([]);
    expect((await asked("ListWorkflowExecutions")).map(({ status }) => status)).toEqual(
      expect.arrayContaining([401, 200]),
    );
    expect(await askedForToken()).toHaveLength(2);

    const other = await connect(sessionOf(demoUser));
    await fault({ operation: "ExecuteWorkflow", action: "expireToken" });
    const id = await startOn(other);
    expect(await listAll(other)).toMatchObject([{ executionId: id }]);
    expect(await askedForToken()).toHaveLength(4);
  });

  test.each(["ListWorkflowExecutions", "ExecuteWorkflow"])(
    "a token that dies early is replaced where the project is given: %s",
    async (operation) => {
      const backend = await connect(sessionOf(demoUser), inProject);
      await listAll(backend);
      await fault({ operation, action: "expireToken" });
      await startOn(backend);
      await listAll(backend);
      expect(await askedForToken()).toHaveLength(2);
    },
  );

  test("a token that is refused again after it was replaced is an error, not a loop", async () => {
    const backend = await connect(sessionOf(demoUser));
    await fault({ operation: "ListWorkflowExecutions", action: "expireToken", count: null });
    const error = await reasonOf(listAll(backend));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(await asked("ListWorkflowExecutions")).toHaveLength(2);
    expect(await askedForToken()).toHaveLength(2);
  });

  test("a refusal of rights (403) does not replace the token", async () => {
    const backend = await connect(sessionOf(demoUser));
    await fault({ operation: "ListWorkflowExecutions", action: "status", status: 403 });
    expect(await reasonOf(listAll(backend))).toBeInstanceOf(AuthenticationError);
    expect(await askedForToken()).toHaveLength(1);
  });

  test("a wrong password: IAM's own words, what to check, and not the password", async () => {
    const session = sessionOf({ ...demoUser, "huaweicloud:password": "wr0ng-password" });
    const error = await reasonOf(connect(session));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect((error as Error).message).toMatch(
      /KeystoneCreateUserTokenByPassword was refused: HTTP 401, 401: The username or password is wrong \(request id .*\)\. Check the credentials/,
    );
    expect((error as Error).message).not.toContain("wr0ng-password");
    expect(await askedForToken()).toHaveLength(1);
  });

  test("a wrong password is tried once where the project is given", async () => {
    const backend = await connect(sessionOf({ ...demoUser, "huaweicloud:password": "wrong" }), inProject);
    expect(await reasonOf(startOn(backend))).toBeInstanceOf(AuthenticationError);
    expect(await askedForToken()).toHaveLength(1);
  });

  test("a wrong password is tried once for many parallel requests", async () => {
    const session = sessionOf({ ...demoUser, "huaweicloud:password": "wrong" });
    const errors: Promise<unknown>[] = [];
    for (let index = 0; index < 8; index += 1) {
      errors.push(reasonOf(connect(session)));
      // Not all in the same instant, but all before the first answer.
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
    for (const error of await Promise.all(errors)) expect(error).toBeInstanceOf(AuthenticationError);
    expect(await askedForToken()).toHaveLength(1);
  });

  test("a token that dies early is replaced once for many parallel requests", async () => {
    const backend = await connect(sessionOf(demoUser));
    await fault({ operation: "ListWorkflowExecutions", action: "expireToken" });
    await Promise.all(Array.from({ length: 20 }, () => listAll(backend)));
    await listAll(backend);
    expect(await askedForToken()).toHaveLength(2);
  });

  test("an interrupted resource does not take the login of the others with it", async () => {
    const session = sessionOf(demoUser);
    await fault({ operation: "KeystoneCreateUserTokenByPassword", action: "delay", delayMs: 300 });
    const controller = new AbortController();
    const args = { workflowId: "demo-succeeds", region: "cn-north-4" };
    const first = reasonOf(session.connect(services.aom, args, controller.signal));
    const second = connect(session);
    // Both are seen to wait for the same login.
    while ((await askedForToken()).length === 0);
    controller.abort();
    expect(await first).toBeInstanceOf(RequestInterruptedError);
    expect((await second).location).toMatchObject(inProject);
    expect(await askedForToken()).toHaveLength(1);
  });

  test("a login that nobody waits for any more is ended, and the next one begins anew", async () => {
    const session = sessionOf(demoUser);
    await fault({ operation: "KeystoneCreateUserTokenByPassword", action: "hang" });
    const controller = new AbortController();
    const args = { workflowId: "demo-succeeds", region: "cn-north-4" };
    const given = [1, 2].map(() => reasonOf(session.connect(services.aom, args, controller.signal)));
    while ((await askedForToken()).length === 0);
    controller.abort();
    // In the same instant: the one that is being ended must not be joined.
    const next = connect(session);
    for (const error of await Promise.all(given)) expect(error).toBeInstanceOf(RequestInterruptedError);
    expect((await next).location).toMatchObject(inProject);
    expect(await askedForToken()).toHaveLength(2);
  });

  test("a wrong password is tried once, also for several projects at once", async () => {
    const session = sessionOf({ ...demoUser, "huaweicloud:password": "wrong" });
    const opened = [{ region: "cn-north-4" }, inProject, { ...inProject, projectId: "f".repeat(32) }];
    const errors = await Promise.all(
      opened.map((args) => reasonOf(connect(session, args).then((backend) => listAll(backend)))),
    );
    for (const error of errors) expect(error).toBeInstanceOf(AuthenticationError);
    expect(await askedForToken()).toHaveLength(1);
  });

  test("a project that the user does not have takes no other project's login with it", async () => {
    const session = sessionOf(demoUser);
    const nowhere = reasonOf(connect(session, { region: "cn-east-3" }));
    const backend = connect(session);
    expect(await nowhere).toBeInstanceOf(AuthenticationError);
    expect((await backend).location).toMatchObject(inProject);
  });

  test("a token by project serves a region whose project is known, so an early death costs one login", async () => {
    const session = sessionOf(demoUser);
    const backend = await connect(session);
    await fault({ operation: "ListWorkflowExecutions", action: "expireToken" });
    await listAll(backend);
    await listAll(await connect(session));
    expect(await askedForToken()).toHaveLength(2);
  });

  test("a login that failed for a moment is tried again by itself, and remembered only when it worked", async () => {
    const session = sessionOf(demoUser);
    await fault({ operation: "KeystoneCreateUserTokenByPassword", action: "status", status: 503, count: 5 });
    expect(await reasonOf(connect(session))).toMatchObject({ status: 503 });
    expect(await askedForToken()).toHaveLength(4);
    expect((await connect(session)).location).toMatchObject(inProject);
    expect(await askedForToken()).toHaveLength(6);
  });

  test("an answer without the token's header names the IAM endpoint as the suspect", async () => {
    await fault({ operation: "KeystoneCreateUserTokenByPassword", action: "status", status: 200, body: {} });
    await expect(connect(sessionOf(demoUser))).rejects.toThrow(
      /without a token \(header X-Subject-Token\)\. Check that the IAM endpoint is right/,
    );
  });
});

describe("an access key", () => {
  test("signs each request; no token is obtained", async () => {
    const backend = await connect(sessionOf(demoKeys));
    expect(await listAll(backend)).toEqual([]);
    expect(await askedForToken()).toEqual([]);
  });

  test("of temporary kind carries its security token", async () => {
    const temporary = {
      "huaweicloud:accessKey": "EMULATORTEMPORARY0001",
      "huaweicloud:secretKey": "emulator-temporary-secret-0001",
    };
    const token = { "huaweicloud:securityToken": "emulator-security-token-0001" };
    const backend = await connect(sessionOf({ ...temporary, ...token }));
    expect(await listAll(backend)).toEqual([]);
    await expect(connect(sessionOf(temporary))).rejects.toThrow(/security token missing/);
  });

  test("with a wrong secret: refused, what to check, and not the secret", async () => {
    const session = sessionOf({ ...demoKeys, "huaweicloud:secretKey": "wr0ng-secret" });
    const error = await reasonOf(connect(session));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect((error as Error).message).toMatch(/signature mismatch.*Check the credentials/s);
    expect((error as Error).message).not.toContain("wr0ng-secret");
  });

  test("on a machine whose clock is off: the error says so", async () => {
    const session = sessionOf(demoKeys);
    const backend = await connect(session, inProject);
    // Two days on, so that neither the emulated nor the machine's time is near.
    await control(emulator, "POST", "/clock", { now: clock.now() + 48 * hourMs });
    const skewed = openSession({
      settings: session.settings,
      clock: { ...clock, now: () => clock.now() - 48 * hourMs },
    });
    await expect(listAll(await connect(skewed, inProject))).rejects.toThrow(
      /APIGW\.0303.*clock is off by more than 15 minutes/s,
    );
    expect(backend.location).toMatchObject(inProject);
  });
});

describe("the project", () => {
  test("that is given is taken without a request", async () => {
    const backend = await connect(sessionOf({ ...demoKeys, "huaweicloud:projectId": demoProjectId }));
    expect(backend.location).toMatchObject(inProject);
    expect(await requestsOf(emulator)).toEqual([]);
  });

  test("is looked up by the region's name once for many resources", async () => {
    const session = sessionOf(demoKeys);
    const backends = await Promise.all(Array.from({ length: 10 }, () => connect(session)));
    expect(new Set(backends.map(({ location }) => location["projectId"]))).toEqual(new Set([demoProjectId]));
    expect(await askedForProjects()).toHaveLength(1);
  });

  test("that can't be looked up for want of a region: the settings are named", async () => {
    const error = await reasonOf(connect(sessionOf(demoKeys), {}));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toContain('argument "projectId" or "region"');
    expect((error as Error).message).toContain("configuration huaweicloud:projectId or huaweicloud:region");
  });

  test.each([demoKeys, demoUser])(
    "that the account does not have: region and settings are named %#",
    async (who) => {
      const error = (await reasonOf(connect(sessionOf(who), { region: "cn-east-3" }))) as Error;
      if ("huaweicloud:userName" in who) {
        expect(error.message).toContain("Could not find project: cn-east-3");
        expect(error.message).toContain("huaweicloud:projectName");
        return;
      }
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain('no project named "cn-east-3"');
      expect(error.message).toContain('argument "projectId"');
      expect(error.message).toContain("huaweicloud:projectId");
      expect(error.message).toContain('(from argument "region")');
      expect(error.message).toContain("HW_PROJECT_ID");
    },
  );

  test("of which there are several is not guessed", async () => {
    await emulator.close();
    await open({
      seed: {
        accounts: [
          {
            domain: "acme",
            users: [{ name: "ann", password: "p" }],
            accessKeys: [{ accessKey: "ACMEKEY", secretKey: "acme-secret", user: "ann" }],
            projects: ["a", "b"].map((letter) => ({ id: letter.repeat(32), name: "cn-east-3" })),
          },
        ],
      },
    });
    const session = sessionOf({ "huaweicloud:accessKey": "ACMEKEY", "huaweicloud:secretKey": "acme-secret" });
    await expect(connect(session, { region: "cn-east-3" })).rejects.toThrow(
      /2 projects named "cn-east-3" \(from argument "region"\): .*set the argument "projectId"/,
    );
    const given = await connect(session, { region: "cn-east-3", projectId: "b".repeat(32) });
    expect(await listAll(given)).toEqual([]);
  });
});
