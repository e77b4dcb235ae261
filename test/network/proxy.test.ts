/**
 * Sessions through a real proxy process, with the emulator behind TLS: logins, service calls, refusals, and what is known
 * of a start that a proxy stopped.
 */
import { Agent } from "node:http";
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import type { Backend, BackendDefinition } from "../../provider/src/execution/service";
import { ProxyError, StartUncertainError, TransportError } from "../../provider/src/ground/errors";
import { mayHaveBeenHandled } from "../../provider/src/http/retry";
import type { Session } from "../../provider/src/lifecycle";
import { openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { Clock } from "../../provider/src/ground/clock";
import { systemClock } from "../../provider/src/ground/clock";
import { limitTime } from "../../provider/src/ground/timeLimit";
import { control, executionsOf, requestsOf } from "../support/emulators";
import type { ProxyOptions, ProxyProcess } from "../support/proxyProcess";
import { startProxy } from "../support/proxyProcess";
import type { SelfSigned } from "../support/selfSigned";
import { startScriptedServer } from "../support/scriptedServer";
import { selfSigned } from "../support/selfSigned";
import { demoProjectId, never, settingsOf, startOn } from "../support/sessions";
import type { TlsFront } from "../support/tlsFront";
import { startTlsFront } from "../support/tlsFront";

// Names that only the proxy can resolve: what reaches the emulator went through the proxy.
const hosts = ["aom.cloud.localhost", "iam.cloud.localhost", "fnf.cloud.localhost", "0.0.0.0"];

let certificate: SelfSigned;
let emulator: Emulator;
let front: TlsFront;
const proxies: ProxyProcess[] = [];

beforeAll(async () => {
  certificate = selfSigned(hosts);
  emulator = await startEmulator();
  front = await startTlsFront(emulator.url, certificate);
});
afterAll(async () => {
  await front.close();
  await emulator.close();
});
afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await control(emulator, "POST", "/reset", {});
});

async function proxy(options: ProxyOptions = {}): Promise<ProxyProcess> {
  const server = `127.0.0.1:${String(front.port)}`;
  const plain = new URL(emulator.url).host;
  const routes = Object.fromEntries(
    hosts.flatMap((host) => [
      [`${host}:443`, server],
      [host, plain],
    ]),
  );
  const started = await startProxy({ routes, ...options });
  proxies.push(started);
  return started;
}

interface Place {
  readonly environment?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, string>>;
  /** @default https://aom.cloud.localhost */
  readonly aom?: string;
  readonly clock?: Partial<Clock>;
}

// One identity: a token and a user beside each other are refused.
const user = {
  "huaweicloud:domainName": "demo",
  "huaweicloud:userName": "demo",
  "huaweicloud:password": "demo-password-1",
};

function open({
  environment = {},
  config = {},
  aom = "https://aom.cloud.localhost",
  clock = {},
}: Place): Session {
  return openSession({
    settings: settingsOf({
      environment,
      config: {
        "huaweicloud:region": "cn-north-4",
        "huaweicloud:projectId": demoProjectId,
        ...("huaweicloud:token" in config ? {} : user),
        "huaweicloud:endpoints": JSON.stringify({ aom, iam: aom.replace("aom", "iam") }),
        "huaweicloud:cacertFile": certificate.cert,
        ...config,
      },
    }),
    // Attempts follow one another at once.
    clock: { ...systemClock, sleep: () => Promise.resolve(), ...clock },
  });
}

const connect = (session: Session, signal = never): Promise<Backend> =>
  session.connect(services.aom, { workflowId: "demo-succeeds" }, signal);
const list = async (session: Session): Promise<number> =>
  (await (await connect(session)).listPage({}, { limit: 10, attempts: 1 }, never)).executions.length;

async function errorOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => {
      throw new Error("nothing was thrown");
    },
    (thrown: unknown) => thrown as Error,
  );
}

