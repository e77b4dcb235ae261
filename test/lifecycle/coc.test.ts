/**
 * The peculiarities of COC: a mark beside the program's own description, steps that cost a request of their own and
 * have the output, executions that are suspended, and requests for an account instead of a project.
 */
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import type { Backend } from "../../provider/src/execution/service";
import { NotFoundError, ServiceError } from "../../provider/src/ground/errors";
import type { Arguments, Session } from "../../provider/src/lifecycle";
import type { Fetch } from "../../provider/src/http/httpClient";
import { create, deleteExecution, openSession, update } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { EmulatorClient } from "../emulator/emulatorClient";
import { emulatedClock } from "../support/emulatedClock";
import { control, executionsOf, requestsOf } from "../support/emulators";
import type { EmulatedHost } from "../support/lifecycleHosts";
import { emulatedHost, emulatorSettings } from "../support/lifecycleHosts";
import { demoAccountId, demoProjectId, never, startOn } from "../support/sessions";

const minuteMs = 60_000;
const job = { documentId: "job" };

let emulator: Emulator;
let host: EmulatedHost;
/** Bodies of the requests that were sent, by method and path. */
let bodies: Map<string, string>;
const fetch: Fetch = async (url, init) => {
  const { default: nodeFetch } = await import("node-fetch");
  if (typeof init.body === "string") bodies.set(`${init.method!} ${new URL(url).pathname}`, init.body);
  return nodeFetch(url, init);
};
const sessionOf = (config: Record<string, string> = {}): Session =>
  openSession({
    settings: emulatorSettings(emulator, config),
    clock: host.clock,
    random: () => 0.5,
    fetch,
  });
beforeEach(async () => {
  emulator = await startEmulator();
  bodies = new Map();
  host = { ...(await emulatedHost(emulator)), definition: services.coc };
  host = { ...host, session: sessionOf() };
});
afterEach(() => emulator.close());

const script = (nodes: readonly object[], more: object = {}): Promise<unknown> =>
  control(emulator, "PUT", "/workflows/job", { service: "coc", nodes, ...more });
const takes = (durationMs: number): Promise<unknown> => script([{ id: "work", name: "Work", durationMs }]);
const fault = (operation: string, description: object): Promise<unknown> =>
  control(emulator, "POST", "/faults", { operation, ...description });
const quirks = (description: object): Promise<unknown> => control(emulator, "PUT", "/quirks", description);
const asked = async (operation: string): Promise<Awaited<ReturnType<typeof requestsOf>>> =>
  (await requestsOf(emulator)).filter((request) => request.operation === operation);
const connect = (args: Arguments = job, config: Record<string, string> = {}): Promise<Backend> =>
  sessionOf(config).connect(services.coc, args, never);
const startAs = async (backend: Backend, runName: string): Promise<string> =>
  (await backend.start({ runName, signal: never })).executionId;
const bodyOf = (request: string): unknown => JSON.parse(bodies.get(request)!);

