/** The timeline's reading of an export: executions of every service and of both fronts, their times, and no secret. */
import { secretSignature, signatureKey } from "../../provider/src/fronts/shared/wireMarkers";
import { renderMermaid } from "../../provider/src/timeline/mermaid";
import { renderPage } from "../../provider/src/timeline/page";
import { ExportError, readExport } from "../../provider/src/timeline/stackExport";
import { registeredServices } from "../support/everyService";
import * as exports from "../support/stackExports";

const { at, ciphertext, exportOf, exportStart, failed, running, succeeded } = exports;

const only = (...args: Parameters<typeof exportOf>) => readExport(exportOf(...args)).executions[0]!;

test.each(registeredServices)(
  "%s: executions of the dynamic provider and of the plugin are read",
  (service) => {
    for (const type of [
      `pulumi-nodejs:${service}:WorkflowExecution`,
      `runbook:${service}:WorkflowExecution`,
      `pulumi-nodejs:dynamic/${service}:WorkflowExecution`,
    ]) {
      const { name, status, executionId } = only([{ name: "patch", type }]);
      expect([name, status, executionId]).toEqual(["patch", "succeeded", "id-of-patch"]);
    }
  },
);

test("other resources are left out, also those of a service that is not known, and those that a program only reads", () => {
  const others = [
    { name: "a", type: "pulumi-nodejs:other:WorkflowExecution" },
    { name: "b", type: "pulumi-nodejs:aom:Other" },
    { name: "c", type: "pulumi-nodejs:__proto__:WorkflowExecution" },
    { name: "d", more: { external: true } },
    { name: "e", type: "random:index/randomUuid7:RandomUuid7" },
  ];
  expect(readExport(exportOf(others)).executions).toEqual([]);
});

test("stack, project and the time of the state are those of the export", () => {
  const { stack, project, writtenAtMs } = readExport(exportOf([]));
  expect([stack, project, writtenAtMs]).toEqual(["dev", "shop", exportStart + 3_600_000]);
});

test("a finished execution spans its time; a running one ends where the resource was last written, or the state", () => {
  const span = (startMs: number, endMs: number) => ({
    startMs: exportStart + startMs,
    endMs: exportStart + endMs,
  });
  expect(only([{ name: "a", outputs: succeeded(5_000) }])).toMatchObject({
    span: span(5_000, 45_000),
    isOver: true,
  });
  const outputs = running(5_000);
  const seen = only([{ name: "a", outputs, more: { modified: at(9_000) } }]);
  expect(seen).toMatchObject({ span: span(5_000, 9_000), isOver: false });
  expect(seen.steps[0]).toMatchObject({ span: span(5_000, 9_000), isOver: false });
  expect(only([{ name: "a", outputs }]).span).toEqual(span(5_000, 3_600_000));
  // The clocks of service and deployment differ.
  expect(only([{ name: "a", outputs, more: { modified: at(1_000) } }]).span).toEqual(span(5_000, 5_000));
});

test("without durations the times count; without times of its own an execution spans its steps", () => {
  const outputs = { ...succeeded(5_000), durationMs: null };
  expect(only([{ name: "a", outputs }]).span!.endMs).toBe(exportStart + 45_000);
  expect(only([{ name: "a", outputs: { ...outputs, startedAt: null } }]).span).toEqual({
    startMs: exportStart + 5_000,
    endMs: exportStart + 45_000,
  });
  expect(only([{ name: "a", outputs: { ...outputs, startedAt: null, steps: [] } }]).span).toBeUndefined();
});

test("a teardown runbook that has not run has no execution and no time; once it runs, it is like any other", () => {
  const { isArmed, span, executionId } = only([{ name: "a", outputs: exports.armed }]);
  expect([isArmed, span, executionId]).toEqual([true, undefined, undefined]);
  expect(only([{ name: "a", outputs: { ...running(0), runOn: "destroy" } }]).isArmed).toBe(false);
});

