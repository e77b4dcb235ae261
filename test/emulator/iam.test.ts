/**
 * Huawei IAM: tokens, and the look-up of projects, regions and domains.
 */
import { request } from "node:http";
import { authorization, demoKeyPair, EmulatorClient, testProject } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(EmulatorClient);

describe("KeystoneCreateUserTokenByPassword", () => {
  test("answers 201 with the token in a header and its data in the body", async () => {
    const answer = await client.login();
    expect(answer.status).toBe(201);
    expect(answer.headers.get("x-subject-token")!.length).toBeGreaterThan(1000);
    expect(answer.headers.get("x-iam-trace-id")).toBeTruthy();
    const { token } = answer.json;
    expect(token.project).toEqual({ id: testProject, name: "cn-north-4", domain: expect.anything() });
    expect(token.expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(Date.parse(token.expires_at) - Date.parse(token.issued_at)).toBe(24 * 3_600_000);
    expect(token.catalog).toEqual([]);
    expect(token.user).toMatchObject({ name: "demo", password_expires_at: "" });
  });

  test.each([{ password: "wrong" }, { user: "nobody" }, { domain: "nowhere" }])(
    "answers 401 in IAM's own form for %j",
    async (change) => {
      const answer = await client.login(change);
      expect(answer.status).toBe(401);
      expect(answer.json).toEqual({
        error: { code: 401, message: "The username or password is wrong.", title: "Unauthorized" },
      });
      expect(answer.headers.get("x-subject-token")).toBeNull();
    },
  );

  test("names a project that is not there", async () => {
    const answer = await client.login({ project: "ap-southeast-3" });
    expect([answer.status, answer.json.error.message]).toEqual([
      401,
      "Could not find project: ap-southeast-3.",
    ]);
  });

  test("leaves the catalog out on demand", async () => {
    const { json } = await client.plain("POST", "/v3/auth/tokens?nocatalog=1", {
      body: {
        auth: {
          identity: {
            methods: ["password"],
            password: { user: { name: "demo", password: "demo-password-1", domain: { name: "demo" } } },
          },
          scope: { project: { id: testProject } },
        },
      },
    });
    expect(json.token.project.id).toBe(testProject);
    expect(json.token).not.toHaveProperty("catalog");
  });

  test.each(["", "{", "[]", "{}", '{"auth":{"identity":{"methods":["password","totp"]}}}', '{"auth":5}'])(
    "answers 400 for the body %j",
    async (body) => {
      const answer = await client.plain("POST", "/v3/auth/tokens", { body });
      expect([answer.status, answer.json.error.code, answer.json.error.title]).toEqual([
        400,
        400,
        "Bad Request",
      ]);
      expect(answer.json.error.message).toContain("The request body is invalid.");
    },
  );
});

describe("KeystoneListProjects", () => {
  test("finds the project of a region", async () => {
    const { status, json } = await client.signed("GET", "/v3/projects?name=cn-north-4");
    expect(status).toBe(200);
    expect(json.projects).toHaveLength(1);
    expect(json.projects[0]).toMatchObject({
      id: testProject,
      name: "cn-north-4",
      enabled: true,
      is_domain: false,
    });
    expect(json.links.next).toBeNull();
  });

  test("finds nothing for another region", async () => {
    expect((await client.signed("GET", "/v3/projects?name=cn-south-1")).json.projects).toEqual([]);
  });

  test("accepts a GET with a signed body, as one SDK sends it", async () => {
    const url = new URL(`${client.url}/v3/projects`);
    const headers: Record<string, string> = {
      "content-type": "application/json",
      host: url.host,
      "x-sdk-date": new Date().toISOString().replace(/[-:]|\.\d+/g, ""),
    };
    headers["authorization"] = authorization(demoKeyPair, "GET", url, headers, "{}");
    // fetch refuses a body on GET.
    const status = await new Promise((resolve, reject) => {
      const outgoing = request(
        url,
        { method: "GET", headers: { ...headers, "content-length": "2" } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      outgoing.on("error", reject);
      outgoing.end("{}");
    });
    expect(status).toBe(200);
  });

  test("accepts a token, and checks paging", async () => {
    const token = (await client.login()).headers.get("x-subject-token")!;
    const headers = { "x-auth-token": token };
    const paged = await client.plain("GET", "/v3/projects?page=2&per_page=1", { headers });
    expect(paged.json.projects).toEqual([]);
    expect((await client.plain("GET", "/v3/projects?per_page=0", { headers })).status).toBe(400);
  });

  test("answers 401 in IAM's own form", async () => {
    const answer = await client.signed("GET", "/v3/projects", {
      keys: { ...demoKeyPair, secretKey: "wrong" },
    });
    expect([answer.status, answer.json.error.code, answer.json.error.title]).toEqual([
      401,
      401,
      "Unauthorized",
    ]);
  });
});

test("regions and domains are listed for SDKs that look them up", async () => {
  const regions = await client.signed("GET", "/v3/regions");
  expect(regions.json.regions.map(({ id }: { id: string }) => id)).toEqual(["cn-north-4"]);
  const domains = await client.signed("GET", "/v3/auth/domains");
  expect(domains.json.domains[0]).toMatchObject({ name: "demo", enabled: true });
});
