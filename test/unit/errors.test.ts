/**
 * Errors of services: their words are part of our line, clean and bounded; whatever was thrown has a message.
 */
import { ConfigurationError, ServiceError, messageOf } from "../../provider/src/ground/errors";

const request = { operation: "Start", method: "POST", url: "https://a" };

test("what a service says of a refusal stays within a line, without anything a terminal acts on", () => {
  const word = "\u001b[31mno\u0007\r\nerror: forged\u202e\ud83d";
  const error = new ServiceError({
    status: 400,
    serviceCode: word,
    serviceMessage: `${word}.`,
    requestId: word,
    request,
  });
  const said = "no error: forged\ufffd";
  expect(error.message).toBe(`Start was refused: HTTP 400, ${said}: ${said} (request id ${said}).`);
  expect(error.serviceMessage).toBe("no\nerror: forged\ufffd.");
});

test("a megabyte of a service's words is cut", () => {
  const long = "x".repeat(1_000_000);
  const error = new ServiceError({
    status: 400,
    serviceCode: long,
    serviceMessage: long,
    requestId: long,
    request,
  });
  expect(error.message.length).toBeLessThan(1_500);
  expect(error.serviceMessage!.length).toBeLessThan(4_100);
});

test("every error of the package is well-formed and clean", () => {
  expect(new ConfigurationError("file \u001b[31mx\ud83d").message).toBe("file x\ufffd");
});

test.each<[string, unknown, string]>([
  ["null", null, "an error without a message (null)"],
  ["nothing", undefined, "an error without a message (undefined)"],
  ["a text", "oops", "oops"],
  ["an object without a prototype", Object.create(null), "an error without a message"],
  [
    "an error whose message throws",
    Object.defineProperty(new Error("x"), "message", {
      get: () => {
        throw new Error("again");
      },
    }),
    "an error without a message",
  ],
])("a thrown %s has a message", (_what, thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});
