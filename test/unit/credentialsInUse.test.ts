/**
 * A session knows its own secrets, wherever they come from; what a query gives or throws has none of them in it.
 */
import { CredentialsInUse, rememberingSecrets } from "../../provider/src/execution/credentialsInUse";
import type { BackendDefinition } from "../../provider/src/lifecycle";
import { openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { aom } from "../../provider/src";
import { startScriptedServer } from "../support/scriptedServer";
import { demoProjectId, never, settingsOf } from "../support/sessions";

test.each<[string, boolean]>([
  ["huaweicloud:secretKey", true],
  ["huaweicloud:secret_key", true],
  ["huaweicloud:securityToken", true],
  ["huaweicloud:token", true],
  ["huaweicloud:password", true],
  ["alicloud:secretKey", true],
  ["HUAWEICLOUD_SDK_SK", true],
  ["CLOUD_SDK_SK", true],
  ["HW_AUTH_TOKEN", true],
  ["HW_USER_PASSWORD", true],
  ["ALIBABA_CLOUD_ACCESS_KEY_SECRET", true],
  ["ALIBABA_CLOUD_SECURITY_TOKEN", true],
  ["huaweicloud:accessKey", false],
  ["HUAWEICLOUD_SDK_AK", false],
  ["ALIBABA_CLOUD_ACCESS_KEY_ID", false],
  ["ALIBABA_CLOUD_OIDC_TOKEN_FILE", false],
  ["huaweicloud:region", false],
  ["HW_USER_NAME", false],
])("what is read as %s is a secret: %s", (name, isSecret) => {
  for (const kind of ["config", "environment"] as const) {
    const credentials = new CredentialsInUse();
    const settings = rememberingSecrets(settingsOf({ [kind]: { [name]: "value" } }), credentials);
    expect(settings[kind](name)).toBe("value");
    expect(credentials.texts).toEqual(isSecret ? ["value"] : []);
  }
});

test("the list stays the same until there is a new one, and is bounded", () => {
  const credentials = new CredentialsInUse();
  credentials.add("one", undefined, "");
  const { texts } = credentials;
  credentials.add("one");
  expect(credentials.texts).toBe(texts);
  for (let count = 0; count < 1_000; count += 1) credentials.add(`token ${String(count)}`);
  expect(credentials.texts).toHaveLength(200);
  expect(credentials.texts.at(-1)).toBe("token 999");
});

describe("a session that has been used knows", () => {
  const args = { workflowId: "wf-1", projectId: demoProjectId, region: "cn-north-4" };

  async function used(
    service: "aom" | "cloudflow",
    sources: Parameters<typeof settingsOf>[0],
    headers: Record<string, string> = {},
  ): Promise<readonly string[]> {
    const body = JSON.stringify({
      token: { expires_at: "2036-01-01T00:00:00Z" },
      executions: [],
      Executions: [],
    });
    const server = await startScriptedServer([{ body, headers }]);
    try {
      const endpoints = JSON.stringify({ aom: server.url, iam: server.url, fnf: server.url });
      const config = {
        "huaweicloud:endpoints": endpoints,
        "alicloud:endpoints": endpoints,
        ...sources.config,
      };
      const session = openSession({ settings: settingsOf({ ...sources, config }) });
      const own = service === "aom" ? args : { flowName: "f", region: "cn-hangzhou" };
      const definition: BackendDefinition = services[service];
      const backend = await session.connect(definition, own, never);
      await backend.listPage({}, { limit: 10 }, never).catch(() => undefined);
      expect(server.requests.length).toBeGreaterThan(0);
      return session.credentials.texts;
    } finally {
      await server.close();
    }
  }

  test.each<[string, "aom" | "cloudflow", Parameters<typeof settingsOf>[0], string[]]>([
    ["a given token", "aom", { environment: { HW_AUTH_TOKEN: "given-token" } }, ["given-token"]],
    [
      "a secret key and its security token",
      "aom",
      {
        environment: {
          HUAWEICLOUD_SDK_AK: "ak",
          HUAWEICLOUD_SDK_SK: "the-sk",
          HUAWEICLOUD_SDK_SECURITY_TOKEN: "sts",
        },
      },
      ["the-sk", "sts"],
    ],
    [
      "those of a profile file",
      "aom",
      {
        files: {
          "~/.huaweicloud/credentials": "[basic]\nak = ak\nsk = profile-sk\nsecurity_token = profile-sts\n",
        },
      },
      ["profile-sk", "profile-sts"],
    ],
    [
      "Alibaba's",
      "cloudflow",
      {
        environment: {
          ALIBABA_CLOUD_ACCESS_KEY_ID: "id",
          ALIBABA_CLOUD_ACCESS_KEY_SECRET: "ali-secret",
          ALIBABA_CLOUD_SECURITY_TOKEN: "ali-sts",
        },
      },
      ["ali-secret", "ali-sts"],
    ],
  ])("%s", async (_what, service, sources, expected) => {
    expect([...(await used(service, sources))].sort()).toEqual([...expected].sort());
  });

  test("a password, and the token that a login has answered with", async () => {
    const environment = { HW_USER_NAME: "u", HW_DOMAIN_NAME: "d", HW_USER_PASSWORD: "the-password" };
    const texts = await used("aom", { environment }, { "x-subject-token": "issued-token" });
    expect([...texts].sort()).toEqual(["issued-token", "the-password"]);
  });
});

test("what a query throws or gives has no credential in it, and is of the class that it was", async () => {
  const token = "MIIFzgYJKoZIhvcNAQcCoIIFvzCC";
  const before = process.env["HW_AUTH_TOKEN"];
  process.env["HW_AUTH_TOKEN"] = token;
  const server = await startScriptedServer((request) =>
    request.url.includes("refused")
      ? {
          status: 403,
          body: JSON.stringify({ error_code: "X.1", error_msg: `denied: ${token}`, request_id: token }),
        }
      : {
          body: JSON.stringify({
            status: "success",
            execution_result_list: [{ output: { seen: encodeURIComponent(token) } }],
          }),
        },
  );
  try {
    const args = {
      endpoint: server.url,
      projectId: demoProjectId,
      region: "cn-north-4",
      executionId: "ex-1",
    };
    const refused = aom.getWorkflowExecution({ ...args, workflowId: "refused" });
    await expect(refused).rejects.toMatchObject({ name: "AuthenticationError", status: 403 });
    const error = (await refused.catch((thrown: unknown) => thrown)) as Error & Record<string, unknown>;
    expect(error.message).toContain("X.1: denied: [secret] (request id [secret])");
    for (const text of [error.message, error.stack, error["serviceMessage"], error["requestId"]]) {
      expect(text).not.toContain(token);
    }
    const found = await aom.getWorkflowExecution({ ...args, workflowId: "echo" });
    expect(found.output).toEqual({ seen: "[secret]" });
  } finally {
    if (before === undefined) delete process.env["HW_AUTH_TOKEN"];
    else process.env["HW_AUTH_TOKEN"] = before;
    await server.close();
  }
});
