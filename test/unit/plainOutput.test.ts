/**
 * A runbook's output in the state: its own data, but for long numbers and what a terminal acts on; what is changed is
 * named.
 */
import { parseJson } from "../../provider/src/ground/json";
import { limits } from "../../provider/src/lifecycle/bounds";
import { makeState } from "../../provider/src/lifecycle/state";
import type { services } from "../../provider/src/services/registry";
import type { ExecutionSnapshot } from "../../provider/src/execution/snapshot";
import { parseExecution } from "../../provider/src/services/alibaba/cloudflow/answers";
import { parseDescribeExecution } from "../../provider/src/services/aws/stepfunctions/answers";
import { parseSearchWorkflowExecutionDetail } from "../../provider/src/services/huawei/aom/answers";
import { parseShowWorkflowExecution } from "../../provider/src/services/huawei/functiongraph/answers";

const stateOf = (output: unknown): Readonly<Record<string, unknown>> =>
  makeState(
    {},
    {},
    { executionId: "ex-1", status: "succeeded", rawStatus: "ok", steps: [], output },
    undefined,
  );

test("an output of plain JSON stays as it is, and nothing is named", () => {
  const output = { a: [1, "ü👨‍👩‍👧\n\tx", null, { "odd key": true }], "": 0.1 };
  const state = stateOf(output);
  expect(state["output"]).toEqual(output);
  expect(state["altered"]).toEqual([]);
});

test("a long number is text, as it was written, and named by its path", () => {
  const output = parseJson('{"orderId":9007199254740993,"ratio":1.0,"list":[1,{"the key":1e400}]}');
  const expected = { orderId: "9007199254740993", ratio: 1, list: [1, { "the key": "1e400" }] };
  for (let time = 0; time < 2; time += 1) {
    const state = stateOf(output);
    expect(state["output"]).toEqual(expected);
    expect(state["altered"]).toEqual(["output.orderId", 'output.list[1]["the key"]']);
  }
});

test("texts and keys have nothing that a terminal acts on, and keys that become equal stay apart", () => {
  const state = stateOf({ "k\u001b[31m": "a\u0007\r\nb", k: 1, "k\u0000": 2, "k (2)": 3, same: "x\ty\n" });
  expect(state["output"]).toEqual({ k: "a\nb", "k (2)": 1, "k (3)": 2, "k (2) (2)": 3, same: "x\ty\n" });
  expect(state["altered"]).toEqual([
    "output.k",
    "output.k",
    'output["k (2)"]',
    'output["k (3)"]',
    'output["k (2) (2)"]',
  ]);
});

test("thousands of keys that are equal once they are clean take no long time, also among names like those they get", () => {
  const unseen = (index: number): string =>
    index.toString(2).replaceAll("0", "\u0001").replaceAll("1", "\u0002");
  const taken = Array.from({ length: 2_000 }, (_, index) => [`k (${String(index)})`, index]);
  const equal = Array.from({ length: 2_000 }, (_, index) => [`k${unseen(index)}`, index]);
  const output = stateOf(Object.fromEntries([...taken, ...equal]))["output"] as object;
  expect(Object.keys(output)).toHaveLength(4_000);
});

test("what is named is bounded in number and length", () => {
  const list = Array.from({ length: 500 }, () => "\u0007");
  const altered = stateOf({ list, ["k".repeat(900)]: "\u0007" })["altered"] as string[];
  expect(altered).toHaveLength(limits.altered + 1);
  expect(altered.at(-1)).toBe("… 401 more");
  expect((stateOf({ ["k".repeat(900)]: "\u0007" })["altered"] as string[])[0]).toHaveLength(limits.name + 1);
});

describe("each service's own answer", () => {
  const request = { operation: "Describe", method: "GET", url: "https://a" };
  const answer = (text: string): never => ({ status: 200, header: () => undefined, text }) as never;
  const output = '{"version":"1.4.2","orderId":9007199254740993,"huge":123456789012345678901234567890}';
  const asked = { flowName: "f", executionName: "ex-1" };
  // COC's outputs are texts.
  const snapshots: Record<Exclude<keyof typeof services, "coc">, ExecutionSnapshot> = {
    aom: parseSearchWorkflowExecutionDetail(
      answer(
        `{"status":"success","begin_time":1764000000000,"end_time":1764000002000,"execution_result_list":[{"node_id":12345678901234567890,"status":"success","output":${output}}]}`,
      ),
      request,
      "ex-1",
    ),
    functiongraph: parseShowWorkflowExecution(
      answer(
        `{"status":"success","begin_time":1764000000000000000000,"end_time":1764000002000,"output":${output},"node_execution_details":[{"node_id":12345678901234567890,"executions":[{"status":"success"}]}]}`,
      ),
      request,
      "ex-1",
    ),
    cloudflow: parseExecution(
      answer(JSON.stringify({ Name: "ex-1", Status: "Succeeded", Output: output })),
      request,
      asked,
    ),
    stepfunctions: parseDescribeExecution(
      answer(
        JSON.stringify({ executionArn: "arn:aws:states:r:1:execution:m:ex-1", status: "SUCCEEDED", output }),
      ),
      request,
      { stateMachine: "m", executionName: "ex-1" },
    ),
  };

  test.each(Object.entries(snapshots))("%s: a long number of the output is exact", (_service, snapshot) => {
    const state = makeState({}, {}, snapshot, undefined);
    expect(state["output"]).toEqual({
      version: "1.4.2",
      orderId: "9007199254740993",
      huge: "123456789012345678901234567890",
    });
    expect(state["altered"]).toEqual(["output.orderId", "output.huge"]);
  });

  test("times and ids that are numbers are read as before", () => {
    expect(snapshots.aom).toMatchObject({
      startedAt: "2025-11-24T16:00:00.000Z",
      settledAt: "2025-11-24T16:00:02.000Z",
    });
    expect(snapshots.functiongraph.startedAt).toBeUndefined();
    for (const { steps } of [snapshots.aom, snapshots.functiongraph])
      expect(steps[0]!.id).toBe("12345678901234567890");
  });

  test("an output that is nothing but a long number is named itself", () => {
    const snapshot = parseExecution(
      answer(JSON.stringify({ Name: "ex-1", Status: "Succeeded", Output: "9007199254740993" })),
      request,
      asked,
    );
    const state = makeState({}, {}, snapshot, undefined);
    expect([state["output"], state["altered"]]).toEqual(["9007199254740993", ["output"]]);
  });
});

test("a key is bounded: Pulumi pads every line of a map to its longest key", () => {
  const { output, altered } = stateOf({ ["k".repeat(100_000)]: 1, [`${"k".repeat(99_999)}l`]: 2 });
  expect(Object.values(output as object)).toEqual([1, 2]);
  for (const key of Object.keys(output as object)) expect(key.length).toBeLessThan(1_010);
  expect(altered).toHaveLength(2);
});

test("a key is one line: Pulumi prints keys as they are, and what follows a line break would pose as a message", () => {
  const state = stateOf({ "a\r\nerror: forged": "b\nerror: data" });
  expect(state).toMatchObject({
    output: { "a error: forged": "b\nerror: data" },
    altered: ['output["a error: forged"]'],
  });
});
