/**
 * The vendor's Go SDK against the emulator. It needs the program in this folder, which `npm test` builds where Go is and
 * names in CONFORMANCE_GO; without it the tests are skipped by name.
 */
import { describeJobs } from "../cocScenario";
import type { Seen } from "../functiongraphScenario";
import { clientTimeoutMs, describeFlows, runClient } from "../functiongraphScenario";

const program = process.env["CONFORMANCE_GO"];

if (program === undefined || program === "") {
  test.skip("the vendor's Go SDK (skipped: CONFORMANCE_GO names no program, or there is no Go here)", () => {
    // Nothing to do: the name says why.
  });
} else {
  describe("the vendor's Go SDK", () => {
    let seen: Seen;

    beforeAll(async () => {
      seen = await runClient(program, (url) => [url]);
    }, clientTimeoutMs);

    describeFlows(() => seen);

    describe("for COC", () => {
      describeJobs(() => seen.coc);
    });

    test("executes, stops and lists in AOM too", () => {
      expect(seen.aom).toEqual(["fail", "cancel", 1]);
    });
  });
}
