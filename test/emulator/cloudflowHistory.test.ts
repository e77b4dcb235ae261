/**
 * CloudFlow's events: their form is that of the vendor's own example, and each names the event before it in its branch.
 */
import seed from "../seeds/getExecutionHistory.json";
import { CloudFlowClient, stateMachine } from "./cloudflowClient";
import type { Json } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(CloudFlowClient);
const e = { FlowName: "mine", ExecutionName: "e" };

/** Plays a definition to its end and gives the events. */
async function eventsOf(definition: string, input: unknown = {}): Promise<Json[]> {
  await client.freeze();
  await client.ok("CreateFlow", { Name: "mine", Description: "d", Type: "FDL", Definition: definition });
  await client.ok("StartExecution", { ...e, Input: JSON.stringify(input) });
  await client.advance(3_600_000);
  return (await client.ok("GetExecutionHistory", { ...e, Limit: 1000 })).Events;
}

/** `type name`, and the same of the event that it refers to. */
function links(events: Json[]): [string, string][] {
  const nameOf = (event: Json): string => `${event?.StepName as string}:${event?.Type as string}`;
  const byId = new Map(events.map((event) => [event.EventId, event]));
  return events.map((event) => [nameOf(event), nameOf(byId.get(event.ScheduleEventId))]);
}

const foreach = (steps: string): string => `
type: flow
version: v1
steps:
- type: foreach
  name: each
  iterationMapping: {collection: $.items, item: item}
  steps:
${steps}
- type: pass
  name: after
`;
const waits = foreach("  - {type: wait, name: hold, duration: $.item.seconds}");

test("the vendor's example: the same steps give the same events", async () => {
  const definition =
    "type: flow\nversion: v1\nname: mine\nsteps:\n- {type: pass, name: pass1}\n- {type: pass, name: pass2}";
  const events = await eventsOf(definition);
  const rows = events.map((event) => seed.columns.slice(0, 5).map((column) => event[column] as unknown));
  const documented = seed.history.map((row) => row.slice(0, 5));
  expect(rows.slice(0, documented.length)).toEqual(documented);
  expect(Object.keys(events[0]).sort()).toEqual([...seed.columns].sort());
  for (const [index, event] of events.entries()) expect(event.ScheduleEventId).toBe(index);
});

test("local is what the sequence has collected; an exit has no input", async () => {
  const steps = ["one", "two"].map((name) => ({
    type: "pass",
    name,
    outputMappings: [{ target: name, source: name.length }],
  }));
  const events = await eventsOf(JSON.stringify({ type: "flow", version: "v1", steps }), { k: 1 });
  const detailOf = (type: string, name: string): unknown =>
    JSON.parse(events.find(({ Type, StepName }) => Type === type && StepName === name)?.EventDetail);
  expect(detailOf("StepEntered", "one")).toEqual({ input: { k: 1 }, local: {} });
  expect(detailOf("StepExited", "one")).toEqual({ local: { one: 3 } });
  expect(detailOf("StepEntered", "two")).toEqual({ input: { k: 1, one: 3 }, local: { one: 3 } });
  expect(detailOf("StepExited", "two")).toEqual({ local: { one: 3, two: 3 } });
});

test("iterations refer to their own events; what follows refers to the one that ended last", async () => {
  const events = await eventsOf(waits, { items: [{ seconds: 3 }, { seconds: 1 }] });
  const begun = events
    .filter(({ Type }) => Type === "IterationEntered")
    .map(({ EventId }) => EventId as number);
  expect(links(events)).toEqual([
    [":ExecutionStarted", "undefined:undefined"],
    ["each:StepEntered", ":ExecutionStarted"],
    ["each:StepStarted", "each:StepEntered"],
    ...[0, 1].flatMap(() => [
      ["each:IterationEntered", "each:StepStarted"],
      ["hold:StepEntered", "each:IterationEntered"],
      ["hold:StepStarted", "hold:StepEntered"],
    ]),
    ...[0, 1].flatMap(() => [
      ["hold:StepSucceeded", "hold:StepStarted"],
      ["hold:StepExited", "hold:StepSucceeded"],
      ["each:IterationExited", "hold:StepExited"],
    ]),
    ["each:StepSucceeded", "each:IterationExited"],
    ["each:StepExited", "each:StepSucceeded"],
    ["after:StepEntered", "each:StepExited"],
    ["after:StepStarted", "after:StepEntered"],
    ["after:StepSucceeded", "after:StepStarted"],
    ["after:StepExited", "after:StepSucceeded"],
    [":ExecutionSucceeded", "after:StepExited"],
  ]);
  // The second one ends first.
  const first = events.find(({ Type }) => Type === "StepSucceeded");
  expect(first.ScheduleEventId).toBe(begun[1]! + 2);
  const [firstOut, lastOut] = events.filter(({ Type }) => Type === "IterationExited");
  const join = events.find(({ Type, StepName }) => Type === "StepSucceeded" && StepName === "each");
  expect(firstOut.EventId).toBeLessThan(lastOut.EventId);
  expect(join.ScheduleEventId).toBe(lastOut.EventId);
});

test("branches of a failed parallel state: its failure refers to the branch that broke", async () => {
  const branch = (name: string, state: object): object => ({
    StartAt: name,
    States: [{ Name: name, End: true, ...state }],
  });
  const definition = stateMachine("mine", [
    {
      Type: "Parallel",
      Name: "both",
      Branches: [
        branch("slow", { Type: "Wait", Seconds: 60 }),
        branch("bad", { Type: "Fail", Code: "E", Detail: "d", End: undefined }),
      ],
      End: true,
    },
  ]);
  const seen = links(await eventsOf(definition));
  expect(seen).toContainEqual(["bad:StepFailed", "bad:StepStarted"]);
  expect(seen).toContainEqual(["both:BranchExited", "bad:StepFailed"]);
  expect(seen.slice(-2)).toEqual([
    ["both:StepFailed", "both:BranchExited"],
    [":ExecutionFailed", "both:StepFailed"],
  ]);
});

test("a stop comes after what had happened last", async () => {
  await client.freeze();
  await client.ok("StartExecution", { FlowName: "demo-slow", ExecutionName: "s" });
  await client.ok("StopExecution", { FlowName: "demo-slow", ExecutionName: "s" });
  await client.advance(60_000);
  const { Events } = await client.ok("GetExecutionHistory", { FlowName: "demo-slow", ExecutionName: "s" });
  expect(Events.at(-1)).toMatchObject({ Type: "ExecutionStopped", ScheduleEventId: Events.length - 1 });
});

test("quirks: no chain, or another one", async () => {
  const numbers = async (scheduleEventId: string): Promise<unknown[]> => {
    await client.control("PUT", "/quirks", { scheduleEventId });
    const { Events } = await client.ok("GetExecutionHistory", { ...e, Limit: 1000 });
    return Events.map(({ ScheduleEventId }: Json) => ScheduleEventId);
  };
  const events = await eventsOf(waits, { items: [{ seconds: 3 }, { seconds: 1 }] });
  expect(new Set(await numbers("zero"))).toEqual(new Set([0]));
  expect(new Set(await numbers("absent"))).toEqual(new Set([undefined]));
  const at = events.findIndex(({ Type, StepName }) => Type === "StepSucceeded" && StepName === "each");
  expect((await numbers("fork"))[at]).toBe(3);
  const refused = await client.plain("PUT", "/_emulator/quirks", { body: '{"scheduleEventId":"other"}' });
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("zero, absent, fork")]);
});
