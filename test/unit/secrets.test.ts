/** Secret arguments: what is taken out of messages, and which outputs are marked. */
import { markSecretOutputs, redact, secretTexts } from "../../provider/src/dynamic/secrets";
import { ServiceError } from "../../provider/src/errors";

const args = {
  input: { password: "hunter2", pin: 4711, nested: [{ key: "line one\nline two" }], short: "abc" },
  region: "cn-north-4",
};

test("every text and number in the secret arguments is hidden, the longest first, lines and JSON included", () => {
  const secrets = secretTexts(args, ["input"]);
  expect(redact("login with hunter2 and 4711 refused", secrets)).toBe(
    "login with [secret] and [secret] refused",
  );
  expect(redact("| line two", secrets)).toBe("| [secret]");
  expect(redact(JSON.stringify(args.input.nested), secrets)).toBe('[{"key":"[secret]"}]');
});

test("what is too short to hide, or in no secret argument, stays", () => {
  const secrets = secretTexts(args, ["input"]);
  expect(redact("abc in cn-north-4", secrets)).toBe("abc in cn-north-4");
  expect(secretTexts(args, [])).toEqual([]);
  expect(secretTexts(args, ["absent"])).toEqual([]);
});

test("what stands in JSON text is hidden by itself", () => {
  const input = JSON.stringify({ user: "app", password: "hunter2", nested: ['say "hi"', 47110815] });
  const secrets = secretTexts({ input: JSON.stringify({ list: [input] }), one: '"battery"' }, [
    "input",
    "one",
  ]);
  expect(redact('app: hunter2, say "hi", 47110815, battery', secrets)).toBe(
    "app: [secret], [secret], [secret], [secret]",
  );
  const endless = "[".repeat(50_000) + '"hunter2"' + "]".repeat(50_000);
  expect(redact("with hunter2", secretTexts({ input: endless }, ["input"]))).toBe("with [secret]");
});

test("a secret is hidden without the blanks and the full stop that a message takes from it", () => {
  const secrets = secretTexts({ input: ["one\t two\n three", "password."] }, ["input"]);
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

test("outputs in which an argument can come back are marked, only where one is secret", () => {
  const outs = { output: { seen: "x" }, steps: [], status: "succeeded" };
  expect(markSecretOutputs(outs, [])).toEqual(outs);
  const marked = markSecretOutputs(outs, ["input"]);
  expect(marked["status"]).toBe("succeeded");
  expect(marked["output"]).toMatchObject({ value: { seen: "x" } });
  expect(marked["steps"]).toMatchObject({ value: [] });
  expect(marked).not.toHaveProperty("failure");
});
