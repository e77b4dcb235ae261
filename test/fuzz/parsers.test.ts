/**
 * The parsers on arbitrary text and JSON: they never throw anything but our own errors, and what they give is always of
 * the promised kind.
 */
import * as fc from "fast-check";
import { stackSettingWords } from "../../provider/src/fronts/shared/settingWords";
import { isWorkflowExecutionError } from "../../provider/src/ground/errors";
import { readExecutionId } from "../../provider/src/execution/executionIds";
import { parseHuaweiError, toHuaweiError } from "../../provider/src/services/huawei/serviceErrors";
import { parseTime } from "../../provider/src/services/huawei/values";
import {
  parseExecuteWorkflow,
  parseListWorkflow,
  parseListWorkflowExecutions,
  parseSearchWorkflowExecutionDetail,
} from "../../provider/src/services/huawei/aom/answers";
import { parseKeys } from "../../provider/src/services/huawei/keyRequests";
import { parseProject, parseToken } from "../../provider/src/services/huawei/iam";
import { boundSnapshot } from "../../provider/src/lifecycle/bounds";
import { makeState } from "../../provider/src/lifecycle/state";
import { parseDurationSeconds } from "../../provider/src/lifecycle/timeouts";
import { describeProgress } from "../../provider/src/execution/progress";
import { proxiesOf } from "../../provider/src/http/proxies";
import type { HttpAnswer } from "../../provider/src/http/request";
import { maxRetryAfterMs, parseRetryAfterMs } from "../../provider/src/ground/backoff";
import { fakeClock } from "../support/fakeClock";

const request = { operation: "Look", method: "GET", url: "https://service.example" };
const nowMs = Date.parse("2026-11-21T06:00:00Z");
const statuses = ["running", "succeeded", "failed", "timedOut", "stopped", "waiting", "unknown"];

const answerOf = (text: string, status = 200, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  header: (name) => headers[name],
  text,
});

/** The result of `work`, or undefined where it threw an error of ours. */
function orOurError<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!isWorkflowExecutionError(error)) throw error;
    expect(error.message).not.toBe("");
    return undefined;
  }
}

const word = fc.oneof(
  fc.string(),
  fc.constantFrom("success", "FAIL", "running", "cancel", "timeout", "waitApproval", "pondering"),
  fc.constantFrom("constructor", "__proto__", "toString"),
);
const time = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(
    0,
    1_600_000_000,
    1_670_311_148_207,
    "0",
    "1600000000",
    "2022-12-06T07:19:08Z",
    "soon",
    null,
  ),
  fc.string(),
);
const anything = fc.jsonValue({ maxDepth: 3 });
/** A record some of whose fields are missing or of another kind. */
const mostly = <T>(fields: Record<string, fc.Arbitrary<T>>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { arbitrary: fc.record(fields, { requiredKeys: [] }), weight: 5 },
    {
      arbitrary: fc
        .tuple(
          fc.record(fields, { requiredKeys: [] }),
          fc.dictionary(fc.constantFrom(...Object.keys(fields)), anything),
        )
        .map(([right, wrong]) => ({ ...right, ...wrong })),
      weight: 3,
    },
    { arbitrary: anything, weight: 1 },
  );
const target = mostly<unknown>({
  id: fc.string(),
  name: fc.string(),
  ip: fc.string(),
  namespace: fc.string(),
  exit_code: fc.oneof(fc.string(), fc.integer()),
  error_msg: fc.string(),
  log: fc.string({ maxLength: 5_000 }),
});
const targets = fc.array(target, { maxLength: 25 });
const output = mostly<unknown>({
  success: targets,
  fail: targets,
  in_execution: targets,
  not_performed: targets,
  error_msg: fc.string(),
  message: fc.string(),
});
const result = mostly<unknown>({ node_id: word, status: word, begin_time: time, end_time: time, output });
const execution = {
  execution_id: fc.string(),
  status: word,
  begin_time: time,
  end_time: time,
  last_update_time: time,
  execution_result_list: fc.array(result, { maxLength: 6 }),
};
const detail = mostly<unknown>({
  ...execution,
  // Of another execution it is no answer.
  execution_id: fc.oneof(
    { arbitrary: fc.constant("ex-1"), weight: 5 },
    { arbitrary: fc.string(), weight: 1 },
  ),
  workflow_snapshot: mostly<unknown>({ nodes: fc.array(mostly({ id: fc.string(), name: fc.string() })) }),
});
// Odd names that a service may give to an execution: half a surrogate pair, a line break, a step in a path.
const oddId = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(".", "..", "a/b", "a\nb", "\ud83d", "a".repeat(1_000), "\u202e", "", " "),
);
const list = fc.oneof(
  fc.array(fc.record({ execution_id: oddId, status: word })),
  fc.array(mostly<unknown>({ ...execution, created_by: fc.string(), create_by: fc.string() })),
  anything,
);
const body = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: value.map((json) => JSON.stringify(json)), weight: 9 },
    { arbitrary: fc.string(), weight: 1 },
  );

