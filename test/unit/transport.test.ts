/**
 * Settings of transport: what a preview refuses (`http://` to other machines, unchecked servers, halves of pairs), by the
 * name of the setting; and what the HTTP client never sends, whoever made the request.
 */
import { stackSettingWords } from "../../provider/src/fronts/shared/settingWords";
import { isLoopback } from "../../provider/src/http/transport";
import { HttpClient } from "../../provider/src/http/httpClient";
import type { HttpRequest } from "../../provider/src/http/request";
import { toHuaweiError } from "../../provider/src/services/huawei/serviceErrors";
import { ConfigurationError } from "../../provider/src/ground/errors";
import type { ServiceName } from "../../provider/src/services/registry";
import { check, formatProblem } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { systemClock } from "../../provider/src/ground/clock";
import { selfSigned } from "../support/selfSigned";
import { demoProjectId, never, settingsOf } from "../support/sessions";

type Sources = Parameters<typeof settingsOf>[0];

const { cert, key } = selfSigned();
const { key: otherKey } = selfSigned();

function problems(service: ServiceName, sources: Sources, args: Record<string, unknown> = {}): string[] {
  const own =
    service === "cloudflow"
      ? { flowName: "f", region: "cn-hangzhou" }
      : { workflowId: "w", region: "cn-north-4", projectId: demoProjectId };
  return check(services[service], { ...own, ...args }, settingsOf(sources)).map(formatProblem);
}

test.each<[string, boolean]>([
  ["localhost", true],
  ["127.0.0.1", true],
  ["127.9.8.7", true],
  ["[::1]", true],
  ["[::ffff:7f00:1]", true],
  ["128.0.0.1", false],
  ["0.0.0.0", false],
  ["10.0.0.1", false],
  ["[::2]", false],
  ["[::ffff:a00:1]", false],
  ["127.0.0.1.example", false],
  ["localhost.example", false],
  ["service", false],
])("%s is this machine: %s", (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected);
});

describe("http:// to another machine", () => {
  const huawei = (endpoints: object): Record<string, string> => ({
    "huaweicloud:endpoints": JSON.stringify(endpoints),
  });
  const alibaba = { "alicloud:endpoints": JSON.stringify({ fnf: "http://fnf.example" }) };

  test.each<[string, ServiceName, Sources, Record<string, unknown>, RegExp]>([
    [
      "an argument",
      "aom",
      {},
      { endpoint: "http://aom.example" },
      /^"endpoint" \(from argument "endpoint"\) begins with http:\/\/, which would send credentials to aom\.example without encryption: use https:\/\/, or set the configuration huaweicloud:allowInsecureHttp \(or HW_ALLOW_INSECURE_HTTP\) to true to allow it\.$/,
    ],
    [
      "the service's",
      "functiongraph",
      { config: huawei({ functiongraph: "http://fg.example:8080" }) },
      {},
      /fg\.example:8080/,
    ],
    [
      "IAM's",
      "aom",
      { config: huawei({ iam: "http://iam.example/v3" }) },
      {},
      /the IAM endpoint .*iam\.example/,
    ],
    [
      "IAM's by a variable",
      "aom",
      { environment: { HW_AUTH_URL: "http://iam.example/v3" } },
      {},
      /HW_AUTH_URL.*iam\.example/,
    ],
    [
      "Alibaba Cloud's",
      "cloudflow",
      { config: alibaba },
      {},
      /fnf\.example without encryption: .* set the configuration alicloud:protocol \(or ALICLOUD_PROTOCOL\) to HTTP to allow it/,
    ],
  ])("is refused as %s endpoint, with the setting to give", (_what, service, sources, args, expected) => {
    const [problem, ...others] = problems(service, sources, args);
    expect(problem).toMatch(expected);
    expect(others).toEqual([]);
  });

  test.each<[string, ServiceName, Sources]>([
    ["by name in the configuration", "aom", { config: { "huaweicloud:allowInsecureHttp": "true" } }],
    ["in the other spelling", "aom", { config: { "huaweicloud:allow_insecure_http": "true" } }],
    ["in the environment", "functiongraph", { environment: { HW_ALLOW_INSECURE_HTTP: "1" } }],
    ["by the official protocol", "cloudflow", { config: { "alicloud:protocol": "HTTP" } }],
    ["by the protocol in the environment", "cloudflow", { environment: { ALICLOUD_PROTOCOL: "http" } }],
  ])("is taken where it is allowed %s", (_how, service, sources) => {
    const config = { ...huawei({ iam: "http://iam.example" }), ...alibaba, ...sources.config };
    expect(problems(service, { ...sources, config }, { endpoint: "http://service.example" })).toEqual([]);
  });

  test("one vendor's permission is not the other's", () => {
    const environment = { HW_ALLOW_INSECURE_HTTP: "true" };
    expect(problems("cloudflow", { environment, config: alibaba })).toHaveLength(1);
  });

  test.each(["http://127.0.0.1:8787", "http://localhost:8787", "http://[::1]:8787"])(
    "is another thing than %s, which is this machine",
    (endpoint) => {
      expect(problems("aom", { config: huawei({ iam: endpoint }) }, { endpoint })).toEqual([]);
      expect(problems("cloudflow", {}, { endpoint })).toEqual([]);
    },
  );

  describe("at the HTTP client", () => {
    const sent: string[] = [];
    const client = new HttpClient({
      fetch: (url) => {
        sent.push(url);
        return Promise.resolve({
          status: 200,
          headers: { get: () => null },
          text: () => Promise.resolve(""),
        });
      },
      clock: systemClock,
      random: () => 0,
      userAgent: "test",
      proxyFor: () => {
        throw new Error("asked for a proxy");
      },
    });
    const look = (more: Partial<HttpRequest>): Promise<unknown> =>
      client.send(
        {
          operation: "Look",
          method: "GET",
          endpoint: "http://sts.example",
          path: ["x"],
          repeatable: true,
          ...more,
        },
        {
          toServiceError: toHuaweiError(systemClock, stackSettingWords),
          signal: never,
          authorize: () => Promise.reject(new Error("was authorised")),
        },
      );

    test("nothing is authorised and nothing sent, wherever the address comes from", async () => {
      await expect(look({})).rejects.toThrow(ConfigurationError);
      await expect(look({})).rejects.toThrow(
        "Look: the address http://sts.example/x begins with http://, which would send credentials to sts.example",
      );
      expect(sent).toEqual([]);
    });

    test("services of the machine itself are asked, and without a proxy", async () => {
      const { authorize: _, ...options } = {
        authorize: undefined,
        toServiceError: toHuaweiError(systemClock, stackSettingWords),
        signal: never,
      };
      const metadata: HttpRequest = {
        operation: "GetSecurityKey",
        method: "GET",
        endpoint: "http://169.254.169.254",
        path: ["openstack", "latest", "securitykey"],
        repeatable: true,
      };
      await client.send({ ...metadata, isDirect: true }, options);
      expect(sent).toEqual(["http://169.254.169.254/openstack/latest/securitykey"]);
      await expect(client.send(metadata, options)).rejects.toThrow(ConfigurationError);
    });
  });
});

