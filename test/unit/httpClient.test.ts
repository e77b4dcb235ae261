/**
 * The HTTP client against a real server: what is sent again and what is not, on which connection, and what the errors
 * say (no query, no headers, no secret).
 */
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { stackSettingWords } from "../../provider/src/fronts/shared/settingWords";
import { toHuaweiError } from "../../provider/src/services/huawei/serviceErrors";
import {
  AnswerTooLargeError,
  AuthenticationError,
  NotFoundError,
  OutOfTimeError,
  RequestInterruptedError,
  RequestTimeoutError,
  ServiceError,
  ThrottledError,
  TransportError,
} from "../../provider/src/ground/errors";
import { readJsonObject } from "../../provider/src/http/answer";
import type { Fetch, SendOptions } from "../../provider/src/http/httpClient";
import { HttpClient, NotSentError } from "../../provider/src/http/httpClient";
import type { HttpAnswer, HttpRequest } from "../../provider/src/http/request";
import { summarize } from "../../provider/src/http/request";
import { classifyConnectionError, maySendAgain, mayHaveBeenHandled } from "../../provider/src/http/retry";
import { TokenBucket } from "../../provider/src/http/tokenBucket";
import { withAlarms } from "../../provider/src/ground/alarms";
import type { Clock } from "../../provider/src/ground/clock";
import type { TimeLimit } from "../../provider/src/ground/timeLimit";
import { limitTime } from "../../provider/src/ground/timeLimit";
import type { FakeClock } from "../support/fakeClock";
import { fakeClock } from "../support/fakeClock";
import type { RecordedRequest, ScriptedAnswer, ScriptedServer } from "../support/scriptedServer";
import { startScriptedServer } from "../support/scriptedServer";
import { never } from "../support/sessions";

const secret = "s3cret-in-a-header";
const nodeFetch: Fetch = async (url, init) => (await import("node-fetch")).default(url, init);

let server: ScriptedServer;
let clock: FakeClock;
let client: HttpClient;
afterEach(() => server.close());

async function answering(
  answers: readonly ScriptedAnswer[] | ((request: RecordedRequest) => ScriptedAnswer),
): Promise<void> {
  server = await startScriptedServer(answers);
  clock = fakeClock();
  client = new HttpClient({ fetch: nodeFetch, clock, random: () => 0.5, userAgent: "test/1" });
}

/** Lets the time of every request run out at the moment at which something is seen, however slow this machine is. */
function runOutWhen(isSeen: () => boolean): void {
  const timeout = (): AbortSignal => {
    const controller = new AbortController();
    const timer = setInterval(() => {
      if (!isSeen()) return;
      clearInterval(timer);
      controller.abort();
    }, 1);
    return controller.signal;
  };
  client = new HttpClient({
    fetch: nodeFetch,
    clock: { ...clock, timeout },
    random: () => 0.5,
    userAgent: "test/1",
  });
}

const look = (more: Partial<HttpRequest> = {}): HttpRequest => ({
  operation: "Look",
  method: "GET",
  endpoint: server.url,
  path: ["v1", "things", "a b/c"],
  query: [["filter", "s3cret-in-a-query"]],
  headers: { "content-type": "application/json", "x-secret": secret },
  repeatable: true,
  ...more,
});
const start = (more: Partial<HttpRequest> = {}): HttpRequest =>
  look({ operation: "Start", method: "POST", repeatable: false, ...more });

function send(request: HttpRequest, more: Partial<SendOptions> = {}): Promise<HttpAnswer> {
  return client.send(request, {
    toServiceError: toHuaweiError(clock, stackSettingWords),
    signal: never,
    ...more,
  });
}

/** The error that was thrown, after a check that it reveals nothing private. */
async function errorOf(work: Promise<unknown>): Promise<Error> {
  const error = await work.then(
    () => {
      throw new Error("nothing was thrown");
    },
    (thrown: unknown) => thrown as Error,
  );
  expect(error.message).not.toContain("s3cret");
  expect(JSON.stringify(error)).not.toContain("s3cret");
  return error;
}

