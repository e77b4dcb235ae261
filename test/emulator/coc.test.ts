/**
 * The emulator's COC over real HTTP: jobs, their executions, steps, and what can be done to them.
 */
import { acmeProject, acmeSeed, acmeSubProject, annKeys } from "./acme";
import type { Answer, Json } from "./emulatorClient";
import { EmulatorClient, temporaryKeys } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(EmulatorClient, { seed: acmeSeed });
const documents = "/v1/documents";
const executions = "/v1/executions";
const now = Date.parse("2026-11-21T06:00:00Z");
const invalid = (detail: string): Json => ({
  error_code: "COC.00014002",
  error_msg: `Invalid parameter. ${detail}`,
});

beforeEach(() => client.control("POST", "/clock", { now, rate: 0 }));

const advance = (advanceMs: number): Promise<Answer> => client.control("POST", "/clock", { advanceMs });
const execute = (id: string, body?: unknown): Promise<Answer> =>
  client.signed("POST", `${documents}/${id}`, body === undefined ? {} : { body });
const start = async (id: string, body: unknown = {}): Promise<string> =>
  (await execute(id, body)).json.data as string;
const show = async (id: string): Promise<Json> => (await client.signed("GET", `${executions}/${id}`)).json;
const list = (query: string): Promise<Answer> => client.signed("GET", `${executions}?${query}`);
const steps = async (id: string, query = ""): Promise<Json> =>
  (await client.signed("GET", `${executions}/${id}/steps${query}`)).json;
const operate = (id: string, operation: string): Promise<Answer> =>
  client.signed("POST", executions, { body: { execution_id: id, operate_type: operation } });
const script = (id: string, nodes: readonly object[], more: object = {}): Promise<Answer> =>
  client.control("PUT", `/workflows/${id}`, { service: "coc", nodes, ...more });

describe("ExecuteDocument", () => {
  test("answers the id of a new execution, with a body, with an empty one, and with none", async () => {
    for (const body of [{ description: "d" }, {}, undefined]) {
      const answer = await execute("demo-succeeds", body);
      expect([answer.status, Object.keys(answer.json)]).toEqual([200, ["data"]]);
      expect(answer.json.data).toMatch(/^EX20261121060000000[0-9a-f]{8}$/);
    }
    expect((await list("document_id=demo-succeeds")).json.total).toBe(3);
  });

  test.each<[unknown, string]>([
    ["x", "body: must be JSON"],
    [{ version: "2" }, "version: must be a version such as v1"],
    [{ document_type: "NORMAL" }, 'document_type: must be one of PRIVATE, PUBLIC, not "NORMAL"'],
    [{ parameters: { a: "1" } }, "parameters: must be a list, not an object"],
    [{ parameters: [{ key: "a", value: 1 }] }, "parameters[0].value: must be text, not the number 1"],
    [{ parameters: [{ value: "1" }] }, "parameters[0].key: is required"],
    [
      { targets: [{ key: "InstanceValues", values: ["a"] }] },
      "target_parameter_name: is required with targets",
    ],
    [
      { target_parameter_name: "p", targets: [{ key: "Values", values: ["a"] }] },
      'targets[0].key: must be one of InstanceValues, BatchValues, not "Values"',
    ],
    [
      { target_parameter_name: "p", targets: [{ key: "BatchValues", values: "a" }] },
      'targets[0].values: must be a list, not the string "a"',
    ],
  ])("answers 400 for the body %j", async (body, detail) => {
    const answer = await execute("demo-succeeds", body);
    expect([answer.status, answer.json]).toEqual([400, invalid(detail)]);
  });

  test("answers 400 for a job that is not there, and for one of another kind", async () => {
    const missing = { error_code: "COC.00040709", error_msg: "The document does not exist." };
    expect(await execute("none", {})).toMatchObject({ status: 400, json: missing });
    for (const body of [{ document_type: "PUBLIC" }, { version: "v2" }]) {
      expect(await execute("demo-succeeds", body)).toMatchObject({ status: 400, json: missing });
    }
  });
});

