/**
 * Our two Alibaba signers against signatures captured from the vendor's own SDKs.
 */
import type { SignableRequest } from "../../provider/src/http/request";
import { formatAcsDate, sha256Hex, signAcs3, signRpc } from "../../provider/src/services/alibaba/signer";
import { acs3Vectors, rpcVectors } from "./alibabaVectors";

test("there are the eight captured vectors", () => {
  expect(rpcVectors).toHaveLength(5);
  expect(acs3Vectors).toHaveLength(3);
});

describe.each(acs3Vectors)("ACS3-HMAC-SHA256: $name, captured from $from", (vector) => {
  const key = { accessKeyId: vector.ak, accessKeySecret: vector.sk };
  const signed = (tampered: Partial<SignableRequest>, accessKeySecret = vector.sk): string =>
    signAcs3({ ...vector, ...tampered }, { ...key, accessKeySecret });

  test("gives the captured signature", () => {
    const names = Object.keys(vector.headers).sort().join(";");
    expect(signed({})).toBe(
      `ACS3-HMAC-SHA256 Credential=${vector.ak},SignedHeaders=${names},Signature=${vector.signature}`,
    );
    expect(sha256Hex(vector.body)).toBe(vector.headers["x-acs-content-sha256"]);
  });

  test.each([
    ["the method", { method: vector.method === "GET" ? "PUT" : "GET" }],
    ["the path", { path: "/x" }],
    ["the query", { query: [...vector.query, ["a", "1"] as const] }],
    ["the date", { headers: { ...vector.headers, "x-acs-date": "2026-11-21T06:21:12Z" } }],
    ["the nonce", { headers: { ...vector.headers, "x-acs-signature-nonce": "0" } }],
    [
      "the body's hash",
      { headers: { ...vector.headers, "x-acs-content-sha256": sha256Hex(`${vector.body} `) } },
    ],
  ] as [string, Partial<SignableRequest>][])(
    "another byte in %s gives another signature",
    (_what, tampered) => {
      expect(signed(tampered)).not.toContain(vector.signature);
    },
  );

  test("another secret gives another signature", () => {
    expect(signed({}, `${vector.sk}x`)).not.toContain(vector.signature);
  });
});

describe.each(rpcVectors)("HMAC-SHA1: $name, captured from $from", (vector) => {
  const parameters = Object.entries(vector.params);

  test("gives the captured signature, in whatever order the parameters are", () => {
    expect(signRpc(vector.method, parameters, vector.sk)).toBe(vector.signature);
    expect(signRpc(vector.method, [...parameters].reverse(), vector.sk)).toBe(vector.signature);
  });

  test.each(parameters.map(([name]) => name))("another byte in %s gives another signature", (name) => {
    const tampered = parameters.map(([key, value]) => [key, key === name ? `${value}x` : value] as const);
    expect(signRpc(vector.method, tampered, vector.sk)).not.toBe(vector.signature);
  });

  test("another method or secret gives another signature", () => {
    expect(signRpc("PUT", parameters, vector.sk)).not.toBe(vector.signature);
    expect(signRpc(vector.method, parameters, `${vector.sk}x`)).not.toBe(vector.signature);
  });
});

test("the date is ISO in UTC, to the second", () => {
  expect(formatAcsDate(Date.parse("2026-11-21T06:21:13.999Z"))).toBe("2026-11-21T06:21:13Z");
});
