/**
 * FunctionGraph operations on flows over real HTTP: create, show, change, list, delete, draw, measure.
 */
import type { Json } from "./emulatorClient";
import { testProject } from "./emulatorClient";
import { definition, flowsPath, flowUrn, useEmulatedFlows } from "./functiongraphFlows";

const emulated = useEmulatedFlows();

const show = (id: string) => emulated.client.signed("GET", `${flowsPath}/${id}`);

describe("CreateWorkflow", () => {
  test("answers 201 with the short form, and ShowWorkFlow has all of it", async () => {
    const body = definition("nightly-流程", ["a", "b"], {
      description: "Runs_at_night.",
      enable_stream_response: true,
    });
    const created = await emulated.flows.create(body);
    expect([created.status, created.json]).toEqual([
      201,
      {
        id: expect.any(String),
        workflow_urn: flowUrn("nightly-流程"),
        name: "nightly-流程",
        description: "Runs_at_night.",
        created_time: "2026-11-21T08:00:00Z",
        updated_time: "2026-11-21T08:00:00Z",
        created_by: "demo",
        enable_stream_response: true,
      },
    ]);
    const shown = await show(created.json.id);
    expect(shown.json).toEqual({
      id: created.json.id,
      workflow_urn: flowUrn("nightly-流程"),
      created_time: "2026-11-21T08:00:00Z",
      updated_time: "2026-11-21T08:00:00Z",
      created_by: "demo",
      definition: { mode: "NORMAL", ...body },
    });
  });

  test("an EXPRESS flow with logs has their places", async () => {
    const express = { mode: "EXPRESS", express_config: { log_level: "ERROR" } };
    const { id } = (await emulated.flows.create(definition("quick", ["a"], express))).json;
    expect((await show(id)).json).toMatchObject({
      lts_group_id: expect.any(String),
      lts_stream_id: expect.any(String),
      definition: { mode: "EXPRESS" },
    });
  });

  test("answers 409 for a name that is taken", async () => {
    const answer = await emulated.flows.create(definition("demo-slow", ["a"]));
    expect([answer.status, answer.json.error_code]).toEqual([409, "FSS.0409"]);
  });

  const state = (changes: Json): Json => ({ states: [{ ...definition("x", ["a"]).states[0], ...changes }] });
  const action = (reference: Json): Json =>
    state({ actions: [{ function_ref: { ref_name: "a", arguments: {}, ...reference } }] });

  test.each<[Json, string]>([
    [{ name: "" }, "name: must have 1 to 64 characters"],
    [{ name: "with space" }, "name: may have letters"],
    [{ name: "n".repeat(65) }, "name: must have 1 to 64"],
    [{ description: "with space" }, "description: may have letters"],
    [{ start: "z" }, "start: no state z in states"],
    [{ states: [] }, "states: must have 1 to 100 entries, has 0"],
    [{ states: undefined }, "states: is required"],
    [{ functions: undefined }, "functions: is required"],
    [{ constants: undefined }, "constants: is required"],
    [{ retries: undefined }, "retries: is required"],
    [{ retries: [{ name: "r", delay: 31 }] }, "retries[0].delay: must be at most 30"],
    [{ retries: [{ name: "r", max_attempts: 9 }] }, "retries[0].max_attempts: must be at most 8"],
    [{ retries: [{ name: "r" }, { name: "r" }] }, "retries[1].name: repeats the name r"],
    [
      { triggers: [{ trigger_name: "t", trigger_type: "CRON" }] },
      "triggers[0].trigger_type: must be one of FLOWTIMER",
    ],
    [{ mode: "FAST" }, "mode: must be one of NORMAL, EXPRESS"],
    [{ express_config: { log_level: "SOME" } }, "express_config.log_level: must be one of ALL"],
    [{ enterprise_project_id: "e".repeat(65) }, "enterprise_project_id: must have 0 to 64"],
    [state({ type: "Parallel" }), 'states[0].type: must be one of Operation, Sleep, End, not "Parallel"'],
    [state({ end: undefined }), "states[0].end: is required"],
    [state({ transition: undefined }), "states[0].transition: is required"],
    [state({ transition: "z" }), "states[0].transition: no state z"],
    [state({ actions: [] }), "states[0].actions: must have 1 to 10 entries"],
    [state({ action_mode: "random" }), "states[0].action_mode: must be one of sequential, parallel"],
    [state({ type: "Sleep" }), "states[0].duration: is required"],
    [state({ type: "Sleep", duration: 86_401 }), "states[0].duration: must be at most 86400"],
    [state({ on_errors: [{ error: "*", retry_ref: "r" }] }), "states[0].on_errors[0].retry_ref: no retry r"],
    [
      state({ on_errors: [{ error: "*", transition: "z" }] }),
      "states[0].on_errors[0].transition: no state z",
    ],
    [
      state({ state_data_filter: { input: "$.a[*]" } }),
      'states[0].state_data_filter.input: "$.a[*]" is not a path',
    ],
    [action({ ref_name: "z" }), "function_ref.ref_name: no function z"],
    [action({ invoke_mode: "async" }), "function_ref.invoke_mode: must be one of synchronize"],
    [action({ arguments: { b: "$..c" } }), 'function_ref.arguments.b: "$..c" is not a path'],
    [action({ arguments: undefined }), "function_ref.arguments: is required"],
  ])("refuses %j", async (changes, detail) => {
    const answer = await emulated.flows.create({ ...definition("checked", ["a"]), ...changes });
    expect([answer.status, answer.json.error_code]).toEqual([400, "FGS.3002"]);
    expect(answer.json.error_msg).toContain(detail);
  });

  test("the 201st flow of a project is refused", async () => {
    for (let index = 0; index < 196; index++)
      await emulated.flows.create(definition(`flow-${String(index)}`, ["a"]));
    const answer = await emulated.flows.create(definition("one-too-many", ["a"]));
    expect([answer.status, answer.json.error_msg]).toEqual([
      400,
      expect.stringContaining("at most 200 flows"),
    ]);
  });
});

