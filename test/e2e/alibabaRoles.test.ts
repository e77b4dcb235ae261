/**
 * Roles of Alibaba Cloud with the real engine: an explicit provider that assumes one, the same from the stack's configuration,
 * and what happens when the credentials move to another account.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { acmeAccountId, acmeSeed, annKeys } from "../emulator/acme";
import { demoKeyPair } from "../emulator/emulatorClient";
import { control } from "../support/emulators";
import { useFixture } from "../support/fixture";

const fixture = useFixture({ emulator: { seed: acmeSeed } });

const externalId = "order-66";
const role = { roleArn: `acs:ram::${acmeAccountId}:role/partner`, sessionName: "deploy-7" };

const program = (settings: object): string => `
const pulumi = require("@pulumi/pulumi");
const { Provider, cloudflow } = require("pulumi-runbook");
const settings = ${JSON.stringify(settings)};
if (settings.assumeRole) settings.assumeRole.externalId = pulumi.secret(${JSON.stringify(externalId)});
const provider = new Provider("acme", { alicloud: { region: "cn-shanghai", skipRegionValidation: true, ...settings } });
exports.status = new cloudflow.WorkflowExecution("nightly", { flowName: "flow" }, { provider }).status;
`;

/** The callers that have started executions, oldest first. */
async function starters(): Promise<string[]> {
  const answer = await control(fixture.emulator, "GET", "/executions?service=cloudflow");
  const { executions } = answer as { executions: { startedBy: string }[] };
  return executions.map(({ startedBy }) => startedBy).reverse();
}

test("an explicit provider acts as its role; no secret is in the state; another account runs again", async () => {
  const { emulator, stack } = fixture;
  const endpoints = { fnf: emulator.url, sts: emulator.url };
  const keys = { accessKey: demoKeyPair.accessKey, secretKey: demoKeyPair.secretKey };
  writeFileSync(join(stack.folder, "index.js"), program({ ...keys, endpoints, assumeRole: role }));
  const up = await stack.up();
  expect(up.output).not.toContain("error:");
  expect((await stack.outputs())["status"]?.value).toBe("succeeded");
  expect(await starters()).toEqual(["partner:deploy-7"]);
  expect((await stack.resource("nightly")).outputs["accountId"]).toBe(acmeAccountId);
  for (const secret of [demoKeyPair.secretKey, externalId]) {
    expect(stack.stored()).not.toContain(secret);
    expect(up.output).not.toContain(secret);
  }
  expect((await stack.up()).changes).toEqual({ same: 3 });
  expect((await stack.refresh()).ok).toBe(true);

  // The same account by another way is the same place.
  const ann = { accessKey: annKeys.accessKey, secretKey: annKeys.secretKey, endpoints };
  writeFileSync(join(stack.folder, "index.js"), program({ ...ann, accountId: acmeAccountId }));
  const same = await stack.up();
  expect(same.output).not.toContain("error:");
  expect(await starters()).toEqual(["partner:deploy-7"]);

  // Keys of another account: the preview asks the STS whose they are.
  writeFileSync(join(stack.folder, "index.js"), program({ ...keys, endpoints }));
  expect((await stack.preview()).output).toMatch(
    new RegExp(`accountId changed from ${acmeAccountId} to \\d{16}`),
  );

  writeFileSync(join(stack.folder, "index.js"), program({ ...keys, endpoints, accountId: "42" }));
  const preview = await stack.preview();
  expect(preview.output).toContain(`accountId changed from ${acmeAccountId} to 42`);
  const refused = await stack.up();
  expect(refused.ok).toBe(false);
  expect(refused.output).toMatch(
    /configuration alicloud:accountId is 42, but the credentials[^]*belong to account [^]*Nothing was started/,
  );
  expect(await starters()).toHaveLength(1);
});

test("a role of the stack's configuration acts; a setting that is refused is named by the preview", async () => {
  const { emulator, stack } = fixture;
  await stack.config("alicloud:endpoints", JSON.stringify([{ fnf: emulator.url, sts: emulator.url }]));
  await stack.config(
    "alicloud:assumeRole",
    JSON.stringify({ role_arn: role.roleArn, external_id: externalId }),
    true,
  );
  const up = await stack.up([{ name: "nightly", kind: "cloudflow", args: { flowName: "flow" } }]);
  expect(up.output).not.toContain("error:");
  expect(await starters()).toEqual(["partner:terraform"]);

  await stack.config("alicloud:sourceIp", "192.0.2.1");
  const preview = await stack.preview();
  expect(preview.ok).toBe(false);
  expect(preview.output).toContain(
    "configuration alicloud:sourceIp is set, which this package does not support.",
  );
});
