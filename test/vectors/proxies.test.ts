/**
 * The proxy that a request goes through, against what Go's own net/http answers. The answers were written down by
 * goProxies.go.
 */
import { proxiesOf } from "../../provider/src/http/proxies";
import recorded from "./proxy-vectors.json";

interface Vector {
  readonly environment: Readonly<Record<string, string>>;
  /** The proxy's address by that of the request; null for the direct way. */
  readonly proxies: Readonly<Record<string, string | null>>;
}

const vectors = recorded.vectors as unknown as readonly Vector[];

const asked = vectors.flatMap(({ environment, proxies }) =>
  Object.entries(proxies).map(([url, proxy]): [string, string, string | null, Vector["environment"]] => [
    Object.entries(environment)
      .map(([name, value]) => `${name}=${value}`)
      .join(" "),
    url,
    proxy,
    environment,
  ]),
);

/** An address without the port that its scheme stands for, as `URL` writes it. */
const plain = (address: string): string => new URL(address).href;

test("there are answers of both kinds", () => {
  const ways = asked.map(([, , proxy]) => proxy !== null);
  expect(ways.filter((isProxied) => isProxied).length).toBeGreaterThan(40);
  expect(ways.filter((isProxied) => !isProxied).length).toBeGreaterThan(40);
});

test.each(asked)("with %s, %s goes through %s", (_environment, url, proxy, environment) => {
  const proxyFor = proxiesOf(
    (name) => environment[name],
    () => undefined,
  );
  const found = proxyFor(new URL(url));
  expect(found && plain(found.address)).toBe(proxy === null ? undefined : plain(proxy));
});
