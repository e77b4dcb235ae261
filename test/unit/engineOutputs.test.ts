/** The outputs of a call: the engine takes them, whatever an execution gave, with its id and its arguments. */
import * as fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { engineOutputs } from "../../provider/src/fronts/shared/engineOutputs";
import type { AnsweredCall } from "../../provider/src/fronts/shared/engineOutputs";
import {
  argumentsTooLarge,
  failureLimits,
  toPlainOutputs,
  wireSizeOf,
} from "../../provider/src/fronts/shared/plainOutputs";
import { redact } from "../../provider/src/fronts/shared/secrets";

const signature = "4dabf18193072939515e22adb298388d";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const given = {
  workflowId: "wf-1",
  triggers: { image: "v1" },
  __provider: "exports.handler = …",
  __meta: { urn: "urn:x" },
};

function call(more: Partial<AnsweredCall> = {}): AnsweredCall {
  const same = (text: string): string => text;
  const locationKeys = ["region", "projectId"];
  return {
    given,
    locationKeys,
    isHidden: false,
    isFailure: false,
    hide: same,
    hideCredentials: same,
    ...more,
  };
}

const { __provider: provider, __meta: meta, ...args } = given;
const settled = {
  ...args,
  executionId: "ex-1",
  status: "succeeded",
  rawStatus: "success",
  steps: [],
  stateVersion: 1,
};
const outputOf = (output: unknown, more?: Partial<AnsweredCall>): Record<string, unknown> =>
  engineOutputs({ ...settled, output }, call(more));

/** True if the engine can't take the value: its own markers, and values that its transport loses. */
function isRefused(value: unknown): boolean {
  if (typeof value === "string")
    return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value) || !value.isWellFormed();
  if (typeof value === "number") return !Number.isFinite(value);
  if (typeof value !== "object" || value === null) return value === undefined;
  return Object.entries(value).some(
    ([key, item]) => key === signature || key === "__proto__" || !key.isWellFormed() || isRefused(item),
  );
}

describe("what the engine would refuse or misread is kept as its JSON text, and named", () => {
  test.each<[string, unknown]>([
    ["a secret without a value", { [signature]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" }],
    ["a secret", { [signature]: "1b47061264138c4ac30d75fd1eb44270", value: "x" }],
    ["an asset", { [signature]: "c44067f5952c0a294b673a41bacd8c17", path: "/etc/passwd" }],
    ["an archive", { [signature]: "0def7320c3a5731c473e5ecbe6d01bc7", assets: { a: 5 } }],
    ["a reference to a resource", { [signature]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "nope" }],
    ["an output", { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4" }],
    ["a signature that nobody knows", { [signature]: "something", more: [1] }],
    ["a signature that is no text", { [signature]: { a: null } }],
    ...[
      unknown,
      "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
      "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
      "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
      "030794c1-ac77-496b-92df-f27374a8bd58",
      "e48ece36-62e2-4504-bad9-02848725956a",
      "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    ].map((text): [string, unknown] => [`the unknown ${text.slice(0, 8)}`, text]),
    ["a key that protobuf loses", JSON.parse('{"__proto__":{"a":1},"b":2}')],
  ])("%s", (_what, marker) => {
    const text = JSON.stringify(marker);
    const deep = outputOf({ report: [{ planned: marker, same: 1 }] });
    expect(deep["output"]).toEqual({ report: [{ planned: text, same: 1 }] });
    expect(deep["altered"]).toEqual(["output.report[0].planned"]);
    expect(outputOf(marker)).toMatchObject({ output: text, altered: ["output"], executionId: "ex-1" });
    expect(isRefused(deep)).toBe(false);
    // A forgotten execution keeps its stored outputs: they are the same when they come back.
    expect(engineOutputs(deep, call())).toEqual(deep);
  });

  test("a marker within a longer text, or as a key, is none", () => {
    const output = { [unknown]: `see ${unknown}`, text: signature };
    expect(outputOf(output)).toMatchObject({ output, altered: [] });
  });

  test("in any other output too", () => {
    const outs = engineOutputs(
      { ...settled, rawStatus: unknown, executionId: unknown, durationMs: NaN },
      call(),
    );
    expect(outs).toMatchObject({ rawStatus: `"${unknown}"`, executionId: `"${unknown}"`, durationMs: "NaN" });
    expect(isRefused(outs)).toBe(false);
  });

  test("arguments are as the engine sent them: it takes them back, and the next diff finds no change", () => {
    const asset = { [signature]: "c44067f5952c0a294b673a41bacd8c17", text: "hello" };
    const outs = engineOutputs({ ...settled, input: asset }, call({ given: { ...given, input: asset } }));
    expect(outs["input"]).toEqual(asset);
  });

  test("whatever a service gives, nothing of it is refused, and what is plain stays", () => {
    const key = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(signature, "__proto__", "constructor", "", "k\ud83d"),
    );
    const leaf = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(unknown, "v\ud83d", null, NaN, -0, true),
      fc.double(),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("value")), fc.dictionary(key, tie("value"))),
    }));
    fc.assert(
      fc.property(value, (output) => {
        const outs = outputOf(output);
        expect(isRefused(outs)).toBe(false);
        expect(outs["executionId"]).toBe("ex-1");
        const wire = Struct.fromJavaScript(outs as never).serializeBinary();
        expect(Struct.deserializeBinary(wire).toJavaScript()).toEqual(outs);
        if (!isRefused(output)) expect(outs["output"]).toEqual(output);
      }),
      { numRuns: 500 },
    );
  });
});