describe("by https", () => {
  test("logins and service calls go through the proxy, each in a tunnel to the service's own certificate", async () => {
    const through = await proxy();
    const session = open({ environment: { HTTPS_PROXY: through.url } });
    expect(await list(session)).toBe(0);
    expect((await through.after(2)).map(({ method, target, verdict }) => [method, target, verdict])).toEqual([
      ["CONNECT", "iam.cloud.localhost:443", "pass"],
      ["CONNECT", "aom.cloud.localhost:443", "pass"],
    ]);
    expect(through.requests[0]!.headers).not.toHaveProperty("proxy-authorization");
    expect((await requestsOf(emulator)).map(({ operation }) => operation)).toEqual([
      "KeystoneCreateUserTokenByPassword",
      "ListWorkflowExecutions",
      // An empty list may be one of another enterprise project.
      "ListWorkflow",
    ]);
  });

  test("what may be repeated shares a tunnel; each start has its own", async () => {
    const through = await proxy();
    const backend = await connect(open({ environment: { HTTPS_PROXY: through.url } }));
    const look = (): Promise<unknown> => backend.listPage({}, { limit: 10 }, never);
    await look();
    await look();
    await startOn(backend);
    await startOn(backend);
    await look();
    const targets = (await through.after(4)).map(({ target }) => target.split(".")[0]);
    expect(targets).toEqual(["iam", "aom", "aom", "aom"]);
    expect(await executionsOf(emulator)).toHaveLength(2);
  });

  test("Alibaba Cloud's requests go through it as well", async () => {
    // Its authorities are Node's own, so the front's certificate is refused here: the tunnel shows the way.
    const through = await proxy();
    const session = open({
      environment: { HTTPS_PROXY: through.url },
      config: {
        "alicloud:accessKey": "EMULATORACCESSKEY0001",
        "alicloud:secretKey": "emulator-secret-key-0001",
        "alicloud:region": "cn-hangzhou",
        "alicloud:endpoints": JSON.stringify({ fnf: "https://fnf.cloud.localhost" }),
      },
    });
    const backend = await session.connect(services.cloudflow, { flowName: "demo-succeeds" }, never);
    const error = await errorOf(backend.listPage({}, { limit: 10 }, never));
    expect(error.message).toMatch(
      /no answer from https:\/\/fnf\.cloud\.localhost\S* through the proxy http:\/\/127\.0\.0\.1:\d+ \(DEPTH_ZERO_SELF_SIGNED_CERT\)\. The server's certificate is not trusted: .* \(or the proxy's, if it opens encrypted connections\) with NODE_EXTRA_CA_CERTS/,
    );
    expect((await through.after(1)).map(({ target }) => target)).toEqual(["fnf.cloud.localhost:443"]);
  });

  test("what NO_PROXY names goes directly", async () => {
    const through = await proxy();
    const aom = `https://0.0.0.0:${String(front.port)}`;
    expect(await list(open({ aom, environment: { HTTPS_PROXY: through.url, NO_PROXY: "0.0.0.0" } }))).toBe(0);
    expect(through.requests).toEqual([]);
    expect(await list(open({ aom, environment: { HTTPS_PROXY: through.url } }))).toBe(0);
    // One tunnel: the login and the list are for the same host.
    expect((await through.after(1)).map(({ target }) => target)).toEqual([`0.0.0.0:${String(front.port)}`]);
  });

  test("loopback is never proxied", async () => {
    const through = await proxy({ mode: "close" });
    const environment = { HTTPS_PROXY: through.url, HTTP_PROXY: through.url };
    expect(await list(open({ aom: emulator.url, environment }))).toBe(0);
    expect(through.requests).toEqual([]);
  });

  // A session whose requests to AOM reach a port of this machine, without a login.
  const openByToken = async (port: number): Promise<Session> => {
    const routes = { "aom.cloud.localhost:443": `127.0.0.1:${String(port)}` };
    const through = await proxy({ routes });
    const config = { "huaweicloud:token": "token-of-a-test" };
    return open({ environment: { HTTPS_PROXY: through.url }, config });
  };

  test("a server with another name in its certificate is refused, as without a proxy", async () => {
    const other = await startTlsFront(emulator.url, selfSigned(["other.example"]));
    try {
      const session = await openByToken(other.port);
      const error = await errorOf(list(session));
      expect(error).toMatchObject({ mayHaveArrived: false, retryable: false });
      expect(error.message).toContain("certificate is not trusted");
      expect(error.message).toContain("huaweicloud:cacertFile");
    } finally {
      await other.close();
    }
  });

  test("a 407 within the tunnel is the service's", async () => {
    const service = await startScriptedServer([{ status: 407, body: "{}" }]);
    const other = await startTlsFront(service.url, certificate);
    try {
      const session = await openByToken(other.port);
      expect(await errorOf(list(session))).toMatchObject({ code: "WFX-SERVICE", status: 407 });
    } finally {
      await other.close();
      await service.close();
    }
  });

  test("the user of the proxy's address is shown to the proxy alone, and no error has the password", async () => {
    const user = "ann:p@ss word%";
    const through = await proxy({ user });
    const address = through.url.replace("//", `//ann:${encodeURIComponent("p@ss word%")}@`);
    const session = open({ environment: { HTTPS_PROXY: address } });
    expect(await list(session)).toBe(0);
    const sent = `Basic ${Buffer.from(user).toString("base64")}`;
    expect((await through.after(2)).map(({ headers }) => headers["proxy-authorization"])).toEqual([
      sent,
      sent,
    ]);
    expect(session.credentials.texts).toEqual(expect.arrayContaining(["p@ss word%", user]));

    const wrong = open({ environment: { HTTPS_PROXY: through.url.replace("//", "//ann:wr0ng-secret@") } });
    const error = await errorOf(list(wrong));
    expect(error).toBeInstanceOf(ProxyError);
    expect(error.message).toContain(
      "The proxy rejects the user or the password: correct them in HTTPS_PROXY.",
    );
    expect(JSON.stringify([error, error.message, error.stack, String(error.cause)])).not.toContain("wr0ng");
  });
});

