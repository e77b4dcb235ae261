/**
 * Proxies from the environment: users and passwords, invalid addresses, and variables that change. The choice of the
 * proxy is tested in test/vectors/proxies.test.ts.
 */
import type { ProxyFor } from "../../provider/src/http/proxies";
import { proxiesOf } from "../../provider/src/http/proxies";

const target = new URL("https://aom.cn-north-4.myhuaweicloud.com");

function reading(environment: Record<string, string>): { proxyFor: ProxyFor; secrets: string[] } {
  const secrets: string[] = [];
  const proxyFor = proxiesOf(
    (name) => environment[name],
    (...texts) => secrets.push(...texts),
  );
  return { proxyFor, secrets };
}

test.each<[string, object, string[]]>([
  [
    "http://proxy.example",
    { address: "http://proxy.example", host: "proxy.example", port: 80, isSecure: false },
    [],
  ],
  ["https://proxy.example", { address: "https://proxy.example", port: 443, isSecure: true }, []],
  [
    "http://[2001:db8::1]:3128",
    { address: "http://[2001:db8::1]:3128", host: "2001:db8::1", port: 3128 },
    [],
  ],
  ["http://ann@proxy.example", { address: "http://proxy.example", authorization: "Basic YW5uOg==" }, []],
  [
    "http://ann:p%40ss@proxy.example:3128/",
    { address: "http://proxy.example:3128", authorization: "Basic YW5uOnBAc3M=" },
    ["p@ss", "p%40ss", "ann:p@ss"],
  ],
  [
    "ann:secret@proxy.example:3128",
    { address: "http://proxy.example:3128" },
    ["secret", "secret", "ann:secret"],
  ],
])("%s is read", (value, expected, expectedSecrets) => {
  const { proxyFor, secrets } = reading({ HTTPS_PROXY: value });
  expect(proxyFor(target)).toMatchObject({ variable: "HTTPS_PROXY", ...expected });
  expect(secrets).toEqual(expectedSecrets);
});

test.each<[string, RegExp]>([
  [
    "http://",
    /^the environment variable HTTPS_PROXY is not the address of a proxy: set it to an address like/,
  ],
  ["http://ann:s3cret@:3128", /is not the address of a proxy/],
  ["ann:s3cret@", /is not the address of a proxy/],
  ["socks5://ann:s3cret@proxy.example", /names a proxy with the scheme socks5:\/\/, but only/],
  ["http://ann:s3cret%zz@proxy.example", /has a user or password that is not percent-encoded/],
])("%s is refused, without its words", (value, message) => {
  const { proxyFor } = reading({ HTTPS_PROXY: value });
  expect(() => proxyFor(target)).toThrow(message);
  try {
    proxyFor(target);
  } catch (error) {
    expect(String(error)).not.toContain("s3cret");
  }
});

test("a bad address of a proxy that is not needed is no trouble", () => {
  const { proxyFor } = reading({ HTTPS_PROXY: "http://", NO_PROXY: "myhuaweicloud.com" });
  expect(proxyFor(target)).toBeUndefined();
  expect(proxyFor(new URL("https://127.0.0.1"))).toBeUndefined();
  expect(proxyFor(new URL("http://service.example"))).toBeUndefined();
});

test("variables are read at the moment of use", () => {
  const environment: Record<string, string> = {};
  const { proxyFor } = reading(environment);
  expect(proxyFor(target)).toBeUndefined();
  environment["https_proxy"] = "http://one.example";
  const one = proxyFor(target);
  expect(one?.address).toBe("http://one.example");
  expect(proxyFor(target)).toBe(one);
  environment["NO_PROXY"] = "*";
  expect(proxyFor(target)).toBeUndefined();
  environment["NO_PROXY"] = "";
  environment["HTTPS_PROXY"] = "http://two.example";
  expect(proxyFor(target)?.address).toBe("http://two.example");
});
