/**
 * COC's readers on arbitrary JSON: they give what is promised or an error of ours; and the mark comes back from beside any
 * text.
 */
import * as fc from "fast-check";
import { readExecutionId } from "../../provider/src/execution/executionIds";
import { isWorkflowExecutionError } from "../../provider/src/ground/errors";
import type { HttpAnswer } from "../../provider/src/http/request";
import {
  parseExecuteDocument,
  parseListExecutions,
  parseListExecutionSteps,
  parseShowDocument,
  parseShowExecution,
} from "../../provider/src/services/huawei/coc/answers";
import { markedDescription, runNameIn } from "../../provider/src/services/huawei/coc/runMark";

const request = { operation: "Look", method: "GET", url: "https://coc.example" };
const statuses = ["running", "succeeded", "failed", "timedOut", "stopped", "waiting", "unknown"];
const words = ["Pending", "Running", "Succeed", "Canceling", "Canceled", "Failed", "Timeout", "Odd", ""];

const answerOf = (body: unknown): HttpAnswer => ({
  status: 200,
  header: () => undefined,
  text: JSON.stringify(body),
});

/** The result of `work`, or undefined where it threw an error of ours. */
function orOurError<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    expect(isWorkflowExecutionError(error)).toBe(true);
    return undefined;
  }
}

const isTime = (text: string | undefined): boolean =>
  text === undefined || /^\d{4}-.*Z$/.test(new Date(text).toISOString());

const odd = fc.oneof(fc.constant(null), fc.string(), fc.double(), fc.boolean(), fc.jsonValue());
const time = fc.oneof(fc.integer({ min: 0, max: 9e12 }), odd);
const pairs = fc.oneof(fc.array(fc.record({ key: odd, value: odd }, { requiredKeys: [] })), odd);
const row = fc.record(
  {
    execution_id: fc.oneof(fc.uuid(), odd),
    execution_step_id: odd,
    status: fc.oneof(fc.constantFrom(...words), odd),
    start_time: time,
    end_time: time,
    update_time: time,
    creator: odd,
    description: odd,
    name: odd,
    message: odd,
    outputs: pairs,
  },
  { requiredKeys: [] },
);
const envelope = (data: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.record(
      { data: fc.oneof(data, odd), total: fc.oneof(fc.nat(), odd), error_code: odd, error_msg: odd },
      { requiredKeys: [] },
    ),
    odd,
  );

test("a start, an execution and a job", () => {
  fc.assert(
    fc.property(envelope(row), (body) => {
      const answer = answerOf(body);
      const id = orOurError(() => parseExecuteDocument(answer, request));
      if (id !== undefined) expect(readExecutionId(id)).toBe(id);
      const shown = orOurError(() => parseShowExecution(answer, request, "ex-1"));
      if (shown) {
        expect(statuses).toContain(shown.snapshot.status);
        expect([shown.snapshot.startedAt, shown.snapshot.settledAt].every(isTime)).toBe(true);
        expect(typeof (runNameIn(shown.description) ?? "")).toBe("string");
      }
      orOurError(() => parseShowDocument(answer, request));
    }),
  );
});

test("lists of executions and of steps", () => {
  fc.assert(
    fc.property(envelope(fc.array(fc.oneof(row, odd))), (body) => {
      const answer = answerOf(body);
      for (const execution of orOurError(() => parseListExecutions(answer, request))?.executions ?? []) {
        expect(readExecutionId(execution.executionId)).toBe(execution.executionId);
        expect(statuses).toContain(execution.status);
        expect(execution.durationMs ?? 0).toBeGreaterThanOrEqual(0);
      }
      for (const { step, outputs } of orOurError(() => parseListExecutionSteps(answer, request))?.steps ??
        []) {
        expect(statuses).toContain(step.status);
        expect(typeof step.id).toBe("string");
        expect(Object.values(outputs ?? {}).every((value) => typeof value === "string")).toBe(true);
      }
    }),
  );
});

test("the mark is read beside any text of the program, and never out of another's", () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
  fc.assert(
    fc.property(name, fc.string(), (runName, own) => {
      expect(runNameIn(markedDescription(runName, own))).toBe(runName);
      if (!own.startsWith("[")) expect(runNameIn(own)).toBeNull();
    }),
  );
});
