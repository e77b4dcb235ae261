/**
 * AOM operations on executions over real HTTP: start, poll, list, operate, stop.
 */
import type { Json } from "./emulatorClient";
import { EmulatorClient, executions } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(EmulatorClient);

beforeEach(() => client.freeze());

const notFound = { error_code: "AOM.31001306", error_msg: "workflow not exist.", http_code: 404 };

async function put(id: string, script: unknown): Promise<void> {
  const answer = await client.control("PUT", `/workflows/${id}`, script);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
}

describe("ExecuteWorkflow", () => {
  test("answers the id of a new execution every time", async () => {
    const first = await client.signed("POST", executions("demo-succeeds"));
    expect([first.status, Object.keys(first.json)]).toEqual([200, ["execution_id"]]);
    expect(await client.execute("demo-succeeds")).not.toBe(first.json.execution_id);
  });

  test("answers 404 for an unknown workflow", async () => {
    const answer = await client.signed("POST", executions("no-such-workflow"));
    expect([answer.status, answer.json]).toEqual([404, notFound]);
  });

  test("wants a content type, with and without a body", async () => {
    for (const contentType of ["text/plain", `application/json;${" ".repeat(40)}charset=utf-8`]) {
      const answer = await client.signed("POST", executions("demo-succeeds"), {
        headers: { "content-type": contentType },
      });
      expect([answer.status, answer.json.error_code]).toEqual([400, "AOM.31001302"]);
      expect(answer.json.error_msg).toContain("Content-Type");
    }
  });

  test("refuses ids that are too long", async () => {
    const answer = await client.signed("POST", executions("w".repeat(65)));
    expect([answer.status, answer.json.error_code]).toEqual([400, "AOM.31001302"]);
    expect(answer.json.error_msg).toContain("workflow_id");
  });
});

describe("SearchWorkflowExecutionDetail", () => {
  test("follows a run from its first node to its output", async () => {
    const began = await client.freeze();
    const id = await client.execute("demo-succeeds");
    const first = (await client.detail("demo-succeeds", id)).json;
    expect(first).toMatchObject({
      workflow_id: "demo-succeeds",
      execution_id: id,
      status: "running",
      begin_time: began,
      end_time: 0,
      last_update_time: began,
      approve_user_name_list: [],
      execution_result_list: [
        { node_id: "prepare", status: "running", begin_time: began, end_time: 0, output: {} },
      ],
    });

    await client.advance(900);
    const second = (await client.detail("demo-succeeds", id)).json;
    expect(second.execution_result_list.map(({ status }: { status: string }) => status)).toEqual([
      "success",
      "running",
    ]);
    const half = second.execution_result_list[1].output;
    expect([half.success.length, half.in_execution.length, half.not_performed.length]).toEqual([1, 2, 0]);
    expect(half.in_execution[0]).not.toHaveProperty("exit_code");

    await client.advance(1100);
    const last = (await client.detail("demo-succeeds", id)).json;
    expect(last).toMatchObject({ status: "success", end_time: began + 2000, last_update_time: began + 2000 });
    expect(last.execution_result_list[2].output).toEqual({ version: "1.4.2", healthy: true, checks: 12 });
    expect(last.execution_result_list[1].output.success).toHaveLength(3);
  });

  test("has the whole workflow as of the start", async () => {
    const id = await client.execute("demo-succeeds");
    const { workflow_snapshot: snapshot } = (await client.detail("demo-succeeds", id)).json;
    expect(snapshot.id).toBe("demo-succeeds");
    expect(snapshot.nodes.map(({ id: nodeId, name }: Json) => [nodeId, name])).toEqual([
      ["prepare", "Prepare"],
      ["deploy", "Deploy"],
      ["verify", "Verify"],
    ]);
  });

  test("shows a failed target with its log, numbers as text", async () => {
    const id = await client.execute("demo-fails");
    await client.advance(10_000);
    const { json } = await client.detail("demo-fails", id);
    expect(json.status).toBe("fail");
    expect(json.execution_result_list.map(({ node_id, status }: Json) => [node_id, status])).toEqual([
      ["prepare", "success"],
      ["run-script", "fail"],
    ]);
    const { success, fail } = json.execution_result_list[1].output;
    expect(success).toHaveLength(1);
    expect(fail[0]).toMatchObject({
      name: "ecs-prod-17",
      ip: "10.0.3.17",
      exit_code: "126",
      code: "0",
      execute_time: "130",
      os_type: "Linux",
      floating_ip_List: [],
      log: expect.stringContaining("bash: ./patch.sh: Permission denied\n"),
    });
    expect(fail[0].start_time).toMatch(/^\d{13}$/);
  });

  test("answers 404 for an execution of another workflow and for none", async () => {
    const id = await client.execute("demo-succeeds");
    for (const answer of [
      await client.detail("demo-fails", id),
      await client.detail("demo-succeeds", "none"),
    ]) {
      expect([answer.status, answer.json.error_code]).toEqual([404, "AOM.31001306"]);
      expect(answer.json.error_msg).toBe("Execution not exist. recordInfo is not exist.");
    }
  });

  test("answers 400 for an execution id that is too long", async () => {
    const answer = await client.detail("demo-succeeds", "e".repeat(65));
    expect([answer.status, answer.json.error_code]).toEqual([400, "AOM.31001403"]);
  });
});

