/** CloudFlow's admission of callers: both signatures, every place for the parameters, clocks, nonces and STS tokens. */
import { startEmulator } from "runbook-emulator";
import type { SendOptions } from "./cloudflowClient";
import { CloudFlowClient } from "./cloudflowClient";
import { temporaryKeys } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(CloudFlowClient);

const minuteMs = 60_000;
const flows = { FlowName: "demo-succeeds", Limit: 1 };
const wrongKey = { accessKey: "NOBODY", secretKey: "x" };

describe("a request is let in", () => {
  test.each<[string, SendOptions]>([
    ["with RPC, everything in the query", { place: "query" }],
    ["with RPC, its own parameters in a form", { place: "body" }],
    ["with RPC, everything in a form", { place: "all" }],
    ["with RPC, all by GET", { method: "GET" }],
    ["with RPC and an STS token", { keys: temporaryKeys }],
    ["with RPC asking for Format=JSON", { common: { Format: "JSON" } }],
    ["with ACS3, its parameters in a form", { signature: "acs3" }],
    ["with ACS3, its parameters in the query", { signature: "acs3", place: "query" }],
    ["with ACS3 and an STS token", { signature: "acs3", keys: temporaryKeys }],
    ["14 minutes late", { date: new Date(Date.now() - 14 * minuteMs) }],
    ["14 minutes early, with ACS3", { signature: "acs3", date: new Date(Date.now() + 14 * minuteMs) }],
  ])("%s", async (_how, options) => {
    const input = '{"k":"v ä~*+/&=%"}';
    const answer = await client.call("StartExecution", { FlowName: "demo-slow", Input: input }, options);
    expect([answer.status, answer.json.Input]).toEqual([200, input]);
  });

  test("by the action in a header alone", async () => {
    const answer = await client.call("ListFlows", {}, { signature: "acs3" });
    expect(answer.status).toBe(200);
    expect((await client.control("GET", "/requests")).json.requests).toMatchObject([
      { service: "cloudflow", operation: "ListFlows", path: "/", status: 200 },
    ]);
  });

  test("when only the machine's clock agrees, or only the emulated one", async () => {
    await client.advance(3_600_000);
    expect((await client.call("ListFlows")).status).toBe(200);
    expect((await client.call("ListFlows", {}, { date: new Date(Date.now() + 3_600_000) })).status).toBe(200);
    expect(await client.error("ListFlows", {}, { date: new Date(Date.now() + 1_800_000) })).toEqual([
      403,
      "RequestTimeTooSkewed",
    ]);
  });
});

describe.each(["rpc", "acs3"] as const)("a request with %s is refused", (signature) => {
  const refused = (options: SendOptions): Promise<[number, string]> =>
    client.error("ListExecutions", flows, { signature, ...options });

  test("with an unknown key", async () => {
    expect(await refused({ keys: wrongKey })).toEqual([403, "InvalidAccessKeyID"]);
  });

  test("with a wrong secret, and when something was changed on the way", async () => {
    const keys = { accessKey: "EMULATORACCESSKEY0001", secretKey: "wrong" };
    expect(await refused({ keys })).toEqual([403, "SignatureNotMatch"]);
    const tamper = (parameters: Map<string, string>): void => {
      if (parameters.has("Limit")) parameters.set("Limit", "2");
    };
    expect(await refused({ tamper })).toEqual([403, "SignatureNotMatch"]);
  });

  test("16 minutes late or early", async () => {
    for (const minutes of [-16, 16]) {
      const date = new Date(Date.now() + minutes * minuteMs);
      expect(await refused({ date })).toEqual([403, "RequestTimeTooSkewed"]);
    }
  });

  test("with a nonce that was used, even for another operation", async () => {
    const nonce = "only-once";
    expect((await client.call("ListFlows", {}, { signature, nonce })).status).toBe(200);
    expect(await refused({ nonce })).toEqual([400, "SignatureNonceUsed"]);
    // A refused request has not used its nonce up.
    const other = "not-used";
    expect(
      await refused({ nonce: other, keys: { ...wrongKey, accessKey: "EMULATORACCESSKEY0001" } }),
    ).toEqual([403, "SignatureNotMatch"]);
    expect((await client.call("ListFlows", {}, { signature, nonce: other })).status).toBe(200);
  });

  test("without the token of a temporary key, or with another", async () => {
    const { accessKey, secretKey } = temporaryKeys;
    expect(await refused({ keys: { accessKey, secretKey } })).toEqual([400, "MissingSecurityToken"]);
    const malformed = { accessKey, secretKey, securityToken: "other" };
    expect(await refused({ keys: malformed })).toEqual([400, "InvalidSecurityToken.Malformed"]);
    const mismatch = {
      accessKey: "EMULATORACCESSKEY0001",
      secretKey: "emulator-secret-key-0001",
      securityToken: temporaryKeys.securityToken!,
    };
    expect(await refused({ keys: mismatch })).toEqual([400, "InvalidSecurityToken.MismatchWithAccessKey"]);
  });

  test("with a token that a fault has made expire", async () => {
    await client.control("POST", "/faults", { action: "expireToken", operation: "cloudflow:ListExecutions" });
    expect(await refused({ keys: temporaryKeys })).toEqual([400, "InvalidSecurityToken.Expired"]);
    expect(await refused({ keys: temporaryKeys })).toEqual([400, "InvalidSecurityToken.Expired"]);
  });
});