describe("a start", () => {
  test("carries parameters, version and targets, and the mark before the program's own description", async () => {
    await takes(10);
    const args = {
      ...job,
      version: "v1",
      parameters: { release: "2026.11", hosts: ["a"] },
      targetParameterName: "hosts",
      targets: { InstanceValues: ["a"] },
      description: "patch the fleet",
    };
    const { state } = await create(args, host);
    expect(state).toMatchObject({ ...args, status: "succeeded", site: "china", accountId: demoAccountId });
    expect(bodyOf("POST /v1/documents/job")).toEqual({
      version: "v1",
      parameters: [
        { key: "release", value: "2026.11" },
        { key: "hosts", value: '["a"]' },
      ],
      target_parameter_name: "hosts",
      targets: [{ key: "InstanceValues", values: ["a"] }],
      description: expect.stringMatching(/^\[pulumi-runbook [\w-]{1,64}\] patch the fleet$/),
    });
  });

  test("shows its name in the description, whatever the program's own looks like", async () => {
    await takes(minuteMs);
    const backend = await connect({ ...job, description: "[pulumi-runbook other]" });
    const id = await startAs(backend, "run-1");
    expect(await backend.readRunName(id, never)).toBe("run-1");
    const { executionId } = (await control(emulator, "POST", "/executions", {
      workflowId: "job",
      service: "coc",
    })) as { executionId: string };
    expect(await backend.readRunName(executionId, never)).toBeNull();
    await quirks({ noDescription: true });
    expect(await backend.readRunName(id, never)).toBeNull();
    await quirks({ descriptionLength: 20 });
    expect(await backend.readRunName(id, never)).toBeUndefined();
  });

  test("of one of the vendor's jobs says so; otherwise the job is not found, and nothing is started", async () => {
    await script([{ id: "work", durationMs: 10 }], { attributes: { document_type: "PUBLIC" } });
    await expect(create(job, host)).rejects.toThrow(/check documentId, version, documentType, site/);
    expect(await create({ ...job, documentType: "PUBLIC" }, host)).toMatchObject({ kind: "ready" });
    expect(await executionsOf(emulator)).toHaveLength(1);
  });

  test.each([{}, { unknownDocumentIs404: true }])(
    "of a job that is not there is not found (%j), nor is the job before a start",
    async (quirk) => {
      await quirks(quirk);
      const backend = await connect({ documentId: "nowhere" });
      for (const work of [() => startOn(backend), () => backend.demandWorkflow!(never)]) {
        const error = (await work().catch((thrown: unknown) => thrown)) as NotFoundError;
        expect(error).toBeInstanceOf(NotFoundError);
        expect(error.message).toContain(`There is no job nowhere of account ${demoAccountId} (china): check`);
      }
    },
  );

  test("a job is found before a start, in its version, and where it is one of the vendor's", async () => {
    const demand = async (more: Arguments): Promise<void> =>
      (await connect({ ...job, ...more })).demandWorkflow!(never);
    await takes(10);
    await demand({});
    await demand({ version: "v1" });
    await expect(demand({ version: "v2" })).rejects.toThrow(/check documentId, version, documentType/);
    await expect(demand({ documentType: "PUBLIC" })).rejects.toBeInstanceOf(NotFoundError);
    await script([{ id: "work", durationMs: 10 }], { attributes: { document_type: "PUBLIC" } });
    await demand({ documentType: "PUBLIC" });
  });
});

describe("steps", () => {
  const nodes = [
    { id: "a", name: "Prepare", durationMs: 1_000, output: { version: "0.9" } },
    { id: "b", name: "Deploy", durationMs: 1_000, output: { version: "1.4.2", hosts: ["h1"] } },
    { id: "c", name: "Clean", durationMs: 1_000 },
  ];

  test("the output is that of the last step that has one", async () => {
    await script(nodes);
    const { state } = await create(job, host);
    expect(state).toMatchObject({
      status: "succeeded",
      output: { version: "1.4.2", hosts: '["h1"]' },
      steps: [{ name: "Prepare" }, { name: "Deploy" }, { name: "Clean" }],
    });
  });

  test("those before their turn count, and are not shown", async () => {
    await script(nodes);
    await quirks({ stepsAhead: true });
    const backend = await connect();
    const id = await startOn(backend);
    await host.clock.advance(1_500);
    expect(await backend.describe(id, { signal: never })).toMatchObject({
      stepsTotal: 3,
      steps: [
        { name: "Prepare", status: "succeeded" },
        { name: "Deploy", status: "running" },
      ],
    });
  });

  test("a hundred and thirty are read in two pages, or in as many as the service makes of them", async () => {
    await script(
      Array.from({ length: 130 }, (_, index) => ({
        id: `s${String(index)}`,
        name: `S${String(index)}`,
        durationMs: 1,
      })),
    );
    const backend = await connect();
    const id = await startOn(backend);
    await host.clock.advance(1_000);
    const names = async (): Promise<unknown> =>
      (await backend.describe(id, { signal: never })).steps.map(({ name }) => name);
    const all = Array.from({ length: 130 }, (_, index) => `S${String(index)}`);
    expect(await names()).toEqual(all);
    expect(await asked("ListExecutionSteps")).toHaveLength(2);
    await quirks({ largestPage: 40, noTotal: true });
    expect(await names()).toEqual(all);
  });

  test("what can't be read costs steps and output, never the outcome, and that is said", async () => {
    await script(nodes);
    await fault("ListExecutionSteps", { action: "status", status: 403, count: null });
    const { kind, state } = await create(job, host);
    expect(kind).toBe("ready");
    expect(state).toMatchObject({
      status: "succeeded",
      output: { truncated: expect.stringContaining("the steps could not be read: ListExecutionSteps") },
    });
    expect(state["truncated"]).toEqual(["steps", "output"]);
  });

  test("while an execution runs they are read seldom, and at its end in any case", async () => {
    await takes(10 * minuteMs);
    const backend = await connect();
    const id = await startOn(backend);
    const look = (): ReturnType<Backend["describe"]> =>
      backend.describe(id, { signal: never, sparing: true });
    expect((await look()).steps).toHaveLength(1);
    await host.clock.advance(1_000);
    expect((await look()).steps).toEqual([]);
    expect(await asked("ListExecutionSteps")).toHaveLength(1);
    await host.clock.advance(5_000);
    expect((await look()).steps).toHaveLength(1);
    await host.clock.advance(10 * minuteMs);
    const told: string[] = [];
    const listed = (await backend.listPage({}, { limit: 10 }, never)).snapshotOf!(id);
    const onStatus = ({ status }: { readonly status: string }): void => {
      told.push(status);
    };
    const before = (await asked("ShowExecution")).length;
    const end = await backend.describe(id, { signal: never, sparing: true, listed, onStatus });
    expect(end).toMatchObject({ status: "succeeded", steps: [{ status: "succeeded" }] });
    expect(told).toEqual(["succeeded"]);
    // The list has told everything else.
    expect(await asked("ShowExecution")).toHaveLength(before);
  });
});