describe("ListWorkflowExecutions", () => {
  test("is a bare array, newest first, of this workflow alone", async () => {
    const first = await client.execute("demo-slow");
    const second = await client.execute("demo-slow");
    await client.execute("demo-fails");
    await client.advance(1000);
    const third = await client.execute("demo-slow");
    const { json } = await client.signed("GET", executions("demo-slow"));
    expect(json.map(({ execution_id }: Json) => execution_id)).toEqual([third, second, first]);
    expect(json[0]).toMatchObject({
      created_by: "demo",
      status: "running",
      end_time: 0,
      workflow_id: "demo-slow",
    });
    expect(json[0]).not.toHaveProperty("workflow_snapshot");
  });

  test("is empty for an unknown workflow", async () => {
    const answer = await client.signed("GET", executions("no-such-workflow"));
    expect([answer.status, answer.json]).toEqual([200, []]);
  });

  test("shows executions of one enterprise project, by default of project 0", async () => {
    await put("other-project", {
      nodes: [{ id: "a", durationMs: 1 }],
      attributes: { enterprise_project_id: "ep-7" },
    });
    await client.execute("other-project");
    expect((await client.signed("GET", executions("other-project"))).json).toEqual([]);
    const asked = await client.signed("GET", `${executions("other-project")}?x_enterprise_project_id=ep-7`);
    expect(asked.json).toHaveLength(1);
    const wrong = await client.signed(
      "GET",
      `${executions("other-project")}?x_enterprise_project_id=${"e".repeat(65)}`,
    );
    expect([wrong.status, wrong.json.error_code]).toEqual([400, "AOM.31001302"]);
  });
});

describe("StopExecution", () => {
  const terminate = (workflow: string, id: string) =>
    client.signed("POST", `${executions(workflow)}/${id}/terminate`);

  test("cancels an execution once", async () => {
    const id = await client.execute("demo-slow");
    await client.advance(5000);
    const answer = await terminate("demo-slow", id);
    expect([answer.status, answer.json]).toEqual([200, { result: "success" }]);
    const { json } = await client.detail("demo-slow", id);
    expect(json.status).toBe("cancel");
    expect(json.execution_result_list.at(-1)).toMatchObject({ node_id: "run-script", status: "cancel" });
    const output = json.execution_result_list.at(-1).output;
    expect([...output.success, ...output.not_performed]).toHaveLength(50);

    const again = await terminate("demo-slow", id);
    expect([again.status, again.json]).toEqual([
      400,
      {
        error_code: "AOM.31001418",
        error_msg: "The task does not support the current operation.",
        http_code: 400,
      },
    ]);
  });

  test("answers 404 for an unknown execution", async () => {
    const answer = await terminate("demo-slow", "none");
    expect([answer.status, answer.json.error_code]).toEqual([404, "AOM.31001306"]);
  });

  test("shows canceling for as long as the stop takes", async () => {
    await put("slow-stop", { nodes: [{ id: "a", durationMs: 60_000 }], stopTakesMs: 5000 });
    const id = await client.execute("slow-stop");
    await terminate("slow-stop", id);
    expect((await client.detail("slow-stop", id)).json.status).toBe("canceling");
    expect((await terminate("slow-stop", id)).status).toBe(400);
    await client.advance(5000);
    expect((await client.detail("slow-stop", id)).json.status).toBe("cancel");
  });
});