describe("what is missing is named", () => {
  test.each([
    "AccessKeyId",
    "SignatureMethod",
    "SignatureVersion",
    "SignatureNonce",
    "Timestamp",
    "Signature",
  ])("%s", async (name) => {
    const answer = await client.call("ListFlows", {}, { common: { [name]: undefined } });
    expect([answer.status, answer.json.Code]).toEqual([400, "MissingRequiredParams"]);
    expect(answer.json.Message).toBe(`The HTTP query '${name}' must be specified.`);
  });

  test.each(["x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256", "x-acs-version"])(
    "the header %s",
    async (name) => {
      const tamperHeaders = (headers: Record<string, string>): void => {
        headers[name] = "";
        Reflect.deleteProperty(headers, name);
      };
      const answer = await client.call("ListFlows", {}, { signature: "acs3", tamperHeaders });
      expect(answer.status).toBe(400);
      expect(answer.json.Message).toContain(name === "x-acs-version" ? "'Version'" : `'${name}'`);
    },
  );

  test("a time in another form, another method of signing, an Authorization that is none", async () => {
    expect(await client.error("ListFlows", {}, { common: { Timestamp: "yesterday" } })).toEqual([
      400,
      "InvalidArgument",
    ]);
    expect(await client.error("ListFlows", {}, { common: { SignatureMethod: "HMAC-MD5" } })).toEqual([
      400,
      "InvalidArgument",
    ]);
    const tamperHeaders = (headers: Record<string, string>): void => {
      headers["authorization"] = "ACS3-HMAC-SHA256 nonsense";
    };
    expect(await client.error("ListFlows", {}, { signature: "acs3", tamperHeaders })).toEqual([
      403,
      "SignatureNotMatch",
    ]);
  });

  test("the hash of another body", async () => {
    const options: SendOptions = {
      signature: "acs3",
      common: { "x-acs-content-sha256": "0".repeat(64) },
    };
    expect(await client.error("StartExecution", { FlowName: "demo-slow" }, options)).toEqual([
      403,
      "SignatureNotMatch",
    ]);
  });
});

describe("the shared gateway's words, as a quirk", () => {
  beforeEach(() => client.control("PUT", "/quirks", { gatewayErrors: true }));

  test.each<[string, SendOptions, [number, string]]>([
    ["an unknown key", { keys: wrongKey }, [404, "InvalidAccessKeyId.NotFound"]],
    [
      "a wrong secret",
      { keys: { accessKey: "EMULATORACCESSKEY0001", secretKey: "x" } },
      [400, "SignatureDoesNotMatch"],
    ],
    ["a late request", { date: new Date(0) }, [400, "InvalidTimeStamp.Expired"]],
    ["a malformed time", { common: { Timestamp: "now" } }, [400, "InvalidTimeStamp.Format"]],
    ["a missing parameter", { common: { SignatureNonce: undefined } }, [400, "MissingSignatureNonce"]],
    ["another version", { common: { Version: "2014-01-01" } }, [400, "InvalidVersion"]],
    ["another action", { common: { Action: "Nothing" } }, [404, "InvalidAction.NotFound"]],
  ])("%s", async (_what, options, expected) => {
    expect(await client.error("ListExecutions", flows, options)).toEqual(expected);
  });

  test("an incomplete Authorization, a wrong parameter, a missing one, rights and the server", async () => {
    const tamperHeaders = (headers: Record<string, string>): void => {
      headers["authorization"] = "ACS3-HMAC-SHA256 x";
    };
    expect(await client.error("ListFlows", {}, { signature: "acs3", tamperHeaders })).toEqual([
      400,
      "IncompleteSignature",
    ]);
    expect(await client.error("ListFlows", { Limit: 0 })).toEqual([400, "InvalidParameter"]);
    expect(await client.error("DescribeFlow")).toEqual([400, "MissingName"]);
    for (const [status, code] of [
      [403, "Forbidden.RAM"],
      [500, "InternalError"],
    ] as const) {
      await client.control("POST", "/faults", { action: "status", status, operation: "ListFlows" });
      expect(await client.error("ListFlows")).toEqual([status, code]);
    }
  });
});

test("errors have request id, host, code and message, in a header too", async () => {
  const answer = await client.call("DescribeFlow", { Name: "none" });
  expect(answer.json).toEqual({
    RequestId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
    HostId: new URL(client.url).host,
    Code: "FlowNotExists",
    Message: "Flow none does not exist.",
  });
  expect(answer.headers.get("x-acs-request-id")).toBe(answer.json.RequestId);
});

test("without Format the legacy form is answered in XML", async () => {
  const answer = await client.call("DescribeRegions", {}, { common: { Format: undefined } });
  expect(answer.headers.get("content-type")).toContain("text/xml");
  expect(answer.text).toContain("<DescribeRegionsResponse><Regions><Region><RegionId>cn-hangzhou</RegionId>");
  const error = await client.call("DescribeFlow", { Name: "a<b" }, { common: { Format: "XML" } });
  expect([error.status, error.text]).toEqual([400, expect.stringContaining("<Error><RequestId>")]);
  expect(error.text).not.toContain("a<b");
});

test("signatures and tokens are not kept in the log", async () => {
  await client.call("ListFlows", {}, { keys: temporaryKeys });
  await client.call("ListFlows", {}, { keys: temporaryKeys, signature: "acs3" });
  const { text } = await client.control("GET", "/requests");
  expect(text).toContain("Signature=[redacted]");
  expect(text).not.toContain(temporaryKeys.securityToken);
});

test("a strict emulator measures the skew by its own clock alone", async () => {
  const strict = await startEmulator({ strictAuth: true });
  try {
    const own = new CloudFlowClient(strict.url);
    await own.advance(3_600_000);
    expect(await own.error("ListFlows")).toEqual([403, "RequestTimeTooSkewed"]);
  } finally {
    await strict.close();
  }
});
