/** An account beside the demo one that lets others in: agencies and roles, sub-projects, an identity provider. */
import type { Seed } from "runbook-emulator";
import type { Keys } from "./emulatorClient";

export const acmeDomainId = "acme0000000000000000000000000001";
export const acmeAccountId = "1234567890123456";

/** The account's project, and its sub-project. */
export const acmeProject = "a0000000000000000000000000000001";
export const acmeSubProject = "a0000000000000000000000000000002";

/** A key of its user ann. */
export const annKeys: Keys = { accessKey: "ACMEKEY0000000000001", secretKey: "acme-secret-1" };

/** The demo account may be `deployer`, who may be `second`; `ci` is for a repository's jobs; `partner` asks for an external id. */
export const acmeSeed: Seed = {
  accounts: [
    {
      domain: "acme",
      domainId: acmeDomainId,
      accountId: acmeAccountId,
      users: [{ name: "ann", id: "ann00000000000000000000000000001", password: "ann-password-1" }],
      accessKeys: [{ ...annKeys, user: "ann" }],
      projects: [
        { id: acmeProject, name: "cn-north-4" },
        { id: acmeSubProject, name: "cn-north-4_dev" },
      ],
      agencies: [
        {
          name: "deployer",
          trusts: [{ domain: "demo" }],
          projects: ["cn-north-4_dev"],
          maxSessionSeconds: 7200,
        },
        { name: "second", trusts: [{ domain: "acme", agency: "deployer" }], projects: ["cn-north-4"] },
        { name: "ci", trusts: [{ idp: "github", subject: "repo:acme/*" }] },
        { name: "partner", trusts: [{ domain: "demo" }], externalId: "order-66" },
        { name: "machine" },
      ],
      roles: [
        { name: "deployer", trusts: [{ domain: "demo", user: "demo" }] },
        { name: "second", trusts: [{ domain: "acme", role: "deployer" }] },
        { name: "ci", trusts: [{ idp: "github", subject: "repo:acme/*" }] },
        { name: "partner", trusts: [{ domain: "demo" }], externalId: "order-66" },
        { name: "machine" },
      ],
      identityProviders: [
        { name: "github", issuer: "https://token.example.com", audiences: ["sts.example.com"] },
      ],
    },
  ],
  workflows: {
    "aom:job": { projectId: acmeProject, nodes: [{ id: "a", durationMs: 10 }] },
    "functiongraph:job": { projectId: acmeProject, nodes: [{ id: "a", durationMs: 10 }] },
    "cloudflow:flow": { projectId: acmeProject, nodes: [{ id: "a", durationMs: 10 }] },
  },
};
