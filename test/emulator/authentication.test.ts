/** The emulated gateway admits requests and refuses them as the vendor's does. */
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import type { Json } from "./emulatorClient";
import { demoKeyPair, EmulatorClient, executions, testProject, temporaryKeys } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const listPath = executions("demo-succeeds");
const minuteMs = 60_000;

const client = useEmulator(EmulatorClient);

function expectGatewayRefusal(
  answer: { status: number; json: Json; headers: Headers },
  code: string,
  text: string,
): void {
  expect(answer.status).toBe(401);
  expect(Object.keys(answer.json)).toEqual(["error_msg", "error_code", "request_id"]);
  expect(answer.json.error_code).toBe(code);
  expect(answer.json.error_msg).toContain(text);
  expect(answer.json.request_id).toBe(answer.headers.get("x-request-id"));
}

describe("without usable credentials", () => {
  test("a request without any is refused in the gateway's form", async () => {
    const answer = await client.plain("GET", listPath, { headers: { "content-type": "application/json" } });
    expectGatewayRefusal(answer, "APIGW.0301", "x-auth-token not found");
  });

  test("an Authorization header of another scheme is refused", async () => {
    const answer = await client.plain("GET", listPath, { headers: { authorization: "Bearer abc" } });
    expectGatewayRefusal(answer, "APIGW.0301", "authorization header");
  });

  test("a token that IAM never gave out is refused", async () => {
    const answer = await client.plain("GET", listPath, { headers: { "x-auth-token": "MIIx" } });
    expectGatewayRefusal(answer, "APIGW.0301", "decrypt token fail");
  });
});

describe("with AK/SK", () => {
  test("a signed request passes", async () => {
    expect((await client.signed("GET", listPath)).status).toBe(200);
  });

  test("a query with reserved characters is signed as it is decoded", async () => {
    const answer = await client.signed("GET", `${listPath}?x_enterprise_project_id=a%20b~%2F%2B&b=%C3%A4`);
    expect(answer.status).toBe(200);
  });

  test("an id with reserved characters is accepted when its segment was encoded", async () => {
    const answer = await client.signed("POST", executions("wf 1(2)"));
    expect([answer.status, answer.json.error_code]).toEqual([404, "AOM.31001306"]);
  });

  test("a wrong secret key is refused", async () => {
    const answer = await client.signed("GET", listPath, { keys: { ...demoKeyPair, secretKey: "wrong" } });
    expectGatewayRefusal(answer, "APIGW.0301", "verify aksk signature fail");
  });

  test("an unknown access key is refused by name", async () => {
    const answer = await client.signed("GET", listPath, { keys: { ...demoKeyPair, accessKey: "NOSUCHKEY" } });
    expectGatewayRefusal(answer, "APIGW.0301", "NOSUCHKEY");
  });

  test("a body that was changed after signing is refused", async () => {
    const answer = await client.signed("POST", executions("demo-succeeds"), {
      body: { a: 1 },
      headers: { "x-sdk-content-sha256": "0".repeat(64) },
    });
    expectGatewayRefusal(answer, "APIGW.0301", "verify aksk signature fail");
  });

  test("an unsigned payload passes when the signature says so", async () => {
    const answer = await client.signed("POST", executions("demo-succeeds"), {
      body: { a: 1 },
      headers: { "x-sdk-content-sha256": "UNSIGNED-PAYLOAD" },
    });
    expect(answer.status).toBe(200);
  });

  test("a signature without a date is refused", async () => {
    const answer = await client.signed("GET", listPath, {
      tamper: (headers) => delete headers["x-sdk-date"],
    });
    expectGatewayRefusal(answer, "APIGW.0301", "x-sdk-date");
  });

  test.each([16, -16])("a signature %d minutes off is refused", async (minutes) => {
    const answer = await client.signed("GET", listPath, { date: new Date(Date.now() + minutes * minuteMs) });
    expectGatewayRefusal(answer, "APIGW.0303", "signature expired");
  });

  test("a signature 14 minutes off passes", async () => {
    const answer = await client.signed("GET", listPath, { date: new Date(Date.now() - 14 * minuteMs) });
    expect(answer.status).toBe(200);
  });

  test("a client in real time still passes when the clock has been moved by hours", async () => {
    await client.advance(5 * 3_600_000);
    expect((await client.signed("GET", listPath)).status).toBe(200);
  });

  test("a temporary key needs its security token", async () => {
    expect((await client.signed("GET", listPath, { keys: temporaryKeys })).status).toBe(200);
    const withoutToken = { accessKey: temporaryKeys.accessKey, secretKey: temporaryKeys.secretKey };
    expectGatewayRefusal(
      await client.signed("GET", listPath, { keys: withoutToken }),
      "APIGW.0301",
      "security token",
    );
    const wrong = await client.signed("GET", listPath, {
      keys: { ...temporaryKeys, securityToken: "other" },
    });
    expectGatewayRefusal(wrong, "APIGW.0301", "security token");
  });

  test("a permanent key must not come with a security token", async () => {
    const answer = await client.signed("GET", listPath, { keys: { ...demoKeyPair, securityToken: "x" } });
    expectGatewayRefusal(answer, "APIGW.0301", "security token");
  });

  test("a project of another account is refused by the service", async () => {
    const answer = await client.signed("GET", executions("demo-succeeds", "f".repeat(32)));
    expect([answer.status, answer.json]).toEqual([
      401,
      { error_code: "AOM.31009004", error_msg: "auth failed.", http_code: 401 },
    ]);
  });

  test("without strict authentication failures lock nothing", async () => {
    for (let failure = 0; failure < 6; failure++) {
      await client.signed("GET", listPath, { keys: { ...demoKeyPair, secretKey: "wrong" } });
    }
    expect((await client.signed("GET", listPath)).status).toBe(200);
  });
});

