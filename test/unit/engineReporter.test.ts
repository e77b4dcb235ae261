/**
 * Messages on a resource's own row: a real gRPC server of the engine's service receives what the reporter sends; a
 * reporter without an engine is silent.
 */
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { engineAddress } from "../../provider/src/fronts/shared/engineAddress";
import type { EngineReporter } from "../../provider/src/fronts/shared/engineMessages";

type MakeReporter = (urn: string | undefined) => EngineReporter;

const urn = "urn:pulumi:dev::p::pulumi-nodejs:aom:WorkflowExecution::patch";
const argv = process.argv;
afterEach(() => {
  process.argv = argv;
});

/** A reporter as a new process with these arguments would make it. */
function reporterOf(...args: string[]): MakeReporter {
  process.argv = ["node", __filename, ...args];
  jest.resetModules();
  const fresh = jest.requireActual<{ engineReporter: MakeReporter }>(
    "../../provider/src/fronts/dynamic/engineReporter",
  );
  return fresh.engineReporter;
}

describe("with an engine", () => {
  let server: grpc.Server;
  let address: string;
  let answer: (call: LogRequest) => grpc.ServiceError | null;
  let received: LogRequest[];
  let onReceived: () => void;

  beforeEach(async () => {
    received = [];
    answer = () => null;
    onReceived = () => undefined;
    server = new grpc.Server();
    server.addService(EngineService, {
      log: (call: { request: LogRequest }, callback: grpc.sendUnaryData<Empty>) => {
        received.push(call.request);
        callback(answer(call.request), new Empty());
        onReceived();
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    address = `127.0.0.1:${String(port)}`;
  });
  afterEach(() => {
    server.forceShutdown();
  });

  const arrivalOf = (count: number): Promise<void> =>
    new Promise((resolve) => {
      onReceived = () => {
        if (received.length >= count) resolve();
      };
    });

  test("the live line arrives on the resource's row, ephemeral; a warning is kept", async () => {
    const engineReporter = reporterOf("--tracing", "tcp:1", "-v=9", address);
    const arrived = arrivalOf(2);
    const reporter = engineReporter(urn);
    reporter.status('step 2 of 3 "Run script"');
    reporter.warn('the service says "pondering"');
    await arrived;
    const seen = received.map((request) => ({
      text: request.getMessage(),
      urn: request.getUrn(),
      ephemeral: request.getEphemeral(),
      severity: request.getSeverity(),
    }));
    expect(seen).toHaveLength(2);
    expect(seen).toContainEqual({
      text: 'step 2 of 3 "Run script"',
      urn,
      ephemeral: true,
      severity: LogSeverity.INFO,
    });
    expect(seen).toContainEqual({
      text: 'the service says "pondering"',
      urn,
      ephemeral: false,
      severity: LogSeverity.WARNING,
    });
  });

  test("a reason has arrived when it has been said, kept or not: what is done for it may follow at once", async () => {
    const reporter = reporterOf(address)(urn);
    await reporter.explain("runs again: triggers.image changed", false);
    await reporter.explain('runs again: rerunOn includes "always"', true);
    expect(received.map((request) => [request.getMessage(), request.getEphemeral()])).toEqual([
      ["runs again: triggers.image changed", true],
      ['runs again: rerunOn includes "always"', false],
    ]);
  });

  test("all that is said of a resource arrives in its order, and of live lines that wait only the last one", async () => {
    const reporter = reporterOf(address)(urn);
    // The first message makes the connection: what is said meanwhile waits.
    reporter.status("starting");
    reporter.status("1/3 Prepare");
    reporter.status("2/3 Run script");
    reporter.info("2/3 Run script succeeded after 4s");
    reporter.status("3/3 Verify");
    reporter.info("3/3 Verify succeeded after 2s");
    reporter.status("succeeded after 8s");
    await reporter.explain("said last", true);
    expect(received.map((request) => request.getMessage())).toEqual([
      "starting",
      "2/3 Run script",
      "2/3 Run script succeeded after 4s",
      "3/3 Verify",
      "3/3 Verify succeeded after 2s",
      "succeeded after 8s",
      "said last",
    ]);
  });

  test("half of a surrogate pair does not break the connection", async () => {
    const engineReporter = reporterOf(address);
    const arrived = arrivalOf(1);
    engineReporter(urn).status("log: \ud83d");
    await arrived;
    expect(received[0]!.getMessage()).toBe("log: \ufffd");
  });

  test("an engine that refuses a message is no reason to fail", async () => {
    const engineReporter = reporterOf(address);
    answer = () => Object.assign(new Error("no"), { code: grpc.status.INTERNAL }) as grpc.ServiceError;
    const arrived = arrivalOf(2);
    engineReporter(urn).status("one");
    engineReporter(urn).status("two");
    await arrived;
    expect(received).toHaveLength(2);
  });

  test("without a URN nothing is sent: a message on a wrong row misleads", async () => {
    const engineReporter = reporterOf(address);
    const arrived = arrivalOf(1);
    engineReporter(undefined).warn("whose?");
    engineReporter(urn).status("mine");
    await arrived;
    expect(received.map((request) => request.getMessage())).toEqual(["mine"]);
  });
});

describe("without an engine", () => {
  test.each([[], ["--tracing", "x"], ["127.0.0.1:1"], ["127.0.0.1:99999"]])(
    "started with %j it never throws",
    async (...args) => {
      const engineReporter = reporterOf(...args);
      const reporter = engineReporter(urn);
      expect(() => {
        reporter.status("one");
        reporter.warn("two");
      }).not.toThrow();
      await reporter.explain("three", true);
    },
  );
});

test.each<[string[], string | undefined]>([
  [["127.0.0.1:51234"], "127.0.0.1:51234"],
  [["--tracing", "localhost:9411", "-v=9", "127.0.0.1:51234"], "127.0.0.1:51234"],
  [["127.0.0.1:51234", "--logtostderr"], "127.0.0.1:51234"],
  [["my-host.example:1"], "my-host.example:1"],
  [["[::1]:51234"], "[::1]:51234"],
  [["--tracing=http://127.0.0.1:9411"], undefined],
  [["127.0.0.1"], undefined],
  [["127.0.0.1:port"], undefined],
  [[], undefined],
])("among the arguments %j the engine's address is %p", (args, address) => {
  expect(engineAddress(["node", "host:1", ...args])).toBe(address);
});
