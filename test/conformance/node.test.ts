/**
 * The vendor's Node SDK against the emulator. It needs the packages of node/package-lock.json, which `npm test` installs
 * into its cache and names in CONFORMANCE_NODE; without it the tests are skipped by name.
 */
import { join } from "node:path";
import type { Seen } from "./functiongraphScenario";
import { clientTimeoutMs, describeFlows, runClient } from "./functiongraphScenario";

const packages = process.env["CONFORMANCE_NODE"];

if (packages === undefined || packages === "") {
  test.skip("the vendor's Node SDK (skipped: CONFORMANCE_NODE names no folder with its packages)", () => {
    // Nothing to do: the name says why.
  });
} else {
  describe("the vendor's Node SDK", () => {
    let seen: Seen;

    beforeAll(async () => {
      const client = join(__dirname, "node", "huaweiFunctionGraph.cjs");
      seen = await runClient(process.execPath, (url) => [client, url, packages]);
    }, clientTimeoutMs);

    describeFlows(() => seen);

    test("signs calls to AOM, for which there is no Node package", () => {
      expect(seen.aom).toBe("fail");
    });
  });
}