test("sends path and query percent-encoded, the headers, and a user agent; reads status, headers and body", async () => {
  await answering([{ status: 201, headers: { "x-request-id": "r-1" }, body: '{"a":1}' }]);
  const answer = await send(look());
  expect(server.requests[0]).toMatchObject({
    method: "GET",
    url: "/v1/things/a%20b%2Fc?filter=s3cret-in-a-query",
    headers: { "user-agent": "test/1", "content-type": "application/json", "x-secret": secret },
    body: "",
  });
  expect([answer.status, answer.header("X-Request-Id"), answer.header("x-none"), answer.text]).toEqual([
    201,
    "r-1",
    undefined,
    '{"a":1}',
  ]);
});

test("a POST without a body says that it has none", async () => {
  await answering([{}]);
  await send(start());
  expect(server.requests[0]!.headers["content-length"]).toBe("0");
  await send(start({ body: '{"ä":1}' }));
  expect(server.requests[1]!.body).toBe('{"ä":1}');
});

describe("a repeatable request is sent again", () => {
  test.each<[string, ScriptedAnswer]>([
    ["408", { status: 408 }],
    ["429", { status: 429 }],
    ["500", { status: 500 }],
    ["502 with a web page", { status: 502, body: "<html></html>" }],
    ["503", { status: 503 }],
    ["a connection dropped after the request", { drop: true }],
    ["an answer cut short", { body: '{"long":"enough"}', truncate: true }],
  ])("after %s", async (_what, failure) => {
    await answering([failure, failure, { body: "{}" }]);
    expect((await send(look())).status).toBe(200);
    expect(server.requests).toHaveLength(3);
    expect(clock.sleeps).toEqual([500, 1_000]);
  });

  test("after an answer that takes too long", async () => {
    await answering([{ hang: true }, { body: "{}" }]);
    expect((await send(look({ timeoutMs: 40 }))).status).toBe(200);
  });

  test("at most as often as asked for, four times if not said", async () => {
    await answering([{ status: 503 }]);
    expect(await errorOf(send(look()))).toMatchObject({ status: 503 });
    expect(server.requests).toHaveLength(4);
    expect(clock.sleeps).toEqual([500, 1_000, 2_000]);
    expect(await errorOf(send(look(), { attempts: 1 }))).toMatchObject({ status: 503 });
    expect(server.requests).toHaveLength(5);
  });

  test("not sooner than the service asks, and not sooner than by itself", async () => {
    await answering([
      { status: 503, headers: { "retry-after": "7" } },
      { status: 429, headers: { "retry-after": "0.001" } },
      { status: 429, headers: { "retry-after": "Sat, 21 Nov 2026 06:01:00 GMT" } },
      { body: "{}" },
    ]);
    await send(look());
    expect(clock.sleeps).toEqual([7_000, 1_000, 52_000]);
  });
});

describe("a repeatable request is not sent again", () => {
  test.each([400, 401, 403, 404, 409, 501, 505])("after %i", async (status) => {
    await answering([{ status, body: '{"error_code":"X.1","error_msg":"no"}' }]);
    expect(await errorOf(send(look()))).toMatchObject({ status, serviceCode: "X.1", retryable: false });
    expect(server.requests).toHaveLength(1);
  });

  test("after a redirect: it is not followed, and the error says to check the endpoint", async () => {
    await answering([{ status: 302, headers: { location: "/elsewhere?token=s3cret" } }]);
    const error = await errorOf(send(look()));
    expect(error).toBeInstanceOf(ServiceError);
    expect(error.message).toMatch(/HTTP 302\. The endpoint redirects, .*check the endpoint/);
    expect(server.requests.map(({ url }) => url)).toEqual([expect.stringContaining("/v1/things/")]);
  });

  test("to a server whose certificate is not trusted; the error names the remedy", async () => {
    await answering([{}]);
    const selfSigned = Object.assign(new Error("self-signed certificate"), {
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    });
    const mistrusting = new HttpClient({
      fetch: () => Promise.reject(selfSigned),
      clock,
      random: Math.random,
      userAgent: "test",
    });
    const error = await errorOf(
      mistrusting.send(look(), { toServiceError: toHuaweiError(clock, stackSettingWords), signal: never }),
    );
    expect(error.message).toContain("certificate is not trusted");
    expect(error.message).toContain("NODE_EXTRA_CA_CERTS");
    expect(error).toMatchObject({ retryable: false, mayHaveArrived: false });
    expect(clock.sleeps).toEqual([]);
  });
});

