/**
 * AOM operations on workflows and the look-ups beside them, over real HTTP.
 */
import type { Json } from "./emulatorClient";
import { EmulatorClient, executions, testProject } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(EmulatorClient);

beforeEach(() => client.freeze());

const post = (path: string, body: unknown) =>
  client.signed("POST", `/v1/${testProject}/cms/${path}`, { body });
const names = (answer: { json: Json }): string[] =>
  answer.json.elements.map(({ name }: { name: string }) => name);

const newWorkflow = {
  name: "nightly-patch",
  type: "cron",
  task_type: "script",
  template_id: "CMS::ECS::BulkyRunScript",
  description: "",
  tags: { team: "ops" },
  input: { region_id: "cn-north-4", script_param: { time_out: "7200" } },
};

describe("CreateWorkflow", () => {
  test("answers the workflow, which then runs", async () => {
    const { status, json } = await post("workflow", newWorkflow);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      name: "nightly-patch",
      type: "cron",
      project_id: testProject,
      task_status: "not_started",
      trigger_status: "active",
      input: newWorkflow.input,
      tags: { team: "ops" },
      create_by: "demo",
      is_delete: false,
    });
    const id = await client.execute(json.id as string);
    await client.advance(1000);
    expect((await client.detail(json.id as string, id)).json.status).toBe("success");
  });

  test.each([
    ["name", "no spaces please"],
    ["name", ""],
    ["type", "event"],
    ["task_type", undefined],
    ["template_id", "t".repeat(65)],
    ["input", "text"],
    ["description", "d".repeat(129)],
    ["tags", Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`t${String(index)}`, ""]))],
  ])("refuses the %s %j", async (field, value) => {
    const { status, json } = await post("workflow", { ...newWorkflow, [field]: value });
    expect([status, json.error_code]).toEqual([400, "AOM.31001302"]);
    expect(json.error_msg).toContain(field);
  });

  test("refuses a name that is taken, and a body that is no JSON", async () => {
    await post("workflow", newWorkflow);
    expect((await post("workflow", newWorkflow)).json.error_msg).toContain("nightly-patch exists already");
    expect((await post("workflow", "{")).status).toBe(400);
    expect((await post("workflow", "[1]")).status).toBe(400);
  });

  test("uses the code of its group when the project is another's", async () => {
    const answer = await client.signed("POST", `/v1/${"f".repeat(32)}/cms/workflow`, { body: newWorkflow });
    expect([answer.status, answer.json.error_code]).toEqual([401, "AOM.31009003"]);
  });
});

describe("ListWorkflow", () => {
  const sorted = { sort_field: "create_time", sort_type: "ASC" };

  test("pages, counting from 0 or from 1", async () => {
    const all = await post("workflow-list", sorted);
    expect(all.json.total_elements).toBe(3);
    expect(names(all)).toEqual(["demo-fails", "demo-slow", "demo-succeeds"]);
    expect(names(await post("workflow-list", { ...sorted, page: 0, size: 2 }))).toHaveLength(2);
    expect(names(await post("workflow-list", { ...sorted, page: 1, size: 2 }))).toHaveLength(2);
    expect(names(await post("workflow-list", { ...sorted, page: 2, size: 2 }))).toEqual(["demo-succeeds"]);
  });

  test("filters by text, type, status, tags and creator", async () => {
    await post("workflow", newWorkflow);
    const found = async (filter: object): Promise<string[]> =>
      names(await post("workflow-list", { ...sorted, ...filter }));
    expect(await found({ search: "twenty seconds" })).toEqual(["demo-slow"]);
    expect(await found({ type: "cron" })).toEqual(["nightly-patch"]);
    expect(await found({ tags: { team: "ops" } })).toEqual(["nightly-patch"]);
    expect(await found({ create_by: "demo" })).toEqual(["nightly-patch"]);
    expect(await found({ enterprise_project_id: "9" })).toEqual([]);
    await client.execute("demo-slow");
    expect(await found({ status: "executing" })).toEqual(["demo-slow"]);
    await client.advance(60_000);
    expect(await found({ status: "success" })).toEqual(["demo-slow"]);
  });

  test("shows the last execution", async () => {
    const id = await client.execute("demo-fails");
    await client.advance(60_000);
    const { json } = await post("workflow-list", { ...sorted, search: "demo-fails" });
    expect(json.elements[0]).toMatchObject({
      id: "demo-fails",
      status: "fail",
      last_execution_id: id,
      last_execute_by: "demo",
    });
    const { last_execution_start_time: start, last_execution_end_time: end } = json.elements[0];
    expect(end - start).toBe(1500);
  });

  test.each([
    ["sort_field", { sort_type: "ASC" }],
    ["sort_type", { sort_field: "create_time" }],
    ["sort_field", { ...sorted, sort_field: "name" }],
    ["size", { ...sorted, size: 101 }],
    ["page", { ...sorted, page: -1 }],
    ["status", { ...sorted, status: "running" }],
  ])("refuses a wrong %s", async (field, body) => {
    const { status, json } = await post("workflow-list", body);
    expect([status, json.error_code]).toEqual([400, "AOM.31001302"]);
    expect(json.error_msg).toContain(field);
  });
});

