/**
 * The readers of Step Functions on arbitrary answers and histories: they throw nothing but the package's own errors, and what they
 * give is of the promised kind.
 */
import * as fc from "fast-check";
import { isWorkflowExecutionError } from "../../provider/src/ground/errors";
import {
  parseDescribeExecution,
  parseGetExecutionHistory,
  parseListExecutions,
} from "../../provider/src/services/aws/stepfunctions/answers";
import { stepsOf } from "../../provider/src/services/aws/stepfunctions/history";
import { parseAssumedRole } from "../../provider/src/services/aws/sts";

const request = { operation: "Look", method: "POST", url: "https://service.example" };
const statuses = ["running", "succeeded", "failed", "timedOut", "stopped", "waiting", "unknown"];
const arn = "arn:aws:states:eu-west-1:123456789012:execution:m:e";
const anything = fc.jsonValue({ maxDepth: 3 });
const row = fc.record(
  {
    executionArn: fc.oneof(fc.constant(arn), fc.string(), anything),
    status: fc.oneof(fc.constantFrom("RUNNING", "SUCCEEDED", "constructor"), anything),
    startDate: fc.oneof(fc.double(), fc.integer(), anything),
    stopDate: fc.oneof(fc.double(), anything),
    output: fc.oneof(fc.string(), fc.json(), anything),
    error: fc.oneof(fc.string(), anything),
    cause: fc.oneof(fc.string(), anything),
  },
  { requiredKeys: [] },
);
const event = fc.record(
  {
    id: fc.oneof(fc.integer({ min: 0, max: 20 }), anything),
    previousEventId: fc.oneof(fc.integer({ min: 0, max: 20 }), anything),
    type: fc.oneof(
      fc.constantFrom("TaskStateEntered", "TaskStateExited", "ParallelStateEntered", "ParallelStateStarted"),
      fc.constantFrom("ParallelStateFailed", "MapStateEntered", "MapIterationStarted", "MapIterationFailed"),
      fc.constantFrom(
        "ExecutionFailed",
        "ExecutionRedriven",
        "ExecutionAborted",
        "TaskFailed",
        "TaskStateAborted",
      ),
      anything,
    ),
    timestamp: fc.oneof(fc.double(), anything),
    stateEnteredEventDetails: fc.oneof(fc.record({ name: fc.constantFrom("a", "b") }), anything),
  },
  { requiredKeys: [] },
);

/** The result of `work`, or undefined where it threw an error of the package. */
function orOurError<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!isWorkflowExecutionError(error)) throw error;
    return undefined;
  }
}
const answerOf = (value: unknown): never =>
  ({
    status: 200,
    header: () => undefined,
    text: typeof value === "string" ? value : JSON.stringify(value),
  }) as never;
const isTime = (time: string | undefined): boolean =>
  time === undefined || new Date(Date.parse(time)).toISOString() === time;

test("executions and lists", () => {
  fc.assert(
    fc.property(fc.oneof(row, anything), fc.array(fc.oneof(row, anything)), (one, rows) => {
      const asked = { stateMachine: "m", executionName: "e" };
      const snapshot = orOurError(() => parseDescribeExecution(answerOf(one), request, asked));
      if (snapshot) {
        expect(snapshot.executionId).toBe("e");
        expect(statuses).toContain(snapshot.status);
        expect([snapshot.startedAt, snapshot.settledAt].every(isTime)).toBe(true);
      }
      const page = orOurError(() => parseListExecutions(answerOf({ executions: rows }), request, "m"));
      for (const { executionId, status } of page?.executions ?? []) {
        expect(executionId).not.toMatch(/[/\s]/);
        expect(statuses).toContain(status);
      }
    }),
  );
});

test("histories in any order, with any chain", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(event, anything), { maxLength: 30 }), (events) => {
      const history = orOurError(() => parseGetExecutionHistory(answerOf({ events }), request));
      for (const step of stepsOf(history?.events ?? [])) {
        expect(statuses).toContain(step.status);
        expect(isTime(step.startedAt)).toBe(true);
        if (step.status === "running") expect(step).not.toHaveProperty("durationMs");
      }
    }),
    { numRuns: 500 },
  );
});

test("answers of the STS", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      orOurError(() => parseAssumedRole(answerOf(`<Credentials>${text}</Credentials>`), request));
    }),
  );
});
