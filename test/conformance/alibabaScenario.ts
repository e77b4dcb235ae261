/**
 * The answers that a vendor's client must have seen after the same calls to the emulator's CloudFlow, in every
 * language.
 */
import type { Seen } from "./functiongraphScenario";

/** The tests that hold for every client; `name` is that of the executions that it starts in the demo flows. */
export function describeCloudFlow(name: string, seen: () => Seen): void {
  test("starts, and waits by a long poll", () => {
    expect(seen().started).toEqual([name, "demo-succeeds", "Running", '{"k":"v ä~*+/&= %"}']);
    expect(seen().long_poll).toEqual(["Succeeded", '{"version":"1.4.2"}', true]);
    expect(seen().repeated).toEqual([400, "ExecutionAlreadyExists", true]);
  });

  test("sees why an execution has failed", () => {
    expect(seen().failed).toBe("Failed");
    expect(seen().failure).toEqual(["ExecutionFailed", "PermissionDenied"]);
  });

  test("lists in pages and by filters", () => {
    expect(seen().paged).toEqual([["e6", "e5", "e4", "e3", "e2", "e1", "e0"], 3]);
    expect(seen().filtered).toEqual([["e3", "Stopped", null]]);
  });

  test("stops", () => {
    expect(seen().stopped).toEqual(["Running", "Stopped"]);
    expect(seen().stopped_twice).toEqual([400, "ExecutionAlreadyCompleted", true]);
  });

  test("reports callback tasks in a flow of its own", () => {
    expect(seen().created).toEqual([expect.stringMatching(/^own-/), "Standard", true]);
    expect(seen().reported).toEqual([true, '{"ok":true}']);
    expect(seen().deleted).toEqual([404, "FlowNotExists", true]);
  });

  test("understands the errors", () => {
    expect(seen().unknown_flow).toEqual([404, "FlowNotExists", true]);
    expect(seen().unknown_execution).toEqual([404, "ExecutionNotExists", true]);
    expect(seen().unknown_key).toEqual([403, "InvalidAccessKeyID", true]);
    expect(seen().wrong_secret).toEqual([403, "SignatureNotMatch", true]);
    expect(seen().throttled).toEqual([429, "ResourceThrottled", true]);
    expect(seen().server_error).toEqual([500, "InternalServerError", true]);
  });

  test("signs with a temporary key", () => {
    expect(seen().temporary_key).toBe(1);
  });

  test("starts Express flows and waits for them", () => {
    expect(seen().sync).toEqual(["sync", "Succeeded", '{"version":"1.4.2"}']);
  });

  test("makes aliases", () => {
    expect(seen().alias).toEqual(["live", [["1", 100]]]);
  });
}
