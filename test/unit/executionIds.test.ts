/** Ids that answers give: which can be asked about again, and that an answer is about what was asked. */
import {
  checkIsAbout,
  demandExecutionId,
  demandReadable,
  readExecutionId,
} from "../../provider/src/execution/executionIds";
import { IncompleteListError, ResponseFormatError } from "../../provider/src/ground/errors";
import type { HttpRequest } from "../../provider/src/http/request";
import { requestUrl } from "../../provider/src/http/request";

const request = { operation: "Start", method: "POST", url: "https://service.example" };
const good = [
  "48aff955-ea10-4ffd-b426-190bc192dc14",
  "xxxxxxxx",
  "my_exec_name",
  "my_exec_name:397aba96-4d85-11ef-9c97-0123456789ab",
  "a".repeat(256),
  "Läufe-7",
  "执行-1",
  "a+b=c@d~e%f",
  "...",
];
const bad: unknown[] = [
  undefined,
  null,
  "",
  7,
  {},
  [],
  ".",
  "..",
  "a/b",
  "a\\b",
  "../other",
  "a b",
  " a",
  "a\n",
  "a\rb",
  "a\u2028b",
  "a\u0000",
  "a\u001b[31m",
  "a\u202eb",
  "a\u200bb",
  "\ud83d",
  "a\udc00",
  "a".repeat(257),
  "a".repeat(1_000_000),
];

test.each(good)("%s can be asked about again", (id) => {
  expect(readExecutionId(id)).toBe(id);
  expect(demandExecutionId(id, "execution_id", request)).toBe(id);
  const asked: HttpRequest = {
    operation: "Look",
    method: "GET",
    endpoint: "https://service.example",
    path: ["executions", id, "status"],
    repeatable: true,
  };
  expect(new URL(requestUrl(asked)).pathname.split("/")).toHaveLength(4);
});

test.each(bad.map((id, index) => [index, id]))(
  "bad id %# is a malformed answer of the start",
  (_index, id) => {
    expect(readExecutionId(id)).toBeUndefined();
    const demand = (): string => demandExecutionId(id, "execution_id", request);
    expect(demand).toThrow(ResponseFormatError);
    // The error shows the id's problem, and harms no terminal.
    expect(demand).toThrow(/^Start: https:\/\/service\.example answered with(out)? "execution_id"[ -~…]*\.$/);
  },
);

test("an answer that does not say what it is about is believed, one about something else is not", () => {
  for (const value of [undefined, null, "", "ex-1"]) {
    expect(() => {
      checkIsAbout("ex-1", value, "Name", request);
    }).not.toThrow();
  }
  for (const value of ["ex-2", "EX-1", "ex-1 ", 7, {}]) {
    expect(() => {
      checkIsAbout("ex-1", value, "Name", request);
    }).toThrow(ResponseFormatError);
  }
});

test("nothing is decided by a list with rows that can't be read", () => {
  expect(() => {
    demandReadable(0, "flow f");
    demandReadable(undefined, "flow f");
  }).not.toThrow();
  expect(() => {
    demandReadable(2, "flow f");
  }).toThrow(IncompleteListError);
});