describe("StartPausingWorkflowExecutions", () => {
  const operate = (workflow: string, id: string, query: string) =>
    client.signed("POST", `${executions(workflow)}/${id}/operation?${query}`);

  test("lets a paused execution continue", async () => {
    await put("with-pause", {
      nodes: [
        { id: "a", durationMs: 10 },
        { id: "hold", durationMs: 0, pause: true },
        { id: "b", durationMs: 10 },
      ],
    });
    const id = await client.execute("with-pause");
    await client.advance(3_600_000);
    const paused = (await client.detail("with-pause", id)).json;
    expect([paused.status, paused.execution_result_list[1].status]).toEqual(["pausing", "pausing"]);
    const answer = await operate("with-pause", id, "action=continue&node_id=hold");
    expect([answer.status, answer.json]).toEqual([200, { result: "success" }]);
    await client.advance(10);
    expect((await client.detail("with-pause", id)).json.status).toBe("success");
  });

  test("restarts and skips a failed node", async () => {
    await put("repairable", {
      nodes: [
        { id: "a", durationMs: 10, status: "fail", onRestart: { status: "success" } },
        { id: "b", durationMs: 10 },
      ],
    });
    for (const action of ["restart", "skip"]) {
      const id = await client.execute("repairable");
      await client.advance(100);
      expect((await client.detail("repairable", id)).json.status).toBe("fail");
      expect((await operate("repairable", id, `action=${action}&node_id=a`)).status).toBe(200);
      expect((await client.detail("repairable", id)).json).toMatchObject({ status: "running", end_time: 0 });
      await client.advance(100);
      expect((await client.detail("repairable", id)).json.status).toBe("success");
    }
  });

  test("refuses what cannot be", async () => {
    const id = await client.execute("demo-slow");
    const missing = await operate("demo-slow", id, "node_id=prepare");
    expect([missing.status, missing.json.error_code]).toEqual([400, "AOM.31001302"]);
    expect((await operate("demo-slow", id, "action=explode&node_id=prepare")).json.error_msg).toContain(
      "action",
    );
    expect((await operate("demo-slow", id, "action=skip&node_id=nowhere")).json.error_msg).toContain(
      "nowhere",
    );
    const tooEarly = await operate("demo-slow", id, "action=continue&node_id=prepare");
    expect([tooEarly.status, tooEarly.json.error_code]).toEqual([400, "AOM.31001418"]);
    expect((await operate("demo-slow", "none", "action=skip&node_id=prepare")).status).toBe(404);
    await client.signed("POST", `${executions("demo-slow")}/${id}/terminate`);
    expect((await operate("demo-slow", id, "action=restart&node_id=prepare")).json.error_code).toBe(
      "AOM.31001418",
    );
  });
});

describe("scripts", () => {
  test("successive executions can differ: fails first, then succeeds", async () => {
    await put("flaky", {
      nodes: [
        { id: "a", durationMs: 100 },
        { id: "b", durationMs: 100 },
      ],
      runs: [{ change: { b: { status: "fail", log: "boom" } } }, { durationsMs: [1, 2] }],
    });
    const statuses: string[] = [];
    for (let run = 0; run < 3; run++) {
      const id = await client.execute("flaky");
      await client.advance(run === 0 ? 200 : 3);
      statuses.push((await client.detail("flaky", id)).json.status as string);
    }
    expect(statuses).toEqual(["fail", "success", "success"]);
  });

  test("container workloads, counts of targets, and targets that are never reached", async () => {
    await put("targets", {
      nodes: [
        {
          id: "a",
          durationMs: 1000,
          status: "fail",
          targets: { kind: "cce", success: 20, fail: ["web"], not_performed: 2, in_execution: 1 },
        },
      ],
    });
    const id = await client.execute("targets");
    const output = async (): Promise<Json> =>
      (await client.detail("targets", id)).json.execution_result_list[0].output;
    const atStart = await output();
    expect([atStart.success.length, atStart.in_execution.length, atStart.not_performed.length]).toEqual([
      0, 10, 14,
    ]);
    await client.advance(1000);
    const atEnd = await output();
    expect([atEnd.success.length, atEnd.fail.length]).toEqual([20, 1]);
    expect([atEnd.in_execution.length, atEnd.not_performed.length]).toEqual([1, 2]);
    expect(atEnd.fail[0]).toMatchObject({
      name: "web",
      cceWorkloadType: "deployments",
      log: "Restart Failed.",
    });
    expect(JSON.parse(atEnd.fail[0].matchLabels)).toEqual({ app: "web", version: "v1" });
  });

  test("an ignored failure shows as in the vendor's example: node success, execution fail", async () => {
    await put("ignoring", {
      nodes: [{ id: "a", durationMs: 10, status: "fail", ignoreError: true, targets: { fail: 1 } }],
    });
    const id = await client.execute("ignoring");
    await client.advance(10);
    const { json } = await client.detail("ignoring", id);
    expect([json.status, json.execution_result_list[0].status]).toEqual(["fail", "success"]);
    expect(json.workflow_snapshot.nodes[0].ignore_error).toBe(true);
  });

  test("an execution can wait for approval, and be refused it", async () => {
    await put("careful", {
      nodes: [{ id: "a", durationMs: 10 }],
      requiresApproval: true,
      approvers: ["ann"],
      queuedMs: 5,
    });
    const [approved, rejected] = [await client.execute("careful"), await client.execute("careful")];
    await client.advance(1000);
    expect((await client.detail("careful", approved)).json).toMatchObject({
      status: "waitApproval",
      approve_user_name_list: ["ann"],
    });
    expect((await client.control("POST", `/executions/${approved}/approve`)).json.status).toBe("queued");
    expect((await client.detail("careful", approved)).json.status).toBe("waitExecute");
    await client.control("POST", `/executions/${rejected}/reject`);
    await client.advance(1000);
    expect((await client.detail("careful", approved)).json.status).toBe("success");
    expect((await client.detail("careful", rejected)).json.status).toBe("approvalFailed");
    expect((await client.control("POST", `/executions/${rejected}/reject`)).status).toBe(409);
  });
});
