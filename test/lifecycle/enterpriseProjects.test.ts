/**
 * AOM lists executions of one enterprise project, by default of "0". A start that rests on that list is only made where
 * the list is known to cover the workflow.
 */
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { ConfigurationError, codeOf } from "../../provider/src/ground/errors";
import type { Arguments, Outcome } from "../../provider/src/lifecycle";
import { create, listExecutions } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { LoggedRequest } from "../support/emulators";
import { control, executionsOf, requestsOf } from "../support/emulators";
import type { EmulatedHost } from "../support/lifecycleHosts";
import { emulatedHost, emulatorSettings } from "../support/lifecycleHosts";

let emulator: Emulator;
let host: EmulatedHost;
const open = async (config: Record<string, string> = {}): Promise<void> => {
  host = await emulatedHost(emulator, emulatorSettings(emulator, config));
};

beforeEach(async () => {
  emulator = await startEmulator();
  await open();
  await put("elsewhere", 3_600_000);
});
afterEach(() => emulator.close());

const put = (id: string, durationMs: number, project = "ep-7"): Promise<unknown> =>
  control(emulator, "PUT", `/workflows/${id}`, {
    nodes: [{ id: "work", durationMs }],
    attributes: { enterprise_project_id: project },
  });
/** Somebody else starts it. */
const running = (): Promise<unknown> => control(emulator, "POST", "/executions", { workflowId: "elsewhere" });
const quirk = (name: string): Promise<unknown> => control(emulator, "PUT", "/quirks", { [name]: true });
const fault = (description: object): Promise<unknown> => control(emulator, "POST", "/faults", description);
const asked = async (operation: string): Promise<LoggedRequest[]> =>
  (await requestsOf(emulator)).filter((request) => request.operation === operation);

const deploy = (args: Arguments = {}): Promise<Outcome> =>
  create({ workflowId: "elsewhere", waitFor: "started", ...args }, host);
const refusal = async (args: Arguments = {}): Promise<string> => {
  const error: unknown = await deploy(args).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(await asked("ExecuteWorkflow")).toEqual([]);
  return (error as Error).message;
};

describe("a workflow of another enterprise project, of which the program says nothing", () => {
  test("reject sees what runs", async () => {
    await running();
    const error: unknown = await deploy({ concurrency: "reject" }).catch((thrown: unknown) => thrown);
    expect(codeOf(error)).toBe("WFX-WORKFLOW-BUSY");
    expect(await executionsOf(emulator)).toHaveLength(1);
  });

  test("adopt takes over what runs", async () => {
    await running();
    const [theirs] = await executionsOf(emulator);
    expect((await deploy({ concurrency: "adopt" })).id).toBe(theirs!.executionId);
    expect(await executionsOf(emulator)).toHaveLength(1);
  });

  test("queue waits for what runs", async () => {
    await put("elsewhere", 60_000);
    await running();
    await deploy({ concurrency: "queue" });
    const [theirs, ours] = await executionsOf(emulator);
    expect(ours!.startedAt - theirs!.startedAt).toBeGreaterThanOrEqual(60_000);
  });

  test("a start whose answer is lost is found, and not made twice", async () => {
    await fault({ operation: "ExecuteWorkflow", action: "dropAfter" });
    const { id } = await deploy();
    const started = await executionsOf(emulator);
    expect(started.map(({ executionId }) => executionId)).toEqual([id]);
  });

  test("is looked up once, for all that start it", async () => {
    await Promise.all([1, 2, 3].map((run) => deploy({ concurrency: "allow", triggers: { run } })));
    await deploy({ concurrency: "allow", triggers: { run: 4 } });
    expect(await asked("ListWorkflow")).toHaveLength(1);
    expect(await executionsOf(emulator)).toHaveLength(4);
  });

  test("is found behind a hundred others", async () => {
    for (let index = 0; index < 101; index += 1) await put(`another-${String(index)}`, 10, "0");
    await running();
    await expect(deploy({ concurrency: "reject" })).rejects.toThrow(/running/);
    expect(await asked("ListWorkflow")).toHaveLength(2);
  });

  test("the functions list its executions", async () => {
    await running();
    const { executions } = await listExecutions(services.aom, { workflowId: "elsewhere" }, {}, host.session);
    expect(executions).toHaveLength(1);
  });
});

describe("where nobody knows whose enterprise project it is, the start is refused with the setting to give", () => {
  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      "the workflows of other enterprise projects are not listed",
      () => quirk("workflowListOfDefaultProject"),
      /the list of the project's workflows does not contain the workflow/,
    ],
    [
      "workflows do not say to which they belong",
      () => quirk("workflowsNameNoProject"),
      /the list of workflows does not show its enterprise project/,
    ],
    [
      "workflows may not be listed",
      () => fault({ operation: "ListWorkflow", action: "status", status: 403, count: null }),
      /could not be listed \(ListWorkflow was refused: HTTP 403/,
    ],
  ])("%s", async (_why, prepare, expected) => {
    await prepare();
    const message = await refusal();
    expect(message).toMatch(expected);
    expect(message).toMatch(
      /set the argument "enterpriseProjectId" \(or .*huaweicloud:enterpriseProjectId\)/,
    );
  });

  test.each<[string, () => Promise<unknown>]>([
    ["workflows of other enterprise projects are not listed", () => quirk("workflowListOfDefaultProject")],
    ["workflows do not say to which they belong", () => quirk("workflowsNameNoProject")],
    [
      "workflows may not be listed",
      () => fault({ operation: "ListWorkflow", action: "status", status: 403, count: null }),
    ],
  ])("given by the program it is believed: %s", async (_why, prepare) => {
    await prepare();
    await running();
    await expect(deploy({ enterpriseProjectId: "ep-7", concurrency: "reject" })).rejects.toThrow(/running/);
    expect(await executionsOf(emulator)).toHaveLength(1);
  });

  test("a refusal that passes is not remembered", async () => {
    await fault({ operation: "ListWorkflow", action: "status", status: 403, count: null });
    await refusal();
    await control(emulator, "DELETE", "/faults");
    expect(await deploy()).toMatchObject({ kind: "ready" });
  });
});

test.each<[string, Arguments, Record<string, string>]>([
  ['argument "enterpriseProjectId"', { enterpriseProjectId: "ep-8" }, {}],
  ["configuration huaweicloud:enterpriseProjectId", {}, { "huaweicloud:enterpriseProjectId": "ep-8" }],
])("another one than the workflow's, from %s, is refused by both names", async (source, args, config) => {
  await open(config);
  expect(await refusal(args)).toContain(
    `belongs to the enterprise project "ep-7", not to "ep-8" (from ${source})`,
  );
});

test("a list that has executions needs no look-up, whatever the enterprise project", async () => {
  await running();
  await deploy({ enterpriseProjectId: "ep-7", concurrency: "allow" });
  expect(await asked("ListWorkflow")).toEqual([]);
});

test("a workflow of the default one is looked up once, and starts", async () => {
  await put("here", 10, "0");
  await deploy({ workflowId: "here" });
  expect(await asked("ListWorkflow")).toHaveLength(1);
});
