/**
 * Signature version 4 as the provider makes it, against signatures captured from the vendor's Python SDK.
 */
import { signedHeaders } from "../../provider/src/services/aws/signer";
import captured from "./aws-signature-vectors.json";

const nowMs = Date.UTC(2026, 10, 21, 6, 21, 13);

describe.each(captured.vectors)("$name", (vector) => {
  const { host, pathname } = new URL(vector.url);
  const sign = (body = vector.body): Promise<Record<string, string>> =>
    signedHeaders(
      { method: "POST", path: pathname, query: [], headers: { ...vector.headers, host }, body },
      {
        accessKeyId: captured.accessKeyId,
        secretAccessKey: captured.secretAccessKey,
        sessionToken: vector.token ?? undefined,
      },
      vector,
      nowMs,
    );

  test("gives the captured signature, and the headers that it covers", async () => {
    const headers = await sign();
    expect(headers["authorization"]).toBe(vector.authorization);
    expect(headers["x-amz-date"]).toBe(vector.date);
    expect(headers["x-amz-security-token"]).toBe(vector.token ?? undefined);
    for (const name of Object.keys(headers)) expect(name).toMatch(/^(authorization|x-amz-[\w-]+)$/);
  });

  test("another body has another signature", async () => {
    expect((await sign(`${vector.body} `))["authorization"]).not.toBe(vector.authorization);
  });
});
