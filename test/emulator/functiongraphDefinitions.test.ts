/**
 * Flows with a definition of their own: they are played state by state, their functions as the control API scripts them.
 */
import type { Json } from "./emulatorClient";
import { definition, flowsPath, nodes, useEmulatedFlows } from "./functiongraphFlows";

const emulated = useEmulatedFlows();

const call = (name: string, args: Json = {}): Json => ({ function_ref: { ref_name: name, arguments: args } });
const operation = (id: string, transition: string, actions: Json[], changes: Json = {}): Json => ({
  id,
  name: id,
  type: "Operation",
  end: transition === "",
  transition,
  actions,
  ...changes,
});

/** Creates the flow and scripts its functions; returns its id. */
async function make(body: Json, script: Json[] = []): Promise<string> {
  const answer = await emulated.flows.create(body);
  if (answer.status !== 201) throw new Error(answer.text);
  if (script.length > 0) await emulated.flows.put(answer.json.id, { nodes: script });
  return answer.json.id as string;
}

/** Runs the flow to its end and returns the detail. */
async function run(id: string, input: Json = {}, headers: Record<string, string> = {}): Promise<Json> {
  const execution = await emulated.flows.start(id, { input }, { headers });
  await emulated.client.advance(3_600_000);
  return (await emulated.flows.show(id, execution)).json;
}

test("functions that are not scripted succeed after a tenth of a second", async () => {
  const id = await make(definition("plain", ["a", "b"]));
  const execution = await emulated.flows.start(id, { input: { n: 1 } });
  expect(nodes((await emulated.flows.show(id, execution)).json)).toEqual([["a", "running"]]);
  await emulated.client.advance(200);
  const { json } = await emulated.flows.show(id, execution);
  expect([json.status, json.output]).toEqual(["success", {}]);
  expect(json.node_execution_details[0].executions[0].input).toEqual({ n: 1 });
});

test("a scripted flow keeps its definition, name and description", async () => {
  const id = await make(definition("kept", ["a"], { description: "Kept." }), [{ id: "a", durationMs: 5 }]);
  const { json } = await emulated.client.signed("GET", `${flowsPath}/${id}`);
  expect(json.definition).toMatchObject({ name: "kept", description: "Kept.", start: "a" });
});

test("Sleep waits, End ends", async () => {
  const id = await make({
    ...definition("sleeps", ["a"]),
    states: [
      operation("a", "rest", [call("a")]),
      {
        id: "rest",
        name: "rest",
        type: "Sleep",
        end: false,
        transition: "done",
        actions: [],
        duration: 90.5,
      },
      { id: "done", name: "done", type: "End", end: true, transition: "", actions: [] },
    ],
  });
  const execution = await emulated.flows.start(id, { input: { n: 1 } });
  await emulated.client.advance(90_000);
  expect(nodes((await emulated.flows.show(id, execution)).json)).toEqual([
    ["a", "success"],
    ["rest", "running"],
  ]);
  await emulated.client.advance(600);
  const { json } = await emulated.flows.show(id, execution);
  expect([json.status, json.end_time, nodes(json).at(-1)]).toEqual([
    "success",
    "2026-11-21T08:01:30Z",
    ["done", "success"],
  ]);
});

test("arguments are paths, constants and texts; filters go around", async () => {
  const args = {
    path: "$.a.b[1].c",
    quoted: "'$.a'",
    constant: "$CONST.region.name",
    number: 5,
    nested: { flag: true, whole: "$" },
    missing: "$.nowhere",
  };
  const id = await make(
    {
      ...definition("arguments", ["f"]),
      start: "s",
      constants: { region: { name: "cn-north-4" } },
      states: [
        operation("s", "", [call("f", args)], { state_data_filter: { input: "$.in", output: "$.result" } }),
      ],
    },
    [{ id: "f", durationMs: 1, output: { result: { version: "2" }, noise: 1 } }],
  );
  const data = { a: { b: [{}, { c: "deep" }] } };
  const json = await run(id, { in: data });
  expect(json.output).toEqual({ version: "2" });
  // The state gets the value that its filter lets pass; its function gets the arguments made of that value.
  expect(json.node_execution_details[0].executions[0].input).toEqual(data);
  const plain = await make({
    ...definition("plain-arguments", ["f"]),
    start: "s",
    constants: { region: { name: "cn-north-4" } },
    states: [operation("s", "", [call("f", args)])],
  });
  expect((await run(plain, data)).node_execution_details[0].executions[0].input).toEqual({
    path: "deep",
    quoted: "$.a",
    constant: "cn-north-4",
    number: 5,
    nested: { flag: true, whole: data },
  });
});

test("X-WorkflowRun-MergeFnParameters adds what arrives to the arguments", async () => {
  const states = [operation("a", "b", [call("a")]), operation("b", "", [call("b", { own: 1 })])];
  const id = await make({ ...definition("merges", ["a", "b"]), states }, [
    { id: "a", durationMs: 1, output: { from: "a" } },
  ]);
  const input = (json: Json): Json => json.node_execution_details[1].executions[0].input;
  expect(input(await run(id))).toEqual({ own: 1 });
  const merged = await run(id, {}, { "x-workflowrun-mergefnparameters": "true" });
  expect(input(merged)).toEqual({ from: "a", own: 1 });
});