describe("UpdateWorkFlow", () => {
  test("answers 200; executions keep the definition of their start", async () => {
    const id = (await emulated.flows.create(definition("changing", ["a"]))).json.id as string;
    const before = await emulated.flows.start(id);
    await emulated.client.advance(60_000);
    const answer = await emulated.client.signed("PUT", `${flowsPath}/${id}`, {
      body: definition("changed", ["b", "c"]),
    });
    expect([answer.status, answer.json]).toMatchObject([
      200,
      {
        id,
        name: "changed",
        created_time: "2026-11-21T08:00:00Z",
        updated_time: "2026-11-21T08:01:00Z",
      },
    ]);
    const after = await emulated.flows.start(id);
    await emulated.client.advance(60_000);
    const names = async (execution: string) =>
      (await emulated.flows.show(id, execution)).json.node_execution_details.map(
        ({ node_id }: Json) => node_id,
      );
    expect([await names(before), await names(after)]).toEqual([["a"], ["b", "c"]]);
    expect((await emulated.flows.show(id, after)).json.workflow_urn).toBe(flowUrn("changed"));
  });

  test("checks as the creation does", async () => {
    const put = (id: string, body: Json) => emulated.client.signed("PUT", `${flowsPath}/${id}`, { body });
    expect((await put("none", definition("x", ["a"]))).json.error_code).toBe("FGS.5002");
    expect((await put("demo-slow", definition("demo-fails", ["a"]))).status).toBe(409);
    expect((await put("demo-slow", definition("demo-slow", ["a"]))).status).toBe(200);
    expect((await put("demo-slow", {})).json.error_msg).toContain("name: is required");
  });
});

test("ShowWorkFlow words a scripted flow as a definition, and answers 404 for none", async () => {
  const { json } = await show("demo-fails");
  expect(json.definition).toMatchObject({ name: "demo-fails", start: "prepare", mode: "NORMAL" });
  expect(json.definition.states.map(({ id, transition, end }: Json) => [id, transition, end])).toEqual([
    ["prepare", "run-script", false],
    ["run-script", "verify", false],
    ["verify", "", true],
  ]);
  const answer = await show("none");
  expect([answer.status, answer.json]).toEqual([
    404,
    { error_code: "FGS.5002", error_msg: "Function flow not found." },
  ]);
});