describe("a start", () => {
  test("is sent again when it was refused for too many requests, after the time that the service asks for", async () => {
    await answering([
      { status: 429, headers: { "retry-after": "3" } },
      { status: 400, body: '{"error_code":"APIG.0308","error_msg":"api over ratelimit"}' },
      { body: "{}" },
    ]);
    expect((await send(start())).status).toBe(200);
    expect(server.requests).toHaveLength(3);
    expect(clock.sleeps).toEqual([3_000, 1_000]);
  });

  test.each<[string, ScriptedAnswer]>([
    ["408", { status: 408 }],
    ["500", { status: 500 }],
    ["502", { status: 502, body: "<html></html>" }],
    ["503 with Retry-After", { status: 503, headers: { "retry-after": "1" } }],
    ["504", { status: 504 }],
    ["a connection dropped after the request", { drop: true }],
    ["an answer cut short", { body: '{"execution_id":"x"}', truncate: true }],
    ["a redirect", { status: 307, headers: { location: "/" } }],
    ["a refusal", { status: 403 }],
  ])("is not sent again after %s", async (_what, failure) => {
    await answering([failure]);
    await errorOf(send(start()));
    expect(server.requests).toHaveLength(1);
    expect(clock.sleeps).toEqual([]);
  });

  test("is not sent again when no answer comes in time, and may have been handled", async () => {
    await answering([{ hang: true }]);
    runOutWhen(() => server.requests.length > 0);
    const error = await errorOf(send(start({ timeoutMs: 40 })));
    expect(error).toBeInstanceOf(RequestTimeoutError);
    expect(error.message).toBe(`Start: no answer from ${server.url}/v1/things/a%20b%2Fc within 0.04 s`);
    expect(mayHaveBeenHandled(error, "Start")).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  test("is sent again to a server that refuses the connection: nothing can have arrived", async () => {
    await answering([{}]);
    const { url } = server;
    await server.close();
    const error = await errorOf(send(start({ endpoint: url })));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ mayHaveArrived: false, retryable: true });
    expect(error.message).toBe(
      `Start: no answer from ${url}/v1/things/a%20b%2Fc (ECONNREFUSED). Check the network, the proxy settings and the endpoint.`,
    );
    expect(clock.sleeps).toEqual([500, 1_000, 2_000]);
  });

  test("is not sent again when the connection breaks before an answer, whatever the server saw", async () => {
    await answering([{}]);
    let connections = 0;
    const rude = createTcpServer((socket: Socket) => {
      connections += 1;
      socket.destroy();
    });
    rude.listen(0, "127.0.0.1");
    await once(rude, "listening");
    const endpoint = `http://127.0.0.1:${String((rude.address() as AddressInfo).port)}`;
    const error = await errorOf(send(start({ endpoint })));
    expect(error).toMatchObject({ mayHaveArrived: true });
    expect(connections).toBe(1);
    rude.close();
  });

  test("never travels on a connection that was used before, while looks share one", async () => {
    await answering([{ body: "{}" }]);
    await send(look());
    await send(look());
    await send(start());
    await send(look());
    await send(start());
    const ports = server.requests.map(({ remotePort }) => remotePort);
    const [first, second, third, fourth, fifth] = ports;
    expect([second, fourth]).toEqual([first, first]);
    expect(new Set([first, third, fifth]).size).toBe(3);
  });
});

describe("authorisation", () => {
  test("is made anew for each attempt, from the request as it goes over the wire", async () => {
    await answering([{ status: 503 }, { status: 503 }, { body: "{}" }]);
    const seen: unknown[] = [];
    await send(look({ body: "b", method: "POST" }), {
      authorize: (request) => {
        seen.push(request);
        return Promise.resolve({ headers: { authorization: `signed at ${String(clock.now())}` } });
      },
    });
    const signatures = server.requests.map(({ headers }) => headers.authorization);
    expect(new Set(signatures).size).toBe(3);
    expect(seen).toHaveLength(3);
    expect(seen[0]).toEqual({
      method: "POST",
      path: "/v1/things/a b/c",
      query: [["filter", "s3cret-in-a-query"]],
      headers: {
        "content-type": "application/json",
        "x-secret": secret,
        host: new URL(server.url).host,
      },
      body: "b",
    });
  });

  test("that fails ends the request before anything is sent", async () => {
    await answering([{}]);
    await expect(
      send(start(), { authorize: () => Promise.reject(new Error("no credentials")) }),
    ).rejects.toThrow("no credentials");
    expect(server.requests).toEqual([]);
  });
});