describe("an execution that the service does not know", () => {
  test.each([{}, { unknownExecutionIs404: true }, { unknownExecutionIs400: true }, { successCodes: true }])(
    "is not found (%j)",
    async (quirk) => {
      await takes(10);
      const backend = await connect();
      await quirks(quirk);
      const look = backend.describe("EX-none", { signal: never });
      await expect(look).rejects.toBeInstanceOf(NotFoundError);
      await expect(backend.readRunName("EX-none", never)).rejects.toBeInstanceOf(NotFoundError);
      await backend.stop("EX-none", never);
    },
  );

  test("is not said of one that can't be read for another reason", async () => {
    await takes(minuteMs);
    const backend = await connect();
    const id = await startOn(backend);
    await fault("ShowExecution", { action: "status", status: 403 });
    const error = (await backend.describe(id, { signal: never }).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).not.toBeInstanceOf(NotFoundError);
  });
});

describe("an execution that is suspended", () => {
  const paused = [{ id: "ask", name: "Ask", durationMs: 10, pause: true }];

  test("waits, for as long as the deployment does, and goes on where somebody resumes it", async () => {
    await script(paused);
    const outcome = await create({ ...job, timeoutSeconds: 60 }, host);
    expect(outcome).toMatchObject({ kind: "unready", state: { status: "waiting", rawStatus: "Pending" } });
    expect(outcome.state["steps"]).toMatchObject([{ name: "Ask", status: "waiting" }]);
    expect((await executionsOf(emulator))[0]!.status).toBe("paused");

    const body = { execution_id: outcome.id, operate_type: "RESUME" };
    await new EmulatorClient(emulator.url).signed("POST", "/v1/executions", { body });
    const done = await update(outcome.id, outcome.state, job, host);
    expect(done).toMatchObject({ kind: "ready", id: outcome.id, state: { status: "succeeded" } });
  });

  test("is stopped where its resource is deleted", async () => {
    await script(paused);
    const { id, state } = await create({ ...job, waitFor: "started" }, host);
    await deleteExecution(id, state, host);
    expect((await executionsOf(emulator))[0]!.status).toBe("cancel");
  });
});

