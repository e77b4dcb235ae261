/**
 * Alibaba Cloud's Python SDK for CloudFlow against the emulator. It needs a Python with the packages of requirements.txt,
 * which `npm test` prepares and names in CONFORMANCE_PYTHON; without it the tests are skipped by name.
 */
import { join } from "node:path";
import { describeCloudFlow } from "./alibabaScenario";
import type { Seen } from "./functiongraphScenario";
import { clientTimeoutMs, runClient } from "./functiongraphScenario";

const python = process.env["CONFORMANCE_PYTHON"];

if (python === undefined || python === "") {
  test.skip("the vendor's Python SDK (skipped: CONFORMANCE_PYTHON names no Python with the packages)", () => {
    // Nothing to do: the name says why.
  });
} else {
  let seen: Seen;

  beforeAll(async () => {
    seen = await runClient(python, (url) => [join(__dirname, "alibaba_cloudflow.py"), url]);
  }, clientTimeoutMs);

  describe.each(["rpc", "acs3"])("the vendor's Python SDK for CloudFlow, signing with %s", (signature) => {
    describeCloudFlow(`run-${signature}`, () => seen[signature]);
  });
}