describe("a wrong setting is refused by name", () => {
  test.each<[string, Sources, RegExp]>([
    [
      "a permission",
      { environment: { HW_ALLOW_INSECURE_HTTP: "on" } },
      /HW_ALLOW_INSECURE_HTTP is neither true nor false/,
    ],
    [
      "no file",
      { config: { "huaweicloud:cacertFile": "/none.pem" } },
      /cacertFile is neither PEM text nor a file that can be read/,
    ],
    [
      "a file of another kind",
      { environment: { OS_CACERT: "/etc/hosts" }, files: { "/etc/hosts": "127.0.0.1 localhost" } },
      /OS_CACERT names a file without PEM text/,
    ],
    [
      "cut PEM text",
      { config: { "huaweicloud:cacertFile": cert.slice(0, 200) } },
      /huaweicloud:cacertFile can't be used \(\w+\): check that the PEM text is whole/,
    ],
    ["a certificate alone", { environment: { OS_CERT: cert } }, /OS_CERT is set, but its key is not/],
    [
      "a key alone",
      { config: { "huaweicloud:key": key } },
      /huaweicloud:key is set, but its certificate is not/,
    ],
    [
      "another certificate's key",
      { config: { "huaweicloud:cert": cert, "huaweicloud:key": otherKey } },
      /huaweicloud:cert with configuration huaweicloud:key can't be used \(ERR_\w+\)/,
    ],
  ])("%s", (_what, sources, expected) => {
    const [problem, ...others] = problems("aom", sources);
    expect(problem).toMatch(expected);
    // No argument is wrong: the engine would say the value of one that nobody has set.
    expect(problem).not.toMatch(/^"/);
    expect(problem).not.toMatch(/BEGIN|MI[GH]/);
    expect(others).toEqual([]);
  });

  test("Alibaba Cloud's protocol", () => {
    expect(problems("cloudflow", { config: { "alicloud:protocol": "ftp" } })).toEqual([
      `configuration alicloud:protocol is neither HTTP nor HTTPS: correct it, or remove it for HTTPS.`,
    ]);
  });

  test.each<[string, Sources]>([
    ["configuration huaweicloud:insecure", { config: { "huaweicloud:insecure": "true" } }],
    ["configuration huaweicloud:insecure", { config: { "huaweicloud:insecure": "yes" } }],
    ["environment variable HW_INSECURE", { environment: { HW_INSECURE: "1" } }],
    ["environment variable OS_INSECURE", { environment: { OS_INSECURE: "T" } }],
  ])("connections that do not check the server: %s", (source, sources) => {
    expect(problems("aom", sources)).toEqual([
      expect.stringMatching(
        new RegExp(`^${source} is set, which this package does not support\\. .* set huaweicloud:cacertFile`),
      ),
    ]);
  });

  test("what is set to false is not set", () => {
    expect(
      problems("aom", { config: { "huaweicloud:insecure": "false" }, environment: { OS_INSECURE: "true" } }),
    ).toEqual([]);
  });
});
