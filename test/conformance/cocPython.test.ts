/**
 * The vendor's Python SDK for COC against the emulator. It needs a Python with the packages of requirements.txt, which
 * `npm test` prepares and names in CONFORMANCE_PYTHON; without it the tests are skipped by name.
 */
import { join } from "node:path";
import { describeJobs } from "./cocScenario";
import type { Seen } from "./functiongraphScenario";
import { clientTimeoutMs, runClient } from "./functiongraphScenario";

const python = process.env["CONFORMANCE_PYTHON"];

if (python === undefined || python === "") {
  test.skip("the vendor's Python SDK (skipped: CONFORMANCE_PYTHON names no Python with the packages)", () => {
    // Nothing to do: the name says why.
  });
} else {
  describe("the vendor's Python SDK for COC", () => {
    let seen: Seen;

    beforeAll(async () => {
      seen = await runClient(python, (url) => [join(__dirname, "huawei_coc.py"), url]);
    }, clientTimeoutMs);

    describeJobs(() => seen);
  });
}
