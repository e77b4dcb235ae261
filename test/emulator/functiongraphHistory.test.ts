/**
 * FunctionGraph's two lists of executions: filters, time windows, pages, and paging while new executions start.
 */
import type { Json } from "./emulatorClient";
import { flowUrn, useEmulatedFlows } from "./functiongraphFlows";

const emulated = useEmulatedFlows();

const ids = ({ json }: Json): string[] => json.executions.map(({ execution_id }: Json) => execution_id);

/** Someone else's execution, begun at this time of 2026. */
async function begun(executionId: string, time: string, workflowId = "demo-succeeds"): Promise<void> {
  const startedAt = `2026-${time}Z`;
  const body = { service: "functiongraph", workflowId, executionId, startedAt, startedBy: "ann" };
  const answer = await emulated.client.control("POST", "/executions", body);
  if (answer.status !== 200) throw new Error(answer.text);
}

describe("ListWorkflowExecutions", () => {
  test("is newest first, of this flow alone, without a total", async () => {
    const first = await emulated.flows.start("demo-fails");
    await emulated.client.advance(1000);
    const second = await emulated.flows.start("demo-fails");
    await emulated.flows.start("demo-slow");
    const answer = await emulated.flows.list("demo-fails");
    expect(ids(answer)).toEqual([second, first]);
    expect(Object.keys(answer.json)).toEqual(["executions"]);
    expect(answer.json.executions[1]).toEqual({
      workflow_id: "demo-fails",
      workflow_urn: flowUrn("demo-fails"),
      execution_id: first,
      status: "running",
      begin_time: "2026-11-21T08:00:00Z",
      end_time: "",
      last_update_time: "2026-11-21T08:00:00Z",
      created_by: "demo",
    });
  });

  test("is empty for an unknown flow", async () => {
    const answer = await emulated.flows.list("none");
    expect([answer.status, answer.json]).toEqual([200, { executions: [] }]);
  });

  test("filters by one of five statuses", async () => {
    const ended = await emulated.flows.start("demo-succeeds");
    await emulated.client.advance(5000);
    const running = await emulated.flows.start("demo-succeeds");
    expect(ids(await emulated.flows.list("demo-succeeds", "?status=success"))).toEqual([ended]);
    expect(ids(await emulated.flows.list("demo-succeeds", "?status=running"))).toEqual([running]);
    expect(ids(await emulated.flows.list("demo-succeeds", "?status=fail"))).toEqual([]);
    expect((await emulated.flows.list("demo-succeeds", "?status=retrying")).json.error_msg).toContain(
      "status",
    );
  });

  test("goes back three days, or three days beside the one end that is given", async () => {
    await begun("old", "11-10T08:00:00");
    await begun("edge", "11-18T08:00:00");
    await begun("new", "11-20T23:00:00");
    const window = async (query: string) => ids(await emulated.flows.list("demo-succeeds", query));
    expect(await window("")).toEqual(["new", "edge"]);
    expect(await window("?start_time=2026-11-10%2008:00:00")).toEqual(["old"]);
    expect(await window("?end_time=2026-11-12T00:00:00Z")).toEqual(["old"]);
    expect(await window("?start_time=2026-11-01%2000:00:00&end_time=2026-11-30%2000:00:00")).toEqual([
      "new",
      "edge",
      "old",
    ]);
    expect(await window("?start_time=2026-11-20%2023:00:01")).toEqual([]);
  });

  test("gives 200 at most, and takes an offset below zero for zero", async () => {
    for (let second = 0; second < 205; second++) {
      const at = new Date(Date.UTC(2026, 10, 21, 7, 0, second)).toISOString().slice(5, 19);
      await begun(`run-${String(second)}`, at);
    }
    const sizes = async (query: string) => ids(await emulated.flows.list("demo-succeeds", query)).length;
    expect(await sizes("")).toBe(200);
    expect(await sizes("?limit=500")).toBe(200);
    expect(await sizes("?limit=0")).toBe(0);
    expect(await sizes("?offset=200")).toBe(5);
    expect(ids(await emulated.flows.list("demo-succeeds", "?offset=-4&limit=2"))).toEqual([
      "run-204",
      "run-203",
    ]);
  });

  test.each([
    "limit=501",
    "limit=-1",
    "limit=ten",
    "offset=1.5",
    "start_time=yesterday",
    "end_time=2026-11-21",
  ])("refuses %s", async (query) => {
    const answer = await emulated.flows.list("demo-succeeds", `?${query}`);
    expect([answer.status, answer.json.error_code]).toEqual([400, "FGS.3002"]);
    expect(answer.json.error_msg).toContain(query.split("=")[0]);
  });
});