describe("whatever goes wrong, the id, the status and the arguments are there", () => {
  const throwing = Object.defineProperty({}, "value", {
    enumerable: true,
    get: () => {
      throw new Error("no");
    },
  });

  test.each<[string, object, Partial<AnsweredCall>]>([
    ["a value that throws", { output: throwing }, {}],
    [
      "a state that throws",
      Object.defineProperty({}, "output", {
        enumerable: true,
        get: () => {
          throw new Error("no");
        },
      }),
      {},
    ],
    [
      "a redaction that throws",
      { output: "x" },
      {
        hideCredentials: () => {
          throw new Error("no");
        },
      },
    ],
    [
      "a redaction of words that throws",
      { output: "x" },
      {
        hide: () => {
          throw new Error("no");
        },
      },
    ],
    [
      "a nesting that no function can go through",
      { output: JSON.parse("[".repeat(100_000) + "]".repeat(100_000)) as unknown },
      {},
    ],
  ])("%s", (_what, more, how) => {
    for (const isFailure of [false, true]) {
      const state = Object.defineProperties({ ...settled }, Object.getOwnPropertyDescriptors(more));
      const outs = engineOutputs(state, call({ ...how, isFailure }));
      expect(outs).toMatchObject({
        ...args,
        __provider: provider,
        __meta: meta,
        executionId: "ex-1",
        status: "succeeded",
        output: null,
        steps: [],
        truncated: ["output", "steps", "failure"],
      });
      expect(isRefused(outs)).toBe(false);
    }
  });
});

describe("an init failure is small: it travels in a trailer", () => {
  const numbers = Array.from({ length: 200_000 }, () => 1);

  test("the largest outputs are left out first, and named", () => {
    const steps = [{ id: "n", status: "failed", rawStatus: "fail", error: "é".repeat(400_000) }];
    const failure = { stepId: "n", message: "no" };
    const outs = engineOutputs({ ...settled, steps, failure, output: numbers }, call({ isFailure: true }));
    expect(outs).toMatchObject({ output: null, steps, failure, truncated: ["output"], executionId: "ex-1" });
    const more = engineOutputs(
      { ...settled, steps: [...steps, ...steps], failure, output: numbers },
      call({ isFailure: true }),
    );
    expect(more).toMatchObject({ output: null, steps: [], failure, truncated: ["output", "steps"] });
    expect(wireSizeOf(more)).toBeLessThan(failureLimits.derived);
    // Only there: any other answer may be as large as the state.
    expect(outputOf(numbers)["output"]).toEqual(numbers);
  });

  test("arguments that would leave no room are refused before anything runs, with their size", () => {
    expect(argumentsTooLarge({ ...args, triggers: { data: "x".repeat(3_000_000) } })).toBeUndefined();
    expect(argumentsTooLarge({ ...args, triggers: numbers.concat(numbers) })).toMatchObject({
      argument: "triggers",
      reason: expect.stringMatching(
        /^takes 4\.2 MB in the engine's format, .* The limit is 4\.0 MB.* Pass a digest/,
      ),
    });
  });

  test("sizes are protobuf's own", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ stringUnit: "binary" })),
        (bag) => {
          const { __proto__: _lost, ...plain } = toPlainOutputs(
            JSON.parse(JSON.stringify(bag).replaceAll("__proto__", "p")) as never,
          );
          // The outer struct stands alone; in a value it has a tag and a length more.
          const size = Struct.fromJavaScript(plain as never).serializeBinary().length;
          const framedSize = size + 1 + (size < 128 ? 1 : size < 16_384 ? 2 : 3);
          expect(wireSizeOf(plain)).toBe(framedSize);
        },
      ),
    );
  });
});

describe("credentials and secrets in what a service says", () => {
  const hideCredentials = (text: string): string => redact(text, ["sk-credential"]);
  const hide = (text: string): string => redact(text, ["sk-credential", "hunter2"]);
  const echo = "sk-credential hunter2";
  const state = {
    ...settled,
    rawStatus: echo,
    consoleUrl: `https://console/hunter2`,
    output: { [echo]: [echo] },
    steps: [{ id: echo, name: echo, status: "failed", rawStatus: echo }],
    failure: { message: echo },
    truncated: [`output.${echo}`],
    altered: [`output.${echo}`, `output.${echo}.x`],
  };

  test("credentials are in no output; secret arguments only where the output is marked as a secret", () => {
    const outs = engineOutputs(state, call({ hide, hideCredentials, isHidden: true }));
    expect(JSON.stringify(outs)).not.toContain("sk-credential");
    expect(outs["output"]).toEqual({ "[secret] hunter2": ["[secret] hunter2"] });
    const { output: _output, steps: _steps, failure: _failure, ...clear } = outs;
    expect(JSON.stringify(clear)).not.toContain("hunter2");
    // The keys of a secret output are in no path.
    expect(outs["altered"]).toEqual(["output"]);
  });

  test("arguments stay as they are, also where a program hands a credential to its runbook", () => {
    const input = { key: "sk-credential" };
    const outs = engineOutputs(
      { ...state, input },
      call({ hide, hideCredentials, given: { ...given, input } }),
    );
    expect(outs["input"]).toEqual(input);
  });
});
