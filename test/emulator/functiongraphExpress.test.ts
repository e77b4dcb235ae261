/**
 * FunctionGraph's EXPRESS flows over real HTTP: started and awaited in one call, and without a history.
 */
import { flowsPath, useEmulatedFlows, invalid, noExecution, noFlow } from "./functiongraphFlows";

const emulated = useEmulatedFlows();

describe("StartSyncWorkflowExecution", () => {
  const sync = (flow: string, body: unknown = { input: {} }) =>
    emulated.client.signed("POST", `${flowsPath}/${flow}/sync-executions`, { body });

  test("answers when the flow has ended", async () => {
    await emulated.client.control("POST", "/clock", { now: "2026-11-21T08:00:00Z", rate: 50 });
    const answer = await sync("demo-express");
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        execution_id: expect.any(String),
        status: "success",
        output: { version: "1.4.2" },
        errors: [],
        begin_time: expect.stringMatching(/^2026-11-21T\d\d:\d\d:\d\dZ$/),
        end_time: expect.stringMatching(/^2026-11-21T\d\d:\d\d:\d\dZ$/),
      },
    ]);
    expect(Date.parse(answer.json.end_time)).toBeGreaterThanOrEqual(Date.parse(answer.json.begin_time));
  });

  test("waits on a stopped clock until that is moved", async () => {
    let isAnswered = false;
    const pending = sync("demo-express").finally(() => (isAnswered = true));
    await emulated.client.handling("StartSyncWorkflowExecution");
    await emulated.client.advance(499);
    expect(isAnswered).toBe(false);
    await emulated.client.advance(1);
    expect((await pending).json).toMatchObject({
      status: "success",
      begin_time: "2026-11-21T08:00:00Z",
      end_time: "2026-11-21T08:00:00Z",
    });
  });

  test("a failed flow is HTTP 200 with the errors of its nodes", async () => {
    await emulated.flows.put("express-fails", {
      attributes: { mode: "EXPRESS" },
      nodes: [
        { id: "a", durationMs: 0 },
        { id: "b", durationMs: 0, status: "fail", log: "out of memory" },
      ],
    });
    const answer = await sync("express-fails");
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      status: "fail",
      output: {},
      errors: [
        {
          node_id: "b",
          error_message: "out of memory",
          begin_time: "2026-11-21T08:00:00Z",
          end_time: "2026-11-21T08:00:00Z",
        },
      ],
    });
  });

  test("ends a run of more than five minutes with timeout", async () => {
    await emulated.flows.put("long-express", {
      attributes: { mode: "EXPRESS" },
      nodes: [{ id: "a", durationMs: 400_000 }],
    });
    const pending = sync("long-express");
    await emulated.client.handling("StartSyncWorkflowExecution");
    await emulated.client.advance(400_000);
    expect((await pending).json).toMatchObject({ status: "timeout", end_time: "2026-11-21T08:05:00Z" });
  });

  test("takes EXPRESS flows only", async () => {
    const answer = await sync("demo-succeeds");
    expect([answer.status, answer.json]).toEqual([400, invalid("EXPRESS")]);
    expect((await sync("none")).json).toEqual(noFlow);
    expect((await sync("demo-express", {})).json).toEqual(invalid("input: is required"));
  });
});

test("an EXPRESS flow can be started, but keeps no history", async () => {
  const id = await emulated.flows.start("demo-express");
  for (const answer of [
    await emulated.flows.show("demo-express", id),
    await emulated.flows.stop("demo-express", id),
  ]) {
    expect([answer.status, answer.json]).toEqual([404, noExecution]);
  }
  expect((await emulated.flows.list("demo-express")).json).toEqual({ executions: [] });
  expect((await emulated.flows.page("demo-express", "?limit=1&offset=0")).json.total).toBe(0);
  expect((await emulated.flows.retry("demo-express", id)).json).toEqual(invalid("EXPRESS"));
});
