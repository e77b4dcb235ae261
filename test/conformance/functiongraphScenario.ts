/**
 * The answers that a vendor's client must have seen after the same calls to the emulator's FunctionGraph, in every
 * language; and the function that runs such a client.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startEmulator } from "runbook-emulator";

const testProject = "0123456789abcdef0123456789abcdef";

/** The output of a client, as JSON. */
export type Seen = ReturnType<typeof JSON.parse>;

/** Runs a client against an emulator of its own; `argumentsFor` is given the emulator's address. */
export async function runClient(command: string, argumentsFor: (url: string) => string[]): Promise<Seen> {
  const emulator = await startEmulator();
  // The SDKs write a file into the home folder of whoever runs them.
  const home = mkdtempSync(join(tmpdir(), "conformance-"));
  try {
    const { stdout } = await promisify(execFile)(command, argumentsFor(emulator.url), {
      env: { PATH: process.env["PATH"], HOME: home, USERPROFILE: home, NO_PROXY: "*" },
      timeout: 60_000,
      maxBuffer: 16 * 1024 * 1024,
    });
    // The Node SDK logs every error to the same stream.
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } finally {
    await emulator.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Time for {@link runClient}. */
export const clientTimeoutMs = 70_000;

/** The tests that hold for every client. */
export function describeFlows(seen: () => Seen): void {
  test("starts and polls; the start's input and headers come back", () => {
    expect(seen().running).toEqual({ status: "running", nodes: [["prepare", "running"]], end_time: "" });
    expect(seen().echoed).toEqual([{ n: 1, text: "ä" }, { "run-key": "k-1" }, "demo"]);
    expect(seen().failed).toEqual({
      status: "fail",
      nodes: [
        ["prepare", "success"],
        ["run-script", "fail"],
      ],
      end_time: true,
    });
    expect(seen().node_duration).toBe(1000);
    expect(seen().error).toBe("bash: ./patch.sh: Permission denied");
  });

  test("retries and stops", () => {
    expect(seen().retried).toEqual([
      ["prepare", "success"],
      ["run-script", "fail", "running"],
    ]);
    expect(seen().stopped).toBe("cancel");
  });

  test("lists in both ways", () => {
    expect(seen().listed).toEqual([[true, "cancel", "demo"]]);
    expect(seen().paged).toEqual([1, 1, true]);
    expect([seen().page_running, seen().page_retrying]).toEqual([["running"], ["retrying"]]);
  });

  test("gets whole outputs when it asks for the full history", () => {
    expect(seen().long).toEqual([1027, 3000]);
  });

  test("starts EXPRESS flows and waits for them", () => {
    expect(seen().sync).toEqual({
      status: "success",
      output: { version: "1.4.2" },
      errors: [],
      has_id: true,
    });
    expect(seen().sync_failed).toEqual({
      status: "fail",
      output: {},
      errors: [["a", "no memory"]],
      has_id: true,
    });
  });

  test("creates, changes, shows, runs, lists and deletes flows", () => {
    const urn = (name: string): string => `urn:fss:cn-north-4:${testProject}:workflow:default:${name}:latest`;
    expect(seen().created).toEqual(["made-by-sdk", urn("made-by-sdk"), false]);
    expect(seen().changed).toBe("changed-by-sdk");
    expect(seen().shown).toEqual(["changed-by-sdk", "NORMAL", ["a", "b"]]);
    expect(seen().own_run).toEqual([
      ["a", "success"],
      ["b", "success"],
    ]);
    expect(seen().workflows).toEqual([1, ["changed-by-sdk"]]);
    expect(seen().deleted).toEqual([[urn("changed-by-sdk")], ["urn:none"]]);
  });

  test("calls back, and measures", () => {
    expect(seen().called_back).toEqual([true, { by: "sdk" }]);
    expect([seen().metric, seen().flow_metric]).toEqual([[true, []], 1]);
  });

  test("looks up its project in IAM, and signs with a temporary key", () => {
    expect([seen().project_looked_up, seen().temporary_key]).toEqual([true, true]);
  });

  test("signs an id with reserved characters so that the emulator agrees", () => {
    expect(seen().odd_id).toEqual([404, "FGS.5002"]);
  });

  test("understands the errors", () => {
    expect(seen().unknown_workflow).toEqual([404, "FGS.5002"]);
    expect(seen().unknown_execution).toEqual([404, "FGS.5002"]);
    expect(seen().retry_running).toEqual([400, "FGS.3002"]);
    expect(seen().sync_normal).toEqual([400, "FGS.3002"]);
    expect(seen().wrong_key).toEqual([401, "APIGW.0301"]);
    expect(seen().other_project).toEqual([403, "FSS.0403"]);
    expect(seen().server_error).toEqual([500, "FGS.3002"]);
  });
}