describe("an execution", () => {
  test("shows what it was started with, its times and its status", async () => {
    const id = await start("demo-succeeds", {
      description: "patch",
      parameters: [{ key: "release", value: "7" }],
      target_parameter_name: "release",
      targets: [{ key: "BatchValues", values: ["7"] }],
    });
    await advance(1_000);
    expect((await show(id)).data).toEqual({
      id: expect.any(String),
      execution_id: id,
      document_name: "demo-succeeds",
      document_id: "demo-succeeds",
      document_version_id: expect.any(String),
      document_version: "v1",
      start_time: now,
      end_time: null,
      update_time: expect.any(Number),
      creator: "demo",
      status: "Running",
      description: "patch",
      parameters: [{ key: "release", value: "7" }],
      tags: [],
      target_parameter_name: "release",
      targets: [{ key: "BatchValues", values: ["7"] }],
      type: "BATCH",
    });
    await advance(10_000);
    expect((await show(id)).data).toMatchObject({ status: "Succeed", end_time: now + 2_000 });
  });

  test("has steps of its own, with outputs as texts", async () => {
    const id = await start("demo-succeeds");
    await advance(400);
    expect((await steps(id)).data).toMatchObject([
      { name: "Prepare", status: "Succeed", start_time: now, end_time: now + 300, outputs: [] },
      { name: "Deploy", status: "Running", start_time: now + 300, end_time: null },
    ]);
    await advance(10_000);
    const { data, total } = await steps(id);
    expect([total, data[2].outputs]).toEqual([3, [{ key: "version", value: "1.4.2" }]]);
    const wanted = `?execution_step_id_list=${data[1].execution_step_id as string}`;
    expect((await steps(id, wanted)).data.map(({ name }: Json) => name as string)).toEqual(["Deploy"]);
    expect((await steps(id, "?limit=1&offset=1")).data.map(({ name }: Json) => name as string)).toEqual([
      "Deploy",
    ]);
  });

  test("that failed has the reason in its step", async () => {
    const id = await start("demo-fails");
    await advance(10_000);
    expect((await show(id)).data.status).toBe("Failed");
    expect((await steps(id)).data[1]).toMatchObject({
      status: "Failed",
      message: expect.stringContaining("Permission denied"),
    });
  });

  test("that is not there is answered with 200, without data", async () => {
    const answer = await client.signed("GET", `${executions}/none`);
    expect([answer.status, answer.json]).toEqual([200, {}]);
    expect(await steps("none")).toEqual({ data: [], total: 0 });
  });
});

describe("UpdateExecution", () => {
  const wait = [{ id: "work", durationMs: 60_000 }];

  test("stops, once", async () => {
    await script("job", wait, { stopTakesMs: 1_000 });
    const id = await start("job");
    expect(await operate(id, "TERMINATE")).toMatchObject({ status: 200, json: {} });
    expect((await show(id)).data.status).toBe("Canceling");
    expect((await operate(id, "TERMINATE")).json).toEqual(invalid("the execution is not running"));
    await advance(1_000);
    expect((await show(id)).data.status).toBe("Canceled");
    expect((await operate(id, "RETRY")).json).toEqual(invalid("no step of the execution has failed"));
  });

  test("runs failed steps again, under the same id", async () => {
    await script("job", [{ id: "a", durationMs: 10, status: "fail", onRestart: { status: "success" } }]);
    const id = await start("job");
    await advance(10);
    expect((await show(id)).data.status).toBe("Failed");
    expect((await operate(id, "RETRY")).status).toBe(200);
    expect((await show(id)).data.status).toBe("Running");
    await advance(10);
    expect((await show(id)).data.status).toBe("Succeed");
  });

  test("resumes what is suspended", async () => {
    await script("job", [{ id: "a", durationMs: 10, pause: true }]);
    const id = await start("job");
    expect((await show(id)).data.status).toBe("Pending");
    expect((await steps(id)).data[0].status).toBe("Pending");
    expect((await operate(id, "RESUME")).status).toBe(200);
    await advance(10);
    expect((await show(id)).data.status).toBe("Succeed");
    expect((await operate(id, "RESUME")).json).toEqual(invalid("the execution is not suspended"));
    expect((await operate(id, "SKIP_BATCH")).json).toEqual(invalid("the execution has no batches"));
  });

  test.each<[unknown, string]>([
    [{ operate_type: "RETRY" }, "execution_id: is required"],
    [{ execution_id: "x", operate_type: "STOP" }, "operate_type: must be one of RESUME, TERMINATE"],
  ])("answers 400 for the body %j", async (body, detail) => {
    const answer = await client.signed("POST", executions, { body });
    expect([answer.status, answer.json.error_code]).toEqual([400, "COC.00014002"]);
    expect(answer.json.error_msg).toContain(detail);
  });

  test("answers 400 for an execution that is not there", async () => {
    expect(await operate("none", "TERMINATE")).toMatchObject({
      status: 400,
      json: { error_code: "COC.00040709" },
    });
  });
});

