/**
 * Our signer against signatures captured from the vendor's own SDKs.
 */
import type { SignableRequest } from "../../provider/src/http/request";
import { formatSdkDate, signHuaweiRequest } from "../../provider/src/services/huawei/signer";
import { huaweiVectors } from "./huaweiVectors";

test("there are the five captured vectors", () => {
  expect(huaweiVectors).toHaveLength(5);
});

describe.each(huaweiVectors)("$name, captured from $from", (vector) => {
  const request: SignableRequest = vector;
  const signatureOf = (tampered: Partial<SignableRequest>, secretKey = vector.sk): string =>
    signHuaweiRequest({ ...request, ...tampered }, { accessKey: vector.ak, secretKey });

  test("gives the captured signature", () => {
    const names = Object.keys(vector.headers).sort().join(";");
    expect(signatureOf({})).toBe(
      `SDK-HMAC-SHA256 Access=${vector.ak}, SignedHeaders=${names}, Signature=${vector.signature}`,
    );
  });

  test.each([
    ["the method", { method: vector.method === "GET" ? "PUT" : "GET" }],
    ["the path", { path: `${vector.path}x` }],
    ["the query", { query: [...vector.query, ["a", "1"] as const] }],
    ["the date", { headers: { ...vector.headers, "x-sdk-date": "20261121T061947Z" } }],
    ["the host", { headers: { ...vector.headers, host: "127.0.0.1:28654" } }],
    ["the body", { body: `${vector.body} ` }],
  ] as [string, Partial<SignableRequest>][])(
    "another byte in %s gives another signature",
    (_what, tampered) => {
      expect(signatureOf(tampered)).not.toContain(vector.signature);
    },
  );

  test("another secret gives another signature", () => {
    expect(signatureOf({}, `${vector.sk}x`)).not.toContain(vector.signature);
  });
});

test("the date is basic ISO in UTC", () => {
  expect(formatSdkDate(Date.parse("2026-11-21T06:19:48.999Z"))).toBe("20261121T061948Z");
});
