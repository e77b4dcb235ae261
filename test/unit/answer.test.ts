/** Reading answers: how much JSON is parsed in one go, and that the count of its values is cheap and right. */
import { AnswerTooLargeError, ResponseFormatError } from "../../provider/src/ground/errors";
import { maxJsonValues, readJson, refuseWebPage } from "../../provider/src/http/answer";
import type { HttpAnswer } from "../../provider/src/http/request";

const request = { operation: "List", method: "GET", url: "https://service.example" };
const answerOf = (text: string): HttpAnswer => ({ status: 200, header: () => undefined, text });

test.each<[string, () => string]>([
  ["a list of numbers", () => `[${"0,".repeat(maxJsonValues + 1)}0]`],
  ["empty maps", () => `[${"{},".repeat(maxJsonValues / 2 + 1)}{}]`],
  ["lists within lists", () => "[".repeat(maxJsonValues + 1) + "]".repeat(maxJsonValues + 1)],
])("%s beyond all bounds are refused before they are parsed", (_what, textOf) => {
  const text = textOf();
  expect(() => readJson(answerOf(text), request)).toThrow(AnswerTooLargeError);
  expect(() => readJson(answerOf(text), request)).toThrow(
    "List: https://service.example answered with more than 1000000 values in its JSON",
  );
});

test("a long text is one value, whatever is in it", () => {
  const log = `[1,2,{"a":[3]}] \\ " \n`.repeat(300_000);
  expect(readJson(answerOf(JSON.stringify({ log })), request)).toEqual({ log });
});

test("as many values as a list of thousands of executions has are read", () => {
  const execution = {
    id: "x",
    steps: [{ targets: Array.from({ length: 20 }, () => ({ a: "1", b: "2", c: "3" })) }],
  };
  const list = Array.from({ length: 6_000 }, () => execution);
  expect(readJson(answerOf(JSON.stringify(list)), request)).toHaveLength(6_000);
});

test("a text that is cut within a string, or is no JSON at all, is said to be none", () => {
  for (const text of [`["${"x,".repeat(2_000_000)}`, "x".repeat(3_000_000), `"${"\\".repeat(2_000_001)}`]) {
    expect(() => readJson(answerOf(text), request)).toThrow(ResponseFormatError);
    expect(() => readJson(answerOf(text), request)).toThrow("The answer is not valid JSON");
  }
});

test("where nothing of an answer is read, it must at least not be a web page", () => {
  refuseWebPage(answerOf(""), request);
  refuseWebPage(answerOf('{"success"}'), request);
  expect(() => {
    refuseWebPage(answerOf("<!DOCTYPE html><title>Log in</title>"), request);
  }).toThrow(/answered HTTP 200\. The answer is a web page, not JSON/);
});