describe("a proxy that lets nothing through", () => {
  const iam = "https://iam.cloud.localhost/v3/auth/tokens";

  test.each<[string, ProxyOptions, boolean, RegExp]>([
    [
      "demands a user",
      { mode: "refuse", status: 407 },
      false,
      /answered HTTP 407\. Nothing was sent to \S+\. The proxy requires a user: set HTTPS_PROXY to http:\/\/user:password@host:port\.$/,
    ],
    [
      "forbids the host",
      { mode: "refuse", status: 403 },
      false,
      /answered HTTP 403\. Nothing .* The proxy forbids iam\.cloud\.localhost: ask .* or add iam\.cloud\.localhost to NO_PROXY/,
    ],
    [
      "can't reach the host",
      { mode: "refuse", status: 502 },
      true,
      /answered HTTP 502\. Nothing .* The proxy can't reach iam\.cloud\.localhost: check the endpoint/,
    ],
    [
      "closes the connection",
      { mode: "close" },
      true,
      /closed the connection without an answer \(ECONNRESET\)\. Nothing .* Check the address in HTTPS_PROXY/,
    ],
  ])("%s: the error is not the service's", async (_what, options, retryable, message) => {
    const through = await proxy(options);
    const error = await errorOf(connect(open({ environment: { HTTPS_PROXY: through.url } })).then(startOn));
    expect(error).toBeInstanceOf(ProxyError);
    expect(error).toMatchObject({ code: "WFX-PROXY", mayHaveArrived: false, retryable });
    expect(error.message).toContain(
      `KeystoneCreateUserTokenByPassword: the proxy ${through.url} (environment variable HTTPS_PROXY) `,
    );
    expect(error.message).toContain(iam);
    expect(error.message).toMatch(message);
    // A failure that may pass is tried again; one that will not pass is not.
    expect(await through.after(retryable ? 4 : 1)).toHaveLength(retryable ? 4 : 1);
    expect(await requestsOf(emulator)).toEqual([]);
  });

  test("is not there", async () => {
    const gone = await proxy();
    await proxies.pop()!.close();
    const error = await errorOf(connect(open({ environment: { https_proxy: gone.url } })).then(startOn));
    expect(error).toMatchObject({ code: "WFX-PROXY", mayHaveArrived: false, retryable: true });
    expect(error.message).toContain(
      `the proxy ${gone.url} (environment variable https_proxy) can't be reached`,
    );
    expect(error.message).toContain("ECONNREFUSED");
  });

  const token = { config: { "huaweicloud:token": "token-of-a-test" } };

  test("refuses a start: the start is certainly not under way", async () => {
    const through = await proxy({ mode: "refuse", status: 403 });
    const backend = await connect(open({ ...token, environment: { HTTPS_PROXY: through.url } }));
    const error = await errorOf(startOn(backend));
    expect(error).toBeInstanceOf(ProxyError);
    expect(mayHaveBeenHandled(error, "ExecuteWorkflow")).toBe(false);
    expect((await through.after(1)).map(({ target }) => target)).toEqual(["aom.cloud.localhost:443"]);
  });

  test("hangs: Ctrl-C ends a start that waits for its tunnel, and the tunnel with it", async () => {
    const through = await proxy({ mode: "hang" });
    const backend = await connect(open({ ...token, environment: { HTTPS_PROXY: through.url } }));
    const controller = new AbortController();
    const started = errorOf(backend.start({ runName: "run", signal: controller.signal }));
    await through.until(() => through.requests.length === 1);
    controller.abort();
    const error = await started;
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ message: "ExecuteWorkflow: interrupted", mayHaveArrived: false });
    await through.until(() => through.closed.length === 1);
  });

  test("hangs: the outer deadline ends a status request", async () => {
    const through = await proxy({ mode: "hang" });
    const session = open({ ...token, environment: { HTTPS_PROXY: through.url }, clock: systemClock });
    const backend = await connect(session);
    const limit = limitTime(session.clock, 300, never);
    const error = await errorOf(backend.listPage({}, { limit: 10 }, limit.signal));
    expect(error).toMatchObject({ code: "WFX-REQUEST-TIMEOUT", mayHaveArrived: false });
    await through.until(() => through.closed.length === 1);
  });

  test("hangs: a request's own limit of time says that the proxy did, and that nothing was sent", async () => {
    const through = await proxy({ mode: "hang" });
    // Half a minute of a request is none for the test.
    const clock = { timeout: () => AbortSignal.timeout(200) };
    const session = open({ ...token, environment: { HTTPS_PROXY: through.url }, clock });
    const error = await errorOf(connect(session).then(startOn));
    expect(error).toMatchObject({ code: "WFX-PROXY", mayHaveArrived: false, retryable: true });
    expect(error.message).toContain("gave no answer within 30 s. Nothing was sent to https://aom.");
    await through.until(() => through.closed.length === 4);
  });

  test("is of a kind that can't be used: nothing is asked", async () => {
    const socks = open({ environment: { HTTPS_PROXY: "socks5://ann:s3cret-word@proxy.example:1080" } });
    const error = await errorOf(list(socks));
    expect(error).toMatchObject({ code: "WFX-CONFIGURATION" });
    expect(error.message).toBe(
      "the environment variable HTTPS_PROXY names a proxy with the scheme socks5://, but only http:// and https:// are supported: " +
        "set it to an address like http://proxy.example:3128, or unset it.",
    );
  });
});