const isTime = (text: string): boolean => /^\d{4}-/.test(text) && !Number.isNaN(Date.parse(text));

test("a time is RFC 3339 or nothing", () => {
  fc.assert(
    fc.property(fc.oneof(time, anything), (value) => {
      const parsed = parseTime(value);
      expect(parsed === undefined || isTime(parsed)).toBe(true);
    }),
  );
});

test("a time in microseconds is read as such, and one of the far future is none", () => {
  expect(parseTime(1_770_000_000_000_000)).toBe("2026-02-02T02:40:00.000Z");
  expect(parseTime(1_770_000_000_000_000_000)).toBeUndefined();
  expect(parseTime("+058059-01-01T00:00:00Z")).toBeUndefined();
});

test("Retry-After is between nothing and five minutes, or not there", () => {
  const header = fc.oneof(
    fc.string(),
    fc.double().map(String),
    fc.nat().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    fc.constantFrom(null, undefined),
  );
  fc.assert(
    fc.property(header, fc.nat(), (value, now) => {
      const parsed = parseRetryAfterMs(value, now);
      if (parsed === undefined) return;
      expect(parsed).toBeGreaterThanOrEqual(0);
      expect(parsed).toBeLessThanOrEqual(maxRetryAfterMs);
    }),
  );
});

test("a duration is a number of seconds above 0, or none", () => {
  const duration = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom("1", "0", "9", ".", "m", "s", "h", "d", "-") }),
    anything,
  );
  fc.assert(
    fc.property(duration, (value) => {
      const seconds = parseDurationSeconds(value);
      expect(seconds === undefined || seconds > 0).toBe(true);
    }),
  );
});

test("durations that are put together add up", () => {
  const units = { d: 86_400, h: 3_600, m: 60, s: 1, ms: 0.001 } as const;
  const part = fc.tuple(fc.integer({ min: 1, max: 9_999 }), fc.constantFrom(...Object.keys(units)));
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const text = parts.map(([amount, unit]) => `${String(amount)}${unit}`).join("");
      const sum = parts.reduce(
        (total, [amount, unit]) => total + amount * units[unit as keyof typeof units],
        0,
      );
      expect(parseDurationSeconds(text)).toBeCloseTo(sum, 3);
    }),
  );
});

test("a detail: the statuses are ours, the times are times, and all of it can be bounded, kept and told", () => {
  let understood = 0;
  fc.assert(
    fc.property(body(detail), (text) => {
      const snapshot = orOurError(() => parseSearchWorkflowExecutionDetail(answerOf(text), request, "ex-1"));
      if (!snapshot) return;
      understood += 1;
      expect(snapshot.executionId).toBe("ex-1");
      for (const { status } of [snapshot, ...snapshot.steps]) expect(statuses).toContain(status);
      for (const at of [
        snapshot.startedAt,
        snapshot.settledAt,
        ...snapshot.steps.map((step) => step.startedAt),
      ]) {
        expect(at === undefined || isTime(at)).toBe(true);
      }
      for (const step of snapshot.steps) {
        expect(typeof step.id).toBe("string");
        expect(step.durationMs ?? 0).toBeGreaterThanOrEqual(0);
        for (const value of Object.values(step.failedTargets ?? [])) {
          for (const field of Object.values(value)) expect(typeof field).toBe("string");
        }
      }
      expect(typeof describeProgress(snapshot)).toBe("string");
      const { bounded, truncated } = boundSnapshot(snapshot);
      expect(boundSnapshot(bounded).bounded.steps.length).toBe(bounded.steps.length);
      expect(new Set(truncated).size).toBe(truncated.length);
      const state = makeState({ workflowId: "wf" }, {}, snapshot, undefined);
      expect(JSON.parse(JSON.stringify(state))).toMatchObject({
        executionId: "ex-1",
        status: snapshot.status,
      });
    }),
    { numRuns: 300 },
  );
  expect(understood).toBeGreaterThan(50);
});

