/**
 * The vendor's Python SDK against the emulator. It needs a Python with the packages of requirements.txt, which
 * `npm test` prepares and names in CONFORMANCE_PYTHON; without it the tests are skipped by name.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startEmulator } from "runbook-emulator";

const python = process.env["CONFORMANCE_PYTHON"];
const testProject = "0123456789abcdef0123456789abcdef";

if (python === undefined || python === "") {
  test.skip("the vendor's Python SDK (skipped: CONFORMANCE_PYTHON names no Python with the packages)", () => {
    // Nothing to do: the name says why.
  });
} else {
  describe("the vendor's Python SDK", () => {
    let seen: ReturnType<typeof JSON.parse>;

    beforeAll(async () => {
      const emulator = await startEmulator();
      // The SDK writes a file into the home folder of whoever runs it.
      const home = mkdtempSync(join(tmpdir(), "conformance-"));
      try {
        const { stdout } = await promisify(execFile)(
          python,
          [join(__dirname, "huawei_aom.py"), emulator.url],
          {
            env: { PATH: process.env["PATH"], HOME: home, USERPROFILE: home, NO_PROXY: "*" },
            timeout: 60_000,
          },
        );
        seen = JSON.parse(stdout);
      } finally {
        await emulator.close();
        rmSync(home, { recursive: true, force: true });
      }
    }, 70_000);

    const refused = (status: number, code: string): unknown =>
      expect.objectContaining({
        class: "ClientRequestException",
        status_code: status,
        error_code: code,
        has_request_id: true,
      });

    test("executes and polls", () => {
      expect(seen.running).toEqual({ status: "running", nodes: [["prepare", "running"]], ended: false });
      expect(seen.failed).toEqual({
        status: "fail",
        nodes: [
          ["prepare", "success"],
          ["run-script", "fail"],
        ],
        ended: true,
      });
      expect(seen.failed_target).toBe("126");
    });

    test("stops", () => {
      // The SDK turns the object into Python's text for it.
      expect(seen.stop).toBe("{'result': 'success'}");
      expect(seen.stopped).toEqual({ status: "cancel", nodes: [["prepare", "cancel"]], ended: true });
    });

    test("lists executions", () => {
      expect(seen.listed).toEqual([[true, "fail", "demo"]]);
    });

    test("lets a paused execution continue", () => {
      expect(seen.continue).toBe("success");
      expect(seen.continued).toEqual({ status: "success", nodes: [["hold", "success"]], ended: true });
    });

    test("creates, lists and switches workflows", () => {
      expect(seen.created).toEqual(["made-by-sdk", "cron", "active", testProject]);
      expect(seen.trigger).toBe("success");
      expect(seen.workflows).toEqual([1, "inactive"]);
    });

    test("looks up jobs, templates and scripts", () => {
      expect(seen.lookups).toEqual(["patch-fleet", "patch-fleet", "health-check", "1"]);
    });

    test("looks up its project in IAM, and signs with a temporary key", () => {
      expect([seen.project_looked_up, seen.temporary_key]).toEqual([true, true]);
    });

    test("signs an id with reserved characters so that the emulator agrees", () => {
      expect(seen.odd_id).toEqual(refused(404, "AOM.31001306"));
    });

    test("understands the errors", () => {
      expect(seen.unknown_workflow).toEqual(refused(404, "AOM.31001306"));
      expect(seen.unknown_execution).toEqual(refused(404, "AOM.31001306"));
      expect(seen.stopped_twice).toEqual(refused(400, "AOM.31001418"));
      expect(seen.wrong_key).toEqual(refused(401, "APIGW.0301"));
      expect(seen.other_project).toEqual(refused(401, "AOM.31009004"));
      expect(seen.server_error).toMatchObject({
        class: "ServerResponseException",
        error_code: "AOM.31001405",
      });
    });

    test("understands IAM's own form of error", () => {
      expect(seen.wrong_key_in_iam).toMatchObject({ class: "ClientRequestException", status_code: 401 });
    });
  });
}
