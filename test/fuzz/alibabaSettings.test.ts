/**
 * Settings of Alibaba Cloud as nobody would write them: each is taken, or refused by a ConfigurationError that keeps secrets.
 */
import * as fc from "fast-check";
import { findIdentity } from "../../provider/src/services/alibaba/identity";
import { ConfigurationError } from "../../provider/src/ground/errors";
import { check } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { settingsOf } from "../support/sessions";

const secret = "s3cret-of-a-fuzzer";
const modes = ["AK", "StsToken", "RamRoleArn", "ChainableRamRoleArn", "EcsRamRole", "OIDC", "CloudSSO", ""];
const anything = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant({}),
  fc.constant([]),
);
const profile = fc.record(
  {
    name: fc.oneof(fc.constantFrom("a", "b"), anything),
    mode: fc.oneof(fc.constantFrom(...modes), anything),
    access_key_id: anything,
    access_key_secret: fc.oneof(fc.constant(secret), anything),
    sts_token: fc.oneof(fc.constant(secret), anything),
    ram_role_arn: fc.oneof(fc.constant("acs:ram::1:role/x"), anything),
    source_profile: fc.oneof(fc.constantFrom("a", "b"), anything),
    expired_seconds: anything,
    region_id: anything,
  },
  { requiredKeys: [] },
);
const file = fc.oneof(
  fc.record({
    current: fc.oneof(fc.constantFrom("a", "b"), anything),
    profiles: fc.oneof(fc.array(profile), anything),
  }),
  fc.object(),
);
const text = fc.oneof(fc.string(), fc.json());
// Messages quote names, paths and regions, and nothing that may hold a secret.
const withSecret = fc.oneof(
  text,
  profile.map((value) => JSON.stringify({ ...value, oidcToken: secret })),
);
const config = fc.record(
  {
    accessKey: withSecret,
    profile: text,
    credentialsUri: fc.oneof(text, fc.constant(`http://127.0.0.1/x?key=${secret}`)),
    ecsRoleName: text,
    assumeRole: withSecret,
    assumeRoleWithOidc: withSecret,
    accountId: text,
    region: text,
    endpoints: text,
    protocol: text,
    sharedCredentialsFile: text,
    skip_region_validation: text,
  },
  { requiredKeys: [] },
);

function outcome(work: () => unknown): string {
  try {
    work();
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
}

test("whatever the configuration and the files of profiles hold", () => {
  fc.assert(
    fc.property(config, file, fc.boolean(), (values, json, isCut) => {
      const content = JSON.stringify(json);
      const settings = settingsOf({
        config: Object.fromEntries(Object.entries(values).map(([key, value]) => [`alicloud:${key}`, value])),
        files: { "~/.aliyun/config.json": isCut ? content.slice(0, -1) : content },
      });
      expect(outcome(() => findIdentity(settings))).not.toContain(secret);
      const problems = check(services.cloudflow, { flowName: "f" }, settings);
      expect(problems.map(({ reason }) => reason).join("\n")).not.toContain(secret);
    }),
    { numRuns: 2_000 },
  );
});
