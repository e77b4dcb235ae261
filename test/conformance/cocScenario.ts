/** The answers that a vendor's client must have seen after the same calls to the emulator's COC, in every language. */
import type { Seen } from "./functiongraphScenario";

/** The tests that hold for every client. */
export function describeJobs(seen: () => Seen): void {
  test("executes and shows; what a start was given comes back", () => {
    expect(seen().started).toEqual([true, true]);
    expect(seen().running).toEqual(["Running", null, [["Prepare", "Running"]]]);
    expect(seen().echoed).toEqual([[{ key: "release", value: "ä 7" }], "patch", "demo", "NORMAL"]);
    const nodes = [
      ["Prepare", "Succeed"],
      ["Run script", "Failed"],
    ];
    expect(seen().failed).toEqual(["Failed", 1_500, nodes]);
    expect(seen().message).toBe("bash: ./patch.sh: Permission denied");
  });

  test("lists steps, by page and by their ids, and what they gave", () => {
    expect(seen().one_step).toEqual([[["Run script", "Failed"]], 2]);
    expect(seen().chosen_step).toEqual([["Run script", "Failed"]]);
    expect(seen().step).toEqual(["hwc:runbook:scripts@1.0.0", [["release", "ä 7"]], 1_000]);
    expect(seen().output).toEqual(["Succeed", [["version", "1.4.2"]]]);
  });

  test("retries, stops and resumes", () => {
    expect([seen().retried, seen().stopped]).toEqual(["Running", "Canceled"]);
    expect([seen().suspended, seen().resumed]).toEqual(["Pending", "Succeed"]);
  });

  test("runs over targets", () => {
    expect(seen().targets).toEqual(["BATCH", "hosts", [{ key: "BatchValues", values: ["a", "b"] }]]);
  });

  test("lists executions and jobs", () => {
    expect(seen().listed).toEqual([1, true, "Canceled", "patch", "demo"]);
    expect(seen().page).toEqual([4, ["asks", "demo-succeeds"]]);
    // Those that began later than the first.
    expect(seen().later).toBe(3);
    expect([seen().document, seen().documents]).toEqual(["demo-slow", 2]);
  });

  test("signs for an account whose id it looks up, for a project, and with a temporary key", () => {
    expect([seen().by_project, seen().temporary_key]).toEqual([true, true]);
  });

  test("understands what is not there, and the errors", () => {
    expect([seen().unknown_execution, seen().unknown_steps]).toEqual([null, 0]);
    expect(seen().unknown_document).toEqual([400, "COC.00040709"]);
    expect(seen().stop_ended).toEqual([400, "COC.00014002"]);
    expect(seen().wrong_operation).toEqual([400, "COC.00014002"]);
    expect(seen().wrong_key).toEqual([401, "APIGW.0301"]);
    expect(seen().other_account).toEqual([403, "COC.00010014"]);
    expect(seen().server_error).toEqual([500, "COC.00040701"]);
  });
}
