/**
 * The documented oddities of AOM's answers, one by one.
 */
import type { Json } from "./emulatorClient";
import { EmulatorClient, executions, testProject } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(EmulatorClient);
let id: string;
let began: number;

beforeEach(async () => {
  began = await client.freeze();
  id = await client.execute("demo-slow");
});

async function quirks(values: Record<string, unknown>): Promise<void> {
  const answer = await client.control("PUT", "/quirks", values);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
}

const detail = async (): Promise<Json> => (await client.detail("demo-slow", id)).json;
const firstOfList = async (): Promise<Json> => (await client.signed("GET", executions("demo-slow"))).json[0];
const unknownDetail = async (): Promise<Json> => (await client.detail("demo-slow", "none")).json;

test("errorMessage and httpCodeText change the error body", async () => {
  await quirks({ errorMessage: true, httpCodeText: true });
  expect(await unknownDetail()).toEqual({
    error_code: "AOM.31001306",
    error_message: "Execution not exist. recordInfo is not exist.",
    http_code: "404",
  });
});

test("htpCode and unknownExecutionIs400 give the example of the detail's 400", async () => {
  await quirks({ errorMessage: true, htpCode: true, unknownExecutionIs400: true });
  expect(await unknownDetail()).toEqual({
    error_code: "AOM.31001403",
    error_message: "param error.",
    htp_code: "400",
  });
});

test("createBy and workflowEditTimeCamelCase change the list and not the detail", async () => {
  await quirks({ createBy: true, workflowEditTimeCamelCase: true });
  const item = await firstOfList();
  expect(item).toMatchObject({ create_by: "demo", workflowEditTime: expect.any(Number) });
  expect(item).not.toHaveProperty("created_by");
  expect(item).not.toHaveProperty("workflow_edit_time");
  expect(await detail()).toHaveProperty("workflow_edit_time");
});

test("timesInSeconds has ten digits everywhere", async () => {
  await quirks({ timesInSeconds: true });
  const body = await detail();
  const seconds = Math.floor(began / 1000);
  expect([body.begin_time, body.last_update_time, body.execution_result_list[0].begin_time]).toEqual([
    seconds,
    seconds,
    seconds,
  ]);
});

test("lastUpdateTimeText", async () => {
  await quirks({ lastUpdateTimeText: true });
  expect((await detail()).last_update_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test("endTimeAbsent, as long as it runs", async () => {
  expect((await detail()).end_time).toBe(0);
  await quirks({ endTimeAbsent: true });
  const running = await detail();
  expect(running).not.toHaveProperty("end_time");
  expect(running.execution_result_list[0]).not.toHaveProperty("end_time");
  await client.advance(60_000);
  expect((await detail()).end_time).toBe(began + 20_000);
});

test("stopAnswerText", async () => {
  await quirks({ stopAnswerText: true });
  const answer = await client.signed("POST", `${executions("demo-slow")}/${id}/terminate`);
  expect([answer.status, answer.text]).toEqual([200, '"success"']);
});

test("triggerAnswerInvalid", async () => {
  const body = { name: "timer", type: "cron", task_type: "cloud", template_id: "t", input: {} };
  const workflow = (await client.signed("POST", `/v1/${testProject}/cms/workflow`, { body })).json;
  await quirks({ triggerAnswerInvalid: true });
  const answer = await client.signed(
    "PUT",
    `/v1/${testProject}/cms/workflow/${workflow.id as string}/trigger/action?action=enable`,
  );
  expect([answer.status, answer.text]).toEqual([200, '{"success"}']);
});

test("unknownStatus, upperCaseStatus, noSnapshot and maskedProjectId", async () => {
  await quirks({
    unknownStatus: "archiving",
    upperCaseStatus: true,
    noSnapshot: true,
    maskedProjectId: true,
  });
  const body = await detail();
  expect([body.status, body.execution_result_list[0].status, body.project_id]).toEqual([
    "ARCHIVING",
    "RUNNING",
    "xxxxxxx",
  ]);
  expect(body).not.toHaveProperty("workflow_snapshot");
});

test("unknownWorkflowListIs404", async () => {
  await quirks({ unknownWorkflowListIs404: true });
  expect((await client.signed("GET", executions("none"))).status).toBe(404);
});

test("listDelayMs and detailDelayMs hide a new execution for a while", async () => {
  await quirks({ listDelayMs: 3000, detailDelayMs: 1000 });
  expect(await firstOfList()).toBeUndefined();
  expect((await detail()).error_code).toBe("AOM.31001306");
  await client.advance(1000);
  expect((await detail()).status).toBe("running");
  expect(await firstOfList()).toBeUndefined();
  await client.advance(2000);
  expect((await firstOfList()).execution_id).toBe(id);
});

test("one workflow can have quirks of its own", async () => {
  await quirks({ workflowId: "demo-slow", unknownStatus: "archiving" });
  const other = await client.execute("demo-succeeds");
  expect((await detail()).status).toBe("archiving");
  expect((await client.detail("demo-succeeds", other)).json.status).toBe("running");
  await client.control("DELETE", "/quirks");
  expect((await detail()).status).toBe("running");
});

test("an unknown quirk is refused by name", async () => {
  const answer = await client.control("PUT", "/quirks", { timesInMinutes: true });
  expect([answer.status, answer.json.error]).toEqual([400, expect.stringContaining("timesInMinutes")]);
  expect((await client.control("PUT", "/quirks", { timesInSeconds: "yes" })).status).toBe(400);
  expect((await client.control("GET", "/quirks")).json.known).toContainEqual(
    expect.objectContaining({ name: "timesInSeconds", kind: "flag" }),
  );
});