test.each([
  ["sequential", 300],
  ["", 300],
  ["parallel", 200],
])("several actions of one state, %j: outputs by the functions' names", async (mode, duration) => {
  const id = await make(
    {
      ...definition("several", ["f", "g"]),
      start: "s",
      states: [operation("s", "", [call("f"), call("g")], { action_mode: mode })],
    },
    [
      { id: "f", durationMs: 100, output: { n: 1 } },
      { id: "g", durationMs: 200, output: { n: 2 } },
    ],
  );
  const json = await run(id);
  expect([json.status, json.output]).toEqual(["success", { f: { n: 1 }, g: { n: 2 } }]);
  const [{ executions }] = json.node_execution_details;
  expect([nodes(json), executions[0].end_time - executions[0].begin_time]).toEqual([
    [["s", "success"]],
    duration,
  ]);
});

describe("an error of a function", () => {
  const states = (rule: Json): Json => [
    operation("try", "after", [call("f")], { on_errors: [rule] }),
    operation("repair", "", [call("g")]),
    operation("after", "", [call("g")]),
  ];
  const flow = (rule: Json): Json => ({
    ...definition("errs", ["f", "g"]),
    states: states(rule),
    start: "try",
    retries: [{ name: "twice", delay: 10, max_attempts: 2 }],
  });
  const fails = (changes: Json = {}): Json => ({
    id: "f",
    durationMs: 100,
    status: "fail",
    error: "Busy",
    cause: "try later",
    ...changes,
  });

  test("without a rule for it ends the flow", async () => {
    const json = await run(await make(flow({ error: "Other", transition: "repair" }), [fails()]));
    expect([json.status, nodes(json)]).toEqual(["fail", [["try", "fail"]]]);
    expect(json.node_execution_details[0].executions[0].error_message).toEqual({
      detail: "try later",
      error: "Busy",
    });
  });

  test.each(["Busy", "*", ""])("is handled by the rule for %j", async (error) => {
    const json = await run(await make(flow({ error, transition: "repair" }), [fails()]));
    expect([json.status, nodes(json)]).toEqual([
      "success",
      [
        ["try", "fail"],
        ["repair", "success"],
      ],
    ]);
  });

  test("is tried again with the delay of the policy; each attempt is an execution of the node", async () => {
    const id = await make(flow({ error: "Busy", retry_ref: "twice" }), [
      fails({ onRestart: { status: "success" } }),
    ]);
    const execution = await emulated.flows.start(id);
    await emulated.client.advance(5000);
    expect(nodes((await emulated.flows.show(id, execution)).json)).toEqual([["try", "fail"]]);
    expect((await emulated.flows.show(id, execution)).json.status).toBe("running");
    await emulated.client.advance(60_000);
    const { json } = await emulated.flows.show(id, execution);
    expect([json.status, nodes(json)]).toEqual([
      "success",
      [
        ["try", "fail", "success"],
        ["after", "success"],
      ],
    ]);
    const [first, second] = json.node_execution_details[0].executions;
    expect(second.begin_time - first.end_time).toBe(10_000);
  });

  test("goes the way of the transition when the attempts are used up", async () => {
    const rule = { error: "Busy", retry_ref: "twice", transition: "repair" };
    const json = await run(await make(flow(rule), [fails()]));
    expect([json.status, nodes(json)]).toEqual([
      "success",
      [
        ["try", "fail", "fail", "fail"],
        ["repair", "success"],
      ],
    ]);
  });

  test("can be retried by hand", async () => {
    const id = await make(flow({}), [fails({ onRestart: { status: "success" } })]);
    // An empty rule is for every error and does nothing about it.
    const execution = await emulated.flows.start(id);
    await emulated.client.advance(5000);
    expect((await emulated.flows.show(id, execution)).json.status).toBe("fail");
    expect((await emulated.flows.retry(id, execution)).status).toBe(200);
    await emulated.client.advance(5000);
    expect((await emulated.flows.show(id, execution)).json.status).toBe("success");
  });
});

test("a state that is entered again is one node with several executions", async () => {
  const id = await make(
    {
      ...definition("loops", ["f"]),
      states: [
        operation("again", "", [call("f")], { on_errors: [{ error: "*", transition: "wait" }] }),
        {
          id: "wait",
          name: "wait",
          type: "Sleep",
          end: false,
          transition: "again",
          actions: [],
          duration: 1,
        },
      ],
      start: "again",
    },
    [{ id: "f", durationMs: 1, status: "fail", onRestart: { status: "success" } }],
  );
  const json = await run(id);
  expect([json.status, nodes(json)]).toEqual([
    "success",
    [
      ["again", "fail", "success"],
      ["wait", "success"],
    ],
  ]);
});

test("names may be those of JavaScript's own", async () => {
  const names = ["constructor", "__proto__", "toString"];
  const id = await make({
    ...definition("odd", names),
    states: [
      operation(
        "valueOf",
        "",
        names.map((name) => call(name)),
        { action_mode: "parallel" },
      ),
    ],
    start: "valueOf",
  });
  const json = await run(id, JSON.parse('{"__proto__":{"x":1}}'));
  expect([json.status, Object.keys(json.output), Object.keys(json.input)]).toEqual([
    "success",
    names,
    ["__proto__"],
  ]);
});

test("a function that is scripted with pause waits for a callback", async () => {
  const id = await make(definition("asks", ["a", "b"]), [{ id: "a", durationMs: 1, pause: true }]);
  const execution = await emulated.flows.start(id);
  await emulated.client.advance(60_000);
  const answer = await emulated.client.signed("POST", `${flowsPath}/${id}/callback`, {
    headers: { "x-workflow-run-id": execution, "x-workflow-state-id": "a" },
    body: { result: "success", output: { yes: true } },
  });
  expect(answer.json).toEqual({ execution_id: execution });
  await emulated.client.advance(1000);
  const { json } = await emulated.flows.show(id, execution);
  expect([json.status, json.node_execution_details[1].executions[0].input]).toEqual([
    "success",
    { yes: true },
  ]);
});