describe("ShowWorkflowExecutionForPage", () => {
  test("has a total, and nine statuses", async () => {
    await emulated.flows.put("queued", { nodes: [{ id: "a", durationMs: 1000 }], queuedMs: 5000 });
    await emulated.flows.put("odd", { nodes: [{ id: "a", durationMs: 1000 }], runningStatus: "recovered" });
    for (const [flow, nine] of [
      ["queued", "scheduled"],
      ["odd", "recovered"],
    ] as const) {
      const id = await emulated.flows.start(flow);
      const answer = await emulated.flows.page(flow, "?offset=0&limit=10");
      expect(answer.json).toMatchObject({
        total: 1,
        size: 1,
        executions: [{ execution_id: id, status: nine, created_by: "demo", end_time: "" }],
      });
      expect((await emulated.flows.list(flow)).json.executions[0].status).toBe("running");
    }
  });

  test("counts all in the window, not only those on the page", async () => {
    for (const minute of ["10", "20", "30"]) await begun(`run-${minute}`, `11-21T07:${minute}:00`);
    await begun("old", "11-01T00:00:00");
    const { json } = await emulated.flows.page("demo-succeeds", "?offset=1&limit=1");
    expect([json.total, json.size, json.executions.length, json.executions[0].execution_id]).toEqual([
      3,
      1,
      1,
      "run-20",
    ]);
    const all = await emulated.flows.page(
      "demo-succeeds",
      "?offset=0&limit=9&start_time=2026-10-31%2000:00:00",
    );
    expect(ids(all)).toEqual(["old"]);
  });

  test.each(["", "?limit=1", "?offset=0", "?limit=0&offset=0", "?limit=101&offset=0", "?limit=1&offset=-1"])(
    "refuses %j",
    async (query) => {
      expect((await emulated.flows.page("demo-succeeds", query)).status).toBe(400);
    },
  );
});

describe("a history of 1,000, paged while new executions start", () => {
  beforeEach(async () => {
    for (let index = 0; index < 1000; index++) {
      const at = new Date(Date.UTC(2026, 10, 20, 12, 0, index)).toISOString().slice(5, 19);
      await begun(`run-${String(index)}`, at);
    }
  });

  const PAGE = 100;

  async function pages(query: string): Promise<string[]> {
    const found: string[] = [];
    for (let offset = 0; ; offset += PAGE) {
      const answer = await emulated.flows.page(
        "demo-succeeds",
        `?limit=${String(PAGE)}&offset=${String(offset)}${query}`,
      );
      found.push(...ids(answer));
      if (answer.json.size < PAGE) return found;
      await emulated.flows.start("demo-succeeds");
      await emulated.client.advance(1000);
    }
  }

  const old = (found: string[]) => found.filter((id) => id.startsWith("run-"));

  test("each start moves the rest on: nothing is missed, but something comes twice", async () => {
    const found = await pages("");
    expect(new Set(old(found)).size).toBe(1000);
    expect(found.length).toBeGreaterThan(new Set(found).size);
  });

  test("with the end of the time window given, it holds still: complete and without a duplicate", async () => {
    const found = await pages("&end_time=2026-11-21%2007:59:59");
    expect(found).toHaveLength(1000);
    expect(new Set(found).size).toBe(1000);
  });
});