describe("with an IAM token", () => {
  const withToken = (token: string): Record<string, string> => ({
    "x-auth-token": token,
    "content-type": "application/json",
  });

  test("a token of the project opens its services for 24 hours", async () => {
    const token = (await client.login()).headers.get("x-subject-token")!;
    expect((await client.plain("GET", listPath, { headers: withToken(token) })).status).toBe(200);
    await client.advance(24 * 3_600_000 - minuteMs);
    expect((await client.plain("GET", listPath, { headers: withToken(token) })).status).toBe(200);
    await client.advance(2 * minuteMs);
    const late = await client.plain("GET", listPath, { headers: withToken(token) });
    expectGatewayRefusal(late, "APIGW.0301", "token expires, expires_at:");
  });

  test("a new token does not kill an old one", async () => {
    const first = (await client.login()).headers.get("x-subject-token")!;
    await client.login();
    expect((await client.plain("GET", listPath, { headers: withToken(first) })).status).toBe(200);
  });

  test("a token of the domain opens no project", async () => {
    const login = await client.plain("POST", "/v3/auth/tokens", {
      body: {
        auth: {
          identity: {
            methods: ["password"],
            password: { user: { name: "demo", password: "demo-password-1", domain: { name: "demo" } } },
          },
          scope: { domain: { name: "demo" } },
        },
      },
    });
    expect(login.json.token.domain.name).toBe("demo");
    const answer = await client.plain("GET", listPath, {
      headers: withToken(login.headers.get("x-subject-token")!),
    });
    expect([answer.status, answer.json.error_code]).toEqual([401, "AOM.31009004"]);
  });
});

describe("with strict authentication", () => {
  let strict: Emulator;
  let strictClient: EmulatorClient;

  beforeAll(async () => {
    strict = await startEmulator({ strictAuth: true });
    strictClient = new EmulatorClient(strict.url);
  });
  afterAll(() => strict.close());

  test("five failures in a row lock the key for five minutes", async () => {
    for (let failure = 0; failure < 5; failure++) {
      await strictClient.signed("GET", listPath, { keys: { ...demoKeyPair, secretKey: "wrong" } });
    }
    const locked = await strictClient.signed("GET", listPath);
    expectGatewayRefusal(locked, "APIGW.0301", "AK access failed to reach the limit");
    await strictClient.advance(5 * minuteMs + 1000);
    expect((await strictClient.signed("GET", listPath)).status).toBe(200);
  });

  test("a success in between starts the count again", async () => {
    const fail = () => strictClient.signed("GET", listPath, { keys: { ...demoKeyPair, secretKey: "wrong" } });
    for (let failure = 0; failure < 4; failure++) await fail();
    expect((await strictClient.signed("GET", listPath)).status).toBe(200);
    for (let failure = 0; failure < 4; failure++) await fail();
    expect((await strictClient.signed("GET", listPath)).status).toBe(200);
  });

  test("skew is measured by the emulated clock", async () => {
    await strictClient.control("POST", "/clock", { offsetMs: 20 * minuteMs });
    expectGatewayRefusal(await strictClient.signed("GET", listPath), "APIGW.0303", "signature expired");
    const inItsTime = await strictClient.signed("GET", listPath, {
      date: new Date(Date.now() + 20 * minuteMs),
    });
    expect(inItsTime.status).toBe(200);
  });
});

test("a project id that is not 32 long is a parameter error", async () => {
  const answer = await client.signed("GET", executions("demo-succeeds", testProject.slice(1)));
  expect([answer.status, answer.json.error_code, answer.json.http_code]).toEqual([400, "AOM.31001302", 400]);
});
