/**
 * The vendors' Python SDKs take on identities from the emulator. They need a Python with the packages of requirements.txt,
 * which `npm test` prepares and names in CONFORMANCE_PYTHON; without it the tests are skipped by name.
 */
import { join } from "node:path";
import { acmeProject, acmeSubProject } from "../emulator/acme";
import { identityTimeoutMs, runIdentityClient } from "./identityScenario";
import type { Seen } from "./identityScenario";

const python = process.env["CONFORMANCE_PYTHON"] ?? "";

if (python === "") {
  test.skip("the vendors' Python SDKs (skipped: CONFORMANCE_PYTHON names no Python with the packages)", () => {
    // Nothing to do: the name says why.
  });
} else {
  const runScript = (name: string): Promise<Seen> =>
    runIdentityClient(python, (url) => [join(__dirname, name), url]);

  describe("Huawei Cloud's Python SDKs", () => {
    let seen: Seen;

    beforeAll(async () => {
      seen = await runScript("huawei_identity.py");
    }, identityTimeoutMs);

    test("get the token of an agency, signed, for a project of the delegating account", () => {
      expect(seen.agency_token).toEqual([["assume_role"], "acme/deployer", "cn-north-4_dev", "demo", true]);
    });

    test("understand why an agency is refused: unknown, for another project, not for them", () => {
      expect(seen.unknown_agency).toEqual([404, 404]);
      expect(seen.closed_project).toEqual([403, 403]);
      expect(seen.closed_agency).toEqual([403, 403]);
    });

    test("work with the keys of an agency in the sub-project that they look up", () => {
      expect(seen.agency_run).toEqual(["acme/deployer", acmeSubProject]);
      expect(seen.agency_projects).toEqual(["cn-north-4_dev"]);
      expect(seen.agency_domain).toBe("acme");
    });

    test("are refused with keys without their token, with keys that have expired, and keys for too long", () => {
      expect(seen.keys_without_token).toEqual([401, "APIGW.0301"]);
      expect(seen.expired_keys).toEqual([401, "APIGW.0301"]);
      expect(seen.too_long).toEqual([400, 400]);
    });

    test("assume an agency through the STS and see who they are", () => {
      expect(seen.caller).toEqual(["user", "demo"]);
      expect(seen.assumed).toEqual(["assumed-agency", "deployer/pulumi"]);
      expect(seen.session_caller).toEqual([["assumed-agency", "deployer/pulumi"], true]);
      expect(seen.sts_run).toEqual(["acme/deployer", acmeSubProject]);
    });

    test("assume an agency with the keys of another, for an hour at most", () => {
      expect(seen.chained_run).toEqual(["acme/second", acmeProject]);
      expect(seen.chained_too_long).toEqual([400, "STS5.1002"]);
    });

    test("understand the errors of the STS", () => {
      expect(seen.unknown_agency_sts).toEqual([404, "STS5.1106"]);
      expect(seen.untrusted_sts).toEqual([403, "STS5.1001"]);
    });

    test("exchange an id token through IAM and through the STS", () => {
      expect(seen.federated_run).toEqual(["repo:acme/app", acmeProject]);
      expect(seen.oidc_run).toEqual(["acme/ci", acmeProject]);
      expect([seen.expired_id_token, seen.oidc_stranger]).toEqual([["SdkException"], ["SdkException"]]);
    });

    test.each(["optional", "required", "absent"])(
      "get keys from a metadata service whose tokens are %s",
      (mode) => {
        expect(seen[`metadata_${mode}`]).toEqual(["acme/machine", acmeProject]);
      },
    );

    test("get new keys from the metadata service before the old ones end, and 401 without an agency", () => {
      const [sameAtOnce, sameLater] = seen.metadata_renewal;
      expect([sameAtOnce, sameLater]).toEqual([true, false]);
      expect(seen.metadata_without_agency).toEqual([401, 401]);
    });

    test.each(["credential", "credentials", "flat"])("get the keys of a pod in the shape %s", (shape) => {
      expect(seen[`pod_${shape}`]).toEqual(["acme/machine", acmeProject]);
    });

    test("are refused the keys of a pod with an expired token", () => {
      expect(seen.pod_expired).toEqual(["SdkException"]);
    });

    test("look their domain up in IAM, and in the STS where IAM lists none", () => {
      expect([seen.domain_in_iam, seen.domain_in_sts]).toEqual([true, true]);
    });

    test("are on record as whom they have been", () => {
      const [first, second, chained, federated, oidc, ...machines] = seen.actors;
      expect([first, second, chained, federated, oidc]).toEqual([
        ["acme/deployer (ann-b)", "agency", ["demo/demo"], "cn-north-4_dev"],
        ["acme/deployer (pulumi)", "agency", ["demo/demo"], "cn-north-4_dev"],
        ["acme/second (next)", "agency", ["demo/demo", "acme/deployer (pulumi)"], "cn-north-4"],
        ["acme/repo:acme/app", "federated", null, "cn-north-4"],
        ["acme/ci (oidc-sts-session)", "agency", ["acme/repo:acme/app"], "cn-north-4"],
      ]);
      expect(machines).toHaveLength(6);
      for (const [who, kind] of machines) {
        expect([who, kind]).toEqual([expect.stringMatching(/^acme\/machine \(/), "agency"]);
      }
    });
  });

  describe("Alibaba Cloud's Python SDKs", () => {
    let seen: Seen;

    beforeAll(async () => {
      seen = await runScript("alibaba_identity.py");
    }, identityTimeoutMs);

    test.each(["rpc", "acs3"])("assume a role and start an execution as it, signing with %s", (signature) => {
      expect(seen[`caller_${signature}`]).toEqual(["RAMUser", "user/demo"]);
      expect(seen[`assumed_${signature}`]).toEqual(["role/deployer/pulumi", "pulumi", true]);
      expect(seen[`role_${signature}`]).toEqual([
        "AssumedRoleUser",
        "1234567890123456",
        "assumed-role/deployer/pulumi",
      ]);
      expect(seen[`started_${signature}`]).toBe("Running");
    });

    test.each(["rpc", "acs3"])("assume a role with an id token, in the form of %s", (signature) => {
      expect(seen[`oidc_${signature}`]).toEqual([
        "repo:acme/app",
        "https://token.example.com",
        "sts.example.com",
        "Success",
      ]);
      expect(seen[`oidc_started_${signature}`]).toBe("Running");
    });

    test("assume a role with the keys of another, for an hour at most", () => {
      expect(seen.chained_started).toBe("Running");
      expect(seen.chained_too_long).toEqual([400, "InvalidParameter.DurationSeconds"]);
    });

    test("understand why a role is refused", () => {
      expect(seen.untrusted).toEqual([403, "NoPermission"]);
      expect(seen.unknown_role).toEqual([404, "EntityNotExist.Role"]);
      expect(seen.too_short).toEqual([400, "InvalidParameter.DurationSeconds"]);
      expect(seen.expired_id_token).toEqual([401, "AuthenticationFail.OIDCToken.Expired"]);
      expect(seen.other_subject).toEqual([401, "AuthenticationFail.NoPermission"]);
    });

    test("are refused with keys without their token, with another one, and after their end", () => {
      expect(seen.without_token).toEqual([400, "MissingSecurityToken"]);
      expect(seen.wrong_token).toEqual([400, "InvalidSecurityToken.MismatchWithAccessKey"]);
      expect(seen.invented_token).toEqual([400, "InvalidSecurityToken.Malformed"]);
      expect(seen.expired).toEqual([400, "InvalidSecurityToken.Expired"]);
    });

    test.each([
      ["optional", "no error"],
      ["required", "no error"],
      ["absent", [null, null]],
    ])("get keys from a metadata service whose tokens are %s", (mode, withoutVersionOne) => {
      expect(seen[`metadata_${mode}`]).toEqual(["machine", withoutVersionOne]);
    });

    test("get keys for the role that they name, and none for another", () => {
      expect(seen.metadata_by_name).toBe("machine");
      expect(seen.metadata_other_role).toEqual([null, null]);
    });

    test("get keys from a credentials URI", () => {
      expect(seen.uri).toBe("machine");
    });

    test("are on record as the session that they have been", () => {
      const deployer = ["acme/deployer (pulumi)", "role", ["demo/demo"]];
      const ci = ["acme/ci (pulumi)", "role", ["acme/repo:acme/app"]];
      const second = ["acme/second (pulumi)", "role", ["demo/demo", "acme/deployer (pulumi)"]];
      expect(seen.actors).toEqual([deployer, ci, deployer, ci, second]);
    });
  });
}
