/**
 * Every setting of AWS's official Pulumi provider: honoured, refused by name, or without a say in who acts and where.
 * test/seeds/pulumiAwsKeys.json says where the list is from.
 */
import seed from "../seeds/pulumiAwsKeys.json";
import { check } from "../../provider/src/lifecycle";
import { findIdentity } from "../../provider/src/services/aws/identity";
import { resolveSts } from "../../provider/src/services/aws/location";
import { awsSettings } from "../../provider/src/services/aws/settingsTable";
import { placeOf } from "../../provider/src/services/aws/stepfunctions/place";
import { services } from "../../provider/src/services/registry";
import { settingsOf } from "../support/sessions";

type Texts = Record<string, string>;
const stateMachineArn = "arn:aws:states:eu-west-1:123456789012:stateMachine:deploy";
const roleArn = "arn:aws:iam::123456789012:role/deployer";

test("the table has every key of the official provider, and no other but the older form of one", () => {
  const own = awsSettings.table.flatMap(({ key }) => (key === undefined ? [] : [key]));
  expect(own.sort()).toEqual([...seed.keys, "assumeRole"].sort());
});

/** For each setting of the caller or the place: a value with another effect than none. */
const decisive: Readonly<Record<string, Texts>> = {
  accessKey: { "aws:accessKey": "AKIA", "aws:secretKey": "s" },
  secretKey: { "aws:accessKey": "AKIA", "aws:secretKey": "s" },
  token: { "aws:accessKey": "AKIA", "aws:secretKey": "s", "aws:token": "t" },
  profile: { "aws:profile": "dev" },
  sharedConfigFiles: { "aws:sharedConfigFiles": '["/config"]' },
  sharedCredentialsFiles: { "aws:sharedCredentialsFiles": '["/credentials"]' },
  assumeRoles: { "aws:assumeRoles": JSON.stringify([{ roleArn }]) },
  assumeRole: { "aws:assumeRole": JSON.stringify({ roleArn }) },
  assumeRoleWithWebIdentity: {
    "aws:assumeRoleWithWebIdentity": JSON.stringify({ roleArn, webIdentityToken: "t" }),
  },
  allowedAccountIds: { "aws:allowedAccountIds": '["111111111111"]' },
  forbiddenAccountIds: { "aws:forbiddenAccountIds": '["123456789012"]' },
  region: { "aws:region": "us-east-2" },
  stsRegion: { "aws:stsRegion": "us-east-2" },
  endpoints: { "aws:endpoints": '[{"sfn":"https://sfn.local","sts":"https://sts.local"}]' },
  useFipsEndpoint: { "aws:useFipsEndpoint": "true" },
  useDualstackEndpoint: { "aws:useDualstackEndpoint": "true" },
  ec2MetadataServiceEndpoint: { "aws:ec2MetadataServiceEndpoint": "http://127.0.0.1:1" },
  ec2MetadataServiceEndpointMode: { "aws:ec2MetadataServiceEndpointMode": "IPv6" },
  skipMetadataApiCheck: { "aws:skipMetadataApiCheck": "true" },
};

/** The result of the settings: the caller, the addresses of the services, or the problem. */
function outcomeOf(config: Texts): string {
  const settings = settingsOf({ config });
  const problems = check(services.stepfunctions, { stateMachineArn }, settings);
  if (problems.length > 0) return JSON.stringify(problems);
  return JSON.stringify([
    findIdentity(settings),
    resolveSts({ partition: "aws", region: "eu-west-1" }, settings),
    placeOf({ stateMachineArn }, settings),
  ]);
}

test("what says who or where is honoured or refused, never ignored", () => {
  const rows = awsSettings.table.filter(({ key, concern }) => key !== undefined && concern.startsWith("wh"));
  expect(rows.map(({ key }) => key!).sort()).toEqual(Object.keys(decisive).sort());
  expect(rows.filter(({ treatment }) => treatment === "ignored")).toEqual([]);
});

test.each(Object.entries(decisive))("%s makes a difference", (key, config) => {
  const { [`aws:${key}`]: _own, ...others } = config;
  expect(outcomeOf(config)).not.toBe(outcomeOf(others));
  const { treatment } = awsSettings.table.find((row) => row.key === key)!;
  if (treatment === "refused") expect(outcomeOf(config)).toContain(`aws:${key} is set`);
});

test("the fields of its roles are taken, and others are refused with the list of them", () => {
  const values: Readonly<Record<string, unknown>> = {
    duration: "15m",
    externalId: "x",
    policy: '{"Version":"2012-10-17"}',
    policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
    roleArn,
    sessionName: "s-1",
    sourceIdentity: "me",
    tags: { team: "db" },
    transitiveTagKeys: ["team"],
    webIdentityToken: "t",
    webIdentityTokenFile: "/token",
  };
  const take = (key: string, names: readonly string[], more: object = {}): unknown => {
    const object = { ...Object.fromEntries(names.map((name) => [name, values[name]])), ...more };
    const text = JSON.stringify(key === "assumeRoles" ? [object] : object);
    return findIdentity(settingsOf({ config: { [`aws:${key}`]: text } }));
  };
  for (const key of ["assumeRoles", "assumeRoleWithWebIdentity"] as const) {
    const names = seed[key];
    expect(take(key, names)).toMatchObject({ kind: key === "assumeRoles" ? "role" : "webIdentity" });
    expect(() => take(key, names, { user: "x" })).toThrow(
      `has the unknown field user: correct or remove the field. The fields are ${[...names].sort().join(", ")}.`,
    );
  }
});

test("the names under which it takes addresses are taken", () => {
  const names = seed.endpoints.filter((name) => name !== "sts");
  for (const name of names) {
    const config = { "aws:endpoints": JSON.stringify([{ [name]: "https://own.local" }]) };
    expect(placeOf({ stateMachineArn }, settingsOf({ config })).endpoint).toBe("https://own.local");
  }
  const config = { "aws:endpoints": '[{"sts":"https://own.local"}]' };
  const place = { partition: "aws", region: "eu-west-1" };
  expect(resolveSts(place, settingsOf({ config })).endpoint).toBe("https://own.local");
});
