/**
 * The emulator's checkers of Alibaba Cloud's signatures against what the vendor's own clients have sent.
 */
import { createHash, createHmac } from "node:crypto";
import type { Acs3Request, Parameter } from "../../emulator/src/alibaba/signatures";
import {
  parseAcs3Header,
  parseTimestamp,
  queryParameters,
  verifyAcs3,
  verifyRpc,
} from "../../emulator/src/alibaba/signatures";
import type { Acs3Vector, RpcVector } from "./alibabaVectors";
import { acs3Vectors, rpcVectors } from "./alibabaVectors";

/** The text with its byte at `index` changed. */
function flip(text: string, index = 0): string {
  return text.slice(0, index) + (text[index] === "0" ? "1" : "0") + text.slice(index + 1);
}

const everyByte = (text: string): number[] => Array.from({ length: text.length }, (_, index) => index);

test("there are eight vectors", () => {
  expect([rpcVectors.length, acs3Vectors.length]).toEqual([5, 3]);
});

describe.each(rpcVectors)("RPC-HMAC-SHA1: $name ($from)", (vector) => {
  const accepts = (
    changes: Partial<RpcVector> & { readonly parameters?: readonly Parameter[] } = {},
  ): boolean => {
    const { method, params, signature, sk } = { ...vector, ...changes };
    return verifyRpc(method, changes.parameters ?? Object.entries(params), signature, sk);
  };

  test("is accepted, in whatever order the parameters come, with and without Signature among them", () => {
    expect(accepts()).toBe(true);
    const all: Parameter[] = Object.entries({ ...vector.params, Signature: vector.signature });
    expect(accepts({ parameters: all })).toBe(true);
    expect(accepts({ parameters: all.reverse() })).toBe(true);
  });

  test("is refused with any byte of the signature changed", () => {
    const { signature } = vector;
    expect(everyByte(signature).filter((index) => accepts({ signature: flip(signature, index) }))).toEqual(
      [],
    );
    expect(accepts({ signature: signature.slice(1) })).toBe(false);
  });

  test("is refused with any byte of the secret changed", () => {
    expect(everyByte(vector.sk).filter((index) => accepts({ sk: flip(vector.sk, index) }))).toEqual([]);
  });

  test("is refused with another method", () => {
    expect(accepts({ method: vector.method === "GET" ? "POST" : "GET" })).toBe(false);
  });

  test.each(Object.keys(vector.params))("is refused with another %s, and without it", (name) => {
    const value = vector.params[name]!;
    const wrong = everyByte(value).filter((index) =>
      accepts({ params: { ...vector.params, [name]: flip(value, index) } }),
    );
    expect(wrong).toEqual([]);
    expect(accepts({ parameters: Object.entries(vector.params).filter(([key]) => key !== name) })).toBe(
      false,
    );
  });

  test("is refused with a parameter more", () => {
    expect(accepts({ params: { ...vector.params, Extra: "" } })).toBe(false);
  });
});

describe.each(acs3Vectors)("ACS3-HMAC-SHA256: $name ($from)", (vector) => {
  const request: Acs3Request = {
    method: vector.method,
    path: vector.path,
    rawQuery: vector.query
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join("&"),
    headers: vector.headers,
    body: Buffer.from(vector.body),
  };
  const accepts = (
    changes: Partial<Acs3Request> = {},
    { sk = vector.sk, signature = vector.signature }: Partial<Acs3Vector> = {},
  ): boolean => {
    const signedHeaders = Object.keys(vector.headers);
    return verifyAcs3({ ...request, ...changes }, { accessKeyId: vector.ak, signedHeaders, signature }, sk);
  };

  test("is accepted as the client sent it", () => {
    expect(accepts()).toBe(true);
  });

  test("is refused with any byte of the signature or of the secret changed", () => {
    const { signature, sk } = vector;
    const wrong = everyByte(signature).filter((index) => accepts({}, { signature: flip(signature, index) }));
    expect(wrong).toEqual([]);
    expect(everyByte(sk).filter((index) => accepts({}, { sk: flip(sk, index) }))).toEqual([]);
  });

  test("is refused with another method, path, query or body", () => {
    expect(accepts({ method: "PUT" })).toBe(false);
    expect(accepts({ path: "/x" })).toBe(false);
    expect(accepts({ rawQuery: `${request.rawQuery}&a=1` })).toBe(false);
    expect(accepts({ body: Buffer.concat([request.body, Buffer.from(" ")]) })).toBe(false);
  });

  test("is refused with another body although its hash is right", () => {
    const body = Buffer.from(`${vector.body}&x=1`);
    const hash = createHash("sha256").update(body).digest("hex");
    expect(accepts({ body, headers: { ...vector.headers, "x-acs-content-sha256": hash } })).toBe(false);
  });

  test.each(Object.keys(vector.headers))("is refused with another %s, and without it", (name) => {
    const value = vector.headers[name]!;
    const wrong = everyByte(value).filter((index) =>
      accepts({ headers: { ...vector.headers, [name]: flip(value, index) } }),
    );
    expect(wrong).toEqual([]);
    const { [name]: _left, ...rest } = vector.headers;
    expect(accepts({ headers: rest })).toBe(false);
  });
});

