/** The `Date` of the answers: the services' clock, as a client sees it. */
import { EmulatorClient, executions } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(EmulatorClient);
const then = "2031-05-06T07:08:09Z";
const thenInHeader = "Tue, 06 May 2031 07:08:09 GMT";

describe("with the clock set to a time of its own", () => {
  beforeEach(() => client.control("POST", "/clock", { now: then }));

  test.each([
    ["an answer", executions("demo-slow")],
    ["an answer about a route that is not there", "/nothing/here"],
  ])("%s is dated by the emulated clock", async (_what, path) => {
    const answer = await client.signed("GET", path);
    expect(answer.headers.get("date")).toBe(thenInHeader);
  });

  test("an answer of IAM is dated by the clock by which its tokens end", async () => {
    const answer = await client.login();
    expect(answer.headers.get("date")).toBe(thenInHeader);
    expect(answer.json.token.issued_at).toBe("2031-05-06T07:08:09.000000Z");
  });

  test("an answer that a fault has made is dated by it too", async () => {
    await client.control("POST", "/faults", { action: "status", status: 503 });
    expect((await client.signed("GET", executions("demo-slow"))).headers.get("date")).toBe(thenInHeader);
  });

  test("a fault may date its answer itself", async () => {
    const date = "Sat, 01 Jan 2000 00:00:00 GMT";
    await client.control("POST", "/faults", { action: "status", status: 503, headers: { Date: date } });
    expect((await client.signed("GET", executions("demo-slow"))).headers.get("date")).toBe(date);
  });

  test("the control API keeps the machine's time", async () => {
    const answer = await client.control("GET", "/clock");
    expect(answer.headers.get("date")).toMatch(/GMT$/);
    expect(answer.headers.get("date")).not.toBe(thenInHeader);
    expect(answer.json.time).toBe("2031-05-06T07:08:09.000Z");
  });
});

test("the date moves with the clock", async () => {
  const dateOf = async (): Promise<number> =>
    Date.parse((await client.signed("GET", executions("demo-slow"))).headers.get("date")!);
  await client.freeze();
  const before = await dateOf();
  await client.advance(3_600_000);
  expect((await dateOf()) - before).toBe(3_600_000);
});