describe("UpdateWorkflowTriggerStatus", () => {
  const trigger = (id: string, query: string) =>
    client.signed("PUT", `/v1/${testProject}/cms/workflow/${id}/trigger/action?${query}`);

  test("switches the timer of a cron workflow", async () => {
    const { id } = (await post("workflow", newWorkflow)).json;
    const answer = await trigger(id as string, "action=disable");
    expect([answer.status, answer.json]).toEqual([200, "success"]);
    const list = await post("workflow-list", { sort_field: "create_time", sort_type: "ASC", type: "cron" });
    expect(list.json.elements[0].trigger_status).toBe("inactive");
  });

  test("refuses other actions, workflows without a timer, and unknown ones", async () => {
    const { id } = (await post("workflow", newWorkflow)).json;
    expect((await trigger(id as string, "action=pause")).status).toBe(400);
    expect((await trigger("demo-slow", "action=enable")).json.error_code).toBe("AOM.31001302");
    expect((await trigger("none", "action=enable")).status).toBe(400);
  });
});

describe("look-ups", () => {
  test("jobs, their templates, and one template", async () => {
    const jobs = await post("job/list", { order_by_column: "name", sort_order: "ASC" });
    expect(names(jobs)).toEqual(["patch-fleet", "rotate-certificates"]);
    const templates = await post(`template-list/${jobs.json.elements[0].id as string}`, {
      page_num: 0,
      page_size: 5000,
    });
    expect(names(templates)).toEqual(["patch-fleet"]);
    const path = `/v1/${testProject}/cms/template/${templates.json.elements[0].id as string}?share_type=private`;
    const template = await client.signed("GET", path);
    expect([template.status, template.json.name]).toEqual([200, "patch-fleet"]);
    expect(template.json.nodes[0].id).toBe("run-script");
  });

  test("scripts and their versions", async () => {
    const scripts = await post("script/list", { name: "patch" });
    expect(names(scripts)).toEqual(["patch"]);
    const versions = await post("script-version-list", {
      script_id: scripts.json.elements[0].id,
      sort_order: "ASC",
    });
    expect(versions.json.elements.map((version: Json) => version.version_number)).toEqual(["1", "2"]);
  });

  test("use the codes of their groups for wrong parameters", async () => {
    expect((await post("job/list", { order_by_column: "size" })).json.error_code).toBe("AOM.31003202");
    expect((await post("script/list", { sort_order: "UP" })).json.error_code).toBe("AOM.31002002");
    const template = await client.signed("GET", `/v1/${testProject}/cms/template/none?share_type=shared`);
    expect([template.status, template.json.error_code]).toEqual([400, "AOM.31001202"]);
    expect((await client.signed("GET", `/v1/${testProject}/cms/template/none`)).status).toBe(400);
  });
});

describe("CreateFastExecuteScript", () => {
  const script = {
    name: "uptime",
    script_type: "SHELL",
    cmd_user: "root",
    script_content: "uptime",
    ecs_id_list: '["ecs-1"]',
    project_id: testProject,
  };

  test("makes a workflow and starts it", async () => {
    const { status, json } = await post("fast-execute-script", script);
    expect(status).toBe(200);
    const list = await post("workflow-list", {
      sort_field: "create_time",
      sort_type: "DESC",
      search: "uptime",
    });
    expect(list.json.elements[0].last_execution_id).toBe(json.execution_id);
    expect((await client.signed("GET", executions(list.json.elements[0].id as string))).json).toHaveLength(1);
  });

  test("refuses wrong parameters with its own code", async () => {
    const { status, json } = await post("fast-execute-script", { ...script, script_type: "RUBY" });
    expect([status, json.error_code]).toEqual([400, "AOM.31003902"]);
  });
});