describe("ACS3-HMAC-SHA256 by the rules of the vendor's page", () => {
  const headers: Record<string, string> = {
    host: "fnf.example",
    "x-acs-action": "ListFlows",
    "x-acs-version": "2019-03-15",
    "x-acs-date": "2026-11-21T06:20:45Z",
    "x-acs-signature-nonce": "n",
    "x-acs-content-sha256": createHash("sha256").update("").digest("hex"),
  };

  function accepted(query: string, canonicalQuery: string, signedHeaders: readonly string[]): boolean {
    const block = signedHeaders.map((name) => `${name}:${headers[name]!}\n`).join("");
    const payload = headers["x-acs-content-sha256"]!;
    const canonical = `GET\n/\n${canonicalQuery}\n${block}\n${signedHeaders.join(";")}\n${payload}`;
    const hash = createHash("sha256").update(canonical).digest("hex");
    const signature = createHmac("sha256", "s").update(`ACS3-HMAC-SHA256\n${hash}`).digest("hex");
    const request = { method: "GET", path: "/", rawQuery: query, headers, body: Buffer.alloc(0) };
    return verifyAcs3(request, { accessKeyId: "AK", signedHeaders, signature }, "s");
  }
  const signed = Object.keys(headers).sort();

  test("covers the query, sorted and encoded by RFC 3986", () => {
    expect(accepted("b=2&a=v%20*%2B~&c", "a=v%20%2A%2B~&b=2&c=", signed)).toBe(true);
    expect(accepted("a=%2B+", "a=%2B%20", signed)).toBe(true);
  });

  test.each(signed)("has to cover %s", (name) => {
    expect(accepted("", "", signed)).toBe(true);
    expect(
      accepted(
        "",
        "",
        signed.filter((other) => other !== name),
      ),
    ).toBe(false);
  });
});

describe("what comes before the check", () => {
  const signature = "a".repeat(64);

  test("the Authorization header is read into its three parts", () => {
    const text = `ACS3-HMAC-SHA256 Credential=AK1,SignedHeaders=Host;x-acs-date,Signature=${signature}`;
    const parts = { accessKeyId: "AK1", signedHeaders: ["host", "x-acs-date"], signature };
    expect(parseAcs3Header(text)).toEqual(parts);
    expect(parseAcs3Header(text.replaceAll(",", ", "))).toEqual(parts);
  });

  test.each([
    "",
    "Bearer x",
    `ACS3-HMAC-SHA256 Credential=AK1,Signature=${signature}`,
    "ACS3-HMAC-SHA256 Credential=AK1,SignedHeaders=host,Signature=short",
    `SDK-HMAC-SHA256 Access=AK1, SignedHeaders=host, Signature=${signature}`,
  ])("is refused as %j", (text) => {
    expect(parseAcs3Header(text)).toBeUndefined();
  });

  test("times have one form", () => {
    expect(parseTimestamp("2026-11-21T06:20:45Z")).toBe(Date.UTC(2026, 10, 21, 6, 20, 45));
    for (const other of ["20261121T062045Z", "2026-11-21T06:20:45.000Z", "2026-13-21T06:20:45Z", ""]) {
      expect(parseTimestamp(other)).toBeUndefined();
    }
  });

  test("a form is decoded with + as a space", () => {
    expect(queryParameters("a=1+2%2B&b=%C3%A4")).toEqual([
      ["a", "1 2+"],
      ["b", "ä"],
    ]);
  });
});
