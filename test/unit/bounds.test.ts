/** Values in the state are bounded in size; a value that was cut is marked in its place and named in `truncated`. */
import type { ExecutionSnapshot, ExecutionStep } from "../../provider/src/execution/snapshot";
import { boundSnapshot, boundSummary, limits } from "../../provider/src/lifecycle/bounds";
import { makeState } from "../../provider/src/lifecycle/state";

const step = (more: Partial<ExecutionStep> = {}): ExecutionStep => ({
  id: "n",
  status: "failed",
  rawStatus: "fail",
  ...more,
});
const snapshot = (more: Partial<ExecutionSnapshot> = {}): ExecutionSnapshot => ({
  executionId: "ex-1",
  status: "failed",
  rawStatus: "fail",
  steps: [],
  ...more,
});

test("what is within the limits stays as it is", () => {
  const full = snapshot({
    output: { version: "1.4.2" },
    steps: [
      step({
        name: "Run script",
        error: "e".repeat(limits.message),
        failedTargets: [{ name: "a", message: "m".repeat(limits.message), log: "l".repeat(limits.log) }],
      }),
    ],
  });
  expect(boundSnapshot(full)).toEqual({ bounded: full, truncated: [], altered: [] });
});

test("what went wrong as a whole is bounded too", () => {
  const { bounded, truncated } = boundSnapshot(snapshot({ error: "e".repeat(100_000) }));
  expect(bounded.error!.length).toBeLessThan(limits.message + 50);
  expect(truncated).toEqual(["failure.message"]);
  const state = makeState({}, {}, snapshot({ error: "e".repeat(100_000) }), undefined);
  expect(JSON.stringify(state).length).toBeLessThan(2 * limits.message);
});

test("of a log the end is kept, of an error the beginning; both say how much was cut", () => {
  const { bounded, truncated } = boundSnapshot(
    snapshot({
      steps: [
        step(),
        step({
          error: `begin${"e".repeat(limits.message)}`,
          failedTargets: [
            { name: "a" },
            { message: `begin${"m".repeat(limits.message)}`, log: `${"l".repeat(limits.log)}the end` },
          ],
        }),
      ],
    }),
  );
  const { error, failedTargets } = bounded.steps[1]!;
  expect(error).toMatch(/^begine+… \[5 more characters cut\]$/);
  expect(failedTargets![0]).toEqual({ name: "a" });
  expect(failedTargets![1]!.message).toMatch(/^beginm+… \[5 more characters cut\]$/);
  expect(failedTargets![1]!.log).toMatch(/^\[7 characters cut\] …l+the end$/);
  expect(truncated).toEqual([
    "steps[1].error",
    "steps[1].failedTargets[1].message",
    "steps[1].failedTargets[1].log",
  ]);
});

test("of failed targets the first are kept, of steps the last", () => {
  const failedTargets = Array.from({ length: limits.failedTargets + 1 }, (_, index) => ({
    id: String(index),
  }));
  const steps = Array.from({ length: limits.steps + 2 }, (_, index) => step({ id: String(index) }));
  const { bounded, truncated } = boundSnapshot(
    snapshot({ steps: [...steps.slice(0, -1), step({ id: "last", failedTargets })] }),
  );
  expect(bounded.steps).toHaveLength(limits.steps);
  expect([bounded.steps[0]!.id, bounded.steps.at(-1)!.id]).toEqual(["2", "last"]);
  expect(bounded.steps.at(-1)!.failedTargets).toHaveLength(limits.failedTargets);
  expect(bounded.steps.at(-1)!.failedTargets![0]).toEqual({ id: "0" });
  expect(truncated).toEqual(["steps", `steps[${String(limits.steps - 1)}].failedTargets`]);
});

test("an output beyond the limit is replaced by a note with its size", () => {
  const { bounded, truncated } = boundSnapshot(snapshot({ output: { text: "x".repeat(limits.output) } }));
  expect(bounded.output).toEqual({
    truncated: expect.stringMatching(/^the output has 262155 characters as JSON; the limit is 262144/),
  });
  expect(truncated).toEqual(["output"]);
  expect(boundSnapshot(snapshot({ output: "x".repeat(limits.output - 2) })).truncated).toEqual([]);
});

