/**
 * Our signature of Huawei Cloud's scheme against the emulator's checker, for arbitrary requests as they go over the
 * wire: two implementations that share nothing must agree.
 */
import * as fc from "fast-check";
import { parseSignatureHeader, verifySignature } from "../../emulator/src/huawei/signature";
import { stackSettingWords } from "../../provider/src/fronts/shared/settingWords";
import { toHuaweiError } from "../../provider/src/services/huawei/serviceErrors";
import { InputError } from "../../provider/src/ground/errors";
import { HttpClient } from "../../provider/src/http/httpClient";
import type { HttpRequest, SignableRequest } from "../../provider/src/http/request";
import { formatSdkDate, signHuaweiRequest } from "../../provider/src/services/huawei/signer";
import { fakeClock } from "../support/fakeClock";
import { never } from "../support/sessions";

const key = { accessKey: "AK", secretKey: "secret" };
const clock = fakeClock();

/** A request as it arrives at a gateway. */
interface OnTheWire {
  readonly url: URL;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The signed request that the client gives to fetch. */
async function sent(request: HttpRequest, secretKey = key.secretKey): Promise<OnTheWire> {
  let seen: OnTheWire | undefined;
  const client = new HttpClient({
    fetch: (url, init) => {
      const headers = { ...(init.headers as Record<string, string>), host: new URL(url).host };
      seen = {
        url: new URL(url),
        method: init.method ?? "",
        headers,
        body: (init.body as string | undefined) ?? "",
      };
      return Promise.resolve({ status: 200, headers: { get: () => null }, text: () => Promise.resolve("") });
    },
    clock,
    random: () => 0.5,
    userAgent: "test",
  });
  const authorize = (unsigned: SignableRequest): Promise<{ headers: Record<string, string> }> => {
    const added = { "x-sdk-date": formatSdkDate(clock.now()) };
    const signed = { ...unsigned, headers: { ...unsigned.headers, ...added } };
    return Promise.resolve({
      headers: { ...added, authorization: signHuaweiRequest(signed, { ...key, secretKey }) },
    });
  };
  await client.send(request, {
    authorize,
    toServiceError: toHuaweiError(clock, stackSettingWords),
    signal: never,
  });
  return seen!;
}

/** True if the emulator's gateway accepts the request. */
function isAccepted(request: OnTheWire): boolean {
  const header = parseSignatureHeader(request.headers["authorization"] ?? "");
  if (!header) throw new Error("the Authorization header can't be read");
  const { url, method, headers, body } = request;
  return verifySignature(
    { method, path: url.pathname, rawQuery: url.search.slice(1), headers, body: Buffer.from(body) },
    header,
    key.secretKey,
  );
}

const text = fc.string({ unit: "binary", minLength: 1, maxLength: 20 });
// "." and ".." are refused: there is a test below.
const segment = fc
  .oneof(text, fc.constantFrom("a/b", "a b", "ä%2F", "*'()!~-_", "%", "?#&=+"))
  .filter((value) => value !== "." && value !== "..");
// Names that need encoding are left out: the texts don't say whether they are sorted before or after it, signer and
// checker differ, and no name that we send needs it.
const name = fc.string({
  unit: fc.constantFrom(..."abcXYZ019-_.~".split("")),
  minLength: 1,
  maxLength: 8,
});
const requests: fc.Arbitrary<HttpRequest> = fc.record({
  operation: fc.constant("Any"),
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE"),
  endpoint: fc.constantFrom("http://127.0.0.1:8787", "https://aom.example", "https://aom.example/prefix/"),
  path: fc.array(segment, { minLength: 1, maxLength: 5 }),
  query: fc.uniqueArray(fc.tuple(name, fc.string({ unit: "binary" })), { selector: ([first]) => first }),
  headers: fc.constantFrom({}, { "content-type": "application/json" }, { "x-project-id": "  p " }),
  body: fc.string({ unit: "binary" }),
  repeatable: fc.boolean(),
});

test("every signed request is accepted", async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      expect(isAccepted(await sent(request))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("the path on the wire has the segments that were meant", async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const { url } = await sent(request);
      const segments = url.pathname.split("/").slice(1).map(decodeURIComponent);
      expect(segments.slice(-request.path.length)).toEqual(request.path);
      expect([...url.searchParams]).toHaveLength(request.query!.length);
    }),
  );
});

test("no request is accepted with another secret, or when something was changed on its way", async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      expect(isAccepted(await sent(request, "another secret"))).toBe(false);
      const seen = await sent(request);
      expect(isAccepted({ ...seen, body: `${seen.body} ` })).toBe(false);
      expect(isAccepted({ ...seen, method: "PATCH" })).toBe(false);
      expect(isAccepted({ ...seen, url: new URL(`${seen.url.href}x`) })).toBe(false);
      const headers = { ...seen.headers, "x-sdk-date": formatSdkDate(clock.now() + 1_000) };
      expect(isAccepted({ ...seen, headers })).toBe(false);
    }),
  );
});

// URL takes "." and ".." as steps in the path, also encoded: another address would be asked.
test.each([".", "..", "a\ud800"])("an id that is %j is refused before anything is sent", async (id) => {
  const request: HttpRequest = {
    operation: "Any",
    method: "GET",
    endpoint: "http://127.0.0.1:8787",
    path: ["v1", "workflow", id, "executions"],
    repeatable: true,
  };
  await expect(sent(request)).rejects.toThrow(InputError);
  await expect(sent(request)).rejects.toThrow(/^Any: ".*" can't be part of the path/);
});
