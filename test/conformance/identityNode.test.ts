/**
 * The vendors' Node packages take on identities from the emulator. They need the packages of node/package-lock.json, which
 * `npm test` installs into its cache and names in CONFORMANCE_NODE; without them the tests are skipped by name.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { identityTimeoutMs, runIdentityClient } from "./identityScenario";
import type { Seen } from "./identityScenario";

const packages = ["@alicloud/credentials", "@alicloud/openapi-core", "@huaweicloud/huaweicloud-sdk-core"];
const folder = process.env["CONFORMANCE_NODE"] ?? "";
const missing = packages.filter((name) => folder === "" || !existsSync(join(folder, "node_modules", name)));

if (missing.length > 0) {
  test.skip(`the vendors' Node packages (skipped: CONFORMANCE_NODE has no ${missing.join(", ")})`, () => {
    // Nothing to do: the name says why.
  });
} else {
  describe("Alibaba Cloud's Node package for credentials", () => {
    let seen: Seen;

    beforeAll(async () => {
      const client = join(__dirname, "alibabaIdentity.cjs");
      seen = await runIdentityClient(process.execPath, (url, httpsHost) => [client, url, folder, httpsHost]);
    }, identityTimeoutMs);

    test("assumes a role over https and starts an execution as it", () => {
      expect(seen.role).toEqual(["assumed-role/deployer/pulumi", "Running"]);
    });

    test("assumes a role with the keys of another role", () => {
      expect(seen.chain).toEqual(["assumed-role/second/pulumi", "Running"]);
    });

    test("is refused a role that does not trust it, and one that is not there", () => {
      expect([seen.untrusted, seen.unknown]).toEqual(["NoPermission", "EntityNotExist.Role"]);
    });

    test("assumes a role with the id token in a file, and is told of an expired one", () => {
      expect(seen.oidc).toEqual(["assumed-role/ci/pulumi", "Running"]);
      expect(seen.expired).toBe("AuthenticationFail.OIDCToken.Expired");
    });

    test.each([
      ["takes the tokens of its second version or none", "optional", "no error"],
      ["takes no request without a token", "required", "no error"],
      ["has no second version", "absent", "404"],
    ])("gets keys from a metadata service that %s", (_what, mode, withoutVersionOne) => {
      expect(seen[mode]).toEqual(["Running", withoutVersionOne]);
    });

    test("gets keys from a credentials URI", () => {
      expect(seen.uri).toBe("Running");
    });

    test("is on record as the session that it has been", () => {
      const machine = ["acme/machine (…)", "role", null];
      expect(seen.actors).toEqual([
        ["acme/deployer (pulumi)", "role", ["demo/demo"]],
        ["acme/second (pulumi)", "role", ["demo/demo", "acme/deployer (pulumi)"]],
        ["acme/ci (pulumi)", "role", ["acme/repo:acme/app"]],
        machine,
        machine,
        machine,
        machine,
      ]);
    });
  });

  describe("Huawei Cloud's Node SDK", () => {
    let seen: Seen;

    beforeAll(async () => {
      const client = join(__dirname, "node", "huaweiIdentity.cjs");
      seen = await runIdentityClient(process.execPath, (url) => [client, url, folder]);
    }, identityTimeoutMs);

    test("exchanges an id token for keys and works with them in the project that it looks up", () => {
      expect(seen.federated).toBe(true);
      const did = { "functiongraph:StartWorkflowExecution:200": 1 };
      expect(seen.actors).toEqual([["acme/repo:acme/app", "federated", "cn-north-4", did]]);
    });

    test("is told of an expired id token", () => {
      expect(seen.expired).toBe("SdkException");
    });
  });
}