test("a list: ids, statuses and times of every line; or an error of ours", () => {
  fc.assert(
    fc.property(body(list), (text) => {
      for (const summary of orOurError(
        () => parseListWorkflowExecutions(answerOf(text), request).executions,
      ) ?? []) {
        expect(readExecutionId(summary.executionId)).toBe(summary.executionId);
        expect(statuses).toContain(summary.status);
        expect(summary.startedAt === undefined || isTime(summary.startedAt)).toBe(true);
        expect(summary.durationMs ?? 0).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 200 },
  );
});

test("a list in which all have a time is newest first", () => {
  const item = fc.record({
    execution_id: fc.uuid(),
    status: word,
    begin_time: fc.oneof(fc.integer({ min: 1, max: 9_999_999_999 }), fc.integer({ min: 1e12, max: 9e12 })),
  });
  fc.assert(
    fc.property(fc.array(item), (items) => {
      const times = parseListWorkflowExecutions(answerOf(JSON.stringify(items)), request).executions.map(
        ({ startedAt }) => Date.parse(startedAt!),
      );
      expect(times).toEqual([...times].sort((a, b) => b - a));
      expect(times).toHaveLength(items.length);
    }),
  );
});

test("an error answer always becomes an error of ours, with text for code and message", () => {
  const spelling = fc.constantFrom(
    ...["error_code", "errorCode", "code", "error_msg", "error_message", "errorMsg", "message", "request_id"],
  );
  const flat = fc.dictionary(spelling, fc.oneof(fc.string(), fc.integer(), anything));
  const answers = body(
    fc.oneof(
      flat,
      flat.map((error) => ({ error })),
      anything,
    ),
  );
  const headers = fc.dictionary(
    fc.constantFrom("retry-after", "x-request-id", "x-iam-trace-id"),
    fc.string(),
  );
  const toError = toHuaweiError(fakeClock(), stackSettingWords);
  fc.assert(
    fc.property(answers, fc.integer({ min: 300, max: 599 }), headers, (text, status, given) => {
      const answer = answerOf(text, status, given);
      const parsed = parseHuaweiError(answer);
      for (const value of Object.values(parsed)) expect(["string", "undefined"]).toContain(typeof value);
      const error = toError(answer, request);
      expect(isWorkflowExecutionError(error)).toBe(true);
      expect(error.status).toBe(status);
      expect(error.message).toMatch(/^Look was refused: HTTP \d{3}/);
    }),
  );
});

test("the answers of a start and of IAM are read, or an error of ours", () => {
  const start = mostly<unknown>({ execution_id: oddId });
  const token = mostly<unknown>({
    token: mostly<unknown>({ expires_at: time, project: mostly({ id: fc.string() }) }),
  });
  const region = { value: "cn-north-4", source: "here" };
  const projects = mostly<unknown>({ projects: fc.array(mostly({ id: fc.string() })) });
  fc.assert(
    fc.property(
      body(start),
      body(token),
      body(projects),
      fc.option(fc.string()),
      (one, two, three, header) => {
        const headers: Record<string, string> = header === null ? {} : { "x-subject-token": header };
        const id = orOurError(() => parseExecuteWorkflow(answerOf(one), request));
        expect(readExecutionId(id)).toBe(id);
        const obtained = orOurError(() => parseToken(answerOf(two, 201, headers), request));
        if (obtained) expect(Number.isFinite(obtained.expiresAtMs)).toBe(true);
        const projectId = orOurError(() =>
          parseProject(answerOf(three), request, region, stackSettingWords),
        )?.id;
        expect(["string", "undefined"]).toContain(typeof projectId);
        for (const answer of [one, two, three]) {
          const keys = orOurError(() => parseKeys(answerOf(answer, 201), request));
          if (keys) expect(Number.isFinite(keys.expiresAtMs)).toBe(true);
          orOurError(() => parseListWorkflow(answerOf(answer), request, "wf"));
        }
      },
    ),
  );
});

test("the clock of the tests and of Retry-After agree on what a date is", () => {
  expect(parseRetryAfterMs(new Date(nowMs + 5_000).toUTCString(), nowMs)).toBe(5_000);
});

test("variables of proxies: any text gives a proxy, none, or an error without the text's password", () => {
  const part = fc.constantFrom(
    "*",
    ".",
    ",",
    ":",
    "/",
    "[",
    "]",
    "::1",
    "10.0.0.0",
    "/8",
    "%eth0",
    "a.example",
    "80",
  );
  const noProxy = fc.oneof(
    fc.string(),
    fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
  );
  const urls = ["https://a.example", "http://10.1.2.3:8080", "https://[2001:db8::1]", "http://[fe80::1]/x"];
  fc.assert(
    fc.property(
      fc.oneof(fc.webUrl(), fc.string(), part),
      noProxy,
      fc.constantFrom(...urls),
      (proxy, exceptions, url) => {
        const environment: Record<string, string> = { NO_PROXY: exceptions };
        environment["HTTPS_PROXY"] = environment["HTTP_PROXY"] = `http://ann:s3cret-word@${proxy}`;
        const proxyFor = proxiesOf(
          (name) => environment[name],
          () => undefined,
        );
        const said = (): string => {
          try {
            return JSON.stringify(proxyFor(new URL(url)) ?? "none");
          } catch (error) {
            if (!isWorkflowExecutionError(error)) throw error;
            return error.message;
          }
        };
        expect(said()).not.toMatch(/^$|s3cret-word/);
      },
    ),
  );
});