test("a proxy that is reached by TLS and not trusted: the setting that names authorities is to have its own too", async () => {
  const other = await startTlsFront(emulator.url, selfSigned(["127.0.0.1"]));
  try {
    const environment = { HTTPS_PROXY: `https://127.0.0.1:${String(other.port)}` };
    const error = await errorOf(list(open({ environment })));
    expect(error).toMatchObject({ code: "WFX-PROXY", mayHaveArrived: false, retryable: false });
    expect(error.message).toMatch(
      /has a certificate that is not trusted \(\w+\)\. .*Add its certificate authority to the configuration huaweicloud:cacertFile \(or OS_CACERT\), which replaces all other authorities\./,
    );
  } finally {
    await other.close();
  }
});

describe("by plain http, where it is allowed", () => {
  const plain = (through: ProxyProcess, more: Place = {}): Session =>
    open({
      aom: "http://aom.cloud.localhost",
      ...more,
      environment: { HTTP_PROXY: through.url, ...more.environment },
      config: { "huaweicloud:allowInsecureHttp": "true", ...more.config },
    });

  test("the proxy gets whole addresses; a user is shown to it alone", async () => {
    const through = await proxy({ user: "ann:secret-word" });
    const session = plain(through, {
      environment: { HTTP_PROXY: through.url.replace("//", "//ann:secret-word@") },
    });
    const backend = await connect(session);
    await startOn(backend);
    expect(
      (await through.after(2)).map(({ method, target }) => [method, target.replace(demoProjectId, "P")]),
    ).toEqual([
      ["POST", "http://iam.cloud.localhost/v3/auth/tokens?nocatalog=true"],
      ["POST", "http://aom.cloud.localhost/v1/P/cms/workflow/demo-succeeds/executions"],
    ]);
    expect(through.requests[1]!.headers["host"]).toBe("aom.cloud.localhost");
    expect(await executionsOf(emulator)).toHaveLength(1);
  });

  test("Alibaba Cloud's requests go through it, where its protocol is HTTP", async () => {
    const through = await proxy();
    const session = plain(through, {
      config: {
        "alicloud:accessKey": "EMULATORACCESSKEY0001",
        "alicloud:secretKey": "emulator-secret-key-0001",
        "alicloud:region": "cn-hangzhou",
        "alicloud:protocol": "HTTP",
        "alicloud:endpoints": JSON.stringify({ fnf: "http://fnf.cloud.localhost" }),
      },
    });
    const backend = await session.connect(services.cloudflow, { flowName: "demo-succeeds" }, never);
    const executionId = await startOn(backend);
    expect((await backend.describe(executionId, { signal: never })).status).toBe("running");
    const seen = (await through.after(3)).map(({ method, target }) => [method, target.split("?")[0]]);
    expect(seen).toEqual([
      ["POST", "http://fnf.cloud.localhost/"],
      ["GET", "http://fnf.cloud.localhost/"],
      ["GET", "http://fnf.cloud.localhost/"],
    ]);
  });

  test("407 is the proxy's: nothing reached the service", async () => {
    const through = await proxy({ user: "ann:secret-word" });
    const error = await errorOf(connect(plain(through)).then(startOn));
    expect(error).toBeInstanceOf(ProxyError);
    expect(error.message).toContain("The proxy requires a user: set HTTP_PROXY to");
    expect(await requestsOf(emulator)).toEqual([]);
  });

  test.each<[string, ProxyOptions, number]>([
    ["502", { mode: "refuse", status: 502 }, 0],
    ["a closed connection, the request handled", { mode: "closeAfter" }, 1],
    ["a closed connection, the request not passed on", { mode: "close" }, 0],
  ])("%s says nothing of a start: it is uncertain", async (_what, options, started) => {
    const through = await proxy(options);
    const session = plain(through, { config: { "huaweicloud:token": await tokenOf() } });
    const error = await errorOf(connect(session).then(startOn));
    expect(error).toBeInstanceOf(StartUncertainError);
    expect(await through.after(1)).toHaveLength(1);
    expect(await executionsOf(emulator)).toHaveLength(started);
  });

  test("a proxy that is not there is named, and nothing was sent", async () => {
    const gone = await proxy();
    await proxies.pop()!.close();
    const session = plain(gone, { config: { "huaweicloud:token": "t" } });
    const error = await errorOf(connect(session).then(startOn));
    expect(error).toMatchObject({ mayHaveArrived: false, retryable: true });
    expect(error.message).toContain(
      `through the proxy ${gone.url} (ECONNREFUSED). Check the network, the proxy`,
    );
  });

  async function tokenOf(): Promise<string> {
    const response = await fetch(`${emulator.url}/v3/auth/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        auth: {
          identity: {
            methods: ["password"],
            password: { user: { name: "demo", password: "demo-password-1", domain: { name: "demo" } } },
          },
          scope: { project: { id: demoProjectId } },
        },
      }),
    });
    return response.headers.get("x-subject-token")!;
  }
});

test("where a proxy applies, its agents are loaded", () => {
  const loaded = Object.keys(require.cache).map((path) => path.split("/").at(-1));
  expect(loaded).toContain("proxyAgents.ts");
});

describe("what the machine itself answers is asked without a proxy", () => {
  test.each<[string, keyof typeof services, Record<string, string>, Record<string, string>, string[]]>([
    ["an ECS of Huawei Cloud", "aom", { workflowId: "w" }, {}, ["169.254.169.254"]],
    [
      "a pod of CCE",
      "aom",
      { workflowId: "w" },
      {
        HC_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.1.1/keys",
        HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/token",
      },
      ["169.254.1.1"],
    ],
    [
      "an ECS of Alibaba Cloud",
      "cloudflow",
      { flowName: "f" },
      { ALIBABA_CLOUD_ECS_METADATA: "role" },
      ["100.100.100.200"],
    ],
  ])("%s", async (_what, service, args, identity, hosts) => {
    const asked: { readonly host: string; readonly isDirect: boolean }[] = [];
    const session = openSession({
      settings: settingsOf({
        environment: {
          HTTP_PROXY: "http://proxy.invalid:3128",
          HTTPS_PROXY: "http://proxy.invalid:3128",
          HW_REGION_NAME: "cn-north-4",
          ALICLOUD_REGION: "cn-hangzhou",
          ...identity,
        },
        files: { "/token": "pod-token" },
      }),
      clock: { ...systemClock, sleep: () => Promise.resolve() },
      fetch: (url, { agent }) => {
        asked.push({ host: new URL(url).host, isDirect: agent?.constructor === Agent });
        return Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }));
      },
    });
    const definition: BackendDefinition = services[service];
    const listing = session
      .connect(definition, args, never)
      .then((backend) => backend.listPage({}, { limit: 1, attempts: 1 }, never));
    await expect(listing).rejects.toThrow();
    expect(new Set(asked.map(({ host }) => host))).toEqual(new Set(hosts));
    expect(asked.every(({ isDirect }) => isDirect)).toBe(true);
  });
});
