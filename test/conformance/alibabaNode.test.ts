/**
 * Alibaba Cloud's Node clients for CloudFlow against the emulator: the product's own and the generic core. They need the
 * packages of node/package-lock.json, which `npm test` installs into its cache and names in CONFORMANCE_NODE; without
 * them the tests are skipped by name.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describeCloudFlow } from "./alibabaScenario";
import type { Seen } from "./functiongraphScenario";
import { clientTimeoutMs, runClient } from "./functiongraphScenario";

const neededPackages = ["@alicloud/fnf-2019-03-15", "@alicloud/openapi-core", "@darabonba/typescript"];
const folder = process.env["CONFORMANCE_NODE"] ?? "";
const missing = neededPackages.filter(
  (name) => folder === "" || !existsSync(join(folder, "node_modules", name)),
);

if (missing.length > 0) {
  test.skip(`the vendor's Node clients (skipped: CONFORMANCE_NODE has no ${missing.join(", ")})`, () => {
    // Nothing to do: the name says why.
  });
} else {
  let seen: Seen;

  beforeAll(async () => {
    seen = await runClient(process.execPath, (url) => [join(__dirname, "alibabaCloudFlow.cjs"), url, folder]);
  }, clientTimeoutMs);

  describe.each([
    ["the product's own Node client", "product"],
    ["the generic Node core, signing with rpc", "rpc"],
    ["the generic Node core, signing with acs3", "acs3"],
  ])("%s", (_name, id) => {
    describeCloudFlow(`run-${id}`, () => seen[id]);
  });
}