describe("ListWorkflow", () => {
  const list = async (query = "") => (await emulated.client.signed("GET", `${flowsPath}${query}`)).json;
  const names = async (query: string) => (await list(query)).workflows.map(({ name }: Json) => name);

  test("has the demo flows, by name, mode and enterprise project", async () => {
    expect(await list()).toMatchObject({
      total: 4,
      size: 4,
      workflows: [{ created_by: "emulator" }, {}, {}, {}],
    });
    await emulated.flows.create(definition("mine", ["a"], { enterprise_project_id: "ep-7" }));
    expect(await names("?mode=EXPRESS")).toEqual(["demo-express"]);
    expect(await names("?enterprise_project=ep-7")).toEqual(["mine"]);
    expect(await names("?workflow_name=slow")).toEqual(["demo-slow"]);
    expect(await names("?limit=1")).toEqual(["mine"]);
    expect(await list("?limit=2&offset=3")).toMatchObject({ total: 5, size: 2 });
    expect(await list("?limit=1000&offset=-1")).toMatchObject({ total: 5, size: 5 });
  });

  test.each(["?limit=0", "?limit=x", `?workflow_name=${"n".repeat(65)}`])("refuses %s", async (query) => {
    expect((await list(query)).error_code).toBe("FGS.3002");
  });
});

describe("BatchDeleteWorkflows", () => {
  const remove = (urns: unknown) =>
    emulated.client.signed("DELETE", flowsPath, { body: { workflow_urns: urns } });

  test("is HTTP 200 also where it succeeds in part only", async () => {
    const short = flowUrn("demo-fails").replace(":workflow:", ":");
    const answer = await remove([flowUrn("demo-slow"), flowUrn("none"), short]);
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        success: [flowUrn("demo-slow"), short],
        fail: [{ workflow_urn: flowUrn("none"), error_detail: "Function flow not found." }],
      },
    ]);
    expect((await show("demo-slow")).status).toBe(404);
    await emulated.client.control("POST", "/reset");
    expect((await show("demo-slow")).status).toBe(200);
  });

  test("checks its body", async () => {
    expect((await remove(undefined)).json.error_msg).toContain("workflow_urns: is required");
    expect((await remove(Array.from({ length: 201 }, () => "urn"))).status).toBe(400);
  });
});

test("ShowGraph draws the states and their transitions", async () => {
  const { json } = await emulated.client.signed("GET", `/v1/${testProject}/ffs/graphs/demo-succeeds`);
  expect(json).toMatchObject({
    id: "demo-succeeds",
    name: "demo-succeeds",
    mode: "NORMAL",
    project_id: testProject,
  });
  expect(json.nodes.map(({ id }: Json) => id)).toEqual(["prepare", "deploy", "verify"]);
  expect(json.edges.map(({ from, to }: Json) => [from, to])).toEqual([
    ["prepare", "deploy"],
    ["deploy", "verify"],
  ]);
  expect(json.nodes[1].incoming_edges).toEqual(json.nodes[0].outgoing_edges);
  expect((await emulated.client.signed("GET", `/v1/${testProject}/ffs/graphs/none`)).status).toBe(404);
});

describe("the metrics", () => {
  const statistic = (path: string) =>
    emulated.client.signed("GET", `/v2/${testProject}/fgs/workflow-statistic${path}`);
  const sum = (points: { value: number }[]): number => points.reduce((total, { value }) => total + value, 0);

  test("count executions of one flow or of all by time", async () => {
    await emulated.flows.start("demo-succeeds");
    await emulated.flows.start("demo-fails");
    await emulated.client.advance(90_000);
    await emulated.flows.start("demo-slow");
    await emulated.client.advance(1000);
    const all = (await statistic("?period=5")).json;
    expect([sum(all.count), sum(all.fail_count)]).toEqual([3, 1]);
    expect(all.running_count.at(-1).value).toBe(1);
    expect(Math.max(...all.duration.map(({ value }: Json) => value))).toBe(1750);
    expect(all.count).toHaveLength(5);
    const one = (await statistic(`/${encodeURIComponent(flowUrn("demo-fails"))}?period=5`)).json;
    expect([sum(one.count), sum(one.fail_count)]).toEqual([1, 1]);
    const unknown = (await statistic("?metric_type=constructor&period=5")).json;
    expect(sum(unknown.count)).toBe(3);
    const errors = (await statistic("?metric_type=errorCount&period=5")).json;
    expect([errors.count, sum(errors.fail_count)]).toEqual([[], 1]);
    const at = Date.UTC(2026, 10, 21, 7);
    const past = await statistic(`?start_time=${String(at)}&end_time=${String(at + 60_000)}`);
    expect(past.json.count).toEqual([{ timestamp: at, value: 0 }]);
  });

  test("check their parameters, and the flow", async () => {
    expect((await statistic("?period=never")).json.error_msg).toContain("period");
    expect((await statistic(`/${flowUrn("none")}`)).status).toBe(404);
  });
});