describe("ListExecutions", () => {
  test("ten at a time, the newest first, of one job or of all", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      ids.unshift(await start("demo-succeeds"));
      await advance(1_000);
    }
    const other = await start("demo-fails");
    const { json } = await list("document_id=demo-succeeds");
    const found = json.data.map(({ execution_id: id }: Json) => id as string) as string[];
    expect([json.total, found]).toEqual([12, ids.slice(0, 10)]);
    const rest = (await list("document_id=demo-succeeds&offset=10&limit=5")).json.data as Json[];
    expect(rest.map(({ execution_id: id }) => id as string)).toEqual(ids.slice(10));
    const all = (await list("limit=100&exclude_child_executions=true")).json;
    expect([all.total, all.data[0].execution_id, all.data[0].sys_tags]).toEqual([13, other, []]);
  });

  test("of what began later, of what ended before, by name and by author", async () => {
    const first = await start("demo-succeeds");
    await advance(1_000);
    const second = await start("demo-succeeds");
    await advance(1_500);
    const ids = async (query: string): Promise<unknown> =>
      (await list(query)).json.data.map(({ execution_id: id }: Json) => id as string);
    expect(await ids(`start_time=${String(now)}`)).toEqual([second]);
    expect(await ids(`start_time=${String(now - 1)}`)).toEqual([second, first]);
    // An execution that is still running has not ended before any time.
    expect(await ids(`end_time=${String(now + 60_000)}`)).toEqual([first]);
    expect(await ids("document_name=succ&creator=em")).toEqual([second, first]);
    expect(await ids("document_name=fails")).toEqual([]);
    expect(await ids("creator=nobody")).toEqual([]);
    expect(await ids("tags=a=b")).toEqual([]);
  });

  test.each(["limit=x", "offset=-1", "start_time=now", "exclude_child_executions=yes"])(
    "answers 400 for %s",
    async (query) => {
      expect(await list(query)).toMatchObject({ status: 400, json: { error_code: "COC.00014002" } });
    },
  );
});

test("jobs are listed and shown", async () => {
  const answer = await client.signed("GET", `${documents}?name_like=demo-s&limit=1&offset=1`);
  expect(answer.json).toMatchObject({ total: 2, data: [{ name: "demo-slow", version: "v1" }] });
  const shown = await client.signed("GET", `${documents}/demo-slow`);
  expect(shown.json.data).toMatchObject({ document_id: "demo-slow", name: "demo-slow" });
  for (const path of ["none", "demo-slow?version=v2", "demo-slow?document_type=PUBLIC"]) {
    const missing = await client.signed("GET", `${documents}/${path}`);
    expect([missing.status, missing.json]).toEqual([200, {}]);
  }
  await script("vendors", [{ id: "a", durationMs: 1 }], {
    attributes: { document_type: "PUBLIC", version: "v3" },
  });
  const vendors = await client.signed("GET", `${documents}/vendors?document_type=PUBLIC&version=v2`);
  expect(vendors.json.data).toMatchObject({ name: "vendors", version: "v3" });
  const listed = await client.signed("GET", `${documents}?document_type=PUBLIC`);
  expect(listed.json.data).toMatchObject([{ name: "vendors" }]);
});

test("the log says which job an execution is of, where the request does not", async () => {
  const id = await start("demo-slow");
  await show(id);
  await steps(id);
  await operate(id, "TERMINATE");
  await show("none");
  const { requests } = (await client.control("GET", "/requests")).json as { requests: Json[] };
  expect(requests.map(({ operation, subject }) => [operation, subject] as unknown)).toEqual([
    ["ExecuteDocument", undefined],
    ["ShowExecution", `/demo-slow/${id}`],
    ["ListExecutionSteps", `/demo-slow/${id}`],
    ["UpdateExecution", `/demo-slow/${id}`],
    ["ShowExecution", undefined],
  ]);
});

