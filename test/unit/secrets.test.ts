/** Secret arguments: what is taken out of messages. */
import * as fc from "fast-check";
import { redact, secretTexts } from "../../provider/src/fronts/shared/secrets";
import { toPlainOutputs } from "../../provider/src/fronts/shared/plainOutputs";
import { describeProgress } from "../../provider/src/execution/progress";
import type { ExecutionSnapshot, ExecutionStep } from "../../provider/src/execution/snapshot";
import { readJson } from "../../provider/src/http/answer";
import { RunArguments } from "../../provider/src/execution/runArguments";
import { services } from "../../provider/src/services/registry";
import { describeFailed, describeNotStarted } from "../../provider/src/lifecycle/messages";
import { makeState, storedSnapshot } from "../../provider/src/lifecycle/state";
import { ServiceError } from "../../provider/src/ground/errors";

const args = {
  input: { password: "hunter2", pin: 4711, nested: [{ key: "line one\nline two" }], short: "abc" },
  region: "cn-north-4",
};

test("every text and number in the secret arguments is hidden, lines and JSON included", () => {
  const secrets = secretTexts(args, [["input"]]);
  expect(redact("login with hunter2 and 4711 refused", secrets)).toBe(
    "login with [secret] and [secret] refused",
  );
  expect(redact("| line two", secrets)).toBe("| [secret]");
  expect(redact(JSON.stringify(args.input.nested), secrets)).toBe('[{"key":"[secret]"}]');
});

test("what is too short to hide, or in no secret argument, stays", () => {
  const secrets = secretTexts(args, [["input"]]);
  expect(redact("abc in cn-north-4", secrets)).toBe("abc in cn-north-4");
  expect(secretTexts(args, [])).toEqual([]);
  expect(secretTexts(args, [["absent"]])).toEqual([]);
});

test("secrets that have a piece in common are hidden to the end of the last", () => {
  const secrets = secretTexts({ input: ["hunter2", "hunter2-correct-horse", "horse-battery"] }, [["input"]]);
  expect(redact("hunter2, hunter2-correct-horse-battery.", secrets)).toBe("[secret], [secret].");
  expect(redact("hunter2-corr…", secrets)).toBe("[secret]…");
});

test("what stands in JSON text is hidden by itself", () => {
  const input = JSON.stringify({ user: "app", password: "hunter2", nested: ['say "hi"', 47110815] });
  const secrets = secretTexts({ input: JSON.stringify({ list: [input] }), one: '"battery"' }, [
    ["input"],
    ["one"],
  ]);
  expect(redact('app: hunter2, say "hi", 47110815, battery', secrets)).toBe(
    "app: [secret], [secret], [secret], [secret]",
  );
  const endless = "[".repeat(50_000) + '"hunter2"' + "]".repeat(50_000);
  expect(redact("with hunter2", secretTexts({ input: endless }, [["input"]]))).toBe("with [secret]");
});

test("a secret is hidden without the blanks and the full stop that a message takes from it", () => {
  const secrets = secretTexts({ input: ["one\t two\n three", "password."] }, [["input"]]);
  expect(redact("say one two three", secrets)).toBe("say [secret]");
  const error = new ServiceError({
    status: 400,
    serviceMessage: "wrong: password.",
    requestId: "r-1",
    request: { operation: "Start", method: "POST", url: "https://a" },
  });
  expect(redact(error.message, secrets)).toBe(
    "Start was refused: HTTP 400, wrong: [secret] (request id r-1).",
  );
});

