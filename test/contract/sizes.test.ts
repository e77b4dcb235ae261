/**
 * Documented sizes: the sizes that the check of a preview allows are those that the service takes, to the byte. Both
 * are asked here: our check, and the emulator, which was written by the vendors' pages alone.
 */
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { ServiceError } from "../../provider/src/ground/errors";
import type { Arguments, BackendDefinition, Session } from "../../provider/src/lifecycle";
import type { ServiceName } from "../../provider/src/services/registry";
import { check, openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { emulatedClock } from "../support/emulatedClock";
import { control } from "../support/emulators";
import { emulatorSettings } from "../support/lifecycleHosts";
import { startScriptedServer } from "../support/scriptedServer";
import { aomAt, never } from "../support/sessions";

interface Size {
  readonly service: ServiceName;
  readonly what: string;
  /** Arguments whose start has exactly the largest size, or so many bytes more. */
  readonly args: (more: number) => Arguments;
  readonly argument: string;
  readonly says: RegExp;
  readonly refusal: { readonly status: number; readonly serviceCode: string };
}

const cloudflow = { flowName: "demo-succeeds", region: "cn-hangzhou" };
const functiongraph = { workflowId: "demo-succeeds", region: "cn-north-4" };
const entityTooLarge = { status: 400, serviceCode: "EntityTooLarge" };
const bodyTooLarge = { status: 413, serviceCode: "FSS.0413" };
const runName = `r${"n".repeat(127)}`;
/** Size of a start's body around `text` in `{"headers":{…},"input":{"t":"text"}}`. */
const around = (headers: Record<string, string>): number =>
  JSON.stringify({ headers: { "x-pulumi-runbook": runName, ...headers }, input: { t: "" } }).length;

const sizes: readonly Size[] = [
  {
    service: "cloudflow",
    what: "input, a map of ASCII",
    args: (more) => ({ ...cloudflow, input: { t: "x".repeat(65_536 - '{"t":""}'.length + more) } }),
    argument: "input",
    says: /^must have at most 65536 bytes as JSON in UTF-8, not 65537: store the data elsewhere/,
    refusal: entityTooLarge,
  },
  {
    service: "cloudflow",
    what: "input, a text in three-byte characters and blanks",
    args: (more) => ({ ...cloudflow, input: `{ "t" : "${"中".repeat(21_841)}${"x".repeat(1 + more)}" }` }),
    argument: "input",
    says: /^must have at most 65536 bytes as JSON in UTF-8, not 65537/,
    refusal: entityTooLarge,
  },
  {
    service: "functiongraph",
    what: "input",
    args: (more) => ({ ...functiongraph, input: { t: "x".repeat(262_144 - around({}) + more) } }),
    argument: "input",
    says: /^and "headers" make a request of 262145 bytes, more than the 262144 .* \(mode NORMAL\): store/,
    refusal: bodyTooLarge,
  },
  {
    service: "functiongraph",
    what: "input beside headers",
    args: (more) => {
      const headers = { big: "h".repeat(60_000) };
      return { ...functiongraph, headers, input: { t: "x".repeat(262_144 - around(headers) + more) } };
    },
    argument: "input",
    says: /262145 bytes/,
    refusal: bodyTooLarge,
  },
];

let emulator: Emulator;
let session: Session;
beforeEach(async () => {
  emulator = await startEmulator();
  const clock = await emulatedClock(emulator);
  session = openSession({ settings: emulatorSettings(emulator), clock, random: () => 0.5 });
});
afterEach(() => emulator.close());

const start = async (service: ServiceName, args: Arguments): Promise<unknown> => {
  const definition: BackendDefinition = services[service];
  return (await session.connect(definition, args, never)).start({ runName, signal: never });
};

describe.each(sizes)("$service, $what", ({ service, args, argument, says, refusal }) => {
  test("the largest passes the check, and the service takes it", async () => {
    expect(check(services[service], args(0), session.settings)).toEqual([]);
    expect(await start(service, args(0))).toMatchObject({ executionId: expect.stringMatching(/./) });
  });

  test("a byte more is refused by the check with its size, and by the service", async () => {
    const problems = check(services[service], args(1), session.settings);
    expect(problems).toEqual([{ argument, reason: expect.stringMatching(says) }]);
    await expect(start(service, args(1))).rejects.toMatchObject(refusal);
  });
});

test("CloudFlow's input has to be an object, for both", async () => {
  const args = { ...cloudflow, input: "[1]" };
  const reason = "must be a map or JSON text of one, not JSON text of a list";
  expect(check(services.cloudflow, args, session.settings)).toEqual([{ argument: "input", reason }]);
  await expect(start("cloudflow", args)).rejects.toMatchObject({
    status: 400,
    serviceCode: "InvalidArgument",
  });
});

test("a flow of the older Serverless Workflow takes half: the refusal says so, and nothing is started", async () => {
  await control(emulator, "PUT", "/quirks", { oldDataLimit: true });
  const input = (bytes: number): Arguments => ({
    ...cloudflow,
    input: { t: "x".repeat(bytes - '{"t":""}'.length) },
  });
  expect(check(services.cloudflow, input(32_769), session.settings)).toEqual([]);
  const error: unknown = await start("cloudflow", input(32_769)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ServiceError);
  expect((error as Error).message).toMatch(
    /32768 bytes.*older Serverless Workflow.*32 KiB: store the data elsewhere and pass its address/s,
  );
  expect(await control(emulator, "GET", "/executions")).toMatchObject({ executions: [] });
  expect(await start("cloudflow", input(32_768))).toMatchObject({ executionId: runName });
});

test("AOM's list of more than can be read: no page size makes it smaller, so the way out is said", async () => {
  const server = await startScriptedServer([{ status: 200, body: `[${"0,".repeat(1_000_001)}0]` }]);
  try {
    const backend = await aomAt(server.url);
    await expect(backend.listUnsettled(never)).rejects.toMatchObject({
      code: "WFX-RESPONSE-FORMAT",
      message: expect.stringMatching(
        /ListWorkflowExecutions.*too much to read\. The service returns all executions.*set workflowId to its id/,
      ),
    });
  } finally {
    await server.close();
  }
});
