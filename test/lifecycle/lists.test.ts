/**
 * A history of a thousand executions is listed through the paging of each service, completely and without a
 * duplicate, while new executions are being started.
 */
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import type { Arguments } from "../../provider/src/lifecycle";
import type { ServiceName } from "../../provider/src/services/registry";
import { iterateExecutions, listExecutions, openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { control, requestsOf } from "../support/emulators";
import { emulatorSettings } from "../support/lifecycleHosts";

const count = 1_000;
const minuteMs = 60_000;

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

const begin = (service: ServiceName, more: object = {}): Promise<unknown> =>
  control(emulator, "POST", "/executions", { service, workflowId: "history", ...more });

describe.each<[ServiceName, Arguments, number]>([
  ["aom", { workflowId: "history" }, 1],
  ["functiongraph", { workflowId: "history" }, 11],
  ["coc", { documentId: "history" }, 11],
  ["cloudflow", { flowName: "history" }, 11],
])("%s", (service, args, pages) => {
  const ids: string[] = [];
  const session = (): ReturnType<typeof openSession> => openSession({ settings: emulatorSettings(emulator) });

  // Once for all tests of the service: it takes longer than they do.
  beforeAll(async () => {
    await control(emulator, "POST", "/reset");
    await control(emulator, "PUT", "/workflows/history", {
      service,
      nodes: [{ id: "work", durationMs: minuteMs }],
    });
    const nowMs = Date.now();
    for (let index = 0; index < count; index += 1) {
      // Some begin in the same millisecond; the oldest far outside of any default window.
      const startedAt = nowMs - minuteMs * (10 + 15 * Math.floor(index / 3));
      const id = `old-${String(index)}`;
      await begin(service, { executionId: id, startedAt });
      ids.push(id);
    }
  });

  test("part by part, with what each part says of the next", async () => {
    const seen: string[] = [];
    let nextToken: string | undefined;
    do {
      const part = await listExecutions(services[service], args, { limit: 250, nextToken }, session());
      expect(part.executions.length).toBeLessThanOrEqual(250);
      seen.push(...part.executions.map(({ executionId }) => executionId));
      nextToken = part.nextToken;
    } while (nextToken !== undefined);
    expect(seen.sort()).toEqual([...ids].sort());
  });

  test("a part goes on where the last one ended, also when its last execution is forgotten meanwhile", async () => {
    if (services[service].capabilities.pageSize !== undefined) return;
    const list = (nextToken?: string): ReturnType<typeof listExecutions> =>
      listExecutions(services[service], args, { limit: 10, nextToken }, session());
    const first = await list();
    const { executionId, startedAt } = first.executions.at(-1)!;
    const second = await list(first.nextToken);
    const forgotten = await list(`gone ${startedAt!}`);
    expect(second.executions.map((execution) => execution.executionId)).not.toContain(executionId);
    expect(Date.parse(forgotten.executions[0]!.startedAt!)).toBeLessThan(Date.parse(startedAt!));
    await expect(list("what-nobody-gave")).rejects.toThrow(
      'aom.getWorkflowExecutions: "nextToken" did not come from this function',
    );
  });

  test("with a window and a status, only what is in them", async () => {
    const startedAfter = new Date(Date.now() - 100 * minuteMs).toISOString();
    const query = { startedAfter, status: "succeeded", limit: 1_000 };
    const { executions } = await listExecutions(services[service], args, query, session());
    expect(executions.map(({ executionId }) => executionId).sort()).toEqual(ids.slice(0, 18).sort());
    const running = await listExecutions(services[service], args, { status: "running" }, session());
    expect(running.executions).toEqual([]);
  });

  test("all of them, none twice, while new ones start", async () => {
    const before = (await requestsOf(emulator)).length;
    const seen: string[] = [];
    let started = 0;
    for await (const { executionId } of iterateExecutions(services[service], args, {}, session())) {
      seen.push(executionId);
      if (seen.length % 90 === 0) {
        started += 3;
        await Promise.all([begin(service), begin(service), begin(service)]);
      }
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => id.startsWith("old-")).sort()).toEqual([...ids].sort());
    expect(started).toBeGreaterThan(30);
    const requests = (await requestsOf(emulator)).slice(before);
    const lists = requests.filter(({ operation }) => /List|ForPage/.test(operation));
    expect(lists.length).toBeLessThanOrEqual(pages + 1);
  });
});
