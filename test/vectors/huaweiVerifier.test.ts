/**
 * The emulator's signature checker against signatures that the vendor's own SDK has sent.
 */
import { createHash, createHmac } from "node:crypto";
import { parseSdkDate, parseSignatureHeader, verifySignature } from "../../emulator/src/huawei/signature";
import type { SignedRequest } from "../../emulator/src/huawei/signature";
import type { HuaweiVector } from "./huaweiVectors";
import { huaweiVectors } from "./huaweiVectors";

const encode = (text: string): string => encodeURIComponent(text);

function requestOf(vector: HuaweiVector): SignedRequest {
  return {
    method: vector.method,
    path: vector.path,
    rawQuery: vector.query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&"),
    headers: vector.headers,
    body: Buffer.from(vector.body),
  };
}

function isAccepted(vector: HuaweiVector, request: SignedRequest, signature = vector.signature): boolean {
  const signedHeaders = Object.keys(vector.headers).sort();
  return verifySignature(request, { accessKey: vector.ak, signedHeaders, signature }, vector.sk);
}

const flipFirst = (text: string): string => (text.startsWith("0") ? "1" : "0") + text.slice(1);

describe("the emulator's SDK-HMAC-SHA256 checker", () => {
  test("has five vectors to pass", () => {
    expect(huaweiVectors).toHaveLength(5);
  });

  describe.each(huaweiVectors)("$name", (vector) => {
    const request = requestOf(vector);

    test("is accepted as the SDK sent it", () => {
      expect(isAccepted(vector, request)).toBe(true);
    });

    test("is refused with another signature", () => {
      expect(isAccepted(vector, request, flipFirst(vector.signature))).toBe(false);
      expect(isAccepted(vector, request, vector.signature.slice(1))).toBe(false);
    });

    test("is refused with another secret key", () => {
      expect(isAccepted({ ...vector, sk: `${vector.sk}x` }, request)).toBe(false);
    });

    test("is refused with another method, path or query", () => {
      expect(isAccepted(vector, { ...request, method: "DELETE" })).toBe(false);
      expect(isAccepted(vector, { ...request, path: `${request.path}x` })).toBe(false);
      expect(isAccepted(vector, { ...request, path: request.path.replace("v", "V") })).toBe(false);
      expect(isAccepted(vector, { ...request, rawQuery: `${request.rawQuery}&a=1` })).toBe(false);
    });

    test("is refused with another body", () => {
      const body = Buffer.concat([request.body, Buffer.from(" ")]);
      expect(isAccepted(vector, { ...request, body })).toBe(false);
    });

    test.each(Object.keys(vector.headers))("is refused with another %s", (name) => {
      const headers = { ...request.headers, [name]: flipFirst(request.headers[name]!) };
      expect(isAccepted(vector, { ...request, headers })).toBe(false);
    });

    test("is refused when a signed header is missing", () => {
      const headers = { ...request.headers };
      delete (headers as Record<string, string>)["host"];
      expect(isAccepted(vector, { ...request, headers })).toBe(false);
    });

    test("is refused when the date is not among the signed headers", () => {
      const header = { accessKey: vector.ak, signedHeaders: ["host"], signature: vector.signature };
      expect(verifySignature(request, header, vector.sk)).toBe(false);
    });
  });
});

describe("a signature made by the rules of the vendor's page", () => {
  const secretKey = "secret";
  const request: SignedRequest = {
    method: "GET",
    path: "/v1/p/wf%2Fa%20b",
    rawQuery: "b=2&a=%20&a=!",
    headers: { host: " example ", "x-sdk-date": "20261121T061948Z" },
    body: Buffer.alloc(0),
  };
  const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

  function isAcceptedWith(uri: string, signedHeaders: readonly string[]): boolean {
    const block = signedHeaders.map((name) => `${name}:${request.headers[name]!.trim()}\n`).join("");
    const canonical = `GET\n${uri}\na=%20&a=%21&b=2\n${block}\n${signedHeaders.join(";")}\n${sha256("")}`;
    const toSign = `SDK-HMAC-SHA256\n20261121T061948Z\n${sha256(canonical)}`;
    const signature = createHmac("sha256", secretKey).update(toSign).digest("hex");
    return verifySignature(request, { accessKey: "AK", signedHeaders, signature }, secretKey);
  }

  test.each([
    ["each segment decoded and encoded again", "/v1/p/wf%2Fa%20b/"],
    ["the whole path decoded before it is split", "/v1/p/wf/a%20b/"],
    ["the encoded path encoded once more", "/v1/p/wf%252Fa%2520b/"],
  ])("is accepted with %s", (_form, uri) => {
    expect(isAcceptedWith(uri, ["host", "x-sdk-date"])).toBe(true);
    expect(isAcceptedWith(uri, ["x-sdk-date"])).toBe(true);
  });

  test("is refused with another path, and without the final slash", () => {
    expect(isAcceptedWith("/v1/p/other/", ["x-sdk-date"])).toBe(false);
    expect(isAcceptedWith("/v1/p/wf/a%20b", ["x-sdk-date"])).toBe(false);
  });

  test("is refused when it does not cover the date", () => {
    expect(isAcceptedWith("/v1/p/wf/a%20b/", ["host"])).toBe(false);
  });
});

describe("the Authorization header", () => {
  const signature = "a".repeat(64);

  test("is read into its three parts", () => {
    const text = `SDK-HMAC-SHA256 Access=AK1, SignedHeaders=Host;X-Sdk-Date, Signature=${signature}`;
    expect(parseSignatureHeader(text)).toEqual({
      accessKey: "AK1",
      signedHeaders: ["host", "x-sdk-date"],
      signature,
    });
  });

  test.each([
    "Bearer abc",
    "",
    "SDK-HMAC-SHA256",
    `SDK-HMAC-SHA256 Access=AK1, Signature=${signature}`,
    "SDK-HMAC-SHA256 Access=AK1, SignedHeaders=x-sdk-date, Signature=short",
    `SDK-HMAC-SM3 Access=AK1, SignedHeaders=x-sdk-date, Signature=${signature}`,
  ])("is refused as %j", (text) => {
    expect(parseSignatureHeader(text)).toBeUndefined();
  });

  test("dates are read as UTC, and other texts are no dates", () => {
    expect(parseSdkDate("20261121T061948Z")).toBe(Date.UTC(2026, 10, 21, 6, 19, 48));
    expect(parseSdkDate("2026-11-21T06:19:48Z")).toBeUndefined();
    expect(parseSdkDate("20261341T061948Z")).toBeUndefined();
  });
});
