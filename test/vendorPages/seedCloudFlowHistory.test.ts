/**
 * The vendor's pages on CloudFlow's execution history as test data: their events are read field by field, and make the steps
 * that they tell of.
 */
import seed from "../seeds/getExecutionHistory.json";
import { buildGetExecutionHistory } from "../../provider/src/services/alibaba/cloudflow/api";
import { parseGetExecutionHistory } from "../../provider/src/services/alibaba/cloudflow/answers";
import { stepsOf } from "../../provider/src/services/alibaba/cloudflow/history";
import { summarize } from "../../provider/src/http/request";

type Row = readonly (string | number)[];

const request = summarize(
  buildGetExecutionHistory({ endpoint: "https://host", flowName: "f" }, "e", { limit: 5 }),
);
const wire = (rows: readonly Row[]): unknown[] =>
  rows.map((row) => Object.fromEntries(seed.columns.map((column, index) => [column, row[index]])));
const parse = (rows: readonly Row[], more: object = {}): ReturnType<typeof parseGetExecutionHistory> => {
  const body = JSON.stringify({ Events: wire(rows), ...more });
  return parseGetExecutionHistory({ status: 200, header: () => undefined, text: body }, request);
};

test("every field of the example is read; its steps are those of the flow", () => {
  const { events, nextToken } = parse(seed.history);
  expect(nextToken).toBeUndefined();
  for (const [index, row] of seed.history.entries()) {
    const [eventId, scheduleEventId, type, stepName, detail, time] = row;
    const parsed: unknown = JSON.parse(String(detail));
    expect(events[index]).toEqual({ eventId, scheduleEventId, type, stepName, time, detail: parsed });
  }
  expect(stepsOf(events)).toEqual([
    {
      id: "pass1",
      name: "pass1",
      status: "succeeded",
      rawStatus: "StepSucceeded",
      startedAt: "2024-06-24T02:58:42.077Z",
      durationMs: 32,
    },
  ]);
});

test("the example of a page: the step is under way, and the token of the next page is there", () => {
  const { nextToken, requestId, events: rows } = seed.page;
  const { events, nextToken: read } = parse(rows, { NextToken: nextToken, RequestId: requestId });
  expect(read).toBe(nextToken);
  expect(stepsOf(events)).toMatchObject([{ name: "mypass", status: "running" }]);
});

test.each([
  ["left out", {}],
  ["null", { ScheduleEventId: null }],
  ["text", { ScheduleEventId: "none" }],
  ["an object that is no number", { ScheduleEventId: { toString: 1, valueOf: 1 } }],
])("a ScheduleEventId that is %s is no event", (_what, field) => {
  const Events = seed.history.map((row) => {
    const { ScheduleEventId: _left, ...rest } = wire([row])[0] as Record<string, unknown>;
    return { ...rest, ...field };
  });
  const { events } = parseGetExecutionHistory(
    { status: 200, header: () => undefined, text: JSON.stringify({ Events }) },
    request,
  );
  expect(stepsOf(events)).toMatchObject([{ name: "pass1", status: "succeeded", durationMs: 32 }]);
});
