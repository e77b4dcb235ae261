/**
 * Whole deployments against a real server on loopback that drips or floods. Time runs faster than the machine's, so that
 * the half minute of a request is none for the test; nothing here depends on how fast the machine is.
 */
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import { RunRegister, create, openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { LifecycleHost, Outcome } from "../../provider/src/lifecycle";
import type { Clock } from "../../provider/src/ground/clock";
import { systemClock } from "../../provider/src/ground/clock";
import { workflowList } from "../support/hostileService";
import { recordingReporter } from "../support/lifecycleHosts";
import { demoProjectId, never, settingsOf } from "../support/sessions";

/** The machine's clock, sped up. */
function fastClock(speed: number): Clock {
  const startMs = Date.now();
  const now = (): number => startMs + (Date.now() - startMs) * speed;
  return {
    now,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
    alarm: (atMs, callBack) => systemClock.alarm!(Date.now() + (atMs - now()) / speed, callBack),
  };
}

let close: () => void;
afterEach(() => {
  close();
});

/** A server that answers starts and lists, and leaves looks to the test. */
async function serve(speed: number, look: (socket: Socket) => void): Promise<LifecycleHost> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      const line = data.toString("latin1");
      const answer = (body: string): void => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`);
      };
      if (line.includes("/cms/workflow-list ")) answer(JSON.stringify(workflowList("wf")));
      else if (line.startsWith("POST")) answer('{"execution_id":"ex-1"}');
      else if (line.includes("/status ")) look(socket);
      else answer("[]");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  const aom = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const config = {
    "huaweicloud:token": "token-of-a-test",
    "huaweicloud:region": "cn-north-4",
    "huaweicloud:projectId": demoProjectId,
    "huaweicloud:endpoints": JSON.stringify({ aom }),
  };
  return {
    definition: services.aom,
    session: openSession({ settings: settingsOf({ config }), clock: fastClock(speed), random: () => 0.5 }),
    reporter: recordingReporter(),
    signal: never,
    urn: "urn:pulumi:test::test::type::execution",
    register: new RunRegister({ lock: (_workflow, work) => work(() => true) }),
    secretArguments: [],
  };
}

const deploy = (host: LifecycleHost): Promise<Outcome> =>
  create({ workflowId: "wf", timeoutSeconds: 3_000 }, host);

test("a body that drips ends with the deployment's time, long before the body would", async () => {
  let drips = 0;
  const host = await serve(1_000, (socket) => {
    socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    const timer = setInterval(() => {
      drips += 1;
      socket.write("1\r\n \r\n");
    }, 5);
    socket.on("close", () => {
      clearInterval(timer);
    });
  });
  const outcome = await deploy(host);
  expect(outcome).toMatchObject({ kind: "unready", id: "ex-1", state: { executionId: "ex-1" } });
  expect(outcome.kind === "unready" && outcome.reasons[0]).toContain(
    "execution ex-1 was not seen to finish within 50m",
  );
  expect(drips).toBeGreaterThan(1);
});

test("an answer that floods is left alone, again and again, and the next one ends the wait", async () => {
  let looks = 0;
  const ended = '{"execution_id":"ex-1","status":"success"}';
  const flood = `{"status":"${"x".repeat(17 * 1024 * 1024)}"}`;
  const host = await serve(20, (socket) => {
    looks += 1;
    const body = looks <= 2 ? flood : ended;
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`);
  });
  expect(await deploy(host)).toMatchObject({ kind: "ready", id: "ex-1", state: { status: "succeeded" } });
  expect(looks).toBe(3);
});