describe("who asks", () => {
  const withScope = (headers: Record<string, string>): Promise<Answer> =>
    client.signed("GET", executions, { headers });

  test("is an account, or one of its projects", async () => {
    expect((await client.signed("GET", executions)).status).toBe(200);
    expect((await client.signed("GET", executions, { keys: temporaryKeys })).status).toBe(200);
    const { headers } = await client.login();
    const token = headers.get("x-subject-token")!;
    expect((await client.plain("GET", executions, { headers: { "x-auth-token": token } })).status).toBe(200);
    expect(await withScope({ "x-project-id": "f".repeat(32) })).toMatchObject({
      status: 403,
      json: { error_code: "COC.00010014" },
    });
    expect(await withScope({ "x-domain-id": "f".repeat(32) })).toMatchObject({
      status: 403,
      json: { error_code: "COC.00010014" },
    });
    expect((await client.plain("GET", executions)).status).toBe(401);
  });

  test("sees the executions of that account only", async () => {
    await start("demo-succeeds");
    await script("job", [{ id: "a", durationMs: 10 }], { projectId: acmeSubProject });
    const asAnn = { keys: annKeys, headers: { "x-project-id": acmeProject } };
    expect((await client.signed("GET", executions, asAnn)).json).toEqual({ data: [], total: 0 });
    // Jobs are the account's, in whichever project they are scripted.
    const { json } = await client.signed("POST", `${documents}/job`, { ...asAnn, body: {} });
    expect((await client.signed("GET", executions, asAnn)).json.data).toMatchObject([
      { execution_id: json.data as string, creator: "ann" },
    ]);
    expect((await client.signed("GET", executions)).json.total).toBe(1);
    expect(await show(json.data as string)).toEqual({});
  });
});

describe("oddities", () => {
  const quirks = (body: object): Promise<Answer> => client.control("PUT", "/quirks", body);

  test("a description that is not shown, is empty, or is cut", async () => {
    const id = await start("demo-succeeds", { description: "patch the fleet" });
    const description = async (): Promise<unknown> => (await show(id)).data.description;
    await quirks({ noDescription: true });
    expect(await description()).toBeUndefined();
    await quirks({ emptyDescription: true });
    expect(await description()).toBe("");
    await quirks({ descriptionLength: 5 });
    expect(await description()).toBe("patch");
  });

  test("of one job alone, also where the request names its execution", async () => {
    const [one, other] = [await start("demo-succeeds"), await start("demo-slow")];
    await quirks({ workflowId: "demo-succeeds", unknownStatus: "Preparing" });
    expect((await show(one)).data.status).toBe("Preparing");
    expect((await show(other)).data.status).toBe("Running");
  });

  test("codes in good answers, lists without a total, empty lists that are null", async () => {
    await quirks({ successCodes: true, noTotal: true, nullLists: true });
    const success = { error_code: "COC.00000000", error_msg: "success" };
    expect((await list("")).json).toEqual({ ...success, data: null });
    expect(await show("none")).toEqual(success);
  });

  test("unknown executions and jobs as 404 or 400", async () => {
    await quirks({ unknownExecutionIs404: true, unknownDocumentIs404: true });
    expect((await client.signed("GET", `${executions}/none`)).status).toBe(404);
    expect((await client.signed("GET", `${documents}/none`)).status).toBe(404);
    expect((await execute("none", {})).status).toBe(404);
    await quirks({ unknownExecutionIs400: true });
    expect((await client.signed("GET", `${executions}/none`)).status).toBe(400);
  });

  test("steps before their turn", async () => {
    await quirks({ stepsAhead: true });
    const { data } = await steps(await start("demo-succeeds"));
    expect(data.map(({ status }: Json) => status as string)).toEqual(["Running", "Pending", "Pending"]);
  });

  test("signed requests that have to name account or project", async () => {
    await quirks({ scopeRequired: true });
    expect((await client.signed("GET", executions)).status).toBe(200);
    const { headers } = await client.login();
    const token = headers.get("x-subject-token")!;
    expect((await client.plain("GET", executions, { headers: { "x-auth-token": token } })).status).toBe(200);
  });
});
