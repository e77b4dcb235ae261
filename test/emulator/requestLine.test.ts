/**
 * The lines of `--verbose`: what is in them, and that no client can forge one or reach the terminal.
 */
import { formatRequest } from "../../emulator/src/http/requestLine";
import type { LoggedRequest } from "../../emulator/src/http/requestLog";

const request: LoggedRequest = {
  time: "2030-01-01T00:00:00.000Z",
  method: "GET",
  path: "/v1/p/cms/workflow/w/executions",
  service: "aom",
  operation: "ListWorkflowExecutions",
  subject: undefined,
  requestId: "r1",
  caller: {},
  headers: { "x-anything": "never shown" },
  bodyBytes: 0,
  status: 200,
  fault: undefined,
};

test.each<[string, Partial<LoggedRequest>, string]>([
  ["an answer", {}, "aom:ListWorkflowExecutions 200 id=r1"],
  ["no route", { service: undefined, operation: undefined, status: 404 }, "(no such route) 404 id=r1"],
  [
    "a fault that breaks the connection",
    { status: undefined, fault: "dropAfter" },
    "(no answer) fault=dropAfter id=r1",
  ],
  [
    "a session",
    { caller: { actor: { account: "acme", kind: "agency", name: "deployer", session: "ci" } } },
    "200 by=acme/deployer (ci) id=r1",
  ],
])("%s", (_name, change, end) => {
  const line = formatRequest({ ...request, ...change });
  expect(line).toMatch(/^2030-01-01T00:00:00\.000Z GET \/v1\/p\/cms\/workflow\/w\/executions /);
  expect(line.endsWith(end)).toBe(true);
  expect(line).not.toContain("never shown");
});

test("control characters and marks of direction are spelled out", () => {
  const session = "a\nb\u001b[2J\u202e\u2028";
  const line = formatRequest({
    ...request,
    caller: { actor: { account: "acme", kind: "agency", name: "x", session } },
  });
  expect(line).toContain("a\\u{a}b\\u{1b}[2J\\u{202e}\\u{2028}");
});

test("a long path is cut before the outcome", () => {
  const line = formatRequest({ ...request, path: `/?x=${"y".repeat(10_000)}` });
  expect(line.length).toBeLessThan(500);
  expect(line).toContain("… aom:ListWorkflowExecutions 200");
});