describe("a stop", () => {
  test("that the service refuses while the execution runs is an error", async () => {
    await takes(minuteMs);
    const backend = await connect();
    const id = await startOn(backend);
    await fault("UpdateExecution", { action: "status", status: 400 });
    await expect(backend.stop(id, never)).rejects.toBeInstanceOf(ServiceError);
  });

  test("of one that is being stopped already is none", async () => {
    await script([{ id: "work", durationMs: minuteMs }], { stopTakesMs: 10_000 });
    const backend = await connect();
    const id = await startOn(backend);
    await host.clock.advance(1_000);
    await backend.stop(id, never);
    expect(await backend.describe(id, { signal: never })).toMatchObject({
      status: "running",
      rawStatus: "Canceling",
    });
    await backend.stop(id, never);
    expect(await asked("UpdateExecution")).toHaveLength(2);
  });
});

describe("whose requests they are", () => {
  const scopeOf = async (): Promise<unknown> => {
    const { headers } = (await asked("ListExecutions")).at(-1)! as unknown as {
      headers: Record<string, string>;
    };
    return [headers["x-domain-id"], headers["x-project-id"]];
  };
  const list = async (config: Record<string, string>): Promise<Backend> => {
    const backend = await connect(job, config);
    await backend.listPage({}, { limit: 10 }, never);
    return backend;
  };

  test("signed for the account: as the settings name it, or as IAM does, once", async () => {
    await list({ "huaweicloud:domainId": demoAccountId });
    expect(await scopeOf()).toEqual([demoAccountId, undefined]);
    expect(await asked("KeystoneListAuthDomains")).toHaveLength(0);
    const session = sessionOf();
    for (let count = 0; count < 3; count += 1) {
      const backend = await session.connect(services.coc, job, never);
      expect(backend.location).toMatchObject({ site: "china", accountId: demoAccountId });
      await backend.listPage({}, { limit: 10 }, never);
    }
    expect(await scopeOf()).toEqual([demoAccountId, undefined]);
    expect(await asked("KeystoneListAuthDomains")).toHaveLength(1);
  });

  test("the account of the state is not asked for where the same key stored it", async () => {
    const { location } = await connect();
    const again = await connect({ ...job, ...location });
    expect(again.location).toEqual(location);
    expect(await asked("KeystoneListAuthDomains")).toHaveLength(1);
  });

  test("signed for the project where IAM does not tell the account, and for nothing where no project is set", async () => {
    await quirks({ noAuthDomains: true });
    const backend = await list({});
    expect(await scopeOf()).toEqual([undefined, demoProjectId]);
    expect(backend.location).toEqual({ site: "china" });
    expect(backend.subject).toBe("job job (china)");
    await list({ "huaweicloud:projectId": "" });
    expect(await scopeOf()).toEqual([undefined, undefined]);
  });

  test("by password: with a token for the account", async () => {
    const user = {
      "huaweicloud:accessKey": "",
      "huaweicloud:secretKey": "",
      "huaweicloud:domainName": "demo",
      "huaweicloud:userName": "demo",
      "huaweicloud:password": "demo-password-1",
    };
    const backend = await list(user);
    expect(backend.location).toEqual({ site: "china", accountName: "demo" });
    const login = bodyOf("POST /v3/auth/tokens") as { auth: { scope: unknown } };
    expect(login.auth.scope).toEqual({ domain: { name: "demo" } });
  });

  test("another account's id is refused, and nothing is started", async () => {
    await takes(10);
    const backend = await connect(job, { "huaweicloud:domainId": "f".repeat(32) });
    await expect(startOn(backend)).rejects.toMatchObject({ code: "WFX-AUTHENTICATION" });
    expect(await executionsOf(emulator)).toEqual([]);
  });
});

test("what runs is found among the executions of the last 30 days", async () => {
  await takes(100 * 24 * 60 * minuteMs);
  const clock = await emulatedClock(emulator);
  const begin = (days: number): Promise<unknown> =>
    control(emulator, "POST", "/executions", {
      workflowId: "job",
      service: "coc",
      executionId: `EX${String(days)}`,
      startedAt: clock.now() - days * 24 * 60 * minuteMs,
    });
  for (const days of [40, 29, 1]) await begin(days);
  const found = await (await connect()).listUnsettled(never);
  expect(found.map(({ executionId }) => executionId)).toEqual(["EX1", "EX29"]);
  expect((await asked("ListExecutions"))[0]!.path).toContain("exclude_child_executions=true");
});
