/**
 * Errors on their way to the host: nothing in them can break its transport, or pose as another message.
 */
import { CreatedButNotReady, HostError } from "../../provider/src/fronts/dynamic/hostErrors";

const outs = { __provider: "exports.handler = …" };

test("half of a character in an error or a reason is replaced: gRPC percent-encodes what it sends", () => {
  const error = new HostError("read", "log: \ud83d");
  const unready = new CreatedButNotReady("ex-1", outs, ["log: \ud83d"]);
  for (const text of [error.message, unready.message, ...unready.reasons]) {
    expect(text).toBe("log: \ufffd");
    expect(() => encodeURI(text)).not.toThrow();
  }
});

test("the host prints an error with its stack: neither has a control character, or a line at the margin", () => {
  const error = new HostError("read", "\u001b[31mx\u0007\rerror: forged\nerror: forged");
  const printed = `${String(error)}: ${String(error.stack)}`;
  expect(printed).toBe("read failed: see the error of the resource");
  expect(error.message).toBe("x\n  | error: forged\n  | error: forged");
  expect(error.cause).toBeUndefined();
});

test("reasons are never empty, and bounded in size and number: they travel in a trailer", () => {
  expect(new CreatedButNotReady("ex-1", outs, []).reasons).toEqual(["the execution did not end as wanted"]);
  expect(new CreatedButNotReady("ex-1", outs, ["", "\u0007"]).reasons).toEqual([
    "the execution did not end as wanted",
  ]);
  const many = Array.from({ length: 500 }, () => "x\n".repeat(50_000) + "x".repeat(500_000));
  const { reasons, message } = new CreatedButNotReady("ex-1", outs, many);
  expect(reasons).toHaveLength(21);
  expect(message).toBe(reasons[0]);
  expect(reasons.join("").length).toBeLessThan(21 * 16_100);
});