test("a login that is throttled is tried no more than a login is, and drains the bucket of logins alone", async () => {
  await answering([{}]);
  const throttled = new ThrottledError({
    status: 429,
    request: { ...summarize(look()), operation: "Login" },
  });
  let logins = 0;
  const authorize = (): Promise<never> => {
    logins += 1;
    return Promise.reject(throttled);
  };
  const bucket = new TokenBucket({ tokens: 5, perSecond: 1 }, clock);
  expect(await errorOf(send(look(), { authorize, bucket }))).toBe(throttled);
  expect([logins, bucket.level()]).toEqual([1, 0.8]);
});

test("requests that begin at once share the connections", async () => {
  const agents = new Set<unknown>();
  await answering(() => ({}));
  client = new HttpClient({
    fetch: (url, init) => {
      agents.add(init.agent);
      return nodeFetch(url, init);
    },
    clock,
    random: () => 0.5,
    userAgent: "test",
  });
  await Promise.all([send(look()), send(look()), send(look())]);
  expect(agents.size).toBe(1);
});

describe("an interruption", () => {
  test("ends a request that waits for its answer", async () => {
    const controller = new AbortController();
    await answering(() => {
      controller.abort();
      return { hang: true };
    });
    const error = await errorOf(send(start(), { signal: controller.signal }));
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toBe("Start: interrupted");
    expect(mayHaveBeenHandled(error, "Start")).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  test("lets a start that is on its way come to its end, and begins no other", async () => {
    const controller = new AbortController();
    await answering(() => {
      controller.abort();
      return { status: 429 };
    });
    const error = await errorOf(send(start({ isSeenThrough: true }), { signal: controller.signal }));
    expect(error).toBeInstanceOf(ThrottledError);
    await errorOf(send(start({ isSeenThrough: true }), { signal: controller.signal }));
    expect(server.requests).toHaveLength(1);
  });

  test("ends a start that waits for its token", async () => {
    const controller = new AbortController();
    await answering([{}]);
    const sleep = (): Promise<void> => {
      controller.abort();
      return new Promise(() => undefined);
    };
    const waiting = new TokenBucket({ tokens: 1, perSecond: 0.001 }, { ...clock, sleep });
    await waiting.take(never);
    const error = await errorOf(
      send(start({ isSeenThrough: true }), { signal: controller.signal, bucket: waiting }),
    );
    expect(error).toBeInstanceOf(RequestInterruptedError);
    expect(error).toMatchObject({ mayHaveArrived: false });
    expect(server.requests).toEqual([]);
  });

  test("while a request is authorised sends nothing", async () => {
    const controller = new AbortController();
    await answering([{}]);
    const authorize = (): Promise<object> => {
      controller.abort();
      return Promise.resolve({});
    };
    const error = await errorOf(send(start({ body: "{}" }), { authorize, signal: controller.signal }));
    expect(error).toBeInstanceOf(RequestInterruptedError);
    expect(error).toMatchObject({ mayHaveArrived: false });
    expect(server.requests).toEqual([]);
  });

  test("while node-fetch is being loaded sends nothing, and ends no process", async () => {
    const controller = new AbortController();
    await answering([{}]);
    client = new HttpClient({
      fetch: () => {
        controller.abort();
        return Promise.reject(new NotSentError());
      },
      clock,
      random: () => 0.5,
      userAgent: "test",
    });
    const error = await errorOf(send(start(), { signal: controller.signal }));
    expect(error).toMatchObject({ message: "Start: interrupted", mayHaveArrived: false });
  });

  test("ends the repetitions of a repeatable request", async () => {
    const controller = new AbortController();
    await answering(() => {
      controller.abort();
      return { status: 503 };
    });
    await errorOf(send(look(), { signal: controller.signal }));
    expect(server.requests).toHaveLength(1);
  });

  test("before a request is sent is no reason to fear that it arrived", async () => {
    await answering([{ status: 429, headers: { "retry-after": "60" } }]);
    const controller = new AbortController();
    const sleep = (): Promise<void> => {
      controller.abort();
      return Promise.resolve();
    };
    client = new HttpClient({
      fetch: nodeFetch,
      clock: { ...clock, sleep },
      random: () => 0.5,
      userAgent: "test",
    });
    const error = await errorOf(send(start(), { signal: controller.signal }));
    expect(server.requests).toHaveLength(1);
    expect(mayHaveBeenHandled(error, "Start")).toBe(false);
  });

  test("before a request is sent keeps it from being handed to fetch", async () => {
    await answering([{}]);
    let fetched = 0;
    client = new HttpClient({
      fetch: () => {
        fetched += 1;
        return Promise.reject(new Error("aborted"));
      },
      clock,
      random: () => 0.5,
      userAgent: "test",
    });
    await errorOf(send(look({ method: "POST", body: "{}" }), { signal: AbortSignal.abort() }));
    expect(fetched).toBe(0);
  });
});

describe("when the time is over", () => {
  const soon = async (
    answers: readonly ScriptedAnswer[],
    more: { readonly ms?: number } = {},
  ): Promise<{ limit: TimeLimit; alarmed: Clock }> => {
    await answering(answers);
    const alarmed = withAlarms(clock);
    client = new HttpClient({ fetch: nodeFetch, clock: alarmed, random: () => 0.5, userAgent: "test" });
    return { alarmed, limit: limitTime(alarmed, more.ms ?? 3_000, never) };
  };

  test("a Retry-After beyond it is not waited for, and the error is the one that would have been waited out", async () => {
    const { limit } = await soon([{ status: 429, headers: { "retry-after": "86400" } }]);
    const startMs = clock.now();
    expect(await errorOf(send(start(), { signal: limit.signal }))).toBeInstanceOf(ThrottledError);
    expect(clock.now() - startMs).toBe(3_000);
    expect(server.requests).toHaveLength(1);
  });

  test("who waits for a token goes, and nobody sleeps on for them", async () => {
    const { limit, alarmed } = await soon([{}]);
    const bucket = new TokenBucket({ tokens: 1, perSecond: 0.001 }, alarmed);
    await bucket.take(never);
    const startMs = clock.now();
    const error = await errorOf(send(start(), { signal: limit.signal, bucket }));
    expect(error).toBeInstanceOf(OutOfTimeError);
    expect(error.message).toBe("Start: could not be sent in time");
    expect(mayHaveBeenHandled(error, "Start")).toBe(false);
    expect(clock.now() - startMs).toBe(3_000);
    expect(server.requests).toEqual([]);
  });

  test("what authorises and hears of no signal is not waited for", async () => {
    const { limit, alarmed } = await soon([{}]);
    const authorize = (): Promise<object> => new Promise(() => undefined);
    const sending = errorOf(send(look(), { signal: limit.signal, authorize }));
    await alarmed.sleep(3_000);
    expect(await sending).toBeInstanceOf(OutOfTimeError);
    expect(server.requests).toEqual([]);
  });

  test("patience ends what has to wait; what can go at once still goes, once", async () => {
    const { limit, alarmed } = await soon([{ status: 429 }, {}], { ms: 0 });
    await alarmed.sleep(1);
    expect(limit.hasPassed()).toBe(true);
    const bucket = new TokenBucket({ tokens: 1, perSecond: 1 }, alarmed);
    const patience = limit.signal;
    const sent: string[] = [];
    const options = { bucket, patience, onSent: () => sent.push("sent") };
    expect(await errorOf(send(start(), options))).toBeInstanceOf(ThrottledError);
    expect(await errorOf(send(start(), options))).toBeInstanceOf(OutOfTimeError);
    expect(sent).toEqual(["sent"]);
    expect(server.requests).toHaveLength(1);
  });
});

describe("a body that drips", () => {
  // Alive as far as any socket can tell, and never at its end.
  const dripping = async (
    headers: string,
  ): Promise<{ url: string; drips: () => number; stop: () => void }> => {
    let drips = 0;
    const sockets = new Set<Socket>();
    const tcp = createTcpServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("data", () => {
        socket.write(`HTTP/1.1 200 OK\r\n${headers}\r\n`);
        const timer = setInterval(() => {
          drips += 1;
          socket.write(headers.includes("chunked") ? "1\r\n \r\n" : " ");
        }, 5);
        socket.on("close", () => {
          clearInterval(timer);
        });
      });
    });
    tcp.listen(0, "127.0.0.1");
    await once(tcp, "listening");
    return {
      url: `http://127.0.0.1:${String((tcp.address() as AddressInfo).port)}`,
      drips: () => drips,
      stop: () => {
        for (const socket of sockets) socket.destroy();
        tcp.close();
      },
    };
  };

  test.each([
    ["in chunks", "transfer-encoding: chunked\r\n"],
    ["of a known length", "content-length: 1000000\r\n"],
    ["until the connection closes", ""],
  ])("%s is cut with its request's time, all of it", async (_what, headers) => {
    await answering([{}]);
    const service = await dripping(headers);
    runOutWhen(() => service.drips() > 1);
    const error = await errorOf(send(look({ endpoint: service.url, timeoutMs: 150 }), { attempts: 1 }));
    expect(error).toBeInstanceOf(RequestTimeoutError);
    service.stop();
  });

  test("is cut when the signal aborts", async () => {
    await answering([{}]);
    const service = await dripping("transfer-encoding: chunked\r\n");
    const controller = new AbortController();
    const sending = errorOf(send(look({ endpoint: service.url }), { signal: controller.signal }));
    while (service.drips() < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort();
    expect(await sending).toBeInstanceOf(RequestInterruptedError);
    service.stop();
  });
});

describe("errors say what came", () => {
  test("the service's code, text and request id, and the class that belongs to the status", async () => {
    const body = JSON.stringify({ error_code: "AOM.1", error_msg: "bad luck", request_id: "r-9" });
    await answering([
      { status: 404, body },
      { status: 401, body },
      { status: 429, body },
      { status: 500, body },
    ]);
    const attempts = { attempts: 1 };
    expect(await errorOf(send(look(), attempts))).toBeInstanceOf(NotFoundError);
    expect(await errorOf(send(look(), attempts))).toBeInstanceOf(AuthenticationError);
    expect(await errorOf(send(look(), attempts))).toBeInstanceOf(ThrottledError);
    const error = await errorOf(send(look(), attempts));
    expect(error.message).toBe("Look was refused: HTTP 500, AOM.1: bad luck (request id r-9).");
  });

  test("a web page in place of JSON: what to check, and not the page", async () => {
    await answering([
      { status: 403, body: "<!DOCTYPE html><html>squid 6.1</html>" },
      { body: "  <HTML>login</HTML>" },
    ]);
    const refused = await errorOf(send(look()));
    expect(refused.message).toContain("The answer is a web page, not JSON: check the endpoint");
    expect(refused.message).not.toContain("squid");
    const answer = await send(look());
    expect(() => readJsonObject(answer, summarize(look()))).toThrow(
      /Look: http:\/\/.* answered HTTP 200\. The answer is a web page/,
    );
  });

  test.each([
    ['{"a":', /answered HTTP 200\. The answer is not valid JSON: "\{"a":"/],
    ["", /answered HTTP 200 with an empty body/],
    ["  \n", /with an empty body/],
    ["[1]", /with JSON that is not an object/],
    ["null", /with JSON that is not an object/],
    [`x${"y".repeat(500)}`, /not valid JSON: "xy{79}…"/],
  ])("answer %# is no JSON object", async (body, expected) => {
    await answering([{ body }]);
    const answer = await send(look());
    expect(() => readJsonObject(answer, summarize(look()))).toThrow(expected);
  });

  test("a password in the endpoint is not repeated in the message", async () => {
    await answering([{}]);
    const endpoint = server.url.replace("//", "//me:s3cret@");
    await errorOf(send(look({ endpoint })));
  });

  test("an answer beyond all bounds ends the request, without the query in the message", async () => {
    await answering([{ body: "x".repeat(16 * 1024 * 1024 + 1) }]);
    const error = await errorOf(send(look()));
    expect(error).toBeInstanceOf(AnswerTooLargeError);
    expect(error.message).toBe(
      `Look: ${server.url}/v1/things/a%20b%2Fc answered with more than 16 MiB, which is too much to read.`,
    );
    // It would be as large the next time.
    expect(server.requests).toHaveLength(1);
    expect(mayHaveBeenHandled(error, "Look")).toBe(true);
  });

  test("an operation that gives everything at once may say how much that is", async () => {
    await answering([{ body: `"${"x".repeat(17 * 1024 * 1024)}"` }]);
    const answer = await send(look({ maxAnswerBytes: 20 * 1024 * 1024 }));
    expect(answer.text).toHaveLength(17 * 1024 * 1024 + 2);
  });

  test("of an error's megabytes only the beginning is looked at", async () => {
    await answering([{ status: 500, body: `<html>${"x".repeat(8 * 1024 * 1024)}` }]);
    let seen = 0;
    const toServiceError: SendOptions["toServiceError"] = (answer, request) => {
      seen = answer.text.length;
      return new ServiceError({ status: answer.status, request });
    };
    await errorOf(send(look(), { attempts: 1, toServiceError }));
    expect(seen).toBeLessThanOrEqual(64 * 1024);
  });

  test("https against a port that speaks http: told apart from a certificate, and nothing arrived", async () => {
    await answering([{}]);
    const endpoint = server.url.replace("http:", "https:");
    const error = await errorOf(send(start({ endpoint })));
    expect(error.message).toContain("check whether the endpoint's port speaks https (if not,");
    expect(error.message).not.toContain("certificate");
    expect(error).toMatchObject({ mayHaveArrived: false, retryable: false });
    expect(clock.sleeps).toEqual([]);
  });
});

describe("the one place that decides whether a request may be sent again", () => {
  const request = { operation: "Start", method: "POST", url: "http://x" };
  const refusal = (status: number): ServiceError => new ServiceError({ status, request });

  test.each([
    ["ECONNREFUSED", false],
    ["ENOTFOUND", false],
    ["EAI_AGAIN", false],
    ["EHOSTUNREACH", false],
    ["ENETUNREACH", false],
    ["ECONNRESET", true],
    ["EPIPE", true],
    ["ETIMEDOUT", true],
    ["ERR_STREAM_PREMATURE_CLOSE", true],
    [undefined, true],
  ])("after %s the request may have arrived: %p", (code, mayHaveArrived) => {
    expect(classifyConnectionError({ code })).toEqual({ code, mayHaveArrived, retryable: true });
  });

  test.each([
    ["SELF_SIGNED_CERT_IN_CHAIN", "", false],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "", false],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "", false],
    ["EPROTO", "write EPROTO 80:error:0A00010B:SSL routines:ssl3_get_record:wrong version number", false],
    ["EPROTO", "SSL routines:ssl3_read_bytes:sslv3 alert handshake failure", false],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "", false],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "", false],
    ["EPROTO", "SSL routines:ssl3_read_bytes:sslv3 alert bad record mac", true],
    ["ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "", true],
  ])("where encryption fails by %s %s the request may have arrived: %p", (code, message, mayHaveArrived) => {
    expect(classifyConnectionError({ code, message })).toEqual({ code, mayHaveArrived, retryable: false });
  });

  test("a time-out while connecting is told from one while waiting", () => {
    expect(classifyConnectionError({ code: "ETIMEDOUT", erroredSysCall: "connect" }).mayHaveArrived).toBe(
      false,
    );
    expect(classifyConnectionError(undefined).mayHaveArrived).toBe(true);
  });

  test("errors of other operations on the way, and of unknown kind, say nothing about a start", () => {
    const token = { ...request, operation: "Token" };
    expect(mayHaveBeenHandled(new TransportError("x", token, { mayHaveArrived: true }), "Start")).toBe(false);
    expect(mayHaveBeenHandled(new ServiceError({ status: 500, request: token }), "Start")).toBe(false);
    expect(mayHaveBeenHandled(refusal(500), "Start")).toBe(true);
    expect(mayHaveBeenHandled(refusal(408), "Start")).toBe(true);
    expect(mayHaveBeenHandled(refusal(404), "Start")).toBe(false);
    expect(mayHaveBeenHandled(new ThrottledError({ status: 429, request }), "Start")).toBe(false);
    expect(maySendAgain(new Error("what?"), true)).toBe(false);
    expect(maySendAgain(new ThrottledError({ status: 429, request }), false)).toBe(true);
  });
});