test("the state names what was cut, and says nothing where nothing was", () => {
  const long = snapshot({ steps: [step({ error: "e".repeat(limits.message + 1) })] });
  expect(makeState({}, {}, long, undefined)["truncated"]).toEqual(["steps[0].error"]);
  expect(makeState({}, {}, snapshot(), undefined)["truncated"]).toEqual([]);
});

test("a whole state has less than a megabyte, whatever the service says", () => {
  const failedTargets = Array.from({ length: 50 }, () => ({
    name: "n",
    message: "m".repeat(9_999),
    log: "l".repeat(9_999),
  }));
  const steps = Array.from({ length: 250 }, () => step({ failedTargets, error: "e".repeat(9_999) }));
  const state = makeState({}, {}, snapshot({ steps, output: "o".repeat(999_999) }), undefined);
  expect(JSON.stringify(state).length).toBeLessThan(1024 * 1024);
});

test("an output that is nested without end is replaced by a note", () => {
  const output = JSON.parse("[".repeat(50_000) + "]".repeat(50_000)) as unknown;
  expect(boundSnapshot(snapshot({ output })).truncated).toEqual(["output"]);
});

const dirty = "\u001b[31mred\u001b]0;title\u0007\u202e \ud83d";

test("names, words and errors of a service go into the state clean and bounded, the status word and the id too", () => {
  const long = `${dirty}${"n".repeat(1_000)}`;
  const targets = [{ id: dirty, name: dirty, address: dirty, exitCode: dirty, message: dirty, log: dirty }];
  const steps = [step({ id: dirty, name: long, rawStatus: long, error: dirty, failedTargets: targets })];
  const state = makeState(
    {},
    {},
    snapshot({ executionId: long, rawStatus: long, error: dirty, steps }),
    undefined,
  );
  const texts = JSON.stringify(state);
  expect(texts).not.toMatch(/\\u00|\\u202e|\\ud83d|\u202e/);
  expect(texts).toContain("red \ufffd");
  for (const name of [state["executionId"], state["rawStatus"]])
    expect(String(name).length).toBe(limits.name + 1);
});

test("lines of a list are clean too; their ids stay as programs have to ask for them", () => {
  const line = { executionId: "ex-1", status: "failed", rawStatus: dirty, createdBy: dirty } as const;
  expect(boundSummary(line)).toEqual({ ...line, rawStatus: "red \ufffd", createdBy: "red \ufffd" });
});

describe("an output that is not kept", () => {
  const noteOf = (output: unknown): unknown => {
    const { bounded, truncated } = boundSnapshot(snapshot({ status: "succeeded", output }));
    expect(truncated).toEqual(["output"]);
    return (bounded.output as { truncated?: unknown }).truncated;
  };
  const nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level += 1) value = [value];
    return value;
  };

  test("for its many values is not even written out", () => {
    const many = Array.from({ length: limits.output + 1 }, () => 0);
    const unwritable = {
      many,
      toJSON: (): never => {
        throw new Error("it was written out");
      },
    };
    expect(noteOf(unwritable)).toBe("the output has more than 262144 values");
    expect(noteOf(many.map(() => ({})))).toMatch(/^the output has more than 262144 values/);
  });

  test("for its levels; as many as allowed are kept", () => {
    expect(noteOf(nested(limits.outputDepth + 1))).toBe("the output has more than 100 levels");
    const { bounded } = boundSnapshot(snapshot({ output: nested(limits.outputDepth) }));
    expect(bounded.output).toEqual(nested(limits.outputDepth));
  });

  test("for that it could not be read says why", () => {
    const { bounded, truncated } = boundSnapshot(snapshot({ outputOmitted: "too much of it" }));
    expect(bounded.output).toEqual({ truncated: "too much of it" });
    expect(bounded).not.toHaveProperty("outputOmitted");
    expect(truncated).toEqual(["output"]);
  });
});
