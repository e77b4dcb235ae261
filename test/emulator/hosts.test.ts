/**
 * To which names the emulator answers: a web page whose own name leads to this machine must not drive it.
 */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import type { EmulatorOptions } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { executions } from "./emulatorClient";

/** Requests under a `Host` header each; gives the statuses and the last body. */
async function ask(
  options: EmulatorOptions,
  hosts: readonly string[],
  path = "/_emulator/executions",
  method = "GET",
): Promise<{ readonly statuses: (number | undefined)[]; readonly body: string }> {
  const emulator = await startEmulator(options);
  try {
    const statuses: (number | undefined)[] = [];
    let body = "";
    for (const host of hosts) {
      const sent = request(emulator.url + path, { method, headers: { host }, agent: false }).end();
      const [answer] = (await once(sent, "response")) as [IncomingMessage];
      statuses.push(answer.statusCode);
      body = await text(answer);
    }
    return { statuses, body };
  } finally {
    await emulator.close();
  }
}

test.each([
  "127.0.0.1:8787",
  "localhost",
  "LOCALHOST:8787",
  "localhost.",
  "emulator.localhost",
  "[::1]:8787",
  "192.0.2.7:8787",
])("a request to the host %s is answered", async (host) => {
  expect((await ask({}, [host])).statuses).toEqual([200]);
});

test.each([
  "evil.example",
  "evil.example:8787",
  "127.0.0.1.evil.example",
  "localhost.evil.example",
  "notlocalhost",
  "evil.example@127.0.0.1",
  "127.0.0.1/evil.example",
])("a request to the host %j is refused with the setting to give", async (host) => {
  const { statuses, body } = await ask({ allowedHosts: ["emulator"] }, [host]);
  expect(statuses).toEqual([421]);
  expect(JSON.parse(body)).toEqual({
    error:
      `the emulator does not answer requests to the host ${JSON.stringify(host)}. If this is a name of the emulator, ` +
      "start the emulator with --allow-host and the name (startEmulator: allowedHosts)",
  });
});

test("a request to a service is refused too, and changes nothing", async () => {
  const path = executions("demo-succeeds");
  expect((await ask({}, ["evil.example"], path, "POST")).statuses).toEqual([421]);
  expect((await ask({}, ["localhost"], path, "POST")).statuses).toEqual([401]);
});

test("names that are allowed, and that of the address, are answered with and without a port", async () => {
  const hosts = ["emulator", "Emulator.test:8787", "other.test", "emulator.test.evil.example"];
  const options = { host: "localhost", allowedHosts: ["emulator", "emulator.TEST"] };
  expect((await ask(options, hosts)).statuses).toEqual([200, 200, 421, 421]);
});