describe("a secret that is cut", () => {
  const token = `eyJ${"hbGciOiJSUzI1NiIsImtpZCI6".repeat(120)}`;
  const secrets = secretTexts({ headers: { authorization: `Bearer ${token}` }, token }, [
    ["headers"],
    ["token"],
  ]);
  const hide = (text: string): string => redact(text, secrets);
  const context = {
    subject: "flow f",
    consoleUrl: undefined,
    common: RunArguments.read(services.aom, {}).common,
  };
  const failed = (step: Partial<ExecutionStep>): ExecutionSnapshot => ({
    executionId: "ex-1",
    status: "failed",
    rawStatus: "fail",
    steps: [{ id: "n", status: "failed", rawStatus: "fail", ...step }],
  });
  /** The messages of a failure: when it happens, and when only the state is left of it. */
  const seen = (snapshot: ExecutionSnapshot): string[] => {
    const stored = toPlainOutputs(makeState({}, {}, snapshot, undefined));
    return [snapshot, storedSnapshot("ex-1", stored)].map((seen) => describeFailed(seen, context));
  };

  test.each<[string, Partial<ExecutionStep>]>([
    ["the error of a step", { error: `Authorization: Bearer ${token}` }],
    ["the name of a step", { name: `Call with ${token}` }],
    ["the message of a target", { failedTargets: [{ message: `refused: ${token}` }] }],
    ["the name of a target", { failedTargets: [{ name: `with ${token}` }] }],
    ["the log of a target", { failedTargets: [{ log: `first\ncurl -H ${token}\nlast` }] }],
    ["the log of a target, cut at the front", { failedTargets: [{ log: `${token}\n${"l".repeat(1_950)}` }] }],
    ["the log of a target, cut at both ends", { failedTargets: [{ log: `curl -H ${token}` }] }],
  ])("in %s leaves nothing", (_where, step) => {
    for (const text of seen(failed(step))) {
      expect(text).toContain(token.slice(100, 120));
      expect(hide(text)).toContain("[secret]");
      expect(hide(text)).not.toMatch(/eyJ|bGci|OiJS|UzI1|NiIs|Imtp|ZCI6/);
    }
  });

  test("in the live line, in a cause or in an answer leaves nothing", () => {
    const snapshot: ExecutionSnapshot = { ...failed({ name: `Call with ${token}` }), status: "running" };
    expect(hide(describeProgress(snapshot))).toBe("Call with [secret]… (step 1)");
    const cause = `Authorization: Bearer ${token}`;
    expect(hide(describeNotStarted({ message: cause }))).toBe(
      "Authorization: [secret]…\n  Nothing was started.",
    );
    const request = { operation: "Start", method: "POST", url: "https://a" };
    const answer = { status: 200, headers: {}, text: `echo ${token}` };
    expect(() => readJson(answer as never, request)).toThrow(token.slice(0, 20));
    try {
      readJson(answer as never, request);
    } catch (error) {
      expect(hide((error as Error).message)).toMatch(/not valid JSON: "echo \[secret\]…"$/);
    }
  });

  test("in the middle of a character leaves nothing, also when the half has been stored", () => {
    const secret = `key:🔑${"+".repeat(100)}`;
    const log = `${secret}\n${"-".repeat(1_898)}`;
    const [, stored = ""] = seen(failed({ failedTargets: [{ log }] }));
    expect(stored).toContain("[6 characters cut] …++++");
    // As earlier versions cut.
    for (const text of [stored, stored.replace("[6 characters cut] …", "[5 characters cut] …\ufffd")]) {
      expect(redact(text, secretTexts({ input: secret }, [["input"]]))).not.toContain("++++");
    }
  });

  test("leaves fewer characters than are hidden at all, wherever it is cut, of whatever it is made", () => {
    const letter = fc.oneof(
      {
        weight: 200,
        arbitrary: fc.integer({ min: 0x430, max: 0x44f }).map((code) => String.fromCharCode(code)),
      },
      { weight: 1, arbitrary: fc.constantFrom("𐐷", '"', "  ", "\t", "\n", "…") },
    );
    const letters = fc.string({ unit: letter, minLength: 8, maxLength: 3_000, size: "max" });
    const filler = fc.nat(2_100).map((length) => "-".repeat(length));
    fc.assert(
      fc.property(letters, filler, filler, (secret, before, after) => {
        const text = `${before}${secret}${after}`;
        const hidden = secretTexts({ input: secret }, [["input"]]);
        const step = { name: text, error: text, failedTargets: [{ name: text, message: text, log: text }] };
        for (const message of seen(failed(step))) expect(redact(message, hidden)).not.toMatch(/[а-я𐐷]{4}/u);
      }),
    );
  });
});