test("a failure has its step, its targets and the end of their logs; an error of the whole is kept where no step has one", () => {
  const { steps, error } = only([{ name: "a", outputs: failed(0, "denied") }]);
  expect(steps[1]).toMatchObject({
    status: "failed",
    error: "the script ended with 126",
    failedTargets: [{ title: "ecs-prod-17, 10.0.3.17, exit code 126", log: "denied" }],
  });
  expect(error).toBeUndefined();
  const outputs = { ...failed(0, ""), steps: [], failure: { message: "the flow has no entry" } };
  expect(only([{ name: "a", outputs }]).error).toBe("the flow has no entry");
});

test("of a text of megabytes a bounded part is kept: the end of a log, the beginning of a message", () => {
  const { steps } = only([{ name: "a", outputs: failed(0, `first ${"x".repeat(1_048_576)} last`) }]);
  const { log } = steps[1]!.failedTargets[0]!;
  expect(log).toMatch(/^…x+ last$/);
  expect(log!.length).toBeLessThan(3_000);
  const long = { ...failed(0, "", `first ${"x".repeat(1_048_576)} last`) };
  expect(only([{ name: "a", outputs: long }]).steps[1]!.failedTargets[0]!.message).toMatch(/^first x+…$/);
});

describe("secrets", () => {
  const plain = { [signatureKey]: secretSignature, plaintext: '"hunter2"' };
  const valued = { [signatureKey]: secretSignature, value: "hunter2" };
  const names = [
    ...["workflowId", "executionId", "status", "rawStatus", "startedAt", "settledAt", "durationMs"],
    ...["steps", "failure", "consoleUrl", "expired", "truncated", "runOn"],
  ];

  test.each(names)("%s may be secret: it is shown as secret or not at all", (name) => {
    for (const secret of [ciphertext, plain, valued]) {
      const stack = readExport(exportOf([{ name: "a", outputs: { ...failed(0, "log"), [name]: secret } }]));
      const drawn = renderPage(stack) + renderMermaid(stack);
      expect(drawn).toContain("shop/dev");
      expect(drawn).not.toMatch(/hunter2|v1:cipher|4dabf18193072939515e22adb298388d/);
    }
  });

  test("parts of steps and targets may be secret", () => {
    const { steps, ...outputs } = failed(0, "log") as { steps: Record<string, unknown>[] };
    const target = { name: plain, address: plain, exitCode: plain, message: valued, log: ciphertext };
    const changed = [
      valued,
      { ...steps[0], name: ciphertext },
      { ...steps[1], error: plain, failedTargets: [target, plain] },
      { ...steps[1], failedTargets: plain },
    ];
    const read = readExport(exportOf([{ name: "a", outputs: { ...outputs, steps: changed } }]));
    expect(read.executions[0]!.steps).toMatchObject([
      { name: "[secret]" },
      { name: "[secret]" },
      {
        error: "[secret]",
        failedTargets: [
          { title: "[secret], [secret], exit code [secret]", message: "[secret]", log: "[secret]" },
          { title: "unnamed target" },
        ],
      },
      { failedTargets: [] },
    ]);
    expect(renderPage(read)).not.toMatch(/hunter2|v1:cipher/);
  });
});

test("only addresses that begin with https:// become links", () => {
  const addressOf = (consoleUrl: unknown): string | undefined =>
    only([{ name: "a", outputs: { ...succeeded(0), consoleUrl } }]).consoleUrl;
  expect(addressOf("https://console.example.com/#/x?a=b&c=d")).toBe(
    "https://console.example.com/#/x?a=b&c=d",
  );
  for (const other of ["javascript:alert(1)", "http://a.example", 'https://a"onclick="x', " https://a", 4])
    expect(addressOf(other)).toBeUndefined();
});

describe("what is no export", () => {
  test.each([
    ["", "The stack's export is empty."],
    ["error: no stack", "The stack's export is not JSON."],
    ["[]", "deployment.resources is missing"],
    ["{}", "deployment.resources is missing"],
    ['{"deployment":{"resources":{}}}', "deployment.resources is missing"],
  ])("%j", (text, message) => {
    expect(() => readExport(text)).toThrow(ExportError);
    expect(() => readExport(text)).toThrow(message);
    expect(() => readExport(text)).toThrow("pulumi stack export");
  });

  test("an empty stack is one: it has no list of resources", () => {
    expect(readExport('\ufeff{"version":3,"deployment":{"manifest":{}}}')).toEqual({ executions: [] });
  });
});
